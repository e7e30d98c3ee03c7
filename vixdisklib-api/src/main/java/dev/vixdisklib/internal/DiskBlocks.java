/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_FreeBlockList;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_QueryAllocatedBlocks;

import dev.vixdisklib.SectorRange;
import dev.vixdisklib.SectorSet;
import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Which blocks of a disk are allocated. */
public final class DiskBlocks {

    private DiskBlocks() {}

    /**
     * Asks for allocated blocks.
     *
     * @param disk the disk
     * @param start the first sector, a multiple of the chunk size
     * @param count how many sectors, a multiple of the chunk size
     * @param chunkSize in sectors
     * @param probe whether this is to find out if the library can tell at all, so that its warnings mean little
     * @return the allocated ones of these sectors
     * @throws IOException if the library fails, or answers something else
     * @throws UnsupportedOperationException if the library lacks a function for it
     */
    public static SectorSet query(NativeDisk disk, long start, long count, long chunkSize, boolean probe)
            throws IOException {
        disk.library().require(NativeFunction.QUERY_ALLOCATED_BLOCKS);
        disk.library().require(NativeFunction.FREE_BLOCK_LIST);
        disk.begin();
        try {
            ControlThread.Operation<SectorSet, IOException> query = () -> queryNow(disk, start, count, chunkSize);
            return disk.call(probe ? () -> Upcalls.expectWarnings(query) : query);
        } finally {
            disk.end();
        }
    }

    private static SectorSet queryNow(NativeDisk disk, long start, long count, long chunkSize) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(VixDiskLibNative.C_POINTER);
            long begun = NativeLog.position();
            Events.Query event = Events.query();
            long error = NativeCalls.error(
                    NativeFunction.QUERY_ALLOCATED_BLOCKS,
                    () -> VixDiskLib_QueryAllocatedBlocks(disk.handle(), start, count, chunkSize, out));
            if (event != null) {
                event.end();
                event.record(disk.path(), disk.eventTransport(), start, count, error);
            }
            if (error != 0) {
                throw NativeCalls.exception(
                        error,
                        NativeFunction.QUERY_ALLOCATED_BLOCKS,
                        disk.path(),
                        new SectorRange(start, count),
                        false,
                        begun);
            }
            MemorySegment blocks = NativeCalls.given(out, NativeFunction.QUERY_ALLOCATED_BLOCKS, disk.path());
            try {
                return NativeStructs.blocks(blocks, start, count, count / chunkSize);
            } finally {
                NativeCalls.call(NativeFunction.FREE_BLOCK_LIST, disk.path(), () -> VixDiskLib_FreeBlockList(blocks));
            }
        }
    }
}
