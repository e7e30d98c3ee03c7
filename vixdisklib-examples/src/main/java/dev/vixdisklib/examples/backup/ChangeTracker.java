/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.backup;

import dev.vixdisklib.SectorSet;
import java.io.IOException;
import java.util.Optional;

/**
 * Tells what has changed on a disk between two backups.
 *
 * <p>In vSphere, that is changed block tracking, which the VDDK does not have: it is part of the vSphere API. The
 * {@linkplain #state state} is the {@code changeId} of the disk in the snapshot
 * ({@code VirtualDiskFlatVer2BackingInfo.changeId}), and {@link #changedSince} calls
 * {@code VirtualMachine.queryChangedDiskAreas(snapshot, deviceKey, startOffset, changeId)} until all of the disk is told:
 *
 * <pre>{@code
 * SectorSet.Builder changed = SectorSet.builder();
 * for (long offset = 0; offset < capacity; ) {
 *     DiskChangeInfo info = vm.queryChangedDiskAreas(snapshot, deviceKey, offset, changeId);
 *     info.getChangedArea().forEach(area -> changed.addBytes(area.getStart(), area.getLength()));
 *     offset = info.getStartOffset() + info.getLength();
 * }
 * }</pre>
 */
public interface ChangeTracker {

    /**
     * Names the content of the disk that is backed up. Another content has another name, always.
     *
     * @return one line of text
     * @throws IOException if it cannot be found out
     * @throws InterruptedException if the thread is interrupted
     */
    String state() throws IOException, InterruptedException;

    /**
     * The sectors that may be different from what they were then.
     *
     * @param earlier what {@link #state} was at an earlier backup
     * @return the sectors; empty if that is not known, for example since tracking was turned off in between, and then all
     *     of the disk is copied
     * @throws IOException if it cannot be found out
     * @throws InterruptedException if the thread is interrupted
     */
    Optional<SectorSet> changedSince(String earlier) throws IOException, InterruptedException;
}
