/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.backup;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskComparison;
import dev.vixdisklib.DiskDigest;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.SectorSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Tells what has changed on a local disk, which nobody keeps book about: by comparing it with the last backup, which is
 * restored for that. So increments are small, but take longer than full backups. The state is the SHA-256 of the disk.
 */
public final class ComparingTracker implements ChangeTracker {

    private final Connection host;
    private final Disk disk;
    private final BackupSet set;

    /**
     * Compares a disk with its last backup.
     *
     * @param host to make a disk with
     * @param disk the disk
     * @param set its backups
     */
    public ComparingTracker(Connection host, Disk disk, BackupSet set) {
        this.host = host;
        this.disk = disk;
        this.set = set;
    }

    @Override
    public String state() throws IOException, InterruptedException {
        try {
            return HexFormat.of().formatHex(DiskDigest.of(disk, MessageDigest.getInstance("SHA-256")));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    @Override
    public Optional<SectorSet> changedSince(String earlier) throws IOException, InterruptedException {
        List<BackupPoint> points = set.points();
        BackupPoint last = points.get(points.size() - 1);
        if (!last.state().equals(earlier)) {
            return Optional.empty();
        }
        Path scratch = set.scratch();
        if (Files.exists(scratch)) {
            // A process has ended in the midst of this.
            host.deleteDisk(scratch);
        }
        host.createDisk(scratch, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, last.capacity()));
        try (Disk restored = host.openDisk(scratch)) {
            set.restore(last.number(), restored, progress -> {});
            return Optional.of(DiskComparison.differences(restored, disk));
        } finally {
            host.deleteDisk(scratch);
        }
    }
}
