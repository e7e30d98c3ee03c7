/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_FreeErrorText;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_GetErrorText;

import dev.vixdisklib.SectorRange;
import dev.vixdisklib.VixDiskLibException;
import dev.vixdisklib.VixError;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The one place that turns what the library returned into an exception. */
final class NativeCalls {

    private NativeCalls() {}

    /**
     * Throws unless a call succeeded.
     *
     * @param error what the library returned
     * @param operation the function without prefix
     * @param target the disk, or null where none is involved
     */
    static void check(long error, String operation, @Nullable String target) throws VixDiskLibException {
        if (error != 0) {
            throw exception(error, operation, target, null);
        }
    }

    /** Throws unless a transfer of sectors succeeded; allocates nothing if it did. */
    static void check(long error, String operation, String target, long start, long count) throws VixDiskLibException {
        if (error != 0) {
            throw exception(error, operation, target, new SectorRange(start, count));
        }
    }

    private static VixDiskLibException exception(
            long error, String operation, @Nullable String target, @Nullable SectorRange sectors) {
        // On the thread of the failed call and at once: some of the library's texts depend on both.
        return new VixDiskLibException(operation, target, sectors, new VixError(error), text(error));
    }

    private static String text(long error) {
        MemorySegment text = VixDiskLib_GetErrorText(error, MemorySegment.NULL);
        if (text.address() == 0) {
            return "(the library has no text for it)";
        }
        try {
            return text.getString(0).strip();
        } finally {
            VixDiskLib_FreeErrorText(text);
        }
    }

    /**
     * What a generated method meant that has thrown {@code AssertionError} around an exception of the linker: that is how
     * it reports an arena which another thread closed at the last moment.
     */
    static RuntimeException unwrap(AssertionError thrown) {
        if (thrown.getCause() instanceof RuntimeException e) {
            return e;
        }
        throw thrown;
    }
}
