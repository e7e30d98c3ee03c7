/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A buffer of a pool in the hands of someone, who may release it any time: if a request is using it, it goes back to the pool
 * when that has ended. May be used from any thread.
 */
public final class Lease {

    // What the state is made of.
    private static final int IN_FLIGHT = 1;
    private static final int RELEASED = 2;

    private final PoolMemory pool;
    private final MemorySegment segment;
    private final AtomicInteger state = new AtomicInteger();

    Lease(PoolMemory pool, MemorySegment segment) {
        this.pool = pool;
        this.segment = segment;
    }

    /**
     * The memory.
     *
     * @return the whole buffer
     * @throws IllegalStateException if the buffer was released, or a request is using it
     */
    public MemorySegment segment() {
        requireIdle(state.get());
        return segment;
    }

    /**
     * The size of the memory.
     *
     * @return bytes
     */
    public long byteSize() {
        return segment.byteSize();
    }

    private static void requireIdle(int state) {
        if ((state & RELEASED) != 0) {
            throw new IllegalStateException("the buffer was released to its pool; lease another one");
        }
        if (state != 0) {
            throw new IllegalStateException("a request is using the buffer; wait until its future is done");
        }
    }

    /**
     * Gives the buffer to a request.
     *
     * @return the whole buffer
     * @throws IllegalStateException if the buffer was released, or another request is using it
     */
    MemorySegment beginRequest() {
        if (!state.compareAndSet(0, IN_FLIGHT)) {
            requireIdle(state.get());
            // It was in use a moment ago; whoever does that must be told now and then.
            throw new IllegalStateException("two threads are using the buffer at the same time");
        }
        return segment;
    }

    /** Takes the buffer back from a request; on any thread, without waiting. */
    void endRequest() {
        int before = state.getAndAdd(-IN_FLIGHT);
        if ((before & RELEASED) != 0) {
            // Not in a callback: a virtual thread that waits for the pool there keeps its carrier, and what it
            // waits for may have none; and freeing memory stops other threads for a moment.
            Completions.runElsewhere(this::giveBack);
        }
    }

    /** Releases the buffer; nothing happens if it was released before. */
    public void release() {
        if (setReleased() == 0) {
            giveBack();
        }
    }

    private void giveBack() {
        if (pool.takeBack(segment)) {
            pool.free();
        }
    }

    /**
     * Releases the buffer that its user has forgotten, unless it was released. Its memory is not leased again: a part of it
     * may still be in use.
     *
     * @return whether it was forgotten
     */
    boolean reclaim() {
        if (setReleased() != 0) {
            return false;
        }
        if (pool.lose()) {
            pool.free();
        }
        return true;
    }

    private int setReleased() {
        return state.getAndUpdate(before -> before | RELEASED);
    }
}
