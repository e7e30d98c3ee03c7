/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.FaultPlan;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/** What all {@link RandomUser}s use, and close under each other. */
final class UsedThings {

    static final int DISKS = 4;

    final VixDiskLib firstLib;
    final Connection firstConnection;
    final FakeControl fake;
    final List<Thread> threads = new ArrayList<>();
    final Shelf<VixDiskLib> libs = new Shelf<>(3);
    final Shelf<Connection> connections = new Shelf<>(8);
    final Shelf<Disk> disks = new Shelf<>(10);
    final Shelf<DiskChannel> channels = new Shelf<>(4);
    final Shelf<Memory> memories = new Shelf<>(6);
    final Shelf<BufferPool> pools = new Shelf<>(3);
    final Shelf<PooledBuffer> buffers = new Shelf<>(6);
    final Shelf<PreparedAccess> accesses = new Shelf<>(3);
    final Shelf<Credentials> credentials = new Shelf<>(3);
    final Shelf<AllocatedBlocks> blocks = new Shelf<>(3);
    final Shelf<DiskReader> readers = new Shelf<>(4);
    final Shelf<DiskWriter> writers = new Shelf<>(4);
    final Shelf<Chunk> chunks = new Shelf<>(6);
    final Shelf<StreamOptions> options = new Shelf<>(4);
    final Shelf<InFlightLimit> limits = new Shelf<>(4);

    /** Memory of chunks that are closed by now, perhaps. */
    final Shelf<MemorySegment> kept = new Shelf<>(4);

    private final Queue<InFlightLimit> allLimits = new ConcurrentLinkedQueue<>();
    final List<VixDiskLib> opened = new CopyOnWriteArrayList<>();
    private int rounds;
    private @Nullable Recording recording;
    Path directory = Path.of("");
    MemorySegment mapped = MemorySegment.NULL;

    UsedThings(VixDiskLib lib, Connection host, FakeControl fake) {
        this.firstLib = lib;
        this.firstConnection = host;
        this.fake = fake;
    }

    /** An arena and a buffer in it. */
    record Memory(Arena arena, MemorySegment buffer) {
        static Memory of(Arena arena) {
            return new Memory(arena, Sectors.allocate(arena, 64));
        }
    }

    /** Things of a kind. */
    static final class Shelf<T> {
        private final List<T> things = new ArrayList<>();
        private final int size;

        Shelf(int size) {
            this.size = size;
        }

        /** Puts something there, and perhaps takes something away for it. */
        synchronized Optional<T> put(T thing, Random random) {
            if (things.size() < size) {
                things.add(thing);
                return Optional.empty();
            }
            return Optional.of(things.set(random.nextInt(size), thing));
        }

        synchronized T any(Random random) {
            return things.get(random.nextInt(things.size()));
        }

        synchronized List<T> all() {
            return List.copyOf(things);
        }
    }

    void prepare(Path place, Random random) throws Exception {
        directory = place;
        for (int i = 0; i < DISKS; i++) {
            DiskType type = i % 2 == 0 ? TestDisks.SPARSE : TestDisks.FLAT;
            firstConnection.createDisk(local(i), DiskSpec.of(type, 1 + random.nextInt(3000)));
        }
        Path file = directory.resolve("mapped.bin");
        Files.write(file, new byte[64 * 512]);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            mapped = channel.map(MapMode.READ_WRITE, 0, 64 * 512, Arena.ofAuto());
        }
        libs.put(firstLib, random);
        connections.put(firstConnection, random);
        disks.put(firstConnection.openDisk(local(0), OpenFlag.READ_ONLY), random);
        channels.put(disks.any(random).newChannel(), random);
        memories.put(Memory.of(Arena.ofShared()), random);
        pools.put(BufferPool.of(4096, 4), random);
        buffers.put(pools.any(random).tryLease().orElseThrow(), random);
        credentials.put(Credentials.password(TestServers.USER, TestServers.PASSWORD.toCharArray()), random);
        accesses.put(
                firstLib.prepareForAccess(
                        TestServers.vcenter().vm("vm-42"), RandomLibraries.IDENTITIES.get(0), RetryPolicy.NONE),
                random);
        blocks.put(disks.any(random).allocatedBlocks(), random);
        addLimit(InFlightLimit.ofBytes(16 * 4096), random);
        options.put(small(random), random);
        readers.put(disks.any(random).newReader(StreamOptions.defaults()), random);
        writers.put(disks.any(random).newWriter(StreamOptions.defaults()), random);
        chunks.put(writers.any(random).chunk(), random);
        kept.put(chunks.any(random).segment(), random);
    }

    /** Options for several chunks of the disks that there are. */
    static StreamOptions small(Random random) {
        StreamOptions small = StreamOptions.defaults()
                .withChunkBytes(4096 * (1 + random.nextInt(8)))
                .withDepth(1 + random.nextInt(6));
        return random.nextBoolean() ? small : small.readingAhead();
    }

    void addLimit(InFlightLimit limit, Random random) {
        allLimits.add(limit);
        limits.put(limit, random);
    }

    /** A disk that is there, but for the last one. */
    Path local(int number) {
        return directory.resolve(number + ".vmdk");
    }

    VixDiskLib openLib() throws IOException {
        VixDiskLib made = VixDiskLib.open(FakeVddk.directory());
        opened.add(made);
        return made;
    }

    /** Begins to record all that is done in a flight recording, or ends that. */
    synchronized void toggleRecording() {
        if (recording == null) {
            recording = new Recording();
            recording.enable("dev.vixdisklib.Read").withoutThreshold();
            recording.enable("dev.vixdisklib.Write").withoutThreshold();
            recording.start();
        } else {
            recording.close();
            recording = null;
        }
    }

    /** Ends what has no end of its own; now and then also the waiting for buffers and chunks that no one gives back. */
    void letGo() {
        if (++rounds % 10 == 0) {
            pools.all().forEach(BufferPool::close);
            // On another thread, as it waits for what is held back.
            Thread.startVirtualThread(this::closeStreams);
        }
        chunks.all().forEach(Chunk::close);
        fake.holdReads(false);
        fake.holdAsync(false);
        fake.releaseHangs();
    }

    private void closeStreams() {
        readers.all().forEach(DiskReader::close);
        for (DiskWriter writer : writers.all()) {
            try {
                writer.close();
            } catch (IOException | RuntimeException e) {
                // That a write has failed.
            }
        }
    }

    void closeAll() throws IOException {
        fake.setFaultPlan(FaultPlan.NONE);
        letGo();
        if (recording != null) {
            toggleRecording();
        }
        TestServers.useInventory(directory, fake, server -> {});
        for (BufferPool pool : pools.all()) {
            pool.close();
        }
        for (VixDiskLib lib : opened) {
            lib.close();
        }
        firstLib.close();
        closeStreams();
        endAccesses();
    }

    /** Waits until nothing counts against any limit, and no stream has a thread, also of those that were forgotten. */
    void awaitStreams() {
        long deadline = System.nanoTime() + Background.PATIENCE.toNanos();
        while (inFlight() != 0 || isThreadLeft()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(inFlight() + " bytes are in flight; a stream has a thread: " + isThreadLeft());
            }
            System.gc();
            Thread.onSpinWait();
        }
    }

    private long inFlight() {
        return allLimits.stream().mapToLong(InFlightLimit::inFlight).sum();
    }

    private static boolean isThreadLeft() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().equals("vixdisklib-stream"));
    }

    /** Those that could not be ended because of faults. */
    private static void endAccesses() throws IOException {
        try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory())) {
            for (int i = 0; i < 10_000 && remaining(lib) != 0; i++) {
                for (String vm : RandomLibraries.MACHINES) {
                    for (String identity : RandomLibraries.IDENTITIES) {
                        lib.endAccess(TestServers.vcenter().vm(vm), identity, RetryPolicy.NONE);
                    }
                }
            }
        }
    }

    private static int remaining(VixDiskLib lib) throws IOException {
        try {
            return lib.cleanup(TestServers.vcenter()).remaining();
        } catch (CleanupException e) {
            return e.result().remaining();
        }
    }
}
