/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Attach;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_CreateChild;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_IsAttachPossible;

import dev.vixdisklib.DiskType;
import dev.vixdisklib.ProgressListener;
import dev.vixdisklib.VixError;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Open disks as parents and children. */
public final class DiskChains {

    private DiskChains() {}

    /**
     * Makes a child of a disk.
     *
     * @param parent the disk
     * @param path the child, as the library takes it
     * @param type how the child is to be stored
     * @param listener hears of progress, on the control thread
     * @throws IOException if the library fails
     */
    public static void createChild(NativeDisk parent, String path, DiskType type, ProgressListener listener)
            throws IOException {
        parent.library().require(NativeFunction.CREATE_CHILD);
        parent.begin();
        try {
            parent.call(() -> {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment cPath = arena.allocateFrom(path);
                    Upcalls.withProgress(
                            listener,
                            progress -> NativeCalls.call(
                                    NativeFunction.CREATE_CHILD,
                                    path + " from " + parent.path(),
                                    () -> VixDiskLib_CreateChild(
                                            parent.handle(), cPath, type.value(), progress, MemorySegment.NULL)));
                }
                return parent;
            });
        } finally {
            parent.end();
        }
    }

    /**
     * Asks whether a disk can get another parent.
     *
     * @param parent what it would get
     * @param child the disk
     * @return what the library says, zero for yes
     * @throws IOException if the library fails to wait for requests that are under way
     */
    public static VixError attachError(NativeDisk parent, NativeDisk child) throws IOException {
        child.library().require(NativeFunction.IS_ATTACH_POSSIBLE);
        requireTwo(parent, child);
        NativeResource.beginBoth(parent, child);
        try {
            return new VixError(NativeCalls.error(
                    NativeFunction.IS_ATTACH_POSSIBLE,
                    () -> VixDiskLib_IsAttachPossible(parent.handle(), child.handle())));
        } finally {
            NativeResource.endBoth(parent, child);
        }
    }

    /**
     * Gives a disk another parent, whose handle is of no more use afterwards, whatever comes of it.
     *
     * @param parent what it gets
     * @param child the disk
     * @throws IOException if the library fails
     */
    public static void attach(NativeDisk parent, NativeDisk child) throws IOException {
        child.library().require(NativeFunction.ATTACH);
        requireTwo(parent, child);
        NativeResource.beginBoth(parent, child);
        try {
            child.call(() -> {
                parent.requireAllOpen();
                attachNow(parent, child);
                return child;
            });
        } finally {
            NativeResource.endBoth(parent, child);
        }
    }

    private static void requireTwo(NativeDisk parent, NativeDisk child) {
        if (parent == child) {
            throw new IllegalArgumentException(child + " cannot be its own parent");
        }
    }

    private static void attachNow(NativeDisk parent, NativeDisk child) throws IOException {
        try {
            NativeCalls.call(
                    NativeFunction.ATTACH,
                    ClosedDisks.fromTo(child.path(), parent.path()),
                    () -> VixDiskLib_Attach(parent.handle(), child.handle()));
        } catch (IOException | RuntimeException e) {
            try {
                endParent(parent);
            } catch (IOException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
        child.parentAttached();
        endParent(parent);
    }

    private static void endParent(NativeDisk parent) throws IOException {
        parent.endCounting();
        parent.loseHandle("was given to attachTo as a parent, which has ended it; open it again to use it");
        parent.bytes().free();
        if (parent.library().wantsAttachedParentsClosed()) {
            parent.release();
        } else {
            parent.endRequests();
        }
    }
}
