/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Code of the user that the library has called: log handlers and progress listeners; and suppliers of secrets, which are
 * asked in the middle of a call. The library waits for it to return, maybe with locks held, on whatever thread it called
 * from; so it must not call back.
 */
final class Callback {

    /** Not a thread-local, whose first use on a thread allocates. */
    private static final Set<Thread> THREADS = ConcurrentHashMap.newKeySet();

    private Callback() {}

    /** Runs code of the user. */
    static void run(Runnable code) {
        call(() -> {
            code.run();
            return code;
        });
    }

    /** Runs code of the user for its result. */
    static <T> T call(Supplier<T> code) {
        Thread thread = Thread.currentThread();
        boolean outermost = THREADS.add(thread);
        try {
            return code.get();
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
            throw new IllegalStateException("a log handler, progress listener or supplier of secrets must not use"
                    + " libraries, connections or disks: the library is waiting for it to return");
        }
    }
}
