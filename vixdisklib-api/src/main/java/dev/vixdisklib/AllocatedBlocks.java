/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.DiskBlocks;
import dev.vixdisklib.internal.NativeDisk;
import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The allocated sectors of an open disk, as ascending ranges with gaps in between. The gaps read as zeros, save for a disk
 * that was opened with {@link OpenFlag#SINGLE_LINK}, where they can be in a parent. The library is asked during iteration, a
 * part of the disk at a time, so memory stays bounded on disks of any size; each iteration asks anew, unless the blocks are
 * {@link #cached}. What is written meanwhile may be missing.
 *
 * <p>The library tells about whole chunks: if one sector of a chunk is allocated, all of them are. It does not tell about an
 * incomplete chunk at the end of a disk (VDDK guide, "QueryAllocatedBlocks"; a query beyond the end is refused), so smaller chunks are
 * taken there, and what is left of the last of these, fewer than {@value #MIN_CHUNK} sectors, counts as allocated. Where it
 * cannot tell at all, as with old servers and some kinds of disks, everything counts as allocated: see {@link #isKnown}.
 *
 * <p>May be iterated on any thread while the disk is open. An iterator throws {@link UncheckedIOException} if the library
 * fails, and can go on after that; {@link IllegalStateException} if the disk is closed.
 */
public final class AllocatedBlocks implements Iterable<SectorRange> {

    /** The smallest chunk that the library takes, in sectors: 64 KiB. */
    public static final int MIN_CHUNK = 128;

    /** The largest chunk that the library takes, in sectors: 64 MiB. */
    public static final int MAX_CHUNK = 131_072;

    /** The most chunks that the library takes in a query. */
    private static final long QUERY_CHUNKS = VixDiskLibNative.VIXDISKLIB_MAX_CHUNK_NUMBER();

    private final Disk disk;
    private final long chunk;

    /** The sectors that were asked for; all of them are in the disk. */
    private final SectorSet wanted;

    /** Why the library cannot tell, or null if it can. */
    private final @Nullable String unknownReason;

    /** What it has told, or null if it is to be asked. */
    private final @Nullable SectorSet cache;

    private AllocatedBlocks(
            Disk disk, long chunk, SectorSet wanted, @Nullable String unknownReason, @Nullable SectorSet cache) {
        this.disk = disk;
        this.chunk = chunk;
        this.wanted = wanted;
        this.unknownReason = unknownReason;
        this.cache = cache;
    }

    static AllocatedBlocks of(Disk disk, long chunk) {
        if (chunk < MIN_CHUNK || chunk > MAX_CHUNK) {
            throw new IllegalArgumentException(
                    "a chunk has " + MIN_CHUNK + " to " + MAX_CHUNK + " sectors, not " + chunk);
        }
        disk.handle().requireOpen();
        SectorSet all = SectorSet.all(disk.capacity());
        return new AllocatedBlocks(disk, chunk, all, whyUnknown(disk.handle(), chunk), null);
    }

    private static @Nullable String whyUnknown(NativeDisk disk, long chunk) {
        if (disk.capacity() < MIN_CHUNK) {
            return "the disk has fewer than " + MIN_CHUNK + " sectors, which is the least that the library tells about";
        }
        try {
            long size = disk.capacity() < chunk ? MIN_CHUNK : chunk;
            DiskBlocks.query(disk, 0, size, size, true);
            return null;
        } catch (IOException | UnsupportedOperationException e) {
            // Whatever the reason is, reading everything is right.
            System.getLogger("dev.vixdisklib")
                    .log(System.Logger.Level.DEBUG, "allocated blocks of " + disk.path() + " are not known", e);
            return String.valueOf(e.getMessage());
        }
    }

    /**
     * Whether the library could tell, when it was asked first.
     *
     * @return false if everything counts as allocated because the library cannot tell
     */
    public boolean isKnown() {
        return unknownReason == null;
    }

    /**
     * Why the library cannot tell.
     *
     * @return a text for a log; empty if {@linkplain #isKnown it can}
     */
    public Optional<String> unknownReason() {
        return Optional.ofNullable(unknownReason);
    }

    /**
     * The allocated ones of some sectors. Parts of the disk without any of them are not asked about.
     *
     * @param sectors the sectors to tell about
     * @return those of these blocks that are in the set, asked for in the same way
     * @throws IndexOutOfBoundsException if the set has sectors beyond the disk
     */
    public AllocatedBlocks within(SectorSet sectors) {
        sectors.requireInside(disk.capacity());
        SectorSet kept = cache == null ? null : cache.intersect(sectors);
        return new AllocatedBlocks(disk, chunk, wanted.intersect(sectors), unknownReason, kept);
    }

    /**
     * The allocated ones of a range of sectors.
     *
     * @param range the sectors to tell about
     * @return those of these blocks that are in the range, asked for in the same way
     * @throws IndexOutOfBoundsException if the range is not inside the disk
     */
    public AllocatedBlocks within(SectorRange range) {
        return within(SectorSet.of(range));
    }

    /**
     * Asks the library now, and keeps the answer.
     *
     * @return the allocated sectors at the time of the call
     * @throws VixDiskLibException if the library fails
     * @throws IOException if the library answers with something else than it was asked about
     * @throws IllegalStateException if the disk is closed
     */
    public SectorSet toSet() throws IOException {
        if (cache != null) {
            return cache;
        }
        SectorSet.Builder all = SectorSet.builder();
        Answers answers = new Answers();
        for (SectorSet answer = answers.next(); answer != null; answer = answers.next()) {
            all.addAll(answer);
        }
        return all.build();
    }

    /**
     * Asks the library now, so that iterations ask no more. Queries are slow with some servers, and a disk does nothing else
     * meanwhile. Only for disks that are open to be read only: what is allocated changes while a disk is written to.
     *
     * @return the same blocks; they can be iterated after the disk was closed, too
     * @throws VixDiskLibException if the library fails
     * @throws IOException if the library answers with something else than it was asked about
     * @throws IllegalStateException if the disk is closed, or is not open to be read only
     */
    public AllocatedBlocks cached() throws IOException {
        if (!disk.isReadOnly()) {
            throw new IllegalStateException(
                    "what is allocated of " + disk.name() + " changes while it is written to, and is"
                            + " not cached: open the disk with OpenFlag.READ_ONLY, or take toSet() if what was allocated at one"
                            + " time is good enough");
        }
        return cache != null ? this : new AllocatedBlocks(disk, chunk, wanted, unknownReason, toSet());
    }

    /** The sectors that these blocks tell about. */
    SectorSet wanted() {
        return wanted;
    }

    /** The disk that these blocks are of. */
    Disk disk() {
        return disk;
    }

    @Override
    public Iterator<SectorRange> iterator() {
        return cache == null ? new Ranges() : cache.iterator();
    }

    @Override
    public String toString() {
        return "the allocated blocks of " + disk.name();
    }

    /** What the library answers, one query after the other. */
    private final class Answers {

        /** All before is told. */
        private long next;

        /** The next sectors, null if there are no more; after a failure the same ones again. */
        @Nullable
        SectorSet next() throws IOException {
            long from = wanted.ceiling(next);
            if (from < 0) {
                return null;
            }
            long capacity = disk.capacity();
            long size = from < capacity - capacity % chunk ? chunk : MIN_CHUNK;
            long end = capacity - capacity % size;
            if (unknownReason != null || from >= end) {
                disk.handle().requireOpen();
                next = capacity;
                return part(from, capacity);
            }
            long start = from - from % size;
            end = start + Math.min(end - start, QUERY_CHUNKS * size);
            SectorSet answer = ask(start, size, part(from, end));
            next = end;
            return answer;
        }

        private SectorSet part(long from, long end) {
            return wanted.within(new SectorRange(from, end - from));
        }

        /** The allocated ones of some sectors, of which the last one is in a whole chunk. */
        private SectorSet ask(long start, long size, SectorSet part) throws IOException {
            long count = (part.last() - start) / size * size + size;
            SectorSet answer = DiskBlocks.query(disk.handle(), start, count, size, false);
            return part.contains(new SectorRange(start, count)) ? answer : answer.intersect(part);
        }
    }

    /** The ranges of the answers; those that touch each other as one. */
    private final class Ranges implements Iterator<SectorRange> {

        private final Answers answers = new Answers();
        private List<SectorRange> answer = List.of();
        private int following;

        /** The next range as far as it is known, null if none is. A query can fail, and the caller go on after that. */
        private @Nullable SectorRange next;

        @Override
        public boolean hasNext() {
            while (next == null) {
                if (following < answer.size()) {
                    next = answer.get(following++);
                } else if (!ask()) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public SectorRange next() {
            if (!hasNext() || next == null) {
                throw new NoSuchElementException();
            }
            while (canGoOn(next) && ask()) {
                if (!answer.isEmpty() && answer.get(0).start() == next.end()) {
                    next = new SectorRange(
                            next.start(), next.count() + answer.get(0).count());
                    following = 1;
                }
            }
            SectorRange range = next;
            next = null;
            return range;
        }

        /** Whether a range ends where nothing is told yet about the sector after it. */
        private boolean canGoOn(SectorRange range) {
            return following == answer.size() && range.end() == answers.next && wanted.contains(range.end());
        }

        private boolean ask() {
            try {
                SectorSet more = answers.next();
                if (more == null) {
                    return false;
                }
                answer = more.ranges();
                following = 0;
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
