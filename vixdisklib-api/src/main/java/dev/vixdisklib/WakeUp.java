/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Wakes the one thread that waits for something to change. Allocates nothing, and raising it waits for nothing. */
final class WakeUp {

    /** A library that has panicked wakes nobody any more. */
    private static final long NANOS_BETWEEN_LOOKS = 1_000_000_000;

    private final AtomicBoolean raised = new AtomicBoolean();
    private volatile @Nullable Thread waiter;

    /** Says that something has changed; on any thread, also in a callback of the library. */
    void raise() {
        if (!raised.getAndSet(true)) {
            Thread thread = waiter;
            if (thread != null) {
                LockSupport.unpark(thread);
            }
        }
    }

    /**
     * Waits until something has changed since it returned the last time, or for a while. For one thread at a time.
     *
     * @throws InterruptedException if the thread is interrupted
     */
    void await() throws InterruptedException {
        waiter = Thread.currentThread();
        try {
            if (!raised.get()) {
                LockSupport.parkNanos(this, NANOS_BETWEEN_LOOKS);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            raised.set(false);
        } finally {
            waiter = null;
        }
    }

    /** As {@link #await}, but an interrupt is kept for later. */
    void awaitUninterruptibly() {
        boolean interrupted = Thread.interrupted();
        try {
            await();
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
