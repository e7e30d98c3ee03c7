/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Leaks;
import dev.vixdisklib.internal.PoolMemory;
import java.lang.ref.Cleaner.Cleanable;
import java.lang.ref.Reference;
import java.util.Optional;

/**
 * Buffers for asynchronous requests: native memory that is made once, aligned to a page (spares SAN and HotAdd transports a
 * copy: VDDK guide, "SAN Mode on Linux"), and leased again and again. The library may read or write a buffer until a request
 * has ended, whatever becomes of the caller; so the pool owns the memory, and keeps it until then.
 *
 * <p>A pool serves any number of disks, and has as many requests in flight as it has buffers, which bounds the memory that
 * they take. May be used from any thread.
 */
public final class BufferPool implements AutoCloseable {

    private final PoolMemory memory;
    private final Cleanable watch;

    private BufferPool(PoolMemory memory) {
        this.memory = memory;
        this.watch = Leaks.watch(this, memory);
    }

    /**
     * Makes a pool.
     *
     * @param bufferBytes the size of each buffer in bytes, a multiple of {@value Sectors#SIZE}
     * @param count how many buffers, at least 1
     * @return the pool, for the caller to close
     * @throws IllegalArgumentException if the size is no positive multiple, or there are to be no buffers
     * @throws OutOfMemoryError if there is not that much native memory
     */
    public static BufferPool of(long bufferBytes, int count) {
        if (bufferBytes < 1 || bufferBytes % Sectors.SIZE != 0) {
            throw new IllegalArgumentException("a buffer needs one or more whole sectors of " + Sectors.SIZE
                    + " bytes, and not " + bufferBytes + " bytes");
        }
        if (count < 1) {
            throw new IllegalArgumentException("a pool needs at least one buffer, not " + count);
        }
        return new BufferPool(new PoolMemory(bufferBytes, count).allocated());
    }

    /**
     * The size of each buffer.
     *
     * @return bytes
     */
    public long bufferBytes() {
        return memory.bufferBytes();
    }

    /**
     * The size of the pool.
     *
     * @return how many buffers it has, leased or not
     */
    public int count() {
        return memory.count();
    }

    /**
     * Leases a buffer, once one is free; who has waited longest is first. Its content is what the last user has left.
     *
     * @return the buffer, for the caller to close
     * @throws InterruptedException if the thread is interrupted while it waits
     * @throws IllegalStateException if the pool is closed, also while waiting; or in a log handler or progress listener
     */
    public PooledBuffer lease() throws InterruptedException {
        return new PooledBuffer(this, memory.lease());
    }

    /**
     * Leases a buffer, if one is free now.
     *
     * @return the buffer, for the caller to close; empty if all are leased
     * @throws IllegalStateException if the pool is closed
     */
    public Optional<PooledBuffer> tryLease() {
        return memory.tryLease().map(lease -> new PooledBuffer(this, lease));
    }

    /**
     * Ends leasing. Does not wait: buffers that are leased can still be used, and the memory is freed when the last one is
     * closed and its request has ended. After that, using a segment that someone has kept is an
     * {@link IllegalStateException}. Closing twice does nothing.
     */
    @Override
    public void close() {
        try {
            memory.close();
            watch.clean();
        } finally {
            // Otherwise it could be taken for forgotten in the midst of this.
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String toString() {
        return memory.toString();
    }
}
