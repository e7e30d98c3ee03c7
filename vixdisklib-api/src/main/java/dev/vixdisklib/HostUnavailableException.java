/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server or host cannot be reached or does not serve now; the same can succeed later, with a new connection. These codes:
 * {@link ErrorCode#HOST_NOT_CONNECTED}, {@link ErrorCode#VM_HOST_DISCONNECTED}, {@link ErrorCode#HOST_CONNECTION_LOST},
 * {@link ErrorCode#HOST_SERVER_NOT_FOUND}, {@link ErrorCode#HOST_NETWORK_CONN_REFUSED},
 * {@link ErrorCode#HOST_TCP_SOCKET_ERROR}, {@link ErrorCode#HOST_TCP_CONN_LOST}, {@link ErrorCode#HOST_SERVER_SHUTDOWN},
 * {@link ErrorCode#HOST_SERVER_NOT_AVAILABLE}, {@link ErrorCode#CANNOT_CONNECT_TO_HOST},
 * {@link ErrorCode#NET_HTTP_COULDNT_RESOLVE_HOST}, {@link ErrorCode#NET_HTTP_COULDNT_CONNECT} and
 * {@link ErrorCode#NET_HTTP_OPERATION_TIMEDOUT}. A wrong name or a closed port looks the same, so try a few times only.
 * Before VDDK 8.0.2, {@code Open} reports such things as {@link ErrorCode#FILE_ACCESS_ERROR} (release notes of VDDK 8.0.2).
 */
public final class HostUnavailableException extends VixDiskLibException {

    private static final long serialVersionUID = 1L;

    /**
     * What the library said.
     *
     * @param operation the function, without prefix, such as {@code "Open"}
     * @param target the path of the disk, or null where no disk is involved
     * @param sectors the sectors that were read or written, or null for another operation
     * @param error the error
     * @param libraryText the library's text for the error
     * @param hint what to do about it, or null
     * @param recentLog what the library has logged before, first to last
     */
    @SuppressWarnings("exports") // of the null annotations, which nobody needs at run time
    public HostUnavailableException(
            String operation,
            @Nullable String target,
            @Nullable SectorRange sectors,
            VixError error,
            String libraryText,
            @Nullable String hint,
            List<LogLine> recentLog) {
        super(operation, target, sectors, error, libraryText, hint, recentLog);
    }
}
