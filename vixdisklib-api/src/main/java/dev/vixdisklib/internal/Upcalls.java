/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.ProgressListener;
import dev.vixdisklib.raw.FormattedMessage;
import dev.vixdisklib.raw.c.VixDiskLibGenericLogFunc;
import dev.vixdisklib.raw.c.VixDiskLibProgressFunc;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.UndeclaredThrowableException;
import org.jspecify.annotations.Nullable;

/**
 * What the library calls back. The stubs live as long as the process, since its threads may call at any time, and nothing
 * thrown leaves them: that would end the JVM.
 */
final class Upcalls {

    private static final byte GO_ON = 1;

    /** What runs under {@link #withProgress} on this thread. */
    private static final ThreadLocal<@Nullable Progress> PROGRESS = new ThreadLocal<>();

    /** For information: there is much of it. */
    static final MemorySegment LOG = logStub(Level.DEBUG);

    /** For warnings. */
    static final MemorySegment WARN = logStub(Level.WARNING);

    /** For what the library cannot go on after. */
    static final MemorySegment PANIC = logStub(Level.ERROR);

    private static final MemorySegment PROGRESS_STUB =
            VixDiskLibProgressFunc.allocate((data, percent) -> progress(percent), Arena.global());

    /** Whose warnings are expected; only the control thread's ever are. */
    private static volatile @Nullable Thread expected;

    private Upcalls() {}

    private static MemorySegment logStub(Level level) {
        return VixDiskLibGenericLogFunc.allocate((format, arguments) -> log(level, format, arguments), Arena.global());
    }

    private static void log(Level level, MemorySegment format, MemorySegment arguments) {
        try {
            boolean noise = level == Level.WARNING && Thread.currentThread().equals(expected);
            Level shown = noise ? Level.DEBUG : level;
            Callback.run(() -> NativeLog.write(shown, FormattedMessage.of(format, arguments)));
        } catch (Throwable e) {
            report("a handler of the logger " + NativeLog.LOGGER.getName(), e);
        }
    }

    /** Runs an operation that may well fail: what the library warns of meanwhile is noise. On the control thread. */
    static <T, X extends Exception> T expectWarnings(ControlThread.Operation<T, X> operation) throws X {
        expected = Thread.currentThread();
        try {
            return operation.run();
        } finally {
            expected = null;
        }
    }

    /** Says what was thrown in a callback and goes nowhere else. */
    static void report(String what, Throwable thrown) {
        try {
            System.err.println("vixdisklib: " + what + " failed: " + thrown);
        } catch (Throwable e) {
            // There is nowhere left to say it.
            e.addSuppressed(thrown);
        }
    }

    /** An operation that is given a progress function. */
    @FunctionalInterface
    interface ProgressOperation {
        void run(MemorySegment progressFunction) throws java.io.IOException;
    }

    /**
     * Runs an operation whose progress a listener hears. What the listener throws first is thrown once the operation has
     * ended, or added to what the operation throws.
     */
    static void withProgress(ProgressListener listener, ProgressOperation operation) throws java.io.IOException {
        Progress progress = new Progress(listener);
        PROGRESS.set(progress);
        try {
            operation.run(PROGRESS_STUB);
        } catch (java.io.IOException | RuntimeException e) {
            if (progress.thrown != null) {
                e.addSuppressed(progress.thrown);
            }
            throw e;
        } finally {
            PROGRESS.remove();
        }
        progress.rethrow();
    }

    private static byte progress(int percent) {
        Progress progress = PROGRESS.get();
        if (progress != null) {
            progress.hear(percent);
        }
        return GO_ON;
    }

    private static final class Progress {
        private final ProgressListener listener;
        private @Nullable Throwable thrown;

        Progress(ProgressListener listener) {
            this.listener = listener;
        }

        void hear(int percent) {
            try {
                if (thrown == null) {
                    Callback.run(() -> listener.progress(percent));
                }
            } catch (Throwable e) {
                thrown = e;
            }
        }

        void rethrow() {
            if (thrown instanceof RuntimeException e) {
                throw e;
            }
            if (thrown instanceof Error e) {
                throw e;
            }
            if (thrown != null) {
                // Checked, from a language without checked exceptions.
                throw new UndeclaredThrowableException(thrown);
            }
        }
    }
}
