/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.AuthenticationException;
import dev.vixdisklib.DiskLockedException;
import dev.vixdisklib.ErrorCode;
import dev.vixdisklib.HostUnavailableException;
import dev.vixdisklib.LogLine;
import dev.vixdisklib.SectorRange;
import dev.vixdisklib.VixDiskLibException;
import dev.vixdisklib.VixError;
import java.io.File;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A call that the library has answered with an error, and what is known around it.
 *
 * @param function what was called
 * @param target the disk, or null where none is involved
 * @param sectors the sectors that were to be transferred, or null for another operation
 * @param isUnread whether nothing of the disk has been read since it was opened; false for what is no transfer
 * @param error what the library returned
 * @param text the library's text for the error
 * @param log what the library has logged before, first to last
 */
record FailedCall(
        NativeFunction function,
        @Nullable String target,
        @Nullable SectorRange sectors,
        boolean isUnread,
        VixError error,
        String text,
        List<LogLine> log) {

    private static final Set<ErrorCode> UNAVAILABLE = EnumSet.of(
            ErrorCode.HOST_NOT_CONNECTED,
            ErrorCode.VM_HOST_DISCONNECTED,
            ErrorCode.HOST_CONNECTION_LOST,
            ErrorCode.HOST_SERVER_NOT_FOUND,
            ErrorCode.HOST_NETWORK_CONN_REFUSED,
            ErrorCode.HOST_TCP_SOCKET_ERROR,
            ErrorCode.HOST_TCP_CONN_LOST,
            ErrorCode.HOST_SERVER_SHUTDOWN,
            ErrorCode.HOST_SERVER_NOT_AVAILABLE,
            ErrorCode.CANNOT_CONNECT_TO_HOST,
            ErrorCode.NET_HTTP_COULDNT_RESOLVE_HOST,
            ErrorCode.NET_HTTP_COULDNT_CONNECT,
            ErrorCode.NET_HTTP_OPERATION_TIMEDOUT);

    private static final Set<ErrorCode> NOT_AUTHENTICATED =
            EnumSet.of(ErrorCode.AUTHENTICATION_FAIL, ErrorCode.INVALID_AUTHENTICATION_SESSION);

    /** Whether the disk, or one of two, is one of a server: only local ones have absolute paths. */
    boolean isManaged() {
        return target != null && (!new File(target).isAbsolute() || target.contains(ClosedDisks.TO + "["));
    }

    /** Whether the library has said something during the call. */
    boolean hasLogged(String words) {
        return log.stream().anyMatch(line -> line.duringCall() && line.text().contains(words));
    }

    /** The exception for it, of the class that callers branch on. */
    VixDiskLibException exception() {
        ErrorCode code = error.code().orElse(ErrorCode.OK);
        String name = function.shortName();
        String hint = Hints.of(this);
        if (code == ErrorCode.FILE_ALREADY_LOCKED) {
            return new DiskLockedException(name, target, sectors, error, text, hint, log);
        }
        if (UNAVAILABLE.contains(code)) {
            return new HostUnavailableException(name, target, sectors, error, text, hint, log);
        }
        if (NOT_AUTHENTICATED.contains(code)) {
            return new AuthenticationException(name, target, sectors, error, text, hint, log);
        }
        return new VixDiskLibException(name, target, sectors, error, text, hint, log);
    }
}
