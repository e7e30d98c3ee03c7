/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.DiskBytes;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Some bytes of a disk, a request for each read; {@link BufferedInputStream} makes it fit for small reads, and for threads. */
final class DiskInputStream extends InputStream {

    private static final int READ_AHEAD = 64 << 10;

    /** Held so that the disk does not count as forgotten. */
    private final Disk disk;

    private final long end;
    private long next;

    private DiskInputStream(Disk disk, long start, long end) {
        this.disk = disk;
        this.next = start;
        this.end = end;
    }

    /** A stream from one byte to before another one. */
    static InputStream buffered(Disk disk, long start, long end) {
        return new BufferedInputStream(new DiskInputStream(disk, start, end), READ_AHEAD);
    }

    private DiskBytes bytes() {
        return disk.handle().bytes();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        long count = Math.min(length, end - next);
        if (count == 0 && length > 0) {
            bytes().requireUsable();
            return -1;
        }
        return (int) read(MemorySegment.ofArray(target).asSlice(offset, count));
    }

    private long read(MemorySegment target) throws IOException {
        long count = bytes().read(next, target);
        next += count;
        return count;
    }

    @Override
    public int available() throws IOException {
        bytes().requireUsable();
        return (int) Math.min(end - next, Integer.MAX_VALUE);
    }

    @Override
    public long skip(long count) throws IOException {
        bytes().requireUsable();
        long skipped = Math.min(Math.max(count, 0), end - next);
        next += skipped;
        return skipped;
    }

    /** Reads in the largest requests, and hands over in pieces that are no burden for the heap. */
    @Override
    public long transferTo(OutputStream out) throws IOException {
        Objects.requireNonNull(out, "out");
        bytes().requireUsable();
        if (next == end) {
            return 0;
        }
        long start = next;
        byte[] piece = new byte[READ_AHEAD];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(Math.min(DiskBytes.MAX_REQUEST, end - next));
            while (next < end) {
                long count = read(buffer.asSlice(0, Math.min(buffer.byteSize(), end - next)));
                for (long done = 0; done < count; done += piece.length) {
                    int length = (int) Math.min(piece.length, count - done);
                    MemorySegment.copy(buffer, done, MemorySegment.ofArray(piece), 0, length);
                    out.write(piece, 0, length);
                }
            }
        }
        return next - start;
    }
}
