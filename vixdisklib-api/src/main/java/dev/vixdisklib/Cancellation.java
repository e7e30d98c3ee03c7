/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Whether a copy is to be ended, and how its thread gets to know. */
final class Cancellation {

    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean cancelled;

    /** The thread of the copy while it may be interrupted; guarded by the lock. */
    private @Nullable Thread blocked;

    boolean isCancelled() {
        return cancelled;
    }

    /** Ends the copy: at the next look, or what blocks it. */
    void cancel() {
        lock.lock();
        try {
            cancelled = true;
            if (blocked != null) {
                blocked.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Throws if the copy is to be ended. */
    void check() {
        if (cancelled) {
            throw new CancellationException("the copy was cancelled");
        }
    }

    /**
     * Lets this thread be interrupted until {@link #endBlocking}, in a read or write of what can block for ever, such as a
     * pipe. Nothing else is interrupted: within a read or write of a file, that would close the file, which is the user's.
     */
    void beginBlocking() {
        setBlocked(Thread.currentThread());
        check();
    }

    void endBlocking() {
        setBlocked(null);
        // An interrupt that came too late for that must not meet what follows.
        Thread.interrupted();
    }

    private void setBlocked(@Nullable Thread thread) {
        lock.lock();
        try {
            blocked = thread;
        } finally {
            lock.unlock();
        }
    }
}
