/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.NativeDisk;
import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The allocated sectors of an open disk, as ascending ranges with gaps in between; the gaps read as zeros. The library is
 * asked during iteration, a part of the disk at a time, so memory stays bounded on disks of any size; each iteration asks
 * anew. What is written meanwhile may be missing.
 *
 * <p>The library tells about chunks of 128 sectors, and not about an incomplete chunk at the end of a disk,
 * which therefore counts as allocated (VDDK guide, "QueryAllocatedBlocks"). Where it cannot tell at all, as with old servers
 * and some kinds of disks, everything counts as allocated: see {@link #isKnown}.
 *
 * <p>May be iterated on any thread while the disk is open. An iterator throws {@link UncheckedIOException} if the library
 * fails, {@link IllegalStateException} if the disk is closed.
 */
public final class AllocatedBlocks implements Iterable<SectorRange> {

    /** The smallest chunk that the library takes, in sectors. */
    private static final int CHUNK = VixDiskLibNative.VIXDISKLIB_MIN_CHUNK_SIZE();

    /** The most chunks that the library takes in a query. */
    private static final int QUERY_CHUNKS = VixDiskLibNative.VIXDISKLIB_MAX_CHUNK_NUMBER();

    private final Disk disk;
    private final boolean known;

    private AllocatedBlocks(Disk disk, boolean known) {
        this.disk = disk;
        this.known = known;
    }

    static AllocatedBlocks of(Disk disk) {
        disk.handle().requireOpen();
        return new AllocatedBlocks(disk, canTell(disk.handle()));
    }

    private static boolean canTell(NativeDisk disk) {
        if (!disk.canQueryAllocatedBlocks() || disk.capacity() < CHUNK) {
            return false;
        }
        try {
            disk.queryAllocatedBlocks(0, CHUNK, CHUNK);
            return true;
        } catch (IOException e) {
            // Whatever the reason is, reading everything is right.
            System.getLogger("dev.vixdisklib")
                    .log(System.Logger.Level.DEBUG, "allocated blocks of " + disk.path() + " are not known", e);
            return false;
        }
    }

    /**
     * Whether the library could tell.
     *
     * @return false if everything counts as allocated because the library cannot tell
     */
    public boolean isKnown() {
        return known;
    }

    @Override
    public Iterator<SectorRange> iterator() {
        return new Merged(new Queried());
    }

    /** The answers of the library, one query after the other, and the rest of the disk. */
    private final class Queried implements Iterator<SectorRange> {

        private final long end = known ? disk.capacity() / CHUNK * CHUNK : 0;
        private final Queue<SectorRange> answer = new ArrayDeque<>();
        private long next;

        @Override
        public boolean hasNext() {
            while (answer.isEmpty() && next < disk.capacity()) {
                long count;
                if (next < end) {
                    count = Math.min(end - next, (long) QUERY_CHUNKS * CHUNK);
                    ask(next, count);
                } else {
                    disk.handle().requireOpen();
                    count = disk.capacity() - next;
                    answer.add(new SectorRange(next, count));
                }
                next += count;
            }
            return !answer.isEmpty();
        }

        private void ask(long start, long count) {
            try {
                List<SectorRange> ranges = disk.handle().queryAllocatedBlocks(start, count, CHUNK);
                long least = start;
                for (SectorRange range : ranges) {
                    if (range.start() < least || range.end() > start + count) {
                        throw new IOException("the library was asked about " + new SectorRange(start, count) + " of "
                                + disk.name() + " and has answered with " + range + " out of order");
                    }
                    least = range.end();
                }
                answer.addAll(ranges);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public SectorRange next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return answer.remove();
        }
    }

    /** Ranges that touch each other as one. */
    private static final class Merged implements Iterator<SectorRange> {

        private final Iterator<SectorRange> ranges;
        private @Nullable SectorRange next;

        Merged(Iterator<SectorRange> ranges) {
            this.ranges = ranges;
        }

        @Override
        public boolean hasNext() {
            if (next == null && ranges.hasNext()) {
                next = ranges.next();
            }
            return next != null;
        }

        @Override
        public SectorRange next() {
            if (!hasNext() || next == null) {
                throw new NoSuchElementException();
            }
            SectorRange following = null;
            while (following == null && ranges.hasNext()) {
                SectorRange range = ranges.next();
                if (range.start() == next.end()) {
                    // Kept at once: the next query can fail, and the caller go on after that.
                    next = new SectorRange(next.start(), next.count() + range.count());
                } else {
                    following = range;
                }
            }
            SectorRange merged = next;
            next = following;
            return merged;
        }
    }
}
