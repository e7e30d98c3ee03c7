/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Leaks;
import dev.vixdisklib.internal.NativeAccess;
import java.io.IOException;

/**
 * A virtual machine that its vCenter keeps where it is, because its disks are accessed; made by
 * {@link VixDiskLib#prepareForAccess}. Closing this lets the machine move again. May be closed from any thread.
 *
 * <p>The order is: prepare, make a snapshot, connect, open and read the disks, close them, disconnect, delete the snapshot,
 * close this (VDDK guide, "Prepare For Access and End Access"). A process that ends before leaves the machine where it is,
 * until {@link VixDiskLib#endAccess} or {@link VixDiskLib#cleanup}.
 *
 * <p>It is there for its end, so a {@code try} has no use for its name, and {@code javac -Xlint:try} warns of one. From Java 22
 * on, it needs none:
 *
 * <p>{@snippet :
 * try (PreparedAccess _ = lib.prepareForAccess(server.vm("vm-42"), "my backup");
 *         Snapshot snapshot = createSnapshot("vm-42")) {
 *     backup(server.vm("vm-42", snapshot.reference()).readOnly());
 * }
 * }
 */
public final class PreparedAccess implements AutoCloseable {

    private final NativeAccess access;

    PreparedAccess(NativeAccess access) {
        this.access = access;
        Leaks.watch(this, access);
    }

    /**
     * Ends the access, with the same retries that it was prepared with. The credentials are needed again. Interrupting the
     * thread ends the waiting, not a call into the library, and one attempt is made in any case. Closing twice does
     * nothing, even if the first time has failed: then {@link VixDiskLib#endAccess} tries it again.
     *
     * @throws VixDiskLibException if the library fails in all attempts: the machine may not be able to move
     * @throws java.io.InterruptedIOException if the thread is interrupted between two attempts, and stays so: the machine
     *     may not be able to move
     * @throws IllegalStateException if the credentials were destroyed
     */
    @Override
    public void close() throws IOException {
        access.close();
    }

    /**
     * Leaves the machine as it is, where it cannot move: another process, or this one later, ends the access with
     * {@link VixDiskLib#endAccess}, or {@link VixDiskLib#cleanup} does. Closing this does nothing after that.
     *
     * @throws IllegalStateException if this was closed before: the access has ended
     */
    public void leave() {
        access.leave();
    }

    @Override
    public String toString() {
        return access.toString();
    }
}
