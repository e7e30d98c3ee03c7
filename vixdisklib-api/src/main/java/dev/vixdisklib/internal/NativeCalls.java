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

    /** A call that returns an error. */
    @FunctionalInterface
    interface ErrorCall {
        long run();
    }

    /**
     * Calls a function.
     *
     * @param target the disk, or null where none is involved
     * @throws VixDiskLibException if it fails
     */
    static void call(NativeFunction function, @Nullable String target, ErrorCall call) throws VixDiskLibException {
        check(error(function, call), function, target);
    }

    /**
     * Calls a function on sectors of a disk.
     *
     * @throws VixDiskLibException if it fails; it names the sectors
     */
    static void call(NativeFunction function, String target, long start, long count, ErrorCall call)
            throws VixDiskLibException {
        check(error(function, call), function, target, start, count);
    }

    /** Calls a function for its error, which is no failure in itself. */
    static long error(NativeFunction function, ErrorCall call) {
        try {
            return call.run();
        } catch (AssertionError e) {
            throw unwrap(e);
        }
    }

    /** Throws unless an error is none. */
    static void check(long error, NativeFunction function, @Nullable String target) throws VixDiskLibException {
        if (error != 0) {
            throw exception(error, function, target, null);
        }
    }

    /** Throws unless a transfer of sectors succeeded; allocates nothing if it did. */
    static void check(long error, NativeFunction function, String target, long start, long count)
            throws VixDiskLibException {
        if (error != 0) {
            throw exception(error, function, target, new SectorRange(start, count));
        }
    }

    private static VixDiskLibException exception(
            long error, NativeFunction function, @Nullable String target, @Nullable SectorRange sectors) {
        // On the thread of the failed call and at once: some of the library's texts depend on both.
        return new VixDiskLibException(function.shortName(), target, sectors, new VixError(error), text(error));
    }

    /** The library's text for an error, or words that say that there is none. */
    static String text(long error) {
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
