/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Read;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Write;

import dev.vixdisklib.SectorRange;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes of a disk, which are carried out on the caller's thread. Nothing is allocated for one that succeeds and is
 * not recorded.
 */
public final class DiskTransfers {

    private final NativeDisk disk;
    private final MemorySegment handle;
    private final DiskCounters counters;

    DiskTransfers(NativeDisk disk, MemorySegment handle, DiskCounters counters) {
        this.disk = disk;
        this.handle = handle;
        this.counters = counters;
    }

    /**
     * Reads sectors.
     *
     * @param start the first sector
     * @param buffer where they go; its size says how many
     * @throws IOException if the library fails
     */
    public void read(long start, MemorySegment buffer) throws IOException {
        long count = Segments.requireSectors(buffer, true);
        Segments.requireInside(start, count, disk.capacity(), disk.path());
        disk.begin();
        try {
            NativeLog.requireNoPanic();
            long begun = NativeLog.position();
            long error;
            if (Counters.areTransfersTimed() || Events.areReadsRecorded()) {
                error = watched(
                        Events.read(),
                        counters.reads,
                        start,
                        count,
                        () -> VixDiskLib_Read(handle, start, count, buffer));
            } else {
                error = VixDiskLib_Read(handle, start, count, buffer);
            }
            finish(NativeFunction.READ, counters.reads, start, count, error, begun);
        } catch (AssertionError e) {
            throw NativeCalls.unwrap(e);
        } finally {
            disk.end();
        }
    }

    /**
     * Writes sectors.
     *
     * @param start the first sector
     * @param buffer where they come from; its size says how many
     * @throws IOException if the library fails
     */
    public void write(long start, MemorySegment buffer) throws IOException {
        long count = Segments.requireSectors(buffer, false);
        Segments.requireInside(start, count, disk.capacity(), disk.path());
        disk.begin();
        try {
            NativeLog.requireNoPanic();
            long begun = NativeLog.position();
            long error;
            if (Counters.areTransfersTimed() || Events.areWritesRecorded()) {
                error = watched(
                        Events.write(),
                        counters.writes,
                        start,
                        count,
                        () -> VixDiskLib_Write(handle, start, count, buffer));
            } else {
                error = VixDiskLib_Write(handle, start, count, buffer);
            }
            finish(NativeFunction.WRITE, counters.writes, start, count, error, begun);
        } catch (AssertionError e) {
            throw NativeCalls.unwrap(e);
        } finally {
            disk.end();
        }
    }

    /** Transfers sectors and takes the time. */
    private long watched(
            Events.@Nullable Transfer event,
            TransferCounter counter,
            long start,
            long count,
            NativeCalls.ErrorCall transfer) {
        long started = System.nanoTime();
        long error = transfer.run();
        counter.addTime(System.nanoTime() - started);
        if (event != null && event.isLongEnough()) {
            event.record(disk.path(), disk.eventTransport(), start, count, error);
        }
        return error;
    }

    /** Counts a transfer, and throws if it failed; allocates nothing if it did not. */
    private void finish(
            NativeFunction function, TransferCounter counter, long start, long count, long error, long begun)
            throws IOException {
        if (error == 0) {
            counter.add(count);
        } else {
            counter.addFailure();
            throw NativeCalls.exception(
                    error, function, disk.path(), new SectorRange(start, count), counters.isNothingRead(), begun);
        }
    }
}
