/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Counted;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.ToLongFunction;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A set of sectors, such as those that are allocated or have changed: ascending ranges with gaps in between. Ranges that
 * overlap or touch are one. Immutable, so any thread may use it.
 *
 * <p>A range takes 16 bytes, so that the sets of the largest disks fit into memory. {@link SectorRange} objects are made as
 * they are asked for. Combining two sets takes time in proportion to the number of their ranges.
 *
 * <p>{@snippet :
 * SectorSet changed = SectorSet.ofByteAreas(info.getChangedArea(), DiskChangeExtent::getStart, DiskChangeExtent::getLength);
 * SectorSet copied = changed.intersect(disk.allocatedBlocks().toSet());
 * }
 */
public final class SectorSet implements Iterable<SectorRange> {

    private static final SectorSet EMPTY = new SectorSet(new long[0], new long[0]);

    /** How many ranges of each end of a set are in its text. */
    private static final int SHOWN = 4;

    /** Each is greater than the end before. */
    private final long[] starts;

    private final long[] ends;
    private final long sectors;

    private SectorSet(long[] starts, long[] ends) {
        this.starts = starts;
        this.ends = ends;
        long count = 0;
        for (int i = 0; i < starts.length; i++) {
            count += ends[i] - starts[i];
        }
        this.sectors = count;
    }

    /**
     * No sectors.
     *
     * @return the empty set
     */
    public static SectorSet empty() {
        return EMPTY;
    }

    /**
     * All sectors of a disk, such as what a full backup is about.
     *
     * @param capacity the size of the disk in sectors, not negative
     * @return the sectors from 0 to the last one; none if the disk has none
     * @throws IllegalArgumentException if the capacity is negative
     */
    public static SectorSet all(long capacity) {
        return EMPTY.complement(capacity);
    }

    /**
     * The sectors of some ranges.
     *
     * @param ranges in any order; they may overlap
     * @return the set
     */
    public static SectorSet of(SectorRange... ranges) {
        return copyOf(Arrays.asList(ranges));
    }

    /**
     * The sectors of some ranges.
     *
     * @param ranges in any order; they may overlap
     * @return the set; a set that is given is returned itself
     */
    public static SectorSet copyOf(Iterable<SectorRange> ranges) {
        return ranges instanceof SectorSet set ? set : builder().addAll(ranges).build();
    }

    /**
     * The sectors that areas of bytes touch, such as the changed areas that vSphere's {@code QueryChangedDiskAreas} gives.
     * An area that begins or ends within a sector has the whole sector in the set.
     *
     * @param <A> what an area is
     * @param areas in any order; they may overlap, and be empty
     * @param start gives the offset of an area in bytes
     * @param length gives the length of an area in bytes
     * @return the set
     * @throws IllegalArgumentException if a start or a length is negative, or their sum exceeds a {@code long}
     */
    public static <A> SectorSet ofByteAreas(
            Iterable<? extends A> areas, ToLongFunction<? super A> start, ToLongFunction<? super A> length) {
        Builder builder = builder();
        for (A area : areas) {
            builder.addBytes(start.applyAsLong(area), length.applyAsLong(area));
        }
        return builder.build();
    }

    /**
     * Makes a set out of the ranges of a stream.
     *
     * @return a collector of ranges in any order
     */
    public static Collector<SectorRange, ?, SectorSet> collector() {
        return Collector.of(
                Builder::new,
                Builder::add,
                (left, right) -> left.addAll(right.build()),
                Builder::build,
                Collector.Characteristics.UNORDERED);
    }

    /**
     * Makes a set step by step.
     *
     * @return a builder that has no sectors yet
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The ranges: as few as possible, ascending, with a gap between any two.
     *
     * @return an immutable view
     */
    public List<SectorRange> ranges() {
        return new Ranges();
    }

    @Override
    public Iterator<SectorRange> iterator() {
        return ranges().iterator();
    }

    /**
     * How many sectors there are.
     *
     * @return the sum of the counts of all ranges, in sectors
     */
    public long sectors() {
        return sectors;
    }

    /**
     * Whether there are no sectors.
     *
     * @return whether {@link #sectors} is 0
     */
    public boolean isEmpty() {
        return starts.length == 0;
    }

    /**
     * The first sector.
     *
     * @return its number
     * @throws NoSuchElementException if the set is empty
     */
    public long first() {
        requireSome();
        return starts[0];
    }

    /**
     * The last sector.
     *
     * @return its number
     * @throws NoSuchElementException if the set is empty
     */
    public long last() {
        requireSome();
        return ends[ends.length - 1] - 1;
    }

    private void requireSome() {
        if (isEmpty()) {
            throw new NoSuchElementException("the set of sectors is empty");
        }
    }

    /** The sector after the last one; 0 if there is none. */
    long end() {
        return isEmpty() ? 0 : ends[ends.length - 1];
    }

    /** The first sector of the set that is not before a given one; negative if there is none. */
    long ceiling(long sector) {
        int at = indexAfter(sector);
        return at == starts.length ? -1 : Math.max(starts[at], sector);
    }

    /** The end of the range that a sector of the set is in. */
    long endOfRange(long sector) {
        return ends[indexAfter(sector)];
    }

    /**
     * Whether a sector is in the set.
     *
     * @param sector its number
     * @return whether it is
     */
    public boolean contains(long sector) {
        int at = indexAfter(sector);
        return at < starts.length && starts[at] <= sector;
    }

    /**
     * Whether all sectors of a range are in the set.
     *
     * @param range the range
     * @return whether they are
     */
    public boolean contains(SectorRange range) {
        int at = indexAfter(range.start());
        return at < starts.length && starts[at] <= range.start() && range.end() <= ends[at];
    }

    /**
     * Whether one or more sectors of a range are in the set.
     *
     * @param range the range
     * @return whether they are
     */
    public boolean intersects(SectorRange range) {
        int at = indexAfter(range.start());
        return at < starts.length && starts[at] < range.end();
    }

    /** The index of the first range that ends after a sector. */
    private int indexAfter(long sector) {
        int at = Arrays.binarySearch(ends, sector);
        return at < 0 ? -at - 1 : at + 1;
    }

    /**
     * The sectors of this set that are in a range.
     *
     * @param range the range
     * @return the part of this set
     */
    public SectorSet within(SectorRange range) {
        int from = indexAfter(range.start());
        int to = Arrays.binarySearch(starts, range.end());
        to = to < 0 ? -to - 1 : to;
        if (from >= to) {
            return EMPTY;
        }
        long[] someStarts = Arrays.copyOfRange(starts, from, to);
        long[] someEnds = Arrays.copyOfRange(ends, from, to);
        someStarts[0] = Math.max(someStarts[0], range.start());
        someEnds[to - from - 1] = Math.min(someEnds[to - from - 1], range.end());
        return new SectorSet(someStarts, someEnds);
    }

    /**
     * The sectors that are in this set or in another one.
     *
     * @param other the other set
     * @return the sectors of both
     */
    public SectorSet union(SectorSet other) {
        Builder either = new Builder();
        int mine = 0;
        int theirs = 0;
        while (mine < starts.length || theirs < other.starts.length) {
            if (theirs == other.starts.length || (mine < starts.length && starts[mine] <= other.starts[theirs])) {
                either.append(starts[mine], ends[mine]);
                mine++;
            } else {
                either.append(other.starts[theirs], other.ends[theirs]);
                theirs++;
            }
        }
        return either.build();
    }

    /**
     * The sectors that are in this set and in another one.
     *
     * @param other the other set
     * @return what they have in common
     */
    public SectorSet intersect(SectorSet other) {
        Builder both = new Builder();
        int mine = 0;
        int theirs = 0;
        while (mine < starts.length && theirs < other.starts.length) {
            long start = Math.max(starts[mine], other.starts[theirs]);
            long end = Math.min(ends[mine], other.ends[theirs]);
            if (start < end) {
                both.append(start, end);
            }
            if (ends[mine] < other.ends[theirs]) {
                mine++;
            } else {
                theirs++;
            }
        }
        return both.build();
    }

    /**
     * The sectors that are in this set and not in another one.
     *
     * @param other the other set
     * @return the difference
     */
    public SectorSet minus(SectorSet other) {
        return intersect(other.complement(Long.MAX_VALUE));
    }

    /**
     * The sectors of a disk that are not in this set.
     *
     * @param capacity the size of the disk in sectors, not negative; the set may have sectors beyond it
     * @return the other sectors of the disk
     * @throws IllegalArgumentException if the capacity is negative
     */
    public SectorSet complement(long capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("a negative capacity: " + capacity);
        }
        Builder others = new Builder();
        long at = 0;
        for (int i = 0; i < starts.length && starts[i] < capacity; i++) {
            if (at < starts[i]) {
                others.append(at, starts[i]);
            }
            at = ends[i];
        }
        if (at < capacity) {
            others.append(at, capacity);
        }
        return others.build();
    }

    /**
     * The sectors of all chunks of a disk that this set has a sector of. The last chunk of a disk may be shorter than the
     * others.
     *
     * @param chunkSectors the size of a chunk in sectors, at least 1
     * @param capacity the size of the disk in sectors
     * @return a set that has this one's sectors, and as many more as it takes
     * @throws IllegalArgumentException if the size of a chunk is not positive
     * @throws IndexOutOfBoundsException if the set has sectors beyond the disk
     */
    public SectorSet alignOutward(long chunkSectors, long capacity) {
        if (chunkSectors < 1) {
            throw new IllegalArgumentException("a chunk has at least one sector, not " + chunkSectors);
        }
        requireInside(capacity);
        Builder aligned = new Builder();
        for (int i = 0; i < starts.length; i++) {
            long over = ends[i] % chunkSectors;
            long missing = over == 0 ? 0 : chunkSectors - over;
            aligned.append(starts[i] - starts[i] % chunkSectors, ends[i] + Math.min(missing, capacity - ends[i]));
        }
        return aligned.build();
    }

    /** Throws {@link IndexOutOfBoundsException} if there are sectors beyond a disk. */
    void requireInside(long capacity) {
        if (end() > capacity) {
            throw new IndexOutOfBoundsException("the set has sectors up to " + last() + ", and the disk has "
                    + Counted.of(capacity, "sector") + "; SectorSet.within takes a part of a set");
        }
    }

    /**
     * Whether something is a set of the same sectors.
     *
     * @param other what to compare with
     * @return whether it is
     */
    @Override
    @SuppressWarnings("exports") // of the null annotations, which nobody needs at run time
    public boolean equals(@Nullable Object other) {
        return other instanceof SectorSet set && Arrays.equals(starts, set.starts) && Arrays.equals(ends, set.ends);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(starts) + Arrays.hashCode(ends);
    }

    /**
     * The set in a form for messages; of a set with many ranges the first and the last ones.
     *
     * @return how many sectors there are, and which, such as {@code 129 sectors: 0..127, 300}
     */
    @Override
    public String toString() {
        int count = starts.length;
        if (count == 0) {
            return "no sectors";
        }
        Stream<String> shown = count <= 2 * SHOWN
                ? texts(0, count)
                : Stream.of(texts(0, SHOWN), Stream.of("..."), texts(count - SHOWN, count))
                        .flatMap(each -> each);
        return Counted.of(sectors, "sector")
                + (count <= 2 * SHOWN ? ": " : " in " + count + " ranges: ")
                + shown.collect(Collectors.joining(", "));
    }

    private Stream<String> texts(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> ends[i] - starts[i] == 1 ? "" + starts[i] : starts[i] + ".." + (ends[i] - 1));
    }

    /** The ranges as objects. */
    private final class Ranges extends AbstractList<SectorRange> implements RandomAccess {

        @Override
        public SectorRange get(int index) {
            Objects.checkIndex(index, starts.length);
            return new SectorRange(starts[index], ends[index] - starts[index]);
        }

        @Override
        public int size() {
            return starts.length;
        }
    }

    /**
     * Collects ranges of sectors, which may overlap, in any order; ascending ones cost the least. For one thread at a
     * time.
     */
    public static final class Builder {

        private static final int FIRST_ROOM = 8;

        private long[] starts = new long[FIRST_ROOM];
        private long[] ends = new long[FIRST_ROOM];
        private int size;

        /** Whether the ranges are as a set has them. */
        private boolean ascending = true;

        private Builder() {}

        /**
         * Adds sectors.
         *
         * @param start the first sector
         * @param count how many sectors
         * @return this
         * @throws IllegalArgumentException if the start is negative, the count is not positive, or the end exceeds a
         *     {@code long}
         */
        public Builder add(long start, long count) {
            SectorRange.require(start, count);
            append(start, start + count);
            return this;
        }

        /**
         * Adds the sectors of a range.
         *
         * @param range the range
         * @return this
         */
        public Builder add(SectorRange range) {
            append(range.start(), range.end());
            return this;
        }

        /**
         * Adds the sectors that an area of bytes touches; none if the area is empty.
         *
         * @param offset where the area begins, in bytes
         * @param length how long it is, in bytes
         * @return this
         * @throws IllegalArgumentException if one of the two is negative, or the end exceeds a {@code long}
         */
        public Builder addBytes(long offset, long length) {
            return offset >= 0 && length == 0 ? this : add(Sectors.covering(offset, length));
        }

        /**
         * Adds the sectors of some ranges, or of a set.
         *
         * @param ranges in any order
         * @return this
         */
        public Builder addAll(Iterable<SectorRange> ranges) {
            if (ranges instanceof SectorSet set) {
                for (int i = 0; i < set.starts.length; i++) {
                    append(set.starts[i], set.ends[i]);
                }
            } else {
                ranges.forEach(this::add);
            }
            return this;
        }

        private void append(long start, long end) {
            int last = size - 1;
            if (size > 0 && start >= starts[last] && start <= ends[last]) {
                ends[last] = Math.max(ends[last], end);
                return;
            }
            if (size == starts.length) {
                makeRoom();
                last = size - 1;
            }
            ascending &= size == 0 || start > ends[last];
            starts[size] = start;
            ends[size] = end;
            size++;
        }

        /** Ranges that are the same again and again take no room. */
        private void makeRoom() {
            arrange();
            if (size > starts.length / 2) {
                int room = (int) Math.min(Integer.MAX_VALUE - 8, starts.length + (starts.length >> 1) + 1L);
                starts = Arrays.copyOf(starts, room);
                ends = Arrays.copyOf(ends, room);
            }
        }

        /**
         * Makes the ranges ascending, with gaps in between. For that it is enough to sort their starts and their ends: there
         * is a gap after an end if as many ranges have ended there as have begun.
         */
        private void arrange() {
            if (ascending) {
                return;
            }
            Arrays.sort(starts, 0, size);
            Arrays.sort(ends, 0, size);
            int count = 0;
            for (int i = 0; i < size; i++) {
                boolean isLast = i + 1 == size;
                if (isLast || starts[i + 1] > ends[i]) {
                    ends[count] = ends[i];
                    count++;
                    if (!isLast) {
                        starts[count] = starts[i + 1];
                    }
                }
            }
            size = count;
            ascending = true;
        }

        /**
         * Makes a set of the sectors that were added. More can be added afterwards, for another set.
         *
         * @return the set
         */
        public SectorSet build() {
            arrange();
            return size == 0 ? EMPTY : new SectorSet(Arrays.copyOf(starts, size), Arrays.copyOf(ends, size));
        }
    }
}
