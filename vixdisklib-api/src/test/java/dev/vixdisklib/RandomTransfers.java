/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.UsedThings.Memory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** What is done with the bytes of disks, and with memory for them. */
@SuppressWarnings({
    "NullAway", // null is one of the wrong things
    "ReturnValueIgnored", // what counts is how it ends
    "FutureReturnValueIgnored"
})
final class RandomTransfers extends RandomOperation {

    /** How many kinds of operations there are. */
    static final int KINDS = 17;

    private final OwnMemory own;

    RandomTransfers(UsedThings things, Random random, OwnMemory own) {
        super(things, random);
        this.own = own;
    }

    /** Memory that is confined to the thread of a user, who closes it before there is more. */
    static final class OwnMemory {

        private Optional<Arena> arena = Optional.empty();

        Arena replace() {
            close();
            Arena made = Arena.ofConfined();
            arena = Optional.of(made);
            return made;
        }

        void close() {
            if (arena.isPresent() && arena.get().scope().isAlive()) {
                arena.get().close();
            }
        }
    }

    @Override
    void run(int kind) throws Exception {
        switch (kind) {
            case 0, 1 -> transfer();
            case 2 -> replaceMemory();
            case 3 -> closeMemory();
            case 4 -> replacePool();
            case 5 -> replaceBuffer();
            case 6 -> useBuffer();
            case 7, 8, 9, 10 -> beginRequest();
            case 11 -> disk().awaitRequests();
            case 12, 13 -> close(things.channels.put(disk().newChannel(), random));
            case 14, 15 -> useChannel(channel());
            default -> useStream();
        }
    }

    private void transfer() throws IOException {
        Disk disk = disk();
        MemorySegment buffer = or(segment());
        long start = random.nextBoolean() ? 0 : number(disk.capacity());
        if (random.nextBoolean()) {
            disk.read(start, buffer);
        } else {
            disk.write(start, buffer);
        }
    }

    private void useStream() throws IOException {
        try (InputStream in = random.nextBoolean() ? disk().newInputStream() : disk().newInputStream(or(range()))) {
            switch (random.nextInt(4)) {
                case 0 -> in.read(or(new byte[700]), (int) number(700), (int) number(700));
                case 1 -> in.skip(number(2000));
                case 2 ->
                    in.transferTo(random.nextBoolean() ? new ByteArrayOutputStream() : or((java.io.OutputStream) null));
                default -> in.available();
            }
        }
    }

    // Channels

    private DiskChannel channel() {
        return open(things.channels, DiskChannel::isOpen);
    }

    private void useChannel(DiskChannel channel) throws IOException {
        switch (random.nextInt(12)) {
            case 0 -> channel.read(or(bytes()));
            case 1 -> channel.write(or(bytes()));
            case 2, 3 -> channel.read(or(bytes()), number(100_000));
            case 4, 5 -> channel.write(or(bytes()), number(100_000));
            case 6 -> channel.read(or(segment()), number(100_000));
            case 7 -> channel.write(or(segment()), number(100_000));
            case 8 -> channel.position(number(100_000));
            case 9 -> channel.truncate(number(2_000_000));
            default -> transferWithFile(channel);
        }
    }

    private void transferWithFile(DiskChannel channel) throws IOException {
        Path path = things.directory.resolve("transfer" + random.nextInt(3) + ".bin");
        try (FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            switch (random.nextInt(6)) {
                case 0 -> channel.transferTo(number(100_000), number(100_000), file);
                case 1 -> channel.transferFrom(file, number(100_000), number(100_000));
                case 2 ->
                    channel.transferTo(
                            number(100_000), number(100_000), Channels.newChannel(new ByteArrayOutputStream()));
                case 3 -> {
                    closeQuietly(file);
                    channel.transferTo(number(100_000), number(100_000), file);
                }
                case 4 -> channel.transferTo(0, number(100_000), or(channel()));
                default -> channel.transferFrom(or(channel()), 0, number(100_000));
            }
        }
    }

    // Memory

    private Memory memory() {
        return open(things.memories, memory -> memory.arena().scope().isAlive());
    }

    private void replaceMemory() {
        Arena arena;
        if (random.nextInt(4) == 0) {
            arena = own.replace();
        } else {
            arena = random.nextInt(4) == 0 ? Arena.ofAuto() : Arena.ofShared();
        }
        things.memories
                .put(Memory.of(arena), random)
                .ifPresent(old -> old.arena().close());
    }

    private void closeMemory() {
        Memory memory = things.memories.any(random);
        if (random.nextInt(4) == 0) {
            memory.arena().close();
        }
    }

    private MemorySegment segment() {
        MemorySegment all = memory().buffer();
        return switch (random.nextInt(17)) {
            case 0 -> MemorySegment.ofArray(new byte[512]);
            case 1 -> MemorySegment.ofArray(new long[64]);
            case 2 -> all.asSlice(0, random.nextInt(1024));
            case 3 -> all.asSlice(random.nextInt(512), 512);
            case 4 -> all.asReadOnly();
            case 5 -> things.mapped;
            case 6 -> MemorySegment.NULL;
            case 7 -> MemorySegment.ofAddress(random.nextLong());
            case 8 -> MemorySegment.ofBuffer(ByteBuffer.allocateDirect(1024));
            case 9 -> things.kept.any(random);
            default -> all.asSlice(0, Sectors.toBytes(1 + random.nextInt(64)));
        };
    }

    private ByteBuffer bytes() {
        ByteBuffer buffer = switch (random.nextInt(6)) {
            case 0 -> ByteBuffer.allocate(random.nextInt(5000));
            case 1 -> ByteBuffer.allocateDirect(random.nextInt(5000));
            case 2 -> ByteBuffer.allocate(100).asReadOnlyBuffer();
            case 3 -> ByteBuffer.allocateDirect(512);
            case 4 -> things.mapped.asByteBuffer();
            default -> memory().buffer().asByteBuffer();
        };
        return buffer.position(random.nextInt(buffer.limit() + 1));
    }

    // Requests

    private void replacePool() throws Exception {
        if (random.nextInt(6) == 0) {
            long bytes = oneOf(NUMBERS);
            try {
                BufferPool.of(bytes == 1L << 32 ? 0 : bytes, (int) number(3)).close();
            } catch (OutOfMemoryError e) {
                // As documented, at once; no machine has so much.
            }
            return;
        }
        close(things.pools.put(BufferPool.of(Sectors.toBytes(1 + random.nextInt(64)), 1 + random.nextInt(6)), random));
    }

    private void replaceBuffer() throws Exception {
        BufferPool pool = things.pools.any(random);
        Optional<PooledBuffer> leased = random.nextInt(4) == 0 ? Optional.of(pool.lease()) : pool.tryLease();
        if (leased.isPresent()) {
            Optional<PooledBuffer> old = things.buffers.put(leased.get(), random);
            if (random.nextInt(100) != 0) {
                close(old);
            }
        }
    }

    private void useBuffer() {
        PooledBuffer buffer = things.buffers.any(random);
        buffer.segment();
        buffer.segment(number(64)).get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0);
    }

    private void beginRequest() throws Exception {
        Disk disk = disk();
        PooledBuffer buffer = or(things.buffers.any(random));
        long start = random.nextBoolean() ? 0 : number(disk.capacity());
        long count = random.nextInt(4) == 0 ? number(64) : 1 + random.nextInt(8);
        CompletableFuture<PooledBuffer> future = switch (random.nextInt(4)) {
            case 0 -> disk.readAsync(start, buffer);
            case 1 -> disk.writeAsync(start, buffer);
            case 2 -> disk.readAsync(start, count, buffer);
            default -> disk.writeAsync(start, count, buffer);
        };
        switch (random.nextInt(12)) {
            case 0 -> future.cancel(true);
            case 1 -> future.complete(buffer);
            case 2 -> future.completeExceptionally(new Thrown());
            case 3 -> future.whenComplete((result, e) -> closeQuietly(disk));
            case 4 ->
                future.whenComplete((result, e) -> {
                    throw new Thrown();
                });
            case 5 -> future.join();
            case 6 -> closeQuietly(disk);
            case 7 -> buffer.pool().close();
            case 8 -> buffer.close();
            default -> future.whenComplete((result, e) -> buffer.close());
        }
    }
}
