/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.ErrorCode.AUTHENTICATION_FAIL;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_EndAccess;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_PrepareForAccess;

import dev.vixdisklib.RetryPolicy;
import dev.vixdisklib.VixDiskLibException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A virtual machine that was prepared for access to its disks. Preparing and ending can take minutes, so they run on the
 * thread of the caller, which the library allows (fact sheet, paragraph 2.2); the library must be
 * {@linkplain NativeLibrary#connected kept} meanwhile, and is until this is closed.
 */
public final class NativeAccess extends NativeResource {

    private final NativeSession session;
    private final NativeLibrary library;
    private final ConnectRequest request;
    private final String identity;
    private final RetryPolicy policy;

    /** Whether somebody else ends it. */
    private volatile boolean left;

    NativeAccess(NativeSession session, ConnectRequest request, String identity, RetryPolicy policy) {
        super(session.library().control(), session);
        this.session = session;
        this.library = session.library();
        this.request = request;
        this.identity = identity;
        this.policy = policy;
    }

    /** A function on the struct of parameters and the identity. */
    @FunctionalInterface
    private interface AccessCall {
        long run(MemorySegment parameters, MemorySegment identity);
    }

    private static void call(
            NativeFunction function,
            NativeLibrary library,
            ConnectRequest request,
            String identity,
            AccessCall accessCall)
            throws IOException {
        try (NativeSecrets secrets = NativeSecrets.of(request.login());
                NativeConnectParams parameters = NativeConnectParams.of(library, request, secrets);
                Arena arena = Arena.ofConfined()) {
            MemorySegment cIdentity = arena.allocateFrom(identity);
            NativeCalls.call(function, request.about(), () -> accessCall.run(parameters.struct(), cIdentity));
        }
    }

    /** Prepares, with all the attempts that the policy allows. */
    void prepare() throws IOException {
        Retries.run(policy, () -> {
            session.requireOpen();
            prepareOnce();
        });
    }

    private void prepareOnce() throws IOException {
        try {
            call(
                    NativeFunction.PREPARE_FOR_ACCESS,
                    library,
                    request,
                    identity,
                    (parameters, cIdentity) -> VixDiskLib_PrepareForAccess(parameters, cIdentity));
        } catch (VixDiskLibException e) {
            // Of several machines that have the disk, those before the one that failed stay as they have become.
            if (request.target() instanceof ConnectTarget.FirstClassDisk
                    && !e.error().is(AUTHENTICATION_FAIL)) {
                undo(e);
            }
            throw e;
        }
    }

    /** Ends what was prepared in vain; what goes wrong is added to the reason. */
    void undo(Exception reason) {
        try {
            end(library, request, identity);
        } catch (IOException | RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    /** Ends the access of an identity once. */
    static void end(NativeLibrary library, ConnectRequest request, String identity) throws IOException {
        call(
                NativeFunction.END_ACCESS,
                library,
                request,
                identity,
                (parameters, cIdentity) -> VixDiskLib_EndAccess(parameters, cIdentity));
    }

    /**
     * Ends this, but not the access.
     *
     * @throws IllegalStateException if this is closed
     */
    public void leave() {
        requireOpen();
        left = true;
        try {
            close();
        } catch (IOException e) {
            throw new AssertionError("nothing was called that could fail", e);
        }
    }

    /** What is under way is the access; nothing begins beside it. */
    @Override
    void settle() throws IOException {
        if (left) {
            return;
        }
        Retries.run(policy, () -> end(library, request, identity));
    }

    @Override
    void release() {
        library.disconnected();
    }

    @Override
    public String toString() {
        return "the access to " + request + " by " + identity;
    }
}
