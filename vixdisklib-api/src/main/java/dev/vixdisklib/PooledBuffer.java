/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Counted;
import dev.vixdisklib.internal.Leaks;
import dev.vixdisklib.internal.Lease;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner.Cleanable;
import java.lang.ref.Reference;

/**
 * A buffer leased from a {@link BufferPool}, for {@link Disk#readAsync(long, PooledBuffer)} and
 * {@link Disk#writeAsync(long, PooledBuffer)}. One request uses it at a time.
 *
 * <p>May be used from any thread. Who forgets to close it is warned in the log when the garbage collector finds it; the pool
 * then replaces it.
 */
public final class PooledBuffer implements AutoCloseable {

    /** Keeps the pool alive, whose memory this is. */
    private final BufferPool pool;

    private final Lease lease;
    private final Cleanable watch;

    PooledBuffer(BufferPool pool, Lease lease) {
        this.pool = pool;
        this.lease = lease;
        this.watch = Leaks.watch(this, lease);
    }

    Lease lease() {
        return lease;
    }

    /**
     * The pool.
     *
     * @return where the buffer comes from
     */
    public BufferPool pool() {
        return pool;
    }

    /**
     * The size of the buffer.
     *
     * @return sectors of {@value Sectors#SIZE} bytes
     */
    public long sectors() {
        return lease.byteSize() / Sectors.SIZE;
    }

    /**
     * The memory of the buffer. Use it as long as the buffer is leased and no request is using it: after that, it has the
     * sectors of others, and no one can stop you.
     *
     * @return native memory that all threads may use
     * @throws IllegalStateException if the buffer is closed, or a request is using it
     */
    public MemorySegment segment() {
        return lease.segment();
    }

    /**
     * The beginning of the memory of the buffer, for a request that does not fill it. What is said of {@link #segment()}
     * applies.
     *
     * @param sectorCount how many sectors, 1 to {@link #sectors()}
     * @return native memory that all threads may use
     * @throws IllegalArgumentException if the buffer has not so many
     * @throws IllegalStateException if the buffer is closed, or a request is using it
     */
    public MemorySegment segment(long sectorCount) {
        if (sectorCount < 1 || sectorCount > sectors()) {
            throw new IllegalArgumentException(
                    "the buffer has 1 to " + Counted.of(sectors(), "sector") + ", not " + sectorCount);
        }
        return segment().asSlice(0, Sectors.toBytes(sectorCount));
    }

    /**
     * Gives the buffer back to its pool. If a request is using it, that happens when the request has ended; this does not
     * wait. Closing twice does nothing.
     */
    @Override
    public void close() {
        try {
            lease.release();
            watch.clean();
        } finally {
            // Otherwise it could be taken for forgotten in the midst of this.
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String toString() {
        return "a buffer of " + lease.byteSize() + " bytes of a pool";
    }
}
