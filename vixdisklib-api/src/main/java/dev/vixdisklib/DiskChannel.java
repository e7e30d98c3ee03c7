/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.ClosedException;
import dev.vixdisklib.internal.Counted;
import dev.vixdisklib.internal.DiskBytes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/**
 * The bytes of an open disk, at any position and in any number: what {@link java.nio.channels.FileChannel} is for a file, for a
 * disk, whose size is fixed. All positions, counts and sizes are in bytes. {@link Disk#newChannel} makes one.
 *
 * {@snippet :
 * try (DiskChannel channel = disk.newChannel();
 *         FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
 *     for (SectorRange range : disk.allocatedBlocks()) {
 *         long position = Sectors.toBytes(range.start());
 *         channel.transferTo(position, Sectors.toBytes(range.count()), file.position(position));
 *     }
 * }
 * }
 *
 * <p><b>Sectors.</b> The library knows whole sectors of {@value Sectors#SIZE} bytes only. A write that covers a sector in part
 * reads it first and writes it back, and nobody else who uses the same {@link Disk} comes in between: two threads may write
 * neighbouring bytes of a sector, through one channel or two or through {@link Disk#write}, and lose nothing. Reads and writes
 * of up to 64 KiB are atomic in this sense; larger ones are made in requests of at most 1 MiB, between which others have their
 * turn.
 *
 * <p><b>Memory.</b> Buffers may be heap or direct ones, of any alignment. Direct buffers, and native memory segments, are
 * handed to the library without a copy as far as they hold whole sectors; best are positions and sizes that are multiples
 * of {@value Sectors#SIZE}. What is left, heap buffers and mapped files go through memory of the disk, about 1 MiB at most, which
 * it gives back when it is closed.
 *
 * <p><b>Threads.</b> May be used from any thread. Operations that use the position of the channel are done one at a time;
 * those with a position of their own neither use nor change it, and wait only for the disk.
 *
 * <p><b>Failures.</b> No failure is kept back in favour of a short count: if a request fails after others have succeeded, the
 * position of the buffer, and that of the channel if it is used, say how much was done before. An operation of a log handler or
 * progress listener is an {@link IllegalStateException}, as it is on the disk.
 *
 * <p><b>Closing.</b> Closing a channel does not close the disk, and a forgotten channel keeps no memory; but no method works
 * once the channel or the disk is closed, by whomever: they throw {@link ClosedChannelException}. What is under way then ends
 * before its next request. This is no {@link java.nio.channels.InterruptibleChannel}: an interrupt closes nothing and cuts nothing
 * short, and stays set.
 */
public final class DiskChannel implements SeekableByteChannel {

    /** Held so that the disk does not count as forgotten. */
    private final Disk disk;

    private final DiskBytes bytes;

    /** Held by what uses the position, as long as it takes. */
    private final ReentrantLock positionLock = new ReentrantLock();

    /** Written under the lock. */
    private volatile long position;

    private volatile boolean closed;

    DiskChannel(Disk disk) {
        this.disk = disk;
        this.bytes = disk.handle().bytes();
    }

    /**
     * Reads bytes from the channel's position on, and advances it: as many as the buffer has room for, fewer only at the
     * end of the disk.
     *
     * @param target any buffer
     * @return how many bytes were read; -1 if the position is at or behind the end; 0 if the buffer has no room
     * @throws VixDiskLibException if the library fails
     * @throws ClosedChannelException if the channel or the disk is closed
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if the buffer's arena is closed
     * @throws WrongThreadException if the buffer's arena is confined to another thread
     */
    @Override
    public int read(ByteBuffer target) throws IOException {
        begin();
        try {
            long start = position;
            return (int) read(MemorySegment.ofBuffer(target), start, advancing(target, start));
        } finally {
            positionLock.unlock();
        }
    }

    /**
     * Reads bytes: as many as the buffer has room for, fewer only at the end of the disk. The channel's position is not
     * involved.
     *
     * @param target any buffer
     * @param position the first byte, not negative
     * @return how many bytes were read; -1 if the position is at or behind the end; 0 if the buffer has no room
     * @throws VixDiskLibException if the library fails
     * @throws ClosedChannelException if the channel or the disk is closed
     * @throws IllegalArgumentException if the position is negative or the buffer is read-only
     * @throws IllegalStateException if the buffer's arena is closed
     * @throws WrongThreadException if the buffer's arena is confined to another thread
     */
    public int read(ByteBuffer target, long position) throws IOException {
        return (int) read(MemorySegment.ofBuffer(target), position, advancing(target));
    }

    /**
     * Reads bytes into a memory segment, as {@link #read(ByteBuffer, long)}. After a failure, the segment's content is not
     * defined.
     *
     * @param target any segment, of any size
     * @param position the first byte, not negative
     * @return how many bytes were read; -1 if the position is at or behind the end; 0 if the segment is empty
     * @throws VixDiskLibException if the library fails
     * @throws ClosedChannelException if the channel or the disk is closed
     * @throws IllegalArgumentException if the position is negative or the segment is read-only
     * @throws IllegalStateException if the segment's arena is closed
     * @throws WrongThreadException if the segment's arena is confined to another thread
     */
    public long read(MemorySegment target, long position) throws IOException {
        return read(target, position, DiskChannel::unheard);
    }

    private long read(MemorySegment target, long position, LongConsumer progress) throws IOException {
        requireNotNegative(position, "position");
        long done = 0;
        do {
            requireUsable();
            long count = bytes.read(position + done, target.asSlice(done));
            if (count < 0) {
                return done == 0 ? -1 : done;
            }
            done += count;
            progress.accept(done);
        } while (done < target.byteSize());
        return done;
    }

    /**
     * Writes all bytes of a buffer at the channel's position, and advances it.
     *
     * @param source any buffer
     * @return how many bytes were written: all that the buffer had
     * @throws IOException if the bytes do not all fit between the position and the end of the disk; then nothing is written
     * @throws VixDiskLibException if the library fails
     * @throws ClosedChannelException if the channel or the disk is closed
     * @throws NonWritableChannelException if the disk is read-only
     * @throws IllegalStateException if the buffer's arena is closed
     * @throws WrongThreadException if the buffer's arena is confined to another thread
     */
    @Override
    public int write(ByteBuffer source) throws IOException {
        begin();
        try {
            long start = position;
            return (int) write(MemorySegment.ofBuffer(source), start, advancing(source, start));
        } finally {
            positionLock.unlock();
        }
    }

    /**
     * Writes all bytes of a buffer. The channel's position is not involved.
     *
     * @param source any buffer
     * @param position where the first byte goes, not negative
     * @return how many bytes were written: all that the buffer had
     * @throws IOException if the bytes do not all fit between the position and the end of the disk; then nothing is written
     * @throws VixDiskLibException if the library fails
     * @throws ClosedChannelException if the channel or the disk is closed
     * @throws NonWritableChannelException if the disk is read-only
     * @throws IllegalArgumentException if the position is negative
     * @throws IllegalStateException if the buffer's arena is closed
     * @throws WrongThreadException if the buffer's arena is confined to another thread
     */
    public int write(ByteBuffer source, long position) throws IOException {
        return (int) write(MemorySegment.ofBuffer(source), position, advancing(source));
    }

    /**
     * Writes all bytes of a memory segment, as {@link #write(ByteBuffer, long)}. After a failure it is not defined which
     * of them were written.
     *
     * @param source any segment, of any size
     * @param position where the first byte goes, not negative
     * @return how many bytes were written: the size of the segment
     * @throws IOException if the bytes do not all fit between the position and the end of the disk; then nothing is written
     * @throws VixDiskLibException if the library fails
     * @throws ClosedChannelException if the channel or the disk is closed
     * @throws NonWritableChannelException if the disk is read-only
     * @throws IllegalArgumentException if the position is negative
     * @throws IllegalStateException if the segment's arena is closed
     * @throws WrongThreadException if the segment's arena is confined to another thread
     */
    public long write(MemorySegment source, long position) throws IOException {
        return write(source, position, DiskChannel::unheard);
    }

    private long write(MemorySegment source, long position, LongConsumer progress) throws IOException {
        requireNotNegative(position, "position");
        requireUsable();
        requireWritable();
        requireRoom(position, source.byteSize());
        long done = 0;
        do {
            requireUsable();
            done += bytes.write(position + done, source.asSlice(done));
            progress.accept(done);
        } while (done < source.byteSize());
        return done;
    }

    private void requireWritable() {
        if (disk.handle().isReadOnly()) {
            throw new ReadOnlyException(disk);
        }
    }

    /** Refused as a whole: many callers trust that a channel which can block writes everything. */
    private void requireRoom(long position, long count) throws IOException {
        if (count > Math.max(0, size() - position)) {
            throw new IOException("no space for " + Counted.of(count, "byte") + " at byte " + position + " of " + disk
                    + ", which has " + size() + " bytes and cannot grow while it is open");
        }
    }

    /** For what has no position. */
    private static void unheard(long done) {}

    /** Keeps the position of a buffer where the transfer is. */
    private static LongConsumer advancing(ByteBuffer buffer) {
        int start = buffer.position();
        return done -> buffer.position(start + (int) done);
    }

    /** Keeps the positions of a buffer and of the channel where the transfer is. */
    private LongConsumer advancing(ByteBuffer buffer, long start) {
        LongConsumer advancing = advancing(buffer);
        return done -> {
            position = start + done;
            advancing.accept(done);
        };
    }

    /**
     * The position of the channel.
     *
     * @return in bytes from the start of the disk
     * @throws ClosedChannelException if the channel or the disk is closed
     */
    @Override
    public long position() throws IOException {
        requireUsable();
        return position;
    }

    /**
     * Sets the position of the channel. It may be behind the end of the disk: then reads find the end, and writes no space.
     *
     * @param position in bytes from the start of the disk, not negative
     * @return this
     * @throws ClosedChannelException if the channel or the disk is closed
     * @throws IllegalArgumentException if the position is negative
     */
    @Override
    public DiskChannel position(long position) throws IOException {
        begin();
        try {
            requireNotNegative(position, "position");
            this.position = position;
            return this;
        } finally {
            positionLock.unlock();
        }
    }

    /**
     * The size of the disk. It is the same as long as the disk is open.
     *
     * @return in bytes, a multiple of {@value Sectors#SIZE}
     * @throws ClosedChannelException if the channel or the disk is closed
     */
    @Override
    public long size() throws IOException {
        requireUsable();
        return bytes.size();
    }

    /**
     * Does nothing to the disk: its size is fixed. A position behind the given size is set to that, as for every channel.
     *
     * @param size in bytes, not negative, not smaller than the disk
     * @return this
     * @throws IOException if the given size is smaller than the disk
     * @throws ClosedChannelException if the channel or the disk is closed
     * @throws NonWritableChannelException if the disk is read-only
     * @throws IllegalArgumentException if the given size is negative
     */
    @Override
    public DiskChannel truncate(long size) throws IOException {
        begin();
        try {
            requireNotNegative(size, "size");
            requireWritable();
            if (size < bytes.size()) {
                throw new IOException(
                        disk + " has " + bytes.size() + " bytes; a disk cannot be truncated, here to " + size);
            }
            position = Math.min(position, size);
            return this;
        } finally {
            positionLock.unlock();
        }
    }

    /**
     * Copies bytes of the disk to another channel, in requests of 1 MiB and without a detour over the heap. The
     * position of this channel is not involved. The disk is free for others while the target writes.
     *
     * <p>After a failure, on either side, the target may have got some of the bytes.
     *
     * @param position the first byte, not negative
     * @param count how many bytes, not negative; what is behind the end of the disk does not count
     * @param target where they go, from its own position on
     * @return how many bytes the target has taken: fewer than asked for if the disk ends, or a target that does not block
     *     takes no more
     * @throws VixDiskLibException if the library fails
     * @throws IOException if the target fails
     * @throws ClosedChannelException if the channel, the disk or the target is closed
     * @throws NonWritableChannelException if the target cannot be written to
     * @throws IllegalArgumentException if the position or the count is negative
     */
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        long end = end(position, count);
        requireOpen(target, "target");
        long next = position;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = pieces(arena, next, end);
            while (next < end) {
                MemorySegment piece = piece(buffer, next, end);
                read(piece, next, DiskChannel::unheard);
                long written = drain(piece.asByteBuffer(), target);
                next += written;
                if (written < piece.byteSize()) {
                    break;
                }
            }
        }
        return next - position;
    }

    /** Writes a buffer as far as a channel takes it, and says how far that is. */
    private static int drain(ByteBuffer buffer, WritableByteChannel target) throws IOException {
        while (buffer.hasRemaining()) {
            if (target.write(buffer) <= 0) {
                break;
            }
        }
        return buffer.position();
    }

    /**
     * Copies bytes from another channel to the disk, in requests of 1 MiB and without a detour over the heap. The
     * position of this channel is not involved. The disk is free for others while the source reads.
     *
     * <p>After a failure, on either side, some of the bytes may have been written, and some more been read from the source.
     *
     * @param source where the bytes come from, from its own position on
     * @param position where the first byte goes, not negative
     * @param count how many bytes, not negative. No more are read from the source than there is space for on the disk, so that
     *     {@link Long#MAX_VALUE} stands for as much as possible
     * @return how many bytes were written: fewer than asked for if the disk or the source ends, or a source that does not
     *     block has no more. Whether all was copied that the source has, is for the caller to see
     * @throws VixDiskLibException if the library fails
     * @throws IOException if the source fails
     * @throws ClosedChannelException if the channel, the disk or the source is closed
     * @throws NonWritableChannelException if the disk is read-only
     * @throws java.nio.channels.NonReadableChannelException if the source cannot be read from
     * @throws IllegalArgumentException if the position or the count is negative
     */
    public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
        long end = end(position, count);
        requireOpen(source, "source");
        requireWritable();
        long next = position;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = pieces(arena, next, end);
            while (next < end) {
                MemorySegment piece = piece(buffer, next, end);
                // Filled before it is written: channels of streams and sockets give less at a time than is good for a
                // disk.
                long filled = fill(piece.asByteBuffer(), source);
                write(piece.asSlice(0, filled), next, DiskChannel::unheard);
                next += filled;
                if (filled < piece.byteSize()) {
                    break;
                }
            }
        }
        return next - position;
    }

    /** Reads into a buffer as much as a channel has, and says how much that is. */
    private static int fill(ByteBuffer buffer, ReadableByteChannel source) throws IOException {
        while (buffer.hasRemaining()) {
            if (source.read(buffer) <= 0) {
                break;
            }
        }
        return buffer.position();
    }

    /** The end of a transfer, in the disk or, for one that has nothing to do, at its start. */
    private long end(long position, long count) throws IOException {
        requireNotNegative(position, "position");
        requireNotNegative(count, "count");
        return position + Math.min(count, Math.max(0, size() - position));
    }

    /** A buffer for the pieces of a transfer; no pieces, no buffer. */
    private static MemorySegment pieces(Arena arena, long start, long end) {
        long bytes = Math.min(DiskBytes.MAX_REQUEST, end - start);
        return bytes == 0 ? MemorySegment.NULL : Sectors.allocate(arena, (bytes + Sectors.SIZE - 1) / Sectors.SIZE);
    }

    /** The memory of the next piece. Pieces end where requests do, so that only the ends of a transfer can be odd. */
    private static MemorySegment piece(MemorySegment buffer, long next, long end) {
        return buffer.asSlice(0, Math.min(DiskBytes.MAX_REQUEST - next % DiskBytes.MAX_REQUEST, end - next));
    }

    private static void requireOpen(java.nio.channels.Channel other, String what) throws ClosedChannelException {
        if (!other.isOpen()) {
            throw new ClosedException("the " + what + " of the transfer is closed");
        }
    }

    private static void requireNotNegative(long number, String what) {
        if (number < 0) {
            throw new IllegalArgumentException("a negative " + what + ": " + number);
        }
    }

    /** Before waiting for anything: in a callback, that could be a wait for the callback itself. */
    private void requireUsable() throws ClosedChannelException {
        if (closed) {
            throw new ClosedException(this + " is closed");
        }
        bytes.requireUsable();
    }

    /** Begins an operation that uses the position; ended by releasing the lock. */
    private void begin() throws ClosedChannelException {
        requireUsable();
        positionLock.lock();
    }

    /**
     * Whether the channel can be used.
     *
     * @return false once the channel or the disk is closed
     */
    @Override
    public boolean isOpen() {
        return !closed && bytes.isOpen();
    }

    /** Closes the channel, not the disk. Does not wait for what is under way. Closing twice does nothing. */
    @Override
    public void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return "the channel to " + disk;
    }

    /** A refused write, with a text, which a {@link NonWritableChannelException} by itself has not. */
    private static final class ReadOnlyException extends NonWritableChannelException {

        private static final long serialVersionUID = 1L;

        /** What cannot be written to. */
        private final String what;

        ReadOnlyException(Disk disk) {
            this.what = disk.toString();
        }

        @Override
        public String getMessage() {
            return what + " is read-only; open it without " + OpenFlag.READ_ONLY
                    + ", through a connection that is not read-only";
        }
    }
}
