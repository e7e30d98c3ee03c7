/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/** Reads source and target, and compares them; for the thread of a copy. */
final class CopyVerification {

    private final CopySource source;
    private final CopyPlace place;
    private final KnownZeros zeros;
    private final StreamOptions options;
    private final CopyMeter meter;
    private final Cancellation cancellation;

    /** All sectors before are the same, or kept. */
    private long at;

    /**
     * A verification.
     *
     * @param zeros what the target is known to have zeros in, unless the copy has written there
     */
    CopyVerification(
            CopySource source,
            CopyPlace place,
            KnownZeros zeros,
            StreamOptions options,
            CopyMeter meter,
            Cancellation cancellation) {
        this.source = source;
        this.zeros = zeros;
        this.place = place;
        this.options = options;
        this.meter = meter;
        this.cancellation = cancellation;
    }

    void run(Iterable<CopyPlan.Step> plan, long bytes) throws IOException, InterruptedException {
        try (CopyStream expected = source.open(bytes, plan.iterator(), options, cancellation);
                CopyStream found = place.read(bytes, new ReadBack(plan.iterator(), zeros), options, cancellation);
                Part left = new Part(expected);
                Part right = new Part(found)) {
            while (left.advance(at)) {
                cancellation.check();
                skipTo(left.start(at), bytes);
                if (!right.advance(at)) {
                    throw new IOException("the plan of " + source + " has become another one");
                }
                long end = Math.min(left.end(), right.end());
                compare(left.chunk(), right.chunk(), end);
                meter.addRead(Math.min(Sectors.toBytes(end), bytes) - Sectors.toBytes(at));
                at = end;
            }
            skipTo(Math.ceilDiv(bytes, Sectors.SIZE), bytes);
        }
    }

    private void skipTo(long sector, long bytes) {
        if (sector > at) {
            meter.addSkipped(Math.min(Sectors.toBytes(sector), bytes) - Sectors.toBytes(at));
            at = sector;
        }
    }

    private void compare(Chunk expected, Chunk found, long end) throws IOException {
        long difference = difference(expected, found, end);
        if (difference >= 0) {
            throw new IOException("the copy is not the same as the source: sector " + (at + difference / Sectors.SIZE)
                    + " of " + place + " differs from that of " + source);
        }
    }

    /** The first byte from the current sector on that is not the same, negative if there is none. */
    private long difference(Chunk expected, Chunk found, long end) {
        long length = Sectors.toBytes(end - at);
        if (expected.isZero() && found.isZero()) {
            return -1;
        }
        if (expected.isZero() || found.isZero()) {
            Chunk read = expected.isZero() ? found : expected;
            long from = offset(read);
            for (long sector = 0; sector < length; sector += Sectors.SIZE) {
                if (!CopyWork.isZero(read.segment(), from + sector, from + sector + Sectors.SIZE)) {
                    return sector;
                }
            }
            return -1;
        }
        long left = offset(expected);
        long right = offset(found);
        return MemorySegment.mismatch(expected.segment(), left, left + length, found.segment(), right, right + length);
    }

    private long offset(Chunk chunk) {
        return Sectors.toBytes(at - chunk.startSector());
    }

    /** One side: the chunk that the current sector is in. */
    private static final class Part implements AutoCloseable {

        private final CopyStream stream;
        private final Deque<Chunk> held = new ArrayDeque<>(1);

        Part(CopyStream stream) {
            this.stream = stream;
        }

        /** Goes on until there is a chunk that has a sector or comes after it; returns whether there is one. */
        boolean advance(long sector) throws IOException, InterruptedException {
            while (held.isEmpty() || end() <= sector) {
                close();
                Chunk next = stream.next();
                if (next == null) {
                    return false;
                }
                held.add(next);
            }
            return true;
        }

        Chunk chunk() {
            return held.element();
        }

        long start(long sector) {
            return Math.max(sector, chunk().startSector());
        }

        long end() {
            return chunk().startSector() + chunk().sectorCount();
        }

        @Override
        public void close() {
            if (!held.isEmpty()) {
                held.remove().close();
            }
        }
    }
}
