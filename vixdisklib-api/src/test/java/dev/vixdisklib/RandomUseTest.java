/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many threads that do everything at once, right and wrong, with things that others close under them. */
class RandomUseTest extends TestDisks {

    private static final Duration DURATION = Duration.ofSeconds(5);
    private static final int THREADS = 12;
    private static final int DISKS = 4;
    private static final List<String> FAILING =
            List.of("Read", "Write", "Open", "Close", "GetInfo", "Disconnect", "QueryAllocatedBlocks", "FreeBlockList");

    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final Shelf<VixDiskLib> libs = new Shelf<>(2);
    private final Shelf<Connection> connections = new Shelf<>(4);
    private final Shelf<Disk> disks = new Shelf<>(8);
    private final Shelf<Memory> memories = new Shelf<>(4);
    private final List<VixDiskLib> opened = new CopyOnWriteArrayList<>();
    private final AtomicLong successes = new AtomicLong();

    RandomUseTest() throws IOException {}

    /** An arena and a buffer in it. */
    private record Memory(Arena arena, MemorySegment buffer) {
        static Memory of(Arena arena) {
            return new Memory(arena, Sectors.allocate(arena, 64));
        }
    }

    /** Things that all threads use, and close. What is replaced is forgotten. */
    private static final class Shelf<T> {
        private final List<T> things = new ArrayList<>();
        private final int size;

        Shelf(int size) {
            this.size = size;
        }

        synchronized void put(T thing, Random random) {
            if (things.size() < size) {
                things.add(thing);
            } else {
                things.set(random.nextInt(size), thing);
            }
        }

        synchronized T any(Random random) {
            return things.get(random.nextInt(things.size()));
        }
    }

    @Test
    void whateverIsDoneEndsInOrder() {
        atRandom(random -> {
            for (int i = 0; i < DISKS; i++) {
                disk(i + ".vmdk", i % 2 == 0 ? SPARSE : FLAT, 1 + random.nextInt(3000));
            }
            libs.put(lib, random);
            connections.put(host, random);
            disks.put(host.openDisk(directory.resolve("0.vmdk"), OpenFlag.READ_ONLY), random);
            memories.put(Memory.of(Arena.ofShared()), random);

            long deadline = System.nanoTime() + DURATION.toNanos();
            List<Background<Boolean>> users = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                long seed = random.nextLong();
                Background<Boolean> user = i % 3 == 0
                        ? Background.startVirtual(() -> use(new Random(seed), deadline))
                        : Background.start(() -> use(new Random(seed), deadline));
                threads.add(user.thread());
                users.add(user);
            }
            for (Background<Boolean> user : users) {
                assertThat(user.join()).isTrue();
            }
            assertThat(successes).hasValueGreaterThan(1000);
        });
    }

    /** Also what has been replaced and forgotten. */
    @AfterEach
    void closeAll() throws IOException {
        for (String function : FAILING) {
            fake.failNext(function, 0);
        }
        for (VixDiskLib other : opened) {
            other.close();
        }
    }

    private boolean use(Random random, long deadline) throws IOException {
        while (System.nanoTime() < deadline) {
            try {
                doSomething(random);
                successes.incrementAndGet();
            } catch (IOException
                    | UncheckedIOException
                    | IllegalStateException
                    | IllegalArgumentException
                    | IndexOutOfBoundsException
                    | WrongThreadException e) {
                // The orderly ways to refuse.
                assertThat(e.getMessage()).isNotBlank();
            }
        }
        return true;
    }

    private void doSomething(Random random) throws IOException {
        Connection connection = connections.any(random);
        Disk disk = disks.any(random);
        Path path = directory.resolve(random.nextInt(DISKS + 1) + ".vmdk");
        Path temporary = directory.resolve("new" + random.nextInt(3) + ".vmdk");
        switch (random.nextInt(34)) {
            case 0 -> {
                VixDiskLib made = VixDiskLib.open(FakeVddk.directory());
                opened.add(made);
                libs.put(made, random);
            }
            case 1 -> connections.put(libs.any(random).connectLocal(), random);
            case 2 -> connections.put(libs.any(random).connectLocalReadOnly(), random);
            case 3, 4 -> disks.put(connection.openDisk(path), random);
            case 5, 6 -> disks.put(connection.openDisk(path, OpenFlag.READ_ONLY), random);
            case 7 -> connection.createDisk(temporary, DiskSpec.of(random.nextBoolean() ? SPARSE : FLAT, 100));
            case 8 -> connection.deleteDisk(temporary);
            case 9 -> disk.info();
            case 10 -> disk.flush();
            case 11 -> disk.metadata().asMap().forEach((key, value) -> {});
            case 12 -> disk.metadata().put("note" + random.nextInt(3), "x".repeat(random.nextInt(20)));
            case 13 -> disk.allocatedBlocks().forEach(range -> {});
            case 14 -> assertThat(disk.transportMode()).contains(TransportMode.FILE);
            case 15 -> memories.put(Memory.of(Arena.ofShared()), random);
            case 16 -> memories.any(random).arena().close();
            case 17 -> threads.get(random.nextInt(threads.size())).interrupt();
            case 18 -> disk.close();
            case 19 -> {
                if (random.nextInt(4) == 0) {
                    connection.close();
                }
            }
            case 20 -> {
                if (random.nextInt(16) == 0) {
                    libs.any(random).close();
                }
            }
            case 21 ->
                connection.cloneDisk(
                        temporary,
                        CloneSpec.of(connections.any(random), path, LOCAL.get(random.nextInt(LOCAL.size())))
                                .replacing());
            case 22 -> connection.growDisk(temporary, 1 + random.nextInt(300), random.nextBoolean());
            case 23 -> libs.any(random).renameDisk(temporary, directory.resolve("new" + random.nextInt(3) + ".vmdk"));
            case 24 -> assertThat(connection.checkDisk(path)).isNotNull();
            case 25 -> connection.repairDisk(temporary);
            case 26 -> disk.createChild(temporary, SPARSE, percent -> {});
            case 27 -> disks.put(connection.openDisk(temporary, OpenFlag.SINGLE_LINK), random);
            case 28 -> disk.attachTo(disks.any(random));
            case 29 -> assertThat(disk.attachProblem(disks.any(random))).isNotNull();
            case 30 -> disk.shrink(percent -> {});
            case 31 -> assertThat(disk.spaceNeededForClone(SPARSE)).isPositive();
            default -> transfer(disk, random);
        }
        if (random.nextInt(50) == 0) {
            // One at a time, or the fake remembers two of a function.
            synchronized (fake) {
                fake.failNext(FAILING.get(random.nextInt(FAILING.size())), 1 + random.nextInt(30));
            }
        }
    }

    private void transfer(Disk disk, Random random) throws IOException {
        MemorySegment all = memories.any(random).buffer();
        MemorySegment buffer = switch (random.nextInt(10)) {
            case 0 -> MemorySegment.ofArray(new byte[512]);
            case 1 -> all.asSlice(0, random.nextInt(1024));
            default -> all.asSlice(0, Sectors.toBytes(1 + random.nextInt(64)));
        };
        long start = random.nextInt(8) == 0 ? random.nextLong() : random.nextLong(disk.capacity());
        if (random.nextBoolean()) {
            disk.read(start, buffer);
        } else {
            disk.write(start, buffer);
        }
    }
}
