/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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

    /** Waits until something is so, which is told by {@link #raise}; an interrupt is kept for later. For one thread at a time. */
    void awaitUninterruptibly(BooleanSupplier isSo) {
        boolean interrupted = false;
        while (!isSo.getAsBoolean()) {
            try {
                await();
            } catch (InterruptedException e) {
                // Not yet: who is interrupted does not sleep, but goes round and round.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
