/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A thread that carries out requests of a stream, in order, one after the other. Begins with the first one; nothing is
 * allocated for those that follow.
 */
final class LaneThread {

    private final Consumer<Chunk> work;
    private final WakeUp wakeUp = new WakeUp();

    /** What is to be done and nobody has begun with, the last one on top. */
    private final AtomicReference<@Nullable Chunk> added = new AtomicReference<>();

    private volatile boolean ended;

    /** Guarded by the lock of the stream. */
    private boolean started;

    /**
     * A thread that has not begun.
     *
     * @param work carries out a request, and throws nothing
     */
    LaneThread(Consumer<Chunk> work) {
        this.work = work;
    }

    /** Has a request carried out; under the lock of the stream. */
    void add(Chunk chunk) {
        if (!started) {
            try {
                start();
            } catch (OutOfMemoryError e) {
                chunk.fail(e);
                return;
            }
            started = true;
        }
        Chunk top;
        do {
            top = added.get();
            chunk.next = top;
        } while (!added.compareAndSet(top, chunk));
        wakeUp.raise();
    }

    private void start() {
        Thread.ofPlatform()
                .daemon()
                .name("vixdisklib-stream")
                .inheritInheritableThreadLocals(false)
                .start(this::run);
    }

    /** Ends the thread, when it has done what was added. */
    void end() {
        ended = true;
        wakeUp.raise();
    }

    private void run() {
        while (!ended) {
            carryOut(added.getAndSet(null));
            try {
                wakeUp.await();
            } catch (InterruptedException e) {
                // Nobody has a reason to interrupt it, but somebody may.
            }
        }
        carryOut(added.getAndSet(null));
    }

    private void carryOut(@Nullable Chunk last) {
        Chunk chunk = reversed(last);
        while (chunk != null) {
            Chunk following = chunk.next;
            chunk.next = null;
            // It may be elsewhere from here on.
            work.accept(chunk);
            chunk = following;
        }
    }

    private static @Nullable Chunk reversed(@Nullable Chunk last) {
        Chunk first = null;
        Chunk chunk = last;
        while (chunk != null) {
            Chunk before = chunk.next;
            chunk.next = first;
            first = chunk;
            chunk = before;
        }
        return first;
    }
}
