/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The requests of a disk that are in flight. Begun and awaited under the lock of the disk; ended by any thread. */
final class RequestsInFlight {

    /** The threads that wait for requests of any disk. */
    private static final Set<Thread> WAITING = ConcurrentHashMap.newKeySet();

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

    /**
     * Waits until no request is in flight, or the library has said that it cannot go on: callbacks may never come then.
     * Cannot be interrupted, as the requests cannot; an interrupt is kept for later.
     */
    void await() {
        if (count.get() == 0) {
            return;
        }
        boolean interrupted = false;
        Thread thread = Thread.currentThread();
        waiter = thread;
        WAITING.add(thread);
        while (count.get() != 0 && !NativeLog.hasPanicked()) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        WAITING.remove(thread);
        waiter = null;
        if (interrupted) {
            thread.interrupt();
        }
    }

    /** Ends all waiting, after a panic. */
    static void giveUp() {
        WAITING.forEach(LockSupport::unpark);
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
