/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a copy does, on its thread: reads, writes, verifies. */
final class CopyWork {

    /** What is looked at for zeros and left out as a whole, in sectors: 64 KiB, the grain of a sparse disk. */
    private static final long GRANULE = 128;

    /** How many sectors of zeros are written or hashed before anything else is looked at: 16 MiB. */
    private static final long SLICE = 1 << 15;

    private static final byte[] ZEROS = new byte[4096];
    private static final MemorySegment ZERO_MEMORY =
            MemorySegment.ofArray(ZEROS).asReadOnly();

    private final CopySource source;
    private final CopyPlace place;
    private final CopySettings settings;
    private final CopyMeter meter;
    private final Cancellation cancellation;
    private final Consumer<CopyCheckpoint> keeper;
    private final @Nullable MessageDigest digest;

    /** All sectors before are done. */
    private long at;

    private long lastCheckpoint = System.nanoTime();
    /** What does not have to be read to verify it: all of a file is, since nobody can tell where it has holes. */
    private KnownZeros verifiedZeros = KnownZeros.none();

    private long readBytes;
    private long writtenBytes;
    private long totalBytes;

    CopyWork(
            CopySource source,
            CopyPlace place,
            CopySettings settings,
            CopyMeter meter,
            Cancellation cancellation,
            Consumer<CopyCheckpoint> keeper) {
        this.source = source;
        this.place = place;
        this.settings = settings;
        this.meter = meter;
        this.cancellation = cancellation;
        this.keeper = keeper;
        this.digest = settings.algorithm == null ? null : DiskCopy.digest(settings.algorithm);
        this.at = settings.start();
    }

    void run() throws IOException, InterruptedException {
        long bytes = source.bytes();
        new CopyRules(source, place, settings).requirePossible(bytes);
        copy(bytes);
        readBytes = meter.read();
        writtenBytes = meter.written();
        if (settings.verifies) {
            meter.begin(CopyProgress.Phase.VERIFYING, 0, totalBytes);
            new CopyVerification(source, place, verifiedZeros, settings.options, meter, cancellation)
                    .run(plan(0), totalBytes);
        }
    }

    /** What was done; after that. */
    CopyResult result(Duration time) {
        Optional<String> hash =
                Optional.ofNullable(digest).map(made -> HexFormat.of().formatHex(made.digest()));
        return new CopyResult(totalBytes, readBytes, writtenBytes, hash, time);
    }

    private Iterable<CopyPlan.Step> plan(long start) {
        return settings.plan != null ? settings.plan : source.everything(totalBytes, start);
    }

    private void copy(long bytes) throws IOException, InterruptedException {
        try (CopyTarget target = place.open(settings.options, cancellation)) {
            if (settings.syncs || settings.every != null) {
                target.requireSync();
            }
            KnownZeros zeros = settings.onZeros ? KnownZeros.all() : target.zeros();
            verifiedZeros = settings.verifies && place.isDisk() ? target.zeros() : KnownZeros.none();
            setSize(target, bytes);
            try {
                hashEarlier(target);
                copy(target, zeros, bytes);
            } catch (IOException | InterruptedException | RuntimeException | Error e) {
                endEarly(target, e);
                throw e;
            }
        }
    }

    private void copy(CopyTarget target, KnownZeros zeros, long bytes) throws IOException, InterruptedException {
        Iterator<CopyPlan.Step> steps = new StepsFrom(plan(at).iterator(), at);
        try (CopyStream stream = source.open(bytes, steps, settings.options, cancellation)) {
            new Pass(target, zeros, stream).run();
        }
    }

    /** Hashes what an earlier copy has put on the target: it is what that has read of the source. */
    private void hashEarlier(CopyTarget target) throws IOException, InterruptedException {
        if (!settings.hashesEarlier()) {
            return;
        }
        long bytes = target.offset(at);
        meter.begin(CopyProgress.Phase.READING, 0, bytes);
        CopyPlan.Step all = new CopyPlan.Step(CopyPlan.Kind.ZERO, new SectorRange(0, at));
        Iterator<CopyPlan.Step> steps = new ReadBack(List.of(all).iterator(), target.zeros());
        try (CopyStream earlier = place.read(totalBytes, steps, settings.options, cancellation)) {
            for (Chunk next = earlier.next(); next != null; next = earlier.next()) {
                try (Chunk chunk = next) {
                    hash(target, chunk);
                }
            }
        }
        meter.begin(CopyProgress.Phase.COPYING, bytes, totalBytes);
    }

    private void hash(CopyTarget target, Chunk chunk) {
        MessageDigest made = Objects.requireNonNull(digest);
        long end = chunk.startSector() + chunk.sectorCount();
        long next;
        for (long from = chunk.startSector(); from < end; from = next) {
            cancellation.check();
            next = chunk.isZero() ? Math.min(end, from + SLICE) : end;
            long bytes = target.bytesIn(from, next);
            if (chunk.isZero()) {
                DiskDigest.updateWithZeros(made, bytes);
            } else {
                made.update(chunk.bytes(0, bytes));
            }
            meter.addRead(bytes);
        }
    }

    private void setSize(CopyTarget target, long bytes) {
        if (bytes != CopySource.UNKNOWN) {
            totalBytes = bytes;
            target.endAt(bytes);
            meter.setTotal(bytes);
            meter.setEarlier(target.offset(at));
        }
    }

    /** Tells how far it came, if that can be found out. */
    private void endEarly(CopyTarget target, Throwable why) {
        if (settings.every == null) {
            return;
        }
        try {
            makeCheckpoint(target);
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            // A writer that has failed says so again.
            if (!why.equals(e) && !why.equals(e.getCause())) {
                why.addSuppressed(e);
            }
        }
    }

    private void makeCheckpoint(CopyTarget target) throws IOException, InterruptedException {
        target.settle();
        target.reach(at);
        target.sync();
        keeper.accept(new CopyCheckpoint(Math.ceilDiv(totalBytes, Sectors.SIZE), at));
        lastCheckpoint = System.nanoTime();
    }

    static boolean isZero(MemorySegment memory, long from, long to) {
        for (long at = from; at < to; at += ZEROS.length) {
            long length = Math.min(ZEROS.length, to - at);
            if (MemorySegment.mismatch(memory, at, at + length, ZERO_MEMORY, 0, length) >= 0) {
                return false;
            }
        }
        return true;
    }

    /** From the source to the target. */
    private final class Pass {

        private final CopyTarget target;
        private final KnownZeros zeros;
        private final CopyStream stream;

        Pass(CopyTarget target, KnownZeros zeros, CopyStream stream) {
            this.target = target;
            this.zeros = zeros;
            this.stream = stream;
        }

        void run() throws IOException, InterruptedException {
            cancellation.check();
            for (Chunk next = stream.next(); next != null; next = stream.next()) {
                try (Chunk chunk = next) {
                    cancellation.check();
                    copy(chunk);
                }
            }
            cancellation.check();
            end();
        }

        private void end() throws IOException, InterruptedException {
            if (stream instanceof ChannelStream channel) {
                setSize(target, channel.bytes());
            } else {
                keepUntil(Math.ceilDiv(totalBytes, Sectors.SIZE));
            }
            target.settle();
            target.reach(at);
            if (settings.every != null) {
                makeCheckpoint(target);
            } else if (settings.syncs) {
                target.sync();
            }
        }

        private void copy(Chunk chunk) throws IOException, InterruptedException {
            if (stream instanceof ChannelStream channel) {
                target.endAt(channel.bytes());
            }
            keepUntil(chunk.startSector());
            long end = at + chunk.sectorCount();
            if (chunk.isZero()) {
                zero(end);
                return;
            }
            meter.addRead(target.bytesIn(at, end));
            if (digest != null) {
                digest.update(chunk.bytes(0, target.bytesIn(at, end)));
            }
            if (settings.skipsZeros) {
                writeData(chunk, end);
            } else {
                write(chunk, at, end);
            }
            moveTo(end);
        }

        private void moveTo(long sector) throws IOException, InterruptedException {
            at = sector;
            if (settings.every != null && System.nanoTime() - lastCheckpoint >= settings.every.toNanos()) {
                makeCheckpoint(target);
            }
        }

        private void keepUntil(long sector) {
            meter.addSkipped(target.bytesIn(at, sector));
            at = sector;
        }

        private void write(Chunk chunk, long start, long end) throws IOException, InterruptedException {
            target.write(chunk, start, end);
            meter.addWritten(target.bytesIn(start, end));
        }

        /** Writes what is not zeros, and zeros where there may be something else. */
        private void writeData(Chunk chunk, long end) throws IOException, InterruptedException {
            MemorySegment memory = chunk.memory(chunk.sectorCount());
            long from = at;
            long next;
            for (long granule = at; granule < end; granule = next) {
                next = Math.min(end, granule - granule % GRANULE + GRANULE);
                if (zeros.areIn(granule, next)
                        && isZero(memory, Sectors.toBytes(granule - at), Sectors.toBytes(next - at))) {
                    if (from < granule) {
                        write(chunk, from, granule);
                    }
                    meter.addSkipped(target.bytesIn(granule, next));
                    from = next;
                }
            }
            if (from < end) {
                write(chunk, from, end);
            }
        }

        private void zero(long end) throws IOException, InterruptedException {
            while (at < end) {
                cancellation.check();
                boolean isThere = zeros.isAt(at);
                long to = zeros.endOfRun(at, end);
                if (!isThere || digest != null) {
                    to = Math.min(to, at + SLICE);
                }
                long bytes = target.bytesIn(at, to);
                if (digest != null) {
                    DiskDigest.updateWithZeros(digest, bytes);
                }
                if (isThere) {
                    meter.addSkipped(bytes);
                } else {
                    target.zero(at, to);
                    meter.addWritten(bytes);
                }
                moveTo(to);
            }
        }
    }
}
