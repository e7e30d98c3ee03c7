/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Direction;
import dev.vixdisklib.internal.Leaks;
import dev.vixdisklib.internal.NativeDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner.Cleanable;
import java.lang.ref.Reference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads sectors of a disk as a stream of {@linkplain Chunk chunks}, several requests ahead of its user where the transport
 * has requests in flight (over {@code nbd}, {@code nbdssl} and {@code san}). Memory is bounded by the options, whatever the
 * size of the disk, and nothing is allocated for a chunk.
 *
 * {@snippet class = "dev.vixdisklib.DiskReaderTest" region = "checksum"}
 *
 * <p><b>Slow users.</b> Nothing is read without a chunk to read into: a reader whose chunks are all held waits until one is
 * closed. So whoever holds as many as there are must close them on another thread than the one that asks for more.
 *
 * <p><b>Failures</b> come where the sectors would have come: {@link #next} throws, and the one after that goes on with the
 * sectors behind, so that whoever wants to can leave out what cannot be read.
 *
 * <p>May be used from any thread, virtual ones included, and by several, each of which then gets other chunks. Requests are
 * made by {@link #next}. A call that blocks for longer than a local file does, is made on a thread of the reader.
 */
public final class DiskReader implements AutoCloseable {

    private final Disk disk;
    private final NativeDisk handle;
    private final Chunk.User user = this::ended;
    private final Iterator<CopyPlan.Step> steps;
    private final StreamOptions options;
    private final Lane lane;
    private final InFlightLimit limit;
    private final WakeUp wakeUp = new WakeUp();
    private final InFlightLimit.Claim claim = new InFlightLimit.Claim(wakeUp);
    private final ChunkPool chunks;
    private final Cleanable watch;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean closed;

    // Guarded by the lock.

    /** Chunks to be handed out, in order. If that is the order of the disk, not all of them are filled yet. */
    private final Deque<Chunk> queue = new ArrayDeque<>();

    private int inFlight;

    /** Whether the last request ended on the thread that made it, before that went on. */
    private boolean endsWithinCall;

    /** What is to be read next. */
    private long at;

    private long end;
    private CopyPlan.Kind kind = CopyPlan.Kind.KEEP;

    /** Why it could not be found out what is to be read next, if nobody was told yet. */
    private @Nullable RuntimeException lost;

    DiskReader(Disk disk, Iterator<CopyPlan.Step> steps, StreamOptions options, InFlightLimit limit) {
        limit.requireAllowed(options.chunkBytes());
        this.disk = disk;
        this.handle = disk.handle();
        this.steps = steps;
        this.options = options;
        this.lane = Lane.of(disk, Direction.READ, options);
        this.limit = limit;
        this.chunks = new ChunkPool(this, options, wakeUp);
        this.watch = Leaks.watch(this, "a reader of " + disk.name(), chunks.memory(), lane::close);
    }

    /**
     * The next chunk, once it is there.
     *
     * @return the chunk, for the caller to close; null if there are no more
     * @throws VixDiskLibException if sectors cannot be read, which it names; the next call goes on behind them
     * @throws IOException if the library fails to tell which sectors are allocated, where the stream is of those; the next
     *     call asks again
     * @throws IndexOutOfBoundsException if a range that is to be read is not inside the disk; the next call goes on with the
     *     next one
     * @throws InterruptedException if the thread is interrupted before or while it waits; no chunk is lost
     * @throws OutOfMemoryError if there is no native memory for a chunk, and none to come; no sectors are lost
     * @throws IllegalStateException if this or the disk is closed, or the library has panicked; or in a log handler or progress
     *     listener, or in the iterator of the ranges
     */
    @SuppressWarnings("exports") // of the null annotations, which nobody needs at run time
    public @Nullable Chunk next() throws IOException, InterruptedException {
        requireUser();
        lock.lockInterruptibly();
        try {
            while (true) {
                requireOpen();
                advance();
                Chunk first = queue.peek();
                if (first != null && first.isReady) {
                    return handOut(queue.remove());
                }
                if (first == null && inFlight == 0 && at == end) {
                    throwIfLost();
                    return null;
                }
                handle.requireUsable();
                wakeUp.await();
            }
        } finally {
            limit.withdraw(claim);
            lock.unlock();
        }
    }

    /**
     * What is done with a chunk.
     *
     * @param <X> what it can throw
     */
    @FunctionalInterface
    public interface ChunkAction<X extends Exception> {

        /**
         * Uses a chunk, and gives it back by returning.
         *
         * @param chunk with the next sectors; closed afterwards
         * @throws X if the stream is not to go on
         */
        void accept(Chunk chunk) throws X;
    }

    /**
     * Hands all chunks that are left to an action, one after the other, and closes each of them after that.
     *
     * @param <X> what the action can throw
     * @param action what is done with each, on this thread
     * @throws X if the action throws; the next chunk is the one after that
     * @throws IOException as {@link #next} does
     * @throws InterruptedException as {@link #next} does
     * @throws IllegalStateException as {@link #next} does
     */
    public <X extends Exception> void forEach(ChunkAction<X> action) throws X, IOException, InterruptedException {
        for (Chunk next = next(); next != null; next = next()) {
            try (Chunk chunk = next) {
                action.accept(chunk);
            }
        }
    }

    /** Throws if this is called where it would wait for itself. */
    private void requireUser() {
        NativeDisk.requireNoCallback();
        if (lock.isHeldByCurrentThread()) {
            throw new IllegalStateException("what tells the ranges to be read must not use the reader of " + disk.name()
                    + ", which is waiting for it");
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the reader of " + disk.name() + " is closed");
        }
    }

    /** Has what can be read be read. */
    private void advance() {
        collect();
        Chunk first = queue.peek();
        // One that has ended within the call is better used than followed by others that push it out of the caches.
        if (first == null || !first.isReady || inFlight > 0 || !endsWithinCall) {
            fill();
            collect();
        }
    }

    /** Takes what has come back. */
    private void collect() {
        Chunk chunk = chunks.takeArrived();
        while (chunk != null) {
            Chunk following = chunk.next;
            chunk.next = null;
            if (!chunk.isFilled) {
                chunks.putBack(chunk);
            } else {
                inFlight--;
                chunk.isReady = true;
                if (!options.isOrdered()) {
                    queue.add(chunk);
                }
            }
            chunk = following;
        }
    }

    /** Makes requests, as many as should be in flight and there are chunks for. */
    private void fill() {
        boolean goesOn = true;
        while (goesOn && inFlight < lane.depth() && hasMore()) {
            goesOn = kind == CopyPlan.Kind.ZERO ? tellOfZeros() : request();
        }
    }

    /** Whether there is something to be read, which is asked of the plan. */
    private boolean hasMore() {
        try {
            while (at == end && lost == null && steps.hasNext()) {
                begin(steps.next());
            }
        } catch (RuntimeException e) {
            // Told when all that was to be read before has been told.
            lost = e;
        }
        return at < end;
    }

    private void throwIfLost() throws IOException {
        RuntimeException failure = lost;
        if (failure != null) {
            lost = null;
            if (failure instanceof UncheckedIOException unchecked) {
                throw unchecked.getCause();
            }
            throw failure;
        }
    }

    private void begin(CopyPlan.Step step) {
        SectorRange range = step.range();
        range.requireInside(disk);
        if (step.kind() != CopyPlan.Kind.KEEP) {
            kind = step.kind();
            at = range.start();
            end = range.end();
        }
    }

    private boolean tellOfZeros() {
        Chunk chunk = chunks.takeOfZeros();
        if (chunk == null) {
            return false;
        }
        chunk.begin(user, at, end - at);
        chunk.isReady = true;
        queue.add(chunk);
        at = end;
        return true;
    }

    /** Makes one request; returns whether more are to be made before one has come back. */
    private boolean request() {
        Chunk chunk = takeChunk();
        if (chunk == null) {
            return false;
        }
        long count = options.requestSectors(at, end);
        if (lane.isLimited() && !limit.tryTake(claim, Sectors.toBytes(count))) {
            chunks.putBack(chunk);
            return false;
        }
        chunk.begin(user, at, count);
        if (options.isOrdered()) {
            queue.add(chunk);
        }
        inFlight++;
        at += count;
        endsWithinCall = false;
        lane.submit(chunk);
        return !endsWithinCall;
    }

    /** A chunk to read into, null if there is none now. */
    private @Nullable Chunk takeChunk() {
        try {
            return chunks.take();
        } catch (OutOfMemoryError e) {
            if (queue.isEmpty() && inFlight == 0) {
                throw e;
            }
            // It goes on with those that there are.
            return null;
        }
    }

    /** The request of a chunk has ended; told on any thread, also in a callback of the library. */
    private void ended(Chunk chunk) {
        if (lane.isLimited()) {
            limit.giveBack(chunk.requestBytes());
        }
        if (lock.isHeldByCurrentThread()) {
            endsWithinCall = true;
        }
        chunk.isFilled = true;
        chunks.comeBack(chunk);
    }

    private Chunk handOut(Chunk chunk) throws IOException {
        chunk.handOut(chunk.requestStart(), chunk.requestCount());
        if (chunk.hasFailed()) {
            try (chunk) {
                Lane.rethrow(lane.failure(chunk));
            }
        }
        return chunk;
    }

    /**
     * Ends the stream, and waits for the requests that are in flight. Chunks that are held remain valid until they are closed.
     * Closing twice does nothing.
     *
     * @throws IllegalStateException in a log handler or progress listener, or in the iterator of the ranges
     */
    @Override
    public void close() {
        requireUser();
        try {
            closed = true;
            wakeUp.raise();
            lock.lock();
            try {
                drain();
                lane.close();
                chunks.close();
            } finally {
                lock.unlock();
            }
            if (chunks.memory().isFreed()) {
                // Otherwise chunks are held, which can be forgotten.
                watch.clean();
            }
        } finally {
            // Otherwise it could be taken for forgotten in the midst of this.
            Reference.reachabilityFence(this);
        }
    }

    private void drain() {
        wakeUp.awaitUninterruptibly(() -> {
            collect();
            return inFlight == 0 || handle.hasPanicked();
        });
        queue.forEach(chunks::putBack);
        queue.clear();
    }

    @Override
    public String toString() {
        return "a reader of " + disk.name();
    }
}
