/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How sectors are streamed. The defaults are good for most: chunks of 1 MiB, {@value #DEFAULT_DEPTH} requests in flight,
 * chunks in the order of the disk. Immutable.
 *
 * <p>Over a network, throughput is at most <i>depth &times; chunk / latency</i>, so depth and chunk make up for latency. Where
 * requests block whoever makes them, as with {@code file}, there is one at a time, whatever the depth is.
 */
public final class StreamOptions {

    /** The size of a chunk unless another one is asked for, in bytes: 1 MiB. */
    public static final int DEFAULT_CHUNK_BYTES = 1 << 20;

    /** The size of the largest chunk that is not asked for by {@link #withLargeChunkBytes}, in bytes: 2 MiB. */
    public static final int MAX_CHUNK_BYTES = 2 << 20;

    /** How many requests are in flight unless another number is asked for. */
    public static final int DEFAULT_DEPTH = 8;

    /** The largest depth. */
    public static final int MAX_DEPTH = 1024;

    /** Chunks are multiples of this, in bytes, as hosts are fastest with (VMware KB 83401). */
    static final int ALIGNMENT = 4096;

    /** The same in sectors. */
    private static final int ALIGNED_SECTORS = ALIGNMENT / Sectors.SIZE;

    private static final StreamOptions DEFAULTS =
            new StreamOptions(DEFAULT_CHUNK_BYTES, DEFAULT_DEPTH, true, false, null);

    private final int chunkBytes;
    private final int depth;
    private final boolean ordered;
    private final boolean readingAhead;
    private final @Nullable InFlightLimit limit;

    private StreamOptions(
            int chunkBytes, int depth, boolean ordered, boolean readingAhead, @Nullable InFlightLimit limit) {
        this.chunkBytes = chunkBytes;
        this.depth = depth;
        this.ordered = ordered;
        this.readingAhead = readingAhead;
        this.limit = limit;
    }

    /**
     * Chunks of 1 MiB, {@value #DEFAULT_DEPTH} requests in flight, chunks in order, under the limit of the connection.
     *
     * @return the options
     */
    public static StreamOptions defaults() {
        return DEFAULTS;
    }

    /**
     * The same with chunks of another size. A request is for one chunk, or for less where a range of sectors ends.
     *
     * @param bytes a multiple of 4096, up to {@value #MAX_CHUNK_BYTES}: larger requests bring next to nothing, and take
     *     memory of the host, of which all disks share 48 to 96 MiB (VMware NBD best practices)
     * @return new options
     * @throws IllegalArgumentException if it is another size
     */
    public StreamOptions withChunkBytes(int bytes) {
        if (bytes > MAX_CHUNK_BYTES) {
            throw new IllegalArgumentException("chunks of " + bytes + " bytes are larger than " + MAX_CHUNK_BYTES
                    + ", and take memory of the host without being faster: if that is what you want, say"
                    + " withLargeChunkBytes");
        }
        return withLargeChunkBytes(bytes);
    }

    /**
     * The same with chunks of another size, also of one that hosts may refuse.
     *
     * @param bytes a multiple of 4096
     * @return new options
     * @throws IllegalArgumentException if it is no positive multiple
     */
    public StreamOptions withLargeChunkBytes(int bytes) {
        if (bytes < 1 || bytes % ALIGNMENT != 0) {
            throw new IllegalArgumentException(
                    "the bytes of a chunk are a multiple of " + ALIGNMENT + " above 0, not " + bytes);
        }
        return new StreamOptions(bytes, depth, ordered, readingAhead, limit);
    }

    /**
     * The same with another number of requests in flight.
     *
     * @param requests 1 to {@value #MAX_DEPTH}
     * @return new options
     * @throws IllegalArgumentException if it is another number
     */
    public StreamOptions withDepth(int requests) {
        if (requests < 1 || requests > MAX_DEPTH) {
            throw new IllegalArgumentException("the depth is 1 to " + MAX_DEPTH + ", not " + requests);
        }
        return new StreamOptions(chunkBytes, requests, ordered, readingAhead, limit);
    }

    /**
     * The same with chunks that a reader hands out as they are complete, whatever their order is. Spares waiting for one
     * that is late. For those who can use sectors in any order.
     *
     * @return new options
     */
    public StreamOptions asCompleted() {
        return new StreamOptions(chunkBytes, depth, false, readingAhead, limit);
    }

    /**
     * The same with a thread of the reader that reads the next chunks while the last ones are used, where requests block
     * whoever makes them. For {@code file}, that pays if using a chunk takes about as long as reading it; otherwise, reading
     * on the caller's thread is faster. Where requests are in flight by themselves, it changes nothing.
     *
     * @return new options
     */
    public StreamOptions readingAhead() {
        return new StreamOptions(chunkBytes, depth, ordered, true, limit);
    }

    /**
     * The same under another limit than that of the connection, for example one for several connections to a host.
     *
     * @param shared what bounds the bytes in flight
     * @return new options
     */
    public StreamOptions withLimit(InFlightLimit shared) {
        return new StreamOptions(chunkBytes, depth, ordered, readingAhead, shared);
    }

    /**
     * The size of a chunk.
     *
     * @return bytes
     */
    public int chunkBytes() {
        return chunkBytes;
    }

    /**
     * How many requests a stream has in flight.
     *
     * @return 1 to {@value #MAX_DEPTH}
     */
    public int depth() {
        return depth;
    }

    /**
     * Whether chunks are handed out in order.
     *
     * @return true unless {@link #asCompleted} was asked for
     */
    public boolean isOrdered() {
        return ordered;
    }

    /**
     * Whether a thread reads ahead where requests block.
     *
     * @return true if {@link #readingAhead} was asked for
     */
    public boolean isReadingAhead() {
        return readingAhead;
    }

    /**
     * What bounds the bytes in flight.
     *
     * @return the limit; empty for that of the connection
     */
    public Optional<InFlightLimit> limit() {
        return Optional.ofNullable(limit);
    }

    /** Throws if chunks come in any order. */
    void requireOrdered(String user) {
        if (!ordered) {
            throw new IllegalArgumentException(user + " needs the chunks in order, without asCompleted()");
        }
    }

    /** How many sectors a request is for: to the end, or as many as fit, so that the next one begins at a multiple of 4 KiB. */
    long requestSectors(long start, long end) {
        return Math.min(end - start, chunkSectors() - start % ALIGNED_SECTORS);
    }

    /** Sectors of a chunk. */
    long chunkSectors() {
        return Sectors.ofBytes(chunkBytes);
    }

    @Override
    public String toString() {
        return "chunks of " + chunkBytes + " bytes, depth " + depth + (ordered ? "" : ", as completed")
                + (readingAhead ? ", reading ahead" : "") + (limit == null ? "" : ", " + limit);
    }
}
