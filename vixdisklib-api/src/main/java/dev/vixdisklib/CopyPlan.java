/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Counted;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a backup does with each sector of a disk: ascending steps that cover the disk without gaps.
 *
 * <p>An incremental backup that copies what has changed and is allocated is not enough. A sector that was in use at the
 * backup before and was released since has changed and is not allocated: nothing copies it, and when the backups are
 * restored one over the other, its old bytes are still there. Such sectors are to become {@linkplain Kind#ZERO zeros}.
 *
 * {@snippet class = "dev.vixdisklib.CopyPlanTest" region = "carryOut"}
 *
 * <p>Steps are made during iteration, and a plan of an {@link AllocatedBlocks} asks the library meanwhile, about the parts
 * of the disk where something has changed. Such a plan is used while the disk is open; its iterators throw
 * {@link UncheckedIOException} and {@link IllegalStateException} as those of the blocks do. If the disk is written to
 * meanwhile, each iteration can give other steps. May be used from any thread.
 */
public final class CopyPlan implements Iterable<CopyPlan.Step> {

    /** What is done with sectors. */
    public enum Kind {
        /** Read them and store what they contain. */
        COPY,
        /** Store that they contain zeros, without reading them. */
        ZERO,
        /** Store nothing: they contain what they contained at the backup before. */
        KEEP
    }

    /**
     * What is done with a range of sectors. Steps can be of any length.
     *
     * @param kind what is done
     * @param range the sectors
     */
    public record Step(Kind kind, SectorRange range) {

        @Override
        public String toString() {
            return kind + " " + range;
        }
    }

    private final long capacity;
    private final SectorSet changed;

    /** Ascending ranges that do not touch, all of them in what has changed. */
    private final Iterable<SectorRange> copied;

    private CopyPlan(long capacity, SectorSet changed, Iterable<SectorRange> copied) {
        this.capacity = capacity;
        this.changed = changed;
        this.copied = copied;
    }

    /**
     * The plan of a full backup: allocated sectors are copied, all others are zeros. If it is not known what is allocated,
     * everything is copied.
     *
     * @param allocated the blocks of the disk; if they are {@linkplain AllocatedBlocks#within(SectorSet) those of a part}
     *     of it, the other part is kept
     * @return the plan
     * @throws IllegalArgumentException if the disk was opened with {@link OpenFlag#SINGLE_LINK} and has a parent: what is
     *     not allocated is no zeros then
     */
    public static CopyPlan full(AllocatedBlocks allocated) {
        requireWhole(allocated.disk());
        return new CopyPlan(allocated.disk().capacity(), allocated.wanted(), allocated);
    }

    /** The plan for a part of a disk, as if it was all of one, from a sector of it on; what is before that is kept. */
    static CopyPlan ofPart(AllocatedBlocks allocated, SectorRange part, long start) {
        requireWhole(allocated.disk());
        AllocatedBlocks blocks = allocated.within(new SectorRange(part.start() + start, part.count() - start));
        return new CopyPlan(
                part.count(),
                SectorSet.of(new SectorRange(start, part.count() - start)),
                () -> new InPart(blocks.iterator(), part.start()));
    }

    private static void requireWhole(Disk disk) {
        if (disk.handle().needsParent()) {
            throw new IllegalArgumentException(
                    "what is not allocated in " + disk.name() + " is not zero but in its parents,"
                            + " since it was opened with OpenFlag.SINGLE_LINK: open it without");
        }
    }

    /** Ranges with sectors that are counted from one of the disk. */
    private record InPart(Iterator<SectorRange> ranges, long first) implements Iterator<SectorRange> {

        @Override
        public boolean hasNext() {
            return ranges.hasNext();
        }

        @Override
        public SectorRange next() {
            SectorRange range = ranges.next();
            return new SectorRange(range.start() - first, range.count());
        }
    }

    /**
     * The plan of a full backup: allocated sectors are copied, all others are zeros.
     *
     * @param capacity the size of the disk in sectors
     * @param allocated the allocated sectors
     * @return the plan
     * @throws IllegalArgumentException if the capacity is negative
     * @throws IndexOutOfBoundsException if the set has sectors beyond the disk
     */
    public static CopyPlan full(long capacity, SectorSet allocated) {
        return incremental(capacity, allocated, SectorSet.all(capacity));
    }

    /**
     * The plan of an incremental backup: of the sectors that have changed, allocated ones are copied, and the others are
     * zeros; all other sectors are kept. If it is not known what is allocated, all that has changed is copied.
     *
     * @param allocated the blocks of the disk; asked about where something has changed
     * @param changed what has changed since the backup before, such as {@link SectorSet#ofByteAreas} gives it
     * @return the plan
     * @throws IndexOutOfBoundsException if the set has sectors beyond the disk
     * @throws IllegalArgumentException if the disk was opened with {@link OpenFlag#SINGLE_LINK} and has a parent: what is
     *     not allocated is no zeros then
     */
    public static CopyPlan incremental(AllocatedBlocks allocated, SectorSet changed) {
        return full(allocated.within(changed));
    }

    /**
     * The plan of an incremental backup: of the sectors that have changed, allocated ones are copied, and the others are
     * zeros; all other sectors are kept.
     *
     * @param capacity the size of the disk in sectors
     * @param allocated the allocated sectors
     * @param changed what has changed since the backup before
     * @return the plan
     * @throws IllegalArgumentException if the capacity is negative
     * @throws IndexOutOfBoundsException if one of the sets has sectors beyond the disk
     */
    public static CopyPlan incremental(long capacity, SectorSet allocated, SectorSet changed) {
        if (capacity < 0) {
            throw new IllegalArgumentException("a negative capacity: " + capacity);
        }
        allocated.requireInside(capacity);
        changed.requireInside(capacity);
        return new CopyPlan(capacity, changed, allocated.intersect(changed));
    }

    /**
     * The size of the disk.
     *
     * @return sectors, as many as all steps have together
     */
    public long capacity() {
        return capacity;
    }

    /**
     * The sectors with which one thing is done, for example to know how much there is to copy. Goes through the whole plan.
     *
     * @param kind what is done
     * @return the sectors
     * @throws UncheckedIOException if the library fails
     * @throws IllegalStateException if the plan needs the disk, and that is closed
     */
    public SectorSet sectors(Kind kind) {
        Objects.requireNonNull(kind, "kind");
        SectorSet.Builder sectors = SectorSet.builder();
        for (Step step : this) {
            if (step.kind() == kind) {
                sectors.add(step.range());
            }
        }
        return sectors.build();
    }

    /** Whether there are sectors that are kept. */
    boolean keepsSome() {
        return changed.sectors() < capacity;
    }

    @Override
    public Iterator<Step> iterator() {
        return new Steps();
    }

    @Override
    public String toString() {
        return "a plan for " + Counted.of(capacity, "sector") + " of which have changed: " + changed;
    }

    private final class Steps implements Iterator<Step> {

        private final Iterator<SectorRange> changes = changed.iterator();
        private final Iterator<SectorRange> copies = copied.iterator();

        /** The change that {@link #at} is in or before; null after the last one. */
        private @Nullable SectorRange change = nextOf(changes);

        /** The first copy that is not told; null if that is not known. */
        private @Nullable SectorRange copy;

        /** All before is told. */
        private long at;

        @Override
        public boolean hasNext() {
            return at < capacity;
        }

        @Override
        public Step next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            SectorRange changing = change;
            if (changing == null) {
                return step(Kind.KEEP, capacity);
            }
            if (at < changing.start()) {
                return step(Kind.KEEP, changing.start());
            }
            if (copy == null) {
                // Can fail, and then this step is the next one again.
                copy = nextOf(copies);
            }
            Step step;
            SectorRange copying = copy;
            if (copying == null || copying.start() >= changing.end()) {
                step = step(Kind.ZERO, changing.end());
            } else if (at < copying.start()) {
                step = step(Kind.ZERO, copying.start());
            } else {
                step = step(Kind.COPY, copying.end());
                copy = null;
            }
            if (at == changing.end()) {
                change = nextOf(changes);
            }
            return step;
        }

        private Step step(Kind kind, long end) {
            SectorRange range = new SectorRange(at, end - at);
            at = end;
            return new Step(kind, range);
        }

        private static @Nullable SectorRange nextOf(Iterator<SectorRange> ranges) {
            return ranges.hasNext() ? ranges.next() : null;
        }
    }
}
