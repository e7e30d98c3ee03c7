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
import java.util.stream.Stream;

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

    private final ExecutorService executor = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("vixdisklib-control").daemon().factory());

    /**
     * Runs an operation on the control thread and waits for it. The wait cannot be interrupted, as the native call behind
     * it cannot; an interrupt is kept for later. What the operation throws is thrown with the caller's stack trace
     * appended.
     *
     * @throws IllegalStateException if a callback of the library is calling
     */
    <T, X extends Exception> T call(Operation<T, X> operation) throws X {
        Callback.requireNone();
        Future<T> result = executor.submit(operation::run);
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

    /** Runs an operation and waits for it for a while only, since the control thread may be busy for longer. */
    void call(Runnable operation, Duration patience) throws InterruptedException, ExecutionException, TimeoutException {
        executor.submit(operation).get(patience.toMillis(), TimeUnit.MILLISECONDS);
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
