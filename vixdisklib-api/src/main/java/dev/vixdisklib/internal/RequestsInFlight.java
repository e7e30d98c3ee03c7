/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The requests of a disk that are in flight. Begun and awaited under the lock of the disk; ended by any thread. */
final class RequestsInFlight {

    private final AtomicInteger count = new AtomicInteger();

    /** Many threads add; under the lock of the disk one takes, so what it sees at the top can only get something above. */
    private final AtomicReference<@Nullable AsyncRequest> free = new AtomicReference<>();

    private volatile @Nullable Thread waiter;

    /** Takes a place for a request, which counts from now on. */
    AsyncRequest take() {
        AsyncRequest top = free.get();
        while (top != null && !free.compareAndSet(top, top.next)) {
            top = free.get();
        }
        AsyncRequest taken = top == null ? Completions.take() : top;
        count.incrementAndGet();
        return taken;
    }

    /** Takes note that a request has ended; waits for nothing and allocates nothing. */
    void ended(AsyncRequest request) {
        AsyncRequest top;
        do {
            top = free.get();
            request.next = top;
        } while (!free.compareAndSet(top, request));
        if (count.decrementAndGet() == 0) {
            Thread thread = waiter;
            if (thread != null) {
                LockSupport.unpark(thread);
            }
        }
    }

    /** Waits until no request is in flight. Cannot be interrupted, as the requests cannot; an interrupt is kept for later. */
    void await() {
        boolean interrupted = false;
        waiter = Thread.currentThread();
        while (count.get() != 0) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        waiter = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Gives the places to other disks, when there will be no more requests. */
    void giveBack() {
        AsyncRequest top = free.getAndSet(null);
        while (top != null) {
            AsyncRequest next = top.next;
            Completions.giveBack(top);
            top = next;
        }
    }
}
