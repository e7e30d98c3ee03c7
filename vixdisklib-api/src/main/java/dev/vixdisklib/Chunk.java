/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.CompletionHandler;
import dev.vixdisklib.internal.Lease;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Some sectors on their way: what a {@link DiskReader} has read, or what a {@link DiskWriter} is to write. Whoever is handed a
 * chunk closes it, once; until then its memory is theirs, and the stream has a chunk less to read into, so that a slow user
 * slows the stream down instead of filling the memory. A chunk that is being written goes back when it is closed and the
 * request has ended, as a {@link PooledBuffer} does, so it can be closed as soon as {@link DiskWriter#write(Chunk)} has
 * returned.
 *
 * <p>Nothing is allocated for a chunk: the same objects come again and again. So keep neither a chunk nor its memory after
 * closing it: they have other sectors then. Who forgets to close chunks waits for ever for more of them; when the garbage
 * collector finds that the stream is forgotten, too, or was closed, it says so in the log and frees the memory.
 *
 * <p>May be used, and closed, on any thread, by one at a time.
 */
public final class Chunk implements AutoCloseable {

    // What the state is made of; nothing while the chunk belongs to its stream.
    private static final int HELD = 1;
    private static final int IN_FLIGHT = 2;

    /** Is told when the request of a chunk has ended. */
    interface User {

        /** The request has ended; told on any thread, also in a callback of the library, so it waits for nothing. */
        void ended(Chunk chunk);
    }

    private final ChunkPool home;
    private final @Nullable Lease lease;
    private final @Nullable MemorySegment whole;
    private final CompletionHandler handler = this::completed;
    private final AtomicInteger state = new AtomicInteger();

    // What it has in it; written by the stream before it is handed out.
    private long startSector;
    private long sectorCount;

    /** The memory of as many sectors as were wanted last, so that it is made once for chunks of the same size. */
    private @Nullable MemorySegment part;

    /** All of the memory for channels, made when one wants it. */
    private @Nullable ByteBuffer buffer;

    // The request that is in flight, or was last.
    private @Nullable User user;
    private long requestStart;
    private long requestCount;
    private long begun;
    private long error;
    private @Nullable Throwable failure;

    /** Whether it comes back to its reader from a request, rather than from whom it was handed to. */
    boolean isFilled;

    /** Whether it can be handed out; for the thread that has the lock of the stream. */
    boolean isReady;

    /** Whether the memory has nothing but zeros in it. */
    boolean isCleared;

    /** In a stack. */
    @Nullable
    Chunk next;

    /**
     * A chunk.
     *
     * @param lease its memory, null for one that only tells of zeros
     */
    Chunk(ChunkPool home, @Nullable Lease lease) {
        this.home = home;
        this.lease = lease;
        this.whole = lease == null ? null : lease.segment();
    }

    /**
     * Where the sectors come from.
     *
     * @return the first sector on the disk
     */
    public long startSector() {
        requireHeld();
        return startSector;
    }

    /**
     * How many sectors there are.
     *
     * @return sectors of {@value Sectors#SIZE} bytes; of {@linkplain #isZero zeros}, there can be any number
     */
    public long sectorCount() {
        requireHeld();
        return sectorCount;
    }

    /**
     * Whether the sectors are zeros that were not read, as a {@link CopyPlan} has them. There is no memory of them then.
     *
     * @return false if there is {@linkplain #segment memory}
     */
    public boolean isZero() {
        requireHeld();
        return lease == null;
    }

    /**
     * The memory with the sectors; from a {@link DiskWriter}, the memory for them.
     *
     * @return native memory that all threads may use, aligned to a page; {@code sectorCount} &times; {@value Sectors#SIZE}
     *     bytes
     * @throws IllegalStateException if the chunk was closed, is being written, or is one of {@linkplain #isZero zeros}
     */
    public MemorySegment segment() {
        requireHeld();
        if ((state.get() & IN_FLIGHT) != 0) {
            throw new IllegalStateException(
                    "the chunk is being written; take another one, or wait until the writer has finished");
        }
        return memory(sectorCount);
    }

    /** Gives the chunk back to its stream; what has become of that does not matter. */
    @Override
    public void close() {
        if (state.getAndUpdate(before -> before & ~HELD) == HELD) {
            home.comeBack(this);
        }
    }

    private void requireHeld() {
        if ((state.get() & HELD) == 0) {
            throw new IllegalStateException("the chunk was closed, and its memory has other sectors now");
        }
    }

    /** Hands it out. */
    Chunk handOut(long start, long count) {
        isFilled = false;
        isReady = false;
        startSector = start;
        sectorCount = count;
        state.set(HELD);
        return this;
    }

    /** Has its sectors counted from one of the disk; for whom it was handed out to. */
    Chunk countedFrom(long first) {
        startSector -= first;
        return this;
    }

    /** Prepares a request of its stream. */
    void begin(User stream, long start, long count) {
        user = stream;
        requestStart = start;
        requestCount = count;
        error = 0;
        failure = null;
        isCleared = false;
    }

    /** Prepares a request of one who holds it. */
    void beginHeld(User stream, long start, long count) {
        if (!state.compareAndSet(HELD, HELD | IN_FLIGHT)) {
            requireHeld();
            throw new IllegalStateException("the chunk is being written already");
        }
        boolean wasCleared = isCleared;
        begin(stream, start, count);
        isCleared = wasCleared;
    }

    /** After {@link #beginHeld}: it is its holder's again, or goes back if that one has closed it. */
    void endHeld() {
        if (state.getAndUpdate(before -> before & ~IN_FLIGHT) == IN_FLIGHT) {
            home.comeBack(this);
        }
    }

    /** What the library is told to call. */
    CompletionHandler handler(long logPosition) {
        begun = logPosition;
        return handler;
    }

    private void completed(long result, long nanoTime) {
        error = result;
        Objects.requireNonNull(user).ended(this);
    }

    /** The request has ended well. */
    void succeed() {
        completed(0, 0);
    }

    /** The request was not carried out. */
    void fail(Throwable cause) {
        failure = cause;
        Objects.requireNonNull(user).ended(this);
    }

    long requestStart() {
        return requestStart;
    }

    long requestCount() {
        return requestCount;
    }

    long requestBytes() {
        return requestCount * Sectors.SIZE;
    }

    boolean hasFailed() {
        return error != 0 || failure != null;
    }

    /** What the library has said to the request. */
    long error() {
        return error;
    }

    /** What was thrown by the request; null if the library has answered. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Where the log of the library was before the request. */
    long begun() {
        return begun;
    }

    Lease lease() {
        return Objects.requireNonNull(lease);
    }

    boolean hasMemory() {
        return lease != null;
    }

    /** The beginning of the memory, whoever has it. */
    MemorySegment memory(long sectors) {
        if (whole == null) {
            throw new IllegalStateException("the chunk stands for zeros, and has no memory: ask isZero first");
        }
        MemorySegment present = part;
        if (present == null || present.byteSize() != sectors * Sectors.SIZE) {
            present = whole.asSlice(0, Sectors.toBytes(sectors));
            part = present;
        }
        return present;
    }

    /** Bytes of the memory, for whoever holds the chunk; the same buffer each time. */
    ByteBuffer bytes(long from, long to) {
        ByteBuffer present = buffer;
        if (present == null) {
            present = Objects.requireNonNull(whole).asByteBuffer();
            buffer = present;
        }
        return present.clear().limit(Math.toIntExact(to)).position(Math.toIntExact(from));
    }

    @Override
    public String toString() {
        return (state.get() & HELD) == 0
                ? "a closed chunk"
                : "a chunk with " + new SectorRange(startSector, sectorCount);
    }
}
