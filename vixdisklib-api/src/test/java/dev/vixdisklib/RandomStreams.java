/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is done with streams. */
@SuppressWarnings({
    "NullAway", // null is one of the wrong things
    "ReturnValueIgnored", // what counts is how it ends
    "ObjectToString"
})
final class RandomStreams extends RandomOperation {

    /** How many kinds of operations there are. */
    static final int KINDS = 13;

    RandomStreams(UsedThings things, Random random) {
        super(things, random);
    }

    @Override
    void run(int kind) throws Exception {
        switch (kind) {
            case 0 -> makeOptions();
            case 1 -> replaceReader(newReader(or(anyDisk()), options()));
            case 2 -> replaceWriter(anyDisk().newWriter(or(options())));
            case 3, 4 -> next();
            case 5 -> use(or(chunk()));
            case 6, 7 -> write();
            case 8 -> copy();
            case 9 -> digest();
            case 10 -> compare();
            case 11 -> openOfServer();
            default -> closeSomething();
        }
    }

    /** Mostly one that is open; every other time, one of a server, whose requests are in flight. */
    private Disk anyDisk() {
        boolean isOfServer = random.nextBoolean();
        return open(
                things.disks,
                disk -> disk.handle().bytes().isOpen()
                        && (!isOfServer || disk.name().startsWith("[")));
    }

    /** Opens a disk whose requests are in flight, in a way that works unless something is in its way. */
    private void openOfServer() throws Exception {
        Connection connection =
                things.libs.any(random).connect(TestServers.vcenter().vm("vm-42"));
        Optional<Connection> old = things.connections.put(connection, random);
        Disk disk = random.nextBoolean()
                ? connection.openDisk(TestServers.DISK)
                : connection.openDisk(TestServers.DISK, OpenFlag.READ_ONLY);
        close(things.disks.put(disk, random));
        close(old);
    }

    // Options and limits

    private void makeOptions() {
        StreamOptions options = things.options.any(random);
        things.options.put(
                switch (random.nextInt(8)) {
                    case 0 -> StreamOptions.defaults();
                    case 1 -> options.withChunkBytes((int) number(4 << 20));
                    case 2 -> options.withLargeChunkBytes(random.nextInt(20) == 0 ? 3 << 20 : (int) number(100));
                    case 3 -> options.withDepth((int) number(20));
                    case 4 -> options.asCompleted();
                    case 5 -> options.readingAhead();
                    case 6 -> options.withLimit(limit());
                    default -> UsedThings.small(random);
                },
                random);
        options.toString();
    }

    private InFlightLimit limit() {
        if (random.nextInt(4) == 0) {
            return connection().inFlightLimit();
        }
        if (random.nextInt(4) == 0) {
            things.addLimit(InFlightLimit.ofBytes(number(300_000)), random);
        }
        InFlightLimit limit = things.limits.any(random);
        if (limit.inFlight() > limit.bytes() || limit.mostInFlight() > limit.bytes()) {
            throw new AssertionError("more in flight than " + limit + " allows: " + limit.mostInFlight());
        }
        return limit;
    }

    private StreamOptions options() {
        return or(random.nextInt(4) == 0 ? UsedThings.small(random) : things.options.any(random));
    }

    // Readers

    private DiskReader newReader(Disk disk, StreamOptions options) throws IOException {
        return switch (random.nextInt(5)) {
            case 0 -> disk.newReader(or(things.blocks.any(random)), options);
            case 1 -> disk.newReader(CopyPlan.full(or(disk.allocatedBlocks())), options);
            case 2 -> disk.newReader(or(CopyPlan.full(disk.capacity(), SectorSet.of(range(disk)))), options);
            case 3 -> newReaderOfBadRanges(disk, options);
            default -> disk.newReader(options);
        };
    }

    /** Ranges that throw, that use their reader, or that do what is allowed but comes at a bad time. */
    private DiskReader newReaderOfBadRanges(Disk disk, StreamOptions options) {
        List<SectorRange> ranges = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
            ranges.add(range(disk));
        }
        int what = random.nextInt(9);
        SectorRange bad = ranges.get(random.nextInt(ranges.size()));
        AtomicReference<@Nullable DiskReader> itself = new AtomicReference<>();
        Iterable<SectorRange> iterable = () -> ranges.stream()
                .map(range -> {
                    if (range.equals(bad)) {
                        beBad(what, disk, itself.get());
                    }
                    return range;
                })
                .iterator();
        DiskReader reader = disk.newReader(or(iterable), options);
        itself.set(reader);
        return reader;
    }

    private static void beBad(int what, Disk disk, @Nullable DiskReader itself) {
        switch (what) {
            case 0 -> throw new Thrown();
            case 1 -> throw new UncheckedIOException(new IOException("of the ranges"));
            case 2 -> Thread.currentThread().interrupt();
            case 3 -> closeQuietly(disk);
            case 4 -> requireRefused(itself);
            case 5 -> requireRefused(itself::next);
            case 6 -> disk.allocatedBlocks().iterator().hasNext();
            default -> itself.toString();
        }
    }

    /** Of what would wait for itself. */
    static void requireRefused(AutoCloseable operation) {
        try {
            operation.close();
        } catch (IllegalStateException e) {
            return;
        } catch (Exception e) {
            throw new AssertionError("not refused as it should be", e);
        }
        throw new AssertionError("not refused");
    }

    /** Mostly inside of the disk. */
    private SectorRange range(Disk disk) {
        long start = random.nextInt(20) == 0 ? number(4000) : random.nextLong(disk.capacity());
        long rest = disk.capacity() - start;
        return new SectorRange(start, rest < 1 || random.nextInt(20) == 0 ? number(500) : random.nextLong(rest));
    }

    private void replaceReader(DiskReader made) {
        if (random.nextInt(50) != 0) {
            // Otherwise it is forgotten.
            things.readers.put(made, random).ifPresent(DiskReader::close);
        }
    }

    private void next() throws Exception {
        DiskReader reader = things.readers.any(random);
        reader.toString();
        Chunk chunk;
        try {
            chunk = reader.next();
        } catch (IllegalStateException e) {
            replaceReader(newReader(anyDisk(), options()));
            throw e;
        }
        if (chunk == null) {
            reader.close();
            replaceReader(newReader(anyDisk(), options()));
            return;
        }
        switch (random.nextInt(12)) {
            case 0 -> {
                chunk.close();
                chunk.close();
            }
            case 1 -> {
                chunk.close();
                use(chunk);
            }
            case 2, 3, 4, 7, 8 -> keep(chunk);
            case 5 -> {
                reader.close();
                use(chunk);
                chunk.close();
            }
            case 6 -> Thread.startVirtualThread(chunk::close).join();
            default -> {
                try (chunk) {
                    use(chunk);
                }
            }
        }
    }

    // Chunks

    /** Mostly one that is held. */
    private Chunk chunk() {
        return open(things.chunks, chunk -> !chunk.toString().equals("a closed chunk"));
    }

    /** Keeps a chunk, and now and then forgets another one. */
    private void keep(Chunk chunk) {
        Optional<Chunk> old = things.chunks.put(chunk, random);
        if (random.nextInt(50) != 0) {
            old.ifPresent(Chunk::close);
        }
    }

    private void use(Chunk chunk) {
        chunk.toString();
        long count = chunk.sectorCount();
        long start = chunk.startSector();
        if (start < 0 || count < 1) {
            throw new AssertionError(chunk + " has " + count + " sectors from sector " + start);
        }
        if (chunk.isZero() && random.nextInt(8) != 0) {
            return;
        }
        MemorySegment memory = chunk.segment();
        memory.get(java.lang.foreign.ValueLayout.JAVA_BYTE, memory.byteSize() - 1);
        if (random.nextInt(8) == 0) {
            things.kept.put(memory, random);
        }
        if (random.nextInt(8) == 0) {
            chunk.close();
        }
    }

    // Writers

    private void replaceWriter(DiskWriter made) throws IOException {
        if (random.nextInt(50) != 0) {
            Optional<DiskWriter> old = things.writers.put(made, random);
            if (old.isPresent()) {
                old.get().close();
            }
        }
    }

    private void write() throws Exception {
        try {
            write(things.writers.any(random));
        } catch (IOException | IllegalStateException e) {
            // It has failed for good, or is closed.
            replaceWriter(anyDisk().newWriter(options()));
            throw e;
        }
    }

    private void write(DiskWriter writer) throws Exception {
        writer.toString();
        switch (random.nextInt(10)) {
            case 0, 1 -> writer.write(or(chunk()));
            case 2 -> writer.write(number(3000), number(16), or(chunk()));
            case 3 -> writer.zero(number(3000), number(300));
            case 4 -> writer.finish();
            case 5 -> keep(writer.chunk());
            case 6 -> {
                Chunk chunk = writer.chunk();
                writer.write(random.nextInt(64), 1, chunk);
                // Also while it is being written.
                use(chunk);
                chunk.close();
            }
            default -> {
                try (Chunk chunk = writer.chunk()) {
                    chunk.segment().fill((byte) 1);
                    writer.write(random.nextInt(64), 1 + random.nextLong(chunk.sectorCount()), chunk);
                }
            }
        }
    }

    // Whole disks

    private void copy() throws Exception {
        Disk from = or(anyDisk());
        Disk to = or(anyDisk());
        try (DiskReader reader = newReader(from, options());
                DiskWriter writer = to.newWriter(options())) {
            for (Chunk next = reader.next(); next != null; next = reader.next()) {
                try (Chunk chunk = next) {
                    writer.write(chunk);
                }
            }
            if (random.nextBoolean()) {
                writer.finish();
            }
        }
    }

    private void digest() throws Exception {
        MessageDigest digest = or(MessageDigest.getInstance("MD5"));
        if (random.nextBoolean()) {
            DiskDigest.of(or(anyDisk()), digest);
        } else {
            DiskDigest.of(or(anyDisk()), digest, options());
        }
    }

    private void compare() throws Exception {
        Disk one = or(anyDisk());
        Disk other = or(anyDisk());
        int what = random.nextInt(8);
        Consumer<SectorRange> difference = range -> {
            if (what == 0) {
                throw new Thrown();
            }
            if (what == 1) {
                closeQuietly(one);
            }
        };
        if (random.nextBoolean()) {
            DiskComparison.differences(one, other);
        } else {
            DiskComparison.compare(one, other, options(), or(difference));
        }
    }

    private void closeSomething() throws Exception {
        switch (random.nextInt(12)) {
            case 0 -> things.readers.any(random).close();
            case 1 -> things.writers.any(random).close();
            default -> or(chunk()).close();
        }
    }
}
