/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Counted;
import dev.vixdisklib.internal.Direction;
import dev.vixdisklib.internal.Leaks;
import dev.vixdisklib.internal.NativeDisk;
import java.io.IOException;
import java.lang.ref.Cleaner.Cleanable;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@linkplain Chunk chunks} to a disk, several at a time where the transport has requests in flight (over {@code nbd},
 * {@code nbdssl} and {@code san}). Chunks come from a {@link DiskReader}, whose memory is written without a copy, or from
 * {@link #chunk} to be filled. Memory is bounded by the options, and nothing is allocated for a chunk.
 *
 * {@snippet class = "dev.vixdisklib.DiskWriterTest" region = "copy"}
 *
 * <p>Requests are carried out in any order, also where they overlap; {@link #finish} waits for all of them. Does not put what
 * was written on stable storage: {@link Disk#flush} does, after that.
 *
 * <p><b>Failures</b> are thrown by the call of the writer that follows them, {@link #finish} and {@link #close} included, and
 * name the sectors. After one, no more requests are made; those that were may still be carried out.
 *
 * <p>May be used from any thread, virtual ones included, and by several. A call that blocks for longer than a local file does,
 * is made on a thread of the writer.
 */
public final class DiskWriter implements AutoCloseable {

    private final Disk disk;
    private final NativeDisk handle;
    private final Chunk.User user = this::ended;
    private final StreamOptions options;
    private final Lane lane;
    private final InFlightLimit limit;
    private final Cleanable watch;

    /** For taking chunks; another one than for requests, since those who wait for chunks need requests to be made. */
    private final ReentrantLock taking = new ReentrantLock();

    private final WakeUp broughtBack = new WakeUp();

    /** Guarded by its lock. */
    private final ChunkPool chunks;

    /** For making requests. */
    private final ReentrantLock requesting = new ReentrantLock();

    private final WakeUp roomMade = new WakeUp();

    /** Guarded by the lock for requests. */
    private final InFlightLimit.Claim claim = new InFlightLimit.Claim(roomMade);

    private final AtomicInteger inFlight = new AtomicInteger();

    /** The first request that has failed. */
    private final AtomicReference<@Nullable Failure> failed = new AtomicReference<>();

    /** Whether that has been thrown. */
    private final AtomicBoolean told = new AtomicBoolean();

    private volatile boolean closed;

    /** What there is to know of a request that has failed, before the library may be asked about it. */
    private record Failure(
            long start, long count, long error, @Nullable Throwable thrown, long begun) {}

    DiskWriter(Disk disk, StreamOptions options, InFlightLimit limit) {
        limit.requireAllowed(options.chunkBytes());
        this.disk = disk;
        this.handle = disk.handle();
        this.options = options;
        this.lane = Lane.of(disk, Direction.WRITE, options);
        this.limit = limit;
        this.chunks = new ChunkPool(this, options, broughtBack);
        this.watch = Leaks.watch(this, "a writer of " + disk.name(), chunks.memory(), lane::close);
    }

    /**
     * An empty chunk, to be filled and {@linkplain #write(long, long, Chunk) written}; once there is one. What is in its
     * memory is not defined.
     *
     * @return a chunk of the size in the options, for the caller to close
     * @throws IOException if a write has failed, which may be one of before
     * @throws InterruptedException if the thread is interrupted before or while it waits
     * @throws IllegalStateException if this or the disk is closed; or in a log handler or progress listener
     */
    public Chunk chunk() throws IOException, InterruptedException {
        Chunk chunk = take();
        chunk.isCleared = false;
        return chunk;
    }

    private Chunk take() throws IOException, InterruptedException {
        NativeDisk.requireNoCallback();
        taking.lockInterruptibly();
        try {
            while (true) {
                requireUsable();
                chunks.collect();
                Chunk chunk = chunks.take();
                if (chunk != null) {
                    return chunk.handOut(0, options.chunkSectors());
                }
                broughtBack.await();
            }
        } finally {
            taking.unlock();
        }
    }

    /**
     * Writes the sectors of a chunk to where they come from; zeros, too. All else is as {@link #write(long, long, Chunk)}
     * says.
     *
     * @param chunk from a {@link DiskReader}
     * @throws IOException if a write has failed, which may be one of before
     * @throws InterruptedException if the thread is interrupted before or while it waits; nothing was written of this chunk,
     *     save for one of zeros
     * @throws IndexOutOfBoundsException if the sectors are not inside the disk
     * @throws IllegalArgumentException if the limit does not allow so many in flight
     * @throws IllegalStateException if this or the disk is closed, or the chunk is, or it is being written; or in a log
     *     handler or progress listener
     */
    public void write(Chunk chunk) throws IOException, InterruptedException {
        if (chunk.isZero()) {
            zero(chunk.startSector(), chunk.sectorCount());
        } else {
            write(chunk.startSector(), chunk.sectorCount(), chunk);
        }
    }

    /**
     * Writes sectors from the beginning of a chunk's memory, which must not be changed until this {@linkplain #finish has
     * finished}. Waits until the request is made, not until it has ended.
     *
     * @param startSector the first sector on the disk
     * @param sectorCount how many, 1 to {@link Chunk#sectorCount()}
     * @param chunk of this writer, of a reader or of another writer; for the caller to close
     * @throws IOException if a write has failed, which may be one of before
     * @throws InterruptedException if the thread is interrupted before or while it waits; nothing was written of this chunk
     * @throws IndexOutOfBoundsException if the sectors are not inside the disk
     * @throws IllegalArgumentException if the chunk has not so many, or stands for zeros, or the limit does not allow so many
     * @throws IllegalStateException if this or the disk is closed, or the chunk is, or it is being written; or in a log
     *     handler or progress listener
     */
    public void write(long startSector, long sectorCount, Chunk chunk) throws IOException, InterruptedException {
        requireRange(startSector, sectorCount);
        if (chunk.isZero()) {
            throw new IllegalArgumentException(chunk + " stands for zeros: write it with write(chunk)");
        }
        if (sectorCount > chunk.sectorCount()) {
            throw new IllegalArgumentException("the chunk has " + Counted.of(chunk.sectorCount(), "sector")
                    + ", and not " + sectorCount + " to write");
        }
        if (lane.isLimited()) {
            // One of another stream can be larger than those of this one, and would wait for its turn for ever.
            limit.requireAllowed(Sectors.toBytes(sectorCount));
        }
        submit(startSector, sectorCount, chunk);
    }

    private void requireRange(long start, long count) {
        if (start < 0 || count < 1 || count > disk.capacity() - start) {
            throw new IndexOutOfBoundsException(Counted.of(count, "sector") + " from sector " + start
                    + (count == 1 ? " is" : " are") + " not inside " + disk.name() + ", which has " + disk.capacity());
        }
    }

    private void submit(long start, long count, Chunk chunk) throws IOException, InterruptedException {
        NativeDisk.requireNoCallback();
        requesting.lockInterruptibly();
        try {
            requireUsable();
            chunk.beginHeld(user, start, count);
            boolean hasRoom = false;
            try {
                awaitRoom(chunk.requestBytes());
                hasRoom = true;
            } finally {
                if (!hasRoom) {
                    chunk.endHeld();
                }
            }
            inFlight.incrementAndGet();
            lane.submit(chunk);
            // It may have ended already.
            throwFailure();
        } finally {
            limit.withdraw(claim);
            requesting.unlock();
        }
    }

    private void awaitRoom(long bytes) throws IOException, InterruptedException {
        while (inFlight.get() >= lane.depth() || (lane.isLimited() && !limit.tryTake(claim, bytes))) {
            roomMade.await();
            requireUsable();
        }
    }

    /**
     * Writes zeros.
     *
     * @param startSector the first sector
     * @param sectorCount how many, at least 1
     * @throws IOException if a write has failed, which may be one of before
     * @throws InterruptedException if the thread is interrupted before or while it waits; some of the zeros may be written
     * @throws IndexOutOfBoundsException if the sectors are not inside the disk
     * @throws IllegalStateException if this or the disk is closed; or in a log handler or progress listener
     */
    public void zero(long startSector, long sectorCount) throws IOException, InterruptedException {
        requireRange(startSector, sectorCount);
        long end = startSector + sectorCount;
        long count;
        for (long at = startSector; at < end; at += count) {
            count = options.requestSectors(at, end);
            try (Chunk chunk = take()) {
                if (!chunk.isCleared) {
                    chunk.segment().fill((byte) 0);
                    chunk.isCleared = true;
                }
                submit(at, count, chunk);
            }
        }
    }

    /** The request of a chunk has ended; told on any thread, also in a callback of the library. */
    private void ended(Chunk chunk) {
        if (lane.isLimited()) {
            limit.giveBack(chunk.requestBytes());
        }
        if (chunk.hasFailed() && failed.get() == null) {
            failed.compareAndSet(
                    null,
                    new Failure(
                            chunk.requestStart(), chunk.requestCount(), chunk.error(), chunk.failure(), chunk.begun()));
        }
        chunk.endHeld();
        inFlight.decrementAndGet();
        roomMade.raise();
    }

    private void requireUsable() throws IOException {
        if (closed) {
            throw new IllegalStateException("the writer of " + disk.name() + " is closed");
        }
        throwFailure();
        handle.requireUsable();
    }

    /** Throws if a write has failed. */
    private void throwFailure() throws IOException {
        Failure failure = failed.get();
        if (failure != null) {
            Throwable thrown = failure.thrown() != null
                    ? failure.thrown()
                    : handle.requests()
                            .failure(
                                    Direction.WRITE,
                                    failure.start(),
                                    failure.count(),
                                    failure.error(),
                                    failure.begun());
            if (told.getAndSet(true)) {
                throw new IOException(
                        "an earlier write to " + disk.name() + " has failed; nothing more is written", thrown);
            }
            Lane.rethrow(thrown);
        }
    }

    /**
     * Waits until all that was written is on the disk. More can be written after that.
     *
     * @throws IOException if a write has failed
     * @throws InterruptedException if the thread is interrupted before or while it waits
     * @throws IllegalStateException if this or the disk is closed; or in a log handler or progress listener
     */
    public void finish() throws IOException, InterruptedException {
        NativeDisk.requireNoCallback();
        requesting.lockInterruptibly();
        try {
            while (inFlight.get() > 0) {
                roomMade.await();
                requireUsable();
            }
            requireUsable();
        } finally {
            requesting.unlock();
        }
    }

    /**
     * Ends the stream, and waits for the requests that are in flight. Chunks that are held remain valid until they are closed.
     * Closing twice does nothing.
     *
     * @throws IOException if a write has failed, and no call before has said so
     * @throws IllegalStateException in a log handler or progress listener
     */
    @Override
    public void close() throws IOException {
        NativeDisk.requireNoCallback();
        try {
            closed = true;
            broughtBack.raise();
            roomMade.raise();
            requesting.lock();
            try {
                roomMade.awaitUninterruptibly(() -> inFlight.get() == 0 || handle.hasPanicked());
                lane.close();
            } finally {
                requesting.unlock();
            }
            taking.lock();
            try {
                chunks.close();
            } finally {
                taking.unlock();
            }
            if (chunks.memory().isFreed()) {
                // Otherwise chunks are held, which can be forgotten.
                watch.clean();
            }
            if (!told.get()) {
                throwFailure();
            }
        } finally {
            // Otherwise it could be taken for forgotten in the midst of this.
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String toString() {
        return "a writer of " + disk.name();
    }
}
