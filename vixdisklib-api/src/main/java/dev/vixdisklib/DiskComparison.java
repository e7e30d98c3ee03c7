/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Compares what is in two disks, sector by sector, whatever they are stored as; also in a disk and a raw image. What is
 * allocated in neither is not read, and what is allocated in one of them is compared with zeros. Sectors that only the larger
 * one has are different.
 *
 * {@snippet class = "dev.vixdisklib.DiskComparisonTest" region = "compare"}
 */
public final class DiskComparison {

    private DiskComparison() {}

    /**
     * Tells where two disks are different. Memory is bounded, however many differences there are.
     *
     * @param one a disk, which nobody should write to meanwhile
     * @param other another one, or the same
     * @param options how both are read; chunks always come in order
     * @param difference is told of each difference when it has been found, as ascending ranges that do not touch; what it
     *     throws ends the comparison. It may use the disks
     * @throws VixDiskLibException if the library fails; it names disk and sectors
     * @throws IllegalArgumentException if a disk was opened with {@link OpenFlag#SINGLE_LINK} and has a parent, or chunks are
     *     to come as completed
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if a disk is closed
     */
    public static void compare(Disk one, Disk other, StreamOptions options, Consumer<SectorRange> difference)
            throws IOException, InterruptedException {
        compare(DiskCopy.from(one), DiskCopy.from(other), options, difference, progress -> {});
    }

    /**
     * Tells where two disks or raw images are different, and how far it is. Memory is bounded, however many differences there
     * are.
     *
     * @param one a {@linkplain DiskCopy#from disk}, which nobody should write to meanwhile, or a {@linkplain DiskCopy#fromFile
     *     raw image}, which is read with its holes, and whose last sector may be incomplete: what is missing counts as zeros
     * @param other another one, or the same
     * @param options how both are read; chunks always come in order
     * @param difference is told of each difference when it has been found, as ascending ranges that do not touch; what it
     *     throws ends the comparison. It may use the disks
     * @param listener hears about ten times a second, and once at the end, on this thread, which does nothing else meanwhile;
     *     the total is the size of the smaller of both. What it throws ends the comparison. It may use the disks
     * @throws VixDiskLibException if the library fails; it names disk and sectors
     * @throws CopyException if a file cannot be read, with the file's failure as its cause; {@code one} is the source,
     *     {@code other} the target. An interrupt during a read closes the file, as with every {@link FileChannel}
     * @throws IllegalArgumentException if a disk was opened with {@link OpenFlag#SINGLE_LINK} and has a parent, chunks are to
     *     come as completed, or one of both is a {@linkplain DiskCopy#fromChannel channel}
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if a disk is closed
     */
    public static void compare(
            DiskCopy.Source one,
            DiskCopy.Source other,
            StreamOptions options,
            Consumer<SectorRange> difference,
            Consumer<? super CopyProgress> listener)
            throws IOException, InterruptedException {
        Objects.requireNonNull(difference, "difference");
        Objects.requireNonNull(listener, "listener");
        options.requireOrdered("a comparison");
        try (Side first = Side.open(one, CopyException.Side.SOURCE, options);
                Side second = Side.open(other, CopyException.Side.TARGET, options);
                Arena arena = Arena.ofConfined()) {
            Differences differences = new Differences(difference);
            MemorySegment zeros = Sectors.allocate(arena, options.chunkSectors());
            long common = Math.min(first.capacity, second.capacity);
            ReadingProgress progress = new ReadingProgress(Sectors.toBytes(common), listener);
            while (first.isInside() && second.isInside()) {
                // A file that is read meanwhile would be closed by it.
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                long count = Math.min(first.left(), second.left());
                compare(first, second, count, zeros, differences);
                if (first.isZero() && second.isZero()) {
                    progress.skipped(Sectors.toBytes(count));
                } else {
                    progress.read(Sectors.toBytes(count));
                }
                first.skip(count);
                second.skip(count);
            }
            long end = Math.max(first.capacity, second.capacity);
            if (common < end) {
                differences.add(common, end);
            }
            differences.tell();
            progress.end();
        }
    }

    /**
     * The sectors in which two disks are different.
     *
     * @param one a disk, which nobody should write to meanwhile
     * @param other another one, or the same
     * @return the sectors; empty if the disks are equal
     * @throws VixDiskLibException if the library fails; it names disk and sectors
     * @throws IllegalArgumentException if a disk was opened with {@link OpenFlag#SINGLE_LINK} and has a parent
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if a disk is closed
     */
    public static SectorSet differences(Disk one, Disk other) throws IOException, InterruptedException {
        SectorSet.Builder differences = SectorSet.builder();
        compare(one, other, StreamOptions.defaults().readingAhead(), differences::add);
        return differences.build();
    }

    private static void compare(Side first, Side second, long count, MemorySegment zeros, Differences differences) {
        if (first.isZero() && second.isZero()) {
            return;
        }
        // Of zeros, there can be more than fit into a chunk; of others there cannot.
        MemorySegment one = first.isZero() ? zeros : first.memory(count);
        MemorySegment other = second.isZero() ? zeros : second.memory(count);
        long end = Sectors.toBytes(count);
        long equal = MemorySegment.mismatch(one, 0, end, other, 0, end);
        while (equal >= 0) {
            long sector = equal / Sectors.SIZE;
            long next = sector + 1;
            while (next < count && isDifferent(one, other, next)) {
                next++;
            }
            differences.add(first.at() + sector, first.at() + next);
            long from = Sectors.toBytes(next);
            long following = MemorySegment.mismatch(one, from, end, other, from, end);
            equal = following < 0 ? -1 : from + following;
        }
    }

    private static boolean isDifferent(MemorySegment one, MemorySegment other, long sector) {
        long from = Sectors.toBytes(sector);
        return MemorySegment.mismatch(one, from, from + Sectors.SIZE, other, from, from + Sectors.SIZE) >= 0;
    }

    /** Where a comparison is on one of the disks. */
    private static final class Side implements AutoCloseable {

        private final CopyStream stream;

        /** In sectors, as it was when the comparison began: that of a file can change. */
        private final long capacity;

        /** Null behind the end. */
        private @Nullable Chunk chunk;

        /** Sectors of the chunk that are compared. */
        private long done;

        private Side(CopyStream stream, long capacity) {
            this.stream = stream;
            this.capacity = capacity;
        }

        static Side open(DiskCopy.Source what, CopyException.Side side, StreamOptions options)
                throws IOException, InterruptedException {
            CopySource source = what.place();
            source.requireReadable();
            long bytes = source.bytes();
            if (bytes == CopySource.UNKNOWN) {
                throw new IllegalArgumentException(
                        "a comparison needs to know the size of both before, and " + source + " has none");
            }
            Iterator<CopyPlan.Step> steps = source.everything(bytes, 0).iterator();
            Cancellation cancellation = new Cancellation();
            CopyStream stream = source instanceof CopySource.OfFile image
                    ? new ImageStream(image.file(), bytes, side, steps, options, cancellation)
                    : source.open(bytes, steps, options, cancellation);
            Side opened = new Side(stream, Math.ceilDiv(bytes, Sectors.SIZE));
            try {
                opened.chunk = opened.stream.next();
                return opened;
            } catch (IOException | InterruptedException | RuntimeException e) {
                opened.close();
                throw e;
            }
        }

        boolean isInside() {
            return chunk != null;
        }

        private Chunk present() {
            if (chunk == null) {
                throw new IllegalStateException("behind the end");
            }
            return chunk;
        }

        long at() {
            return present().startSector() + done;
        }

        long left() {
            return present().sectorCount() - done;
        }

        boolean isZero() {
            return present().isZero();
        }

        MemorySegment memory(long count) {
            return present().segment().asSlice(Sectors.toBytes(done), Sectors.toBytes(count));
        }

        void skip(long count) throws IOException, InterruptedException {
            done += count;
            if (left() == 0) {
                present().close();
                chunk = null;
                done = 0;
                chunk = stream.next();
            }
        }

        @Override
        public void close() {
            if (chunk != null) {
                chunk.close();
            }
            stream.close();
        }
    }

    /** Joins what touches each other. */
    private static final class Differences {

        private final Consumer<SectorRange> told;
        private long start;
        private long end;

        Differences(Consumer<SectorRange> told) {
            this.told = told;
        }

        void add(long from, long to) {
            if (from > end) {
                tell();
                start = from;
            }
            end = to;
        }

        void tell() {
            if (start < end) {
                told.accept(new SectorRange(start, end - start));
            }
        }
    }
}
