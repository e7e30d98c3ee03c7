/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Completions;
import dev.vixdisklib.internal.Lease;
import dev.vixdisklib.internal.PoolMemory;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a stream, made when they are first needed. The stream takes them under its lock; any thread gives them back,
 * also in a callback of the library, which wakes the stream.
 */
final class ChunkPool {

    /** Beyond the requests in flight, a stream has chunks of so many bytes for its user, and at least one. */
    private static final int SPARE_BYTES = 8 << 20;

    /** Reachable as long as its chunks are, so that it is not taken for forgotten. */
    @SuppressWarnings({"unused", "UnusedVariable"})
    private final Object stream;

    private final PoolMemory memory;
    private final WakeUp wakeUp;

    /** Those that have come back, the last one on top. */
    private final AtomicReference<@Nullable Chunk> arrived = new AtomicReference<>();

    private volatile boolean closed;

    // For the thread that has the lock of the stream: those that can be taken, and how many there are to be of zeros.
    private @Nullable Chunk free;
    private @Nullable Chunk freeOfZeros;
    private int unmadeOfZeros;

    ChunkPool(Object stream, StreamOptions options, WakeUp wakeUp) {
        this.stream = stream;
        int spare = Math.clamp(SPARE_BYTES / options.chunkBytes(), 1, options.depth());
        this.memory = new PoolMemory(options.chunkBytes(), options.depth() + spare);
        this.wakeUp = wakeUp;
        this.unmadeOfZeros = memory.count();
    }

    PoolMemory memory() {
        return memory;
    }

    /** A chunk with memory, null if there is none now. */
    @Nullable
    Chunk take() {
        Chunk taken = free;
        if (taken == null) {
            Lease lease = memory.tryLease().orElse(null);
            return lease == null ? null : new Chunk(this, lease);
        }
        free = taken.next;
        taken.next = null;
        return taken;
    }

    /** A chunk without memory, null if there is none now. */
    @Nullable
    Chunk takeOfZeros() {
        Chunk taken = freeOfZeros;
        if (taken == null) {
            if (unmadeOfZeros == 0) {
                return null;
            }
            unmadeOfZeros--;
            return new Chunk(this, null);
        }
        freeOfZeros = taken.next;
        taken.next = null;
        return taken;
    }

    /** Lets a chunk be taken again. */
    void putBack(Chunk chunk) {
        if (chunk.hasMemory()) {
            chunk.next = free;
            free = chunk;
        } else {
            chunk.next = freeOfZeros;
            freeOfZeros = chunk;
        }
    }

    /** All that have come back since the last time, linked to each other; null if there are none. */
    @Nullable
    Chunk takeArrived() {
        return arrived.get() == null ? null : arrived.getAndSet(null);
    }

    /** Lets all that have come back be taken again. */
    void collect() {
        Chunk chunk = takeArrived();
        while (chunk != null) {
            Chunk following = chunk.next;
            chunk.next = null;
            putBack(chunk);
            chunk = following;
        }
    }

    /** Brings a chunk back; waits for nothing. */
    void comeBack(Chunk chunk) {
        Chunk top;
        do {
            top = arrived.get();
            chunk.next = top;
        } while (!arrived.compareAndSet(top, chunk));
        if (closed) {
            // Freeing memory stops other threads for a moment, among them perhaps some that wait for the library.
            Completions.runElsewhere(() -> release(takeArrived()));
        } else {
            wakeUp.raise();
        }
    }

    /** Frees the memory, once all chunks have come back; after the last request of the stream. */
    void close() {
        closed = true;
        memory.close();
        release(free);
        free = null;
        release(takeArrived());
    }

    private static void release(@Nullable Chunk first) {
        for (Chunk chunk = first; chunk != null; chunk = chunk.next) {
            if (chunk.hasMemory()) {
                chunk.lease().release();
            }
        }
    }
}
