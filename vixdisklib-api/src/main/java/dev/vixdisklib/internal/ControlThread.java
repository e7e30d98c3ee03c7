/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that opens and closes, because VixDiskLib wants these calls on one thread (VDDK guide, "Multiple Threads
 * and VixDiskLib"). State that is said to be confined to it needs no lock.
 */
final class ControlThread {

    /** Work for the control thread; the compiler takes {@code X} for nothing where the work throws nothing checked. */
    @FunctionalInterface
    interface Operation<T, X extends Exception> {
        T run() throws X;
    }

    private final ExecutorService executor = Executors.newSingleThreadExecutor(this::newThread);
    private volatile @Nullable Thread thread;

    /** Confined to the control thread. */
    private boolean ended;

    private Thread newThread(Runnable work) {
        Thread made = Thread.ofPlatform().name("vixdisklib-control").daemon().unstarted(work);
        thread = made;
        return made;
    }

    /**
     * Throws on the control thread: then a callback of the library is calling the API, and would wait for itself.
     *
     * @throws IllegalStateException if this is the control thread
     */
    void requireOther() {
        if (Thread.currentThread().equals(thread)) {
            throw new IllegalStateException("a log handler or progress listener must not use disks or connections: the"
                    + " library is waiting for it to return");
        }
    }

    /**
     * Runs an operation on the control thread and waits for it. The wait cannot be interrupted, as the native call behind
     * it cannot; an interrupt is kept for later. What the operation throws is thrown with the caller's stack trace
     * appended.
     *
     * @throws IllegalStateException if this is the control thread, or the library was ended
     */
    <T, X extends Exception> T call(Operation<T, X> operation) throws X {
        requireOther();
        Future<T> result = executor.submit(() -> {
            if (ended) {
                throw new IllegalStateException("the library was ended, because the JVM is shutting down");
            }
            return operation.run();
        });
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    Throwable thrown = withCallersStack(result.exceptionNow());
                    if (thrown instanceof Error error) {
                        throw error;
                    }
                    @SuppressWarnings("unchecked") // operations throw nothing else that is checked
                    X exception = (X) thrown;
                    throw exception;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Runs the last operation if there is a reason to, and refuses all later ones then.
     *
     * @param reason asked on the control thread
     * @param patience how long to wait for the control thread, which may be busy for longer
     */
    void end(BooleanSupplier reason, Runnable last, Duration patience)
            throws InterruptedException, ExecutionException, TimeoutException {
        executor.submit(() -> {
                    if (reason.getAsBoolean()) {
                        ended = true;
                        last.run();
                    }
                })
                .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What an operation threw, with the stack of the thread that wanted it in place of the executor's. */
    private static Throwable withCallersStack(Throwable thrown) {
        thrown.setStackTrace(Stream.concat(
                        Arrays.stream(thrown.getStackTrace())
                                .takeWhile(frame -> !frame.getClassName().equals(FutureTask.class.getName())),
                        Arrays.stream(new Throwable().getStackTrace()).skip(1))
                .toArray(StackTraceElement[]::new));
        return thrown;
    }
}
