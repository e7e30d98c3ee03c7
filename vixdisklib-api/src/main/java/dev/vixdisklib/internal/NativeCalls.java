/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_FreeErrorText;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_GetErrorText;

import dev.vixdisklib.ErrorCode;
import dev.vixdisklib.LogLine;
import dev.vixdisklib.SectorRange;
import dev.vixdisklib.VixDiskLibException;
import dev.vixdisklib.VixError;
import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one place that calls functions, counts the calls and turns what the library returned into an exception. Only reads
 * and writes call and count for themselves, see {@link DiskTransfers} and {@link DiskRequests}.
 */
final class NativeCalls {

    /** How many lines of the log an exception has. */
    private static final int LINES = 20;

    private NativeCalls() {}

    /** A call that returns an error. */
    @FunctionalInterface
    interface ErrorCall {
        long run();
    }

    /** A call that returns a pointer. */
    @FunctionalInterface
    interface PointerCall {
        MemorySegment run();
    }

    /** A call that returns nothing. */
    @FunctionalInterface
    interface VoidCall {
        void run();
    }

    /**
     * Calls a function.
     *
     * @param target the disk, or null where none is involved
     * @throws VixDiskLibException if it fails
     */
    static void call(NativeFunction function, @Nullable String target, ErrorCall call) throws VixDiskLibException {
        long begun = NativeLog.position();
        Events.Connect event = function.connects() ? Events.connect() : null;
        long error = error(function, call);
        if (event != null) {
            event.record(target, error);
        }
        check(error, function, target, begun);
    }

    /**
     * Calls a function for its error, which is no failure in itself.
     *
     * @throws IllegalStateException if the library has said that it cannot go on
     */
    static long error(NativeFunction function, ErrorCall call) {
        if (!function.endsSomething()) {
            NativeLog.requireNoPanic();
        }
        long start = System.nanoTime();
        long error;
        try {
            error = call.run();
        } catch (AssertionError e) {
            throw unwrap(e);
        }
        Counters.count(function, isFailure(error), System.nanoTime() - start);
        return error;
    }

    /**
     * What a function that has worked has given out. It is looked at, so it must not be NULL.
     *
     * @param out where the function has put the pointer
     * @throws VixDiskLibException if there is none
     */
    static MemorySegment given(MemorySegment out, NativeFunction function, @Nullable String target)
            throws VixDiskLibException {
        MemorySegment given = out.get(VixDiskLibNative.C_POINTER, 0);
        if (given.address() == 0) {
            throw withoutText(0, function, target, null, "the library says that it has worked, and has given nothing");
        }
        return given;
    }

    /** Calls a function that returns a pointer, and cannot fail or tells so by null. */
    static MemorySegment pointer(NativeFunction function, PointerCall call) {
        long start = System.nanoTime();
        MemorySegment pointer = call.run();
        Counters.count(function, false, System.nanoTime() - start);
        return pointer;
    }

    /** Calls a function that returns nothing. */
    static void run(NativeFunction function, VoidCall call) {
        long start = System.nanoTime();
        call.run();
        Counters.count(function, false, System.nanoTime() - start);
    }

    /** Whether what a function has returned is an error: a request that is queued is none. */
    static boolean isFailure(long error) {
        return error != 0 && !new VixError(error).is(ErrorCode.ASYNC);
    }

    /**
     * Throws unless an error is none.
     *
     * @param begun {@link NativeLog#position} before the call
     */
    static void check(long error, NativeFunction function, @Nullable String target, long begun)
            throws VixDiskLibException {
        if (error != 0) {
            throw exception(error, function, target, null, false, begun);
        }
    }

    /**
     * What a call that has failed is for the caller; on the thread of the call and at once, since some of the library's
     * texts depend on both.
     *
     * @param isUnread see {@link FailedCall}
     * @param begun {@link NativeLog#position} before the call
     */
    static VixDiskLibException exception(
            long error,
            NativeFunction function,
            @Nullable String target,
            @Nullable SectorRange sectors,
            boolean isUnread,
            long begun) {
        List<LogLine> log = NativeLog.last(LINES, begun);
        String text = Redaction.redacted(text(error));
        return new FailedCall(function, target, sectors, isUnread, new VixError(error), text, log).exception();
    }

    /** What is thrown for a request that the library has not accepted. */
    static VixDiskLibException refusal(
            long error, NativeFunction function, String target, SectorRange sectors, boolean isUnread, long begun) {
        return error == 0
                ? withoutText(error, function, target, sectors, "the library has neither accepted nor refused it")
                : exception(error, function, target, sectors, isUnread, begun);
    }

    /** What is thrown where the library must not be asked for its text. */
    static VixDiskLibException withoutText(
            long error,
            NativeFunction function,
            @Nullable String target,
            @Nullable SectorRange sectors,
            String reason) {
        return new VixDiskLibException(function.shortName(), target, sectors, new VixError(error), reason);
    }

    /** The library's text for an error, or words that say that there is none. */
    static String text(long error) {
        MemorySegment text =
                pointer(NativeFunction.GET_ERROR_TEXT, () -> VixDiskLib_GetErrorText(error, MemorySegment.NULL));
        if (text.address() == 0) {
            return "(the library has no text for it)";
        }
        try {
            return text.getString(0).strip();
        } finally {
            run(NativeFunction.FREE_ERROR_TEXT, () -> VixDiskLib_FreeErrorText(text));
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
