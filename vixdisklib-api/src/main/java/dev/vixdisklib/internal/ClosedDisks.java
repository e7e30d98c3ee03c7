/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_CheckRepair;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Clone;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Grow;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Rename;

import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.ErrorCode;
import dev.vixdisklib.ProgressListener;
import dev.vixdisklib.VixError;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What the library does to whole disks that are not open. It opens and closes them for that, so all of it runs on the
 * control thread, for however long it takes.
 */
public final class ClosedDisks {

    /** Between two names. */
    static final String TO = " to ";

    private ClosedDisks() {}

    /**
     * Makes a disk larger.
     *
     * @param connection a connection to this host
     * @param path the disk, as the library takes it
     * @param capacity the new size in sectors
     * @param updateGeometry whether the geometry is to follow
     * @param listener hears of progress, on the control thread
     * @throws IOException if the library fails
     */
    public static void grow(
            NativeConnection connection, String path, long capacity, boolean updateGeometry, ProgressListener listener)
            throws IOException {
        connection.library().require(NativeFunction.GROW);
        connection.call(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment cPath = arena.allocateFrom(path);
                Upcalls.withProgress(
                        listener,
                        progress -> NativeCalls.call(
                                NativeFunction.GROW,
                                path,
                                () -> VixDiskLib_Grow(
                                        connection.handle(),
                                        cPath,
                                        capacity,
                                        NativeStructs.bool(updateGeometry),
                                        progress,
                                        MemorySegment.NULL)));
            }
            return connection;
        });
    }

    /**
     * Copies a disk, with its parents, into a new one.
     *
     * @param target where the clone goes
     * @param targetPath the clone, as the library takes it
     * @param source where the disk is
     * @param sourcePath the disk, as the library takes it; empty where the connection says it all
     * @param form what the clone is to be; the capacity does not count
     * @param replacing whether a disk in the clone's place is overwritten
     * @param listener hears of progress, on the control thread
     * @throws IOException if the library fails
     */
    public static void copy(
            NativeConnection target,
            String targetPath,
            NativeConnection source,
            String sourcePath,
            DiskSpec form,
            boolean replacing,
            ProgressListener listener)
            throws IOException {
        target.library().require(NativeFunction.CLONE);
        target.library().requireSectorSizes(form);
        target.call(() -> {
            source.requireAllOpen();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment cTarget = arena.allocateFrom(targetPath);
                MemorySegment cSource = sourcePath.isEmpty() ? MemorySegment.NULL : arena.allocateFrom(sourcePath);
                MemorySegment parameters = NativeStructs.createParams(form, arena);
                Upcalls.withProgress(
                        listener,
                        progress -> NativeCalls.call(
                                NativeFunction.CLONE,
                                fromTo(sourcePath.isEmpty() ? source.toString() : sourcePath, targetPath),
                                () -> VixDiskLib_Clone(
                                        target.handle(),
                                        cTarget,
                                        source.handle(),
                                        cSource,
                                        parameters,
                                        progress,
                                        MemorySegment.NULL,
                                        NativeStructs.bool(replacing))));
            }
            return target;
        });
    }

    /**
     * Examines a disk, and repairs it if that is wanted.
     *
     * @param connection a connection to this host
     * @param path the disk, as the library takes it
     * @param repair whether to repair what is damaged
     * @return whether the library says that the disk needs repair
     * @throws IOException if the library fails
     */
    public static boolean checkRepair(NativeConnection connection, String path, boolean repair) throws IOException {
        connection.library().require(NativeFunction.CHECK_REPAIR);
        return connection.call(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment cPath = arena.allocateFrom(path);
                long begun = NativeLog.position();
                long error = NativeCalls.error(
                        NativeFunction.CHECK_REPAIR,
                        () -> VixDiskLib_CheckRepair(connection.handle(), cPath, NativeStructs.bool(repair)));
                if (!repair && new VixError(error).is(ErrorCode.DISK_NEEDSREPAIR)) {
                    return true;
                }
                NativeCalls.check(error, NativeFunction.CHECK_REPAIR, path, begun);
                return false;
            }
        });
    }

    /**
     * Gives a disk another name.
     *
     * @param session whose library does it
     * @param from the disk, as the library takes it
     * @param to its new name
     * @throws IOException if the library fails
     */
    public static void rename(NativeSession session, String from, String to) throws IOException {
        session.library().require(NativeFunction.RENAME);
        session.call(() -> {
            session.library().requireRunning();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment cFrom = arena.allocateFrom(from);
                MemorySegment cTo = arena.allocateFrom(to);
                NativeCalls.call(NativeFunction.RENAME, fromTo(from, to), () -> VixDiskLib_Rename(cFrom, cTo));
            }
            return session;
        });
    }

    /** The target of an operation with two disks, either of which can be what is wrong. */
    static String fromTo(String from, String to) {
        return from + TO + to;
    }
}
