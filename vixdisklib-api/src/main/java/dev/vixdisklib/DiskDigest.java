/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * A message digest of all that is in a disk, such as its SHA-256: the same as that of a raw image of it, whatever the disk is
 * stored as. What is not allocated counts as zeros without being read; so a sparse disk takes as long as its zeros take to
 * digest.
 *
 * {@snippet class = "dev.vixdisklib.DiskDigestTest" region = "digest"}
 */
public final class DiskDigest {

    private static final byte[] ZEROS = new byte[64 * 1024];

    private DiskDigest() {}

    /**
     * Digests a disk, while its next sectors are read.
     *
     * @param disk the disk, which nobody should write to meanwhile
     * @param digest what to digest with; what it was given before counts too
     * @return the digest, which the given one has been reset for
     * @throws VixDiskLibException if the library fails
     * @throws IllegalArgumentException if the disk was opened with {@link OpenFlag#SINGLE_LINK} and has a parent
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if the disk is closed
     */
    public static byte[] of(Disk disk, MessageDigest digest) throws IOException, InterruptedException {
        return of(disk, digest, StreamOptions.defaults().readingAhead());
    }

    /**
     * Digests a disk.
     *
     * @param disk the disk, which nobody should write to meanwhile
     * @param digest what to digest with; what it was given before counts too
     * @param options how the disk is read; chunks always come in order
     * @return the digest, which the given one has been reset for
     * @throws VixDiskLibException if the library fails
     * @throws IllegalArgumentException if the disk was opened with {@link OpenFlag#SINGLE_LINK} and has a parent, or chunks
     *     are to come as completed
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if the disk is closed
     */
    public static byte[] of(Disk disk, MessageDigest digest, StreamOptions options)
            throws IOException, InterruptedException {
        return of(disk, digest, options, progress -> {});
    }

    /**
     * Digests a disk, and tells how far it is.
     *
     * @param disk the disk, which nobody should write to meanwhile
     * @param digest what to digest with; what it was given before counts too
     * @param options how the disk is read; chunks always come in order
     * @param listener hears about ten times a second, and once at the end, on this thread, which does nothing else meanwhile;
     *     what it throws ends the digest. It may use the disk
     * @return the digest, which the given one has been reset for
     * @throws VixDiskLibException if the library fails
     * @throws IllegalArgumentException if the disk was opened with {@link OpenFlag#SINGLE_LINK} and has a parent, or chunks
     *     are to come as completed
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if the disk is closed
     */
    public static byte[] of(
            Disk disk, MessageDigest digest, StreamOptions options, Consumer<? super CopyProgress> listener)
            throws IOException, InterruptedException {
        Objects.requireNonNull(listener, "listener");
        options.requireOrdered("a digest");
        ReadingProgress progress = new ReadingProgress(Sectors.toBytes(disk.capacity()), listener);
        try (DiskReader reader = disk.newReader(CopyPlan.full(disk.allocatedBlocks()), options)) {
            reader.forEach(chunk -> update(digest, chunk, progress::read));
        }
        progress.end();
        return digest.digest();
    }

    /** Digests the sectors of a chunk. */
    static void update(MessageDigest digest, Chunk chunk) throws InterruptedException {
        update(digest, chunk, done -> {});
    }

    private static void update(MessageDigest digest, Chunk chunk, LongConsumer done) throws InterruptedException {
        long left = Sectors.toBytes(chunk.sectorCount());
        if (!chunk.isZero()) {
            digest.update(chunk.bytes(0, left));
            done.accept(left);
            return;
        }
        while (left > 0) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long length = Math.min(left, ZEROS.length);
            updateWithZeros(digest, length);
            done.accept(length);
            left -= length;
        }
    }

    /** Digests so many bytes of zeros. */
    static void updateWithZeros(MessageDigest digest, long bytes) {
        for (long left = bytes; left > 0; left -= ZEROS.length) {
            digest.update(ZEROS, 0, (int) Math.min(left, ZEROS.length));
        }
    }
}
