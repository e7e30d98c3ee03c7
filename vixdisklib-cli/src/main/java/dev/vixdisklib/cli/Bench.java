/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Chunk;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskReader;
import dev.vixdisklib.DiskWriter;
import dev.vixdisklib.SectorRange;
import dev.vixdisklib.SectorSet;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.Statistics;
import dev.vixdisklib.StreamOptions;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.util.Iterator;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;

/** Reads and writes a disk for some time in one way after the other, each where the one before has ended. */
final class Bench {

    /** What is lost of the place where a measurement ends, in sectors: small enough, and a multiple of all chunks. */
    private static final long PIECE = 32_768;

    private final Disk disk;
    private final long nanos;
    private final Iterator<SectorRange> pieces;
    private final LongConsumer progress;
    private long bytes;
    private long measured;

    /**
     * For a disk.
     *
     * @param places what to read and write, over and over; not empty
     * @param nanos how long to measure each way
     * @param progress hears for how many nanoseconds it has measured in all
     */
    Bench(Disk disk, SectorSet places, long nanos, LongConsumer progress) {
        this.disk = disk;
        this.nanos = nanos;
        this.progress = progress;
        this.pieces = new Pieces(places);
    }

    /** All that was read and written. */
    long bytes() {
        return bytes;
    }

    /** Has code compiled, and connections made. */
    void warmUp(StreamOptions options) throws IOException, InterruptedException {
        read(options, nanos / 4, took -> {});
    }

    BenchResult read(StreamOptions options) throws IOException, InterruptedException {
        BenchResult result = read(options, nanos, this::tell);
        measured += nanos;
        return result;
    }

    private void tell(long took) {
        progress.accept(measured + Math.min(took, nanos));
    }

    private BenchResult read(StreamOptions options, long limit, LongConsumer listener)
            throws IOException, InterruptedException {
        Statistics before = disk.statistics();
        long begin = System.nanoTime();
        long moved = 0;
        long requests = 0;
        long took = 0;
        try (DiskReader reader = disk.newReader(() -> pieces, options)) {
            while (took < limit) {
                try (Chunk chunk = reader.next()) {
                    if (chunk == null) {
                        break;
                    }
                    moved += Sectors.toBytes(chunk.sectorCount());
                    requests++;
                }
                took = System.nanoTime() - begin;
                listener.accept(took);
            }
        }
        bytes += moved;
        return new BenchResult(
                "read", options.chunkBytes(), options.depth(), moved, requests, took, mean(before, "Read"));
    }

    BenchResult write(StreamOptions options) throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(1);
        Statistics before = disk.statistics();
        long begin = System.nanoTime();
        long moved = 0;
        long requests = 0;
        try (DiskWriter writer = disk.newWriter(options)) {
            SectorRange piece = pieces.next();
            long at = piece.start();
            for (long time = 0; time < nanos; time = System.nanoTime() - begin) {
                tell(time);
                if (at == piece.end()) {
                    piece = pieces.next();
                    at = piece.start();
                }
                long count = Math.min(Sectors.ofBytes(options.chunkBytes()), piece.end() - at);
                try (Chunk chunk = writer.chunk()) {
                    // Something else in each, and no zeros, which some storage would not write.
                    chunk.segment().set(ValueLayout.JAVA_LONG, 0, random.nextLong() | 1);
                    writer.write(at, count, chunk);
                }
                at += count;
                moved += Sectors.toBytes(count);
                requests++;
            }
            writer.finish();
            disk.flush();
        }
        long took = System.nanoTime() - begin;
        bytes += moved;
        measured += nanos;
        return new BenchResult(
                "write", options.chunkBytes(), options.depth(), moved, requests, took, mean(before, "Write"));
    }

    /** In microseconds. */
    private long mean(Statistics before, String function) {
        Statistics since = disk.statistics().since(before);
        return since.of(function)
                .plus(since.of(function + "Async"))
                .mean()
                .map(time -> time.toNanos() / 1000)
                .orElse(0L);
    }

    /** Ranges in pieces, and again from the first one when all were. */
    private static final class Pieces implements Iterator<SectorRange> {

        private final SectorSet places;
        private Iterator<SectorRange> ranges;
        private long at;
        private long end;

        Pieces(SectorSet places) {
            this.places = places;
            this.ranges = places.iterator();
        }

        @Override
        public boolean hasNext() {
            return true;
        }

        @Override
        public SectorRange next() {
            if (at == end) {
                ranges = ranges.hasNext() ? ranges : places.iterator();
                SectorRange range = ranges.next();
                at = range.start();
                end = range.end();
            }
            long count = Math.min(PIECE, end - at);
            at += count;
            return new SectorRange(at - count, count);
        }
    }
}
