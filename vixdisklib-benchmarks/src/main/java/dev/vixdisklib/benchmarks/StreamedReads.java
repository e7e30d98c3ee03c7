/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.Chunk;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskReader;
import dev.vixdisklib.SectorRange;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.StreamOptions;
import java.io.IOException;
import java.util.Iterator;
import java.util.Objects;

/**
 * A stream of a disk from its beginning to its end, and again. It is a part of a stream that goes on: as many requests are in
 * flight when the time ends as were when it began.
 */
final class StreamedReads implements Workload {

    /** So many times the depth, chunks are taken before, so that all of them are there. */
    private static final long BEFORE = 4;

    private final Task task;
    private final DiskReader reader;
    private long checksum;

    StreamedReads(Task task, Disk disk, StreamOptions options) throws IOException {
        this.task = task;
        long sectors = Sectors.ofBytes(task.bytes());
        long perPass = disk.capacity() / sectors;
        long before = Math.min(perPass, BEFORE * task.depth());
        Iterable<SectorRange> ranges =
                () -> new Passes(new SectorRange(0, before * sectors), new SectorRange(0, perPass * sectors));
        this.reader = disk.newReader(ranges, options);
        for (long i = 0; i < before; i++) {
            next().close();
        }
    }

    /** Something else first, and then the same again and again. */
    private static final class Passes implements Iterator<SectorRange> {

        private final SectorRange pass;
        private SectorRange next;

        Passes(SectorRange first, SectorRange pass) {
            this.pass = pass;
            this.next = first;
        }

        @Override
        public boolean hasNext() {
            return true;
        }

        @Override
        @SuppressWarnings("IteratorNotThrowingNoSuchElementException") // there is always one
        public SectorRange next() {
            SectorRange given = next;
            next = pass;
            return given;
        }
    }

    @Override
    public void run() throws IOException {
        for (long i = 0; i < task.requests(); i++) {
            try (Chunk chunk = next()) {
                if (task.checked()) {
                    checksum += Content.checksum(chunk.startSector(), chunk.segment());
                }
            }
        }
    }

    private Chunk next() throws IOException {
        try {
            return Objects.requireNonNull(reader.next());
        } catch (InterruptedException e) {
            throw Streams.interrupted(e);
        }
    }

    @Override
    public long checksum() {
        return checksum;
    }

    @Override
    public void close() {
        reader.close();
    }
}
