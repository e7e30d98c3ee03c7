/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Work on a thread of its own. */
final class Background<T> {

    /** Much longer than anything here takes, so that a deadlock fails a test instead of hanging it. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final FutureTask<T> task;
    private final Thread thread;

    private Background(Callable<T> work, Thread.Builder builder) {
        task = new FutureTask<>(work);
        thread = builder.start(task);
    }

    static <T> Background<T> start(Callable<T> work) {
        return new Background<>(work, Thread.ofPlatform().daemon());
    }

    static <T> Background<T> startVirtual(Callable<T> work) {
        return new Background<>(work, Thread.ofVirtual());
    }

    static <T> Background<T> start(Thread.Builder builder, Callable<T> work) {
        return new Background<>(work, builder);
    }

    Thread thread() {
        return thread;
    }

    boolean isDone() {
        return task.isDone();
    }

    /** Waits until the thread waits, for a lock or for another thread. */
    Background<T> awaitWaiting() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!isWaiting(thread.getState())) {
            assertThat(task.isDone()).as("has ended without waiting").isFalse();
            assertThat(System.nanoTime()).as("does not come to wait").isLessThan(deadline);
            Thread.onSpinWait();
        }
        return this;
    }

    private static boolean isWaiting(Thread.State state) {
        return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
    }

    /** What the work has come to: its result, or what it threw. */
    T join() throws Exception {
        try {
            return task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } catch (TimeoutException e) {
            AssertionError stuck = new AssertionError("does not end; its stack:");
            stuck.setStackTrace(thread.getStackTrace());
            throw stuck;
        }
    }
}
