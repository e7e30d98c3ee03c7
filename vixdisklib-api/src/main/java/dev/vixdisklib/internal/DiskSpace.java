/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Defragment;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Shrink;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_SpaceNeededForClone;

import dev.vixdisklib.ProgressListener;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The space that a disk takes: how to give some back, and what a clone would take. */
public final class DiskSpace {

    private DiskSpace() {}

    /** A function on the open disk that is given a progress function. */
    private interface ProgressCall {
        long run(MemorySegment progressFunction);
    }

    /** Calls a function on the open disk, on this thread, which a listener hears of. */
    private static void operate(NativeDisk disk, NativeFunction function, ProgressListener listener, ProgressCall call)
            throws IOException {
        disk.library().require(function);
        disk.begin();
        try {
            Upcalls.withProgress(
                    listener, progress -> NativeCalls.call(function, disk.path(), () -> call.run(progress)));
        } finally {
            disk.end();
        }
    }

    /**
     * Gives the space of grains of zeros back.
     *
     * @param disk the disk
     * @param listener hears of progress, on this thread
     * @throws IOException if the library fails
     */
    public static void shrink(NativeDisk disk, ProgressListener listener) throws IOException {
        operate(
                disk,
                NativeFunction.SHRINK,
                listener,
                progress -> VixDiskLib_Shrink(disk.handle(), progress, MemorySegment.NULL));
    }

    /**
     * Puts the grains in order.
     *
     * @param disk the disk
     * @param listener hears of progress, on this thread
     * @throws IOException if the library fails
     */
    public static void defragment(NativeDisk disk, ProgressListener listener) throws IOException {
        operate(
                disk,
                NativeFunction.DEFRAGMENT,
                listener,
                progress -> VixDiskLib_Defragment(disk.handle(), progress, MemorySegment.NULL));
    }

    /**
     * Asks what a clone would take.
     *
     * @param disk the disk
     * @param type the number of the type that it would have
     * @return bytes
     * @throws IOException if the library fails
     */
    public static long neededForClone(NativeDisk disk, int type) throws IOException {
        disk.library().require(NativeFunction.SPACE_NEEDED_FOR_CLONE);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
            disk.operate(
                    NativeFunction.SPACE_NEEDED_FOR_CLONE,
                    () -> VixDiskLib_SpaceNeededForClone(disk.handle(), type, bytes));
            return bytes.get(ValueLayout.JAVA_LONG, 0);
        }
    }
}
