/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The memory of a pool of buffers. It is freed when the pool is closed and the last buffer is back; so never while the library
 * is using it. May be used from any thread.
 */
public final class PoolMemory {

    /** Of a page: spares SAN and HotAdd transports a copy (VDDK guide, "SAN Mode on Linux"). */
    private static final long ALIGNMENT = 4096;

    private static final long RETRY_NANOS = 1_000_000;

    /** One for all buffers: to close one of its kind stops all threads for a moment. */
    private final Arena arena = Arena.ofShared();

    private final long bufferBytes;
    private final int count;

    /** Fair, so that whoever has waited longest is next. */
    private final ReentrantLock lock = new ReentrantLock(true);

    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
    private final Deque<MemorySegment> free = new ArrayDeque<>();
    private int leased;
    private boolean closed;

    /** Whether it is freed, or somebody is about to do so. */
    private boolean freed;

    /**
     * Memory for buffers, which is allocated as they are leased.
     *
     * @param bufferBytes the size of each
     * @param count how many
     */
    public PoolMemory(long bufferBytes, int count) {
        this.bufferBytes = bufferBytes;
        this.count = count;
    }

    /**
     * Allocates all buffers now.
     *
     * @return this
     * @throws OutOfMemoryError if there is not that much memory; this has none then
     */
    public PoolMemory allocated() {
        try {
            for (int i = 0; i < count; i++) {
                free.add(allocate());
            }
            return this;
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    private MemorySegment allocate() {
        return arena.allocate(bufferBytes, ALIGNMENT);
    }

    /**
     * The size of a buffer.
     *
     * @return bytes
     */
    public long bufferBytes() {
        return bufferBytes;
    }

    /**
     * The size of the pool.
     *
     * @return how many buffers it has
     */
    public int count() {
        return count;
    }

    /**
     * Leases a buffer, once one is free.
     *
     * @return the buffer
     * @throws InterruptedException if the thread is interrupted while it waits
     * @throws IllegalStateException if the pool is closed, or a callback of the library is calling
     */
    public Lease lease() throws InterruptedException {
        Callback.requireNone();
        lock.lockInterruptibly();
        try {
            while (!closed && leased == count) {
                changed.await();
            }
            return take();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Leases a buffer, if one is free.
     *
     * @return the buffer, empty if there is none
     * @throws IllegalStateException if the pool is closed
     */
    public Optional<Lease> tryLease() {
        lock.lock();
        try {
            return !closed && leased == count ? Optional.empty() : Optional.of(take());
        } finally {
            lock.unlock();
        }
    }

    private Lease take() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
        // One that was lost is replaced, too.
        MemorySegment segment = free.isEmpty() ? allocate() : free.pop();
        leased++;
        return new Lease(this, segment);
    }

    /**
     * Takes a buffer back.
     *
     * @return whether the memory is to be freed now
     */
    boolean takeBack(MemorySegment segment) {
        lock.lock();
        try {
            free.push(segment);
            return end();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Does without a buffer from now on.
     *
     * @return whether the memory is to be freed now
     */
    boolean lose() {
        lock.lock();
        try {
            return end();
        } finally {
            lock.unlock();
        }
    }

    private boolean end() {
        leased--;
        changed.signal();
        freed = closed && leased == 0;
        return freed;
    }

    /**
     * Ends leasing; the memory is freed when the last buffer is back.
     *
     * @return false if that was done before
     */
    public boolean close() {
        boolean unused;
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            closed = true;
            changed.signalAll();
            unused = leased == 0;
            freed = unused;
        } finally {
            lock.unlock();
        }
        if (unused) {
            free();
        }
        return true;
    }

    /** Whether leasing has ended. */
    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether nothing is left of the memory.
     *
     * @return true if leasing has ended and all buffers are back
     */
    public boolean isFreed() {
        lock.lock();
        try {
            return freed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Frees the memory although there are leases, since nobody can reach them any more.
     *
     * @return false if the memory was freed before
     */
    boolean abandon() {
        lock.lock();
        try {
            if (freed) {
                return false;
            }
            closed = true;
            freed = true;
        } finally {
            lock.unlock();
        }
        free();
        return true;
    }

    /** Frees the memory; once. */
    void free() {
        if (!tryFree()) {
            Completions.runElsewhere(() -> {
                // Nobody tells when such a call ends.
                do {
                    LockSupport.parkNanos(RETRY_NANOS);
                } while (!tryFree());
            });
        }
    }

    /** Fails while a synchronous call has a segment that its user has kept. */
    private boolean tryFree() {
        try {
            arena.close();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "the pool of " + Counted.of(count, "buffer") + " of " + bufferBytes + " bytes";
    }
}
