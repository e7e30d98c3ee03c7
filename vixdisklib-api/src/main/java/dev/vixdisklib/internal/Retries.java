/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.ErrorCode;
import dev.vixdisklib.RetryPolicy;
import dev.vixdisklib.VixDiskLibException;
import dev.vixdisklib.VixError;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.Set;

/** Tries something again that fails now and may work later. */
final class Retries {

    private static final System.Logger LOGGER = System.getLogger("dev.vixdisklib");

    /**
     * What no time heals. There is no code for a machine that is on its way from one host to another, which is what the
     * waiting is for (VDDK guide, "Prepare For Access and End Access"), so all others are taken for that.
     */
    private static final Set<ErrorCode> LASTING = EnumSet.of(
            ErrorCode.INVALID_ARG,
            ErrorCode.NOT_SUPPORTED,
            ErrorCode.OBJECT_NOT_FOUND,
            ErrorCode.INVALID_UTF8_STRING,
            ErrorCode.LICENSE,
            ErrorCode.AUTHENTICATION_FAIL,
            ErrorCode.ARGUMENT_TOO_BIG,
            ErrorCode.HOST_USER_PERMISSIONS,
            ErrorCode.LOGIN_TYPE_NOT_SUPPORTED,
            ErrorCode.INVALID_AUTHENTICATION_SESSION,
            ErrorCode.VM_NOT_FOUND,
            ErrorCode.HOST_SERVER_NOT_FOUND,
            ErrorCode.INVALID_HOSTNAME_SPECIFICATION,
            ErrorCode.NET_HTTP_SSL_SECURITY);

    private Retries() {}

    /** What is tried. */
    @FunctionalInterface
    interface Attempt {
        void run() throws IOException;
    }

    /**
     * Tries something until it works, it cannot work any more, or it was tried often enough. Waits on this thread.
     *
     * @throws VixDiskLibException the last failure
     * @throws InterruptedIOException if this thread is interrupted while it waits; the interrupt is kept
     */
    static void run(RetryPolicy policy, Attempt attempt) throws IOException {
        for (int tried = 1; ; tried++) {
            try {
                attempt.run();
                return;
            } catch (VixDiskLibException e) {
                if (tried >= policy.attempts() || isLasting(e.error())) {
                    throw e;
                }
                await(policy, tried, e);
            }
        }
    }

    private static boolean isLasting(VixError error) {
        return error.code().filter(LASTING::contains).isPresent();
    }

    private static void await(RetryPolicy policy, int tried, VixDiskLibException failure)
            throws InterruptedIOException {
        String next = "attempt " + (tried + 1) + " of " + policy.attempts() + " in " + policy.delay();
        // A handler must not come back here, which is where a lock can be held.
        Callback.run(() -> LOGGER.log(Level.INFO, failure.getMessage() + "; " + next));
        try {
            Thread.sleep(policy.delay());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException("interrupted before " + next + ", after: " + failure.getMessage());
            interrupted.initCause(failure);
            throw interrupted;
        }
    }
}
