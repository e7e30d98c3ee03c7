/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Code of the user that the library has called: log handlers and progress listeners. The library waits for it to return,
 * maybe with locks held, on whatever thread it called from; so it must not call back.
 */
final class Callback {

    /** Not a thread-local, whose first use on a thread allocates. */
    private static final Set<Thread> THREADS = ConcurrentHashMap.newKeySet();

    private Callback() {}

    /** Runs code of the user. */
    static void run(Runnable code) {
        Thread thread = Thread.currentThread();
        boolean outermost = THREADS.add(thread);
        try {
            code.run();
        } finally {
            if (outermost) {
                THREADS.remove(thread);
            }
        }
    }

    /**
     * Throws if this thread is in a callback; before everything that calls the library or waits for it.
     *
     * @throws IllegalStateException if this thread is in a callback
     */
    static void requireNone() {
        if (THREADS.contains(Thread.currentThread())) {
            throw new IllegalStateException("a log handler or progress listener must not use libraries, connections or"
                    + " disks: the library is waiting for it to return");
        }
    }
}
