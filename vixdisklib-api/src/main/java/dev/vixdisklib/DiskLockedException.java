/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Somebody else has the disk open: {@link ErrorCode#FILE_ALREADY_LOCKED}. It can be tried again later, or the disk be opened
 * read-only.
 */
public final class DiskLockedException extends VixDiskLibException {

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
    public DiskLockedException(
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
