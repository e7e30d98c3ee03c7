/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.internal.LogsOfVirtualThreads;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadsTest extends TestDisks {

    private static final int CAPACITY = 1000;

    ThreadsTest() throws IOException {}

    private static <T> Background<T> start(boolean virtual, Callable<T> work) {
        return virtual ? Background.startVirtual(work) : Background.start(work);
    }

    private Path random(String name, int seed) throws IOException {
        Path path = disk(name, SPARSE, CAPACITY);
        try (Disk disk = host.openDisk(path);
                Arena arena = Arena.ofConfined()) {
            disk.write(0, randomSectors(arena, CAPACITY, new Random(seed)));
        }
        return path;
    }

    /** Reads parts of a disk and compares them with its content. */
    private static Callable<Boolean> readsParts(Disk disk, byte[] content, int seed) {
        return () -> {
            Random random = new Random(seed);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment buffer = Sectors.allocate(arena, 50);
                for (int i = 0; i < 200; i++) {
                    int start = random.nextInt(CAPACITY - 50 + 1);
                    disk.read(start, buffer);
                    assertThat(buffer.mismatch(
                                    MemorySegment.ofArray(content).asSlice(Sectors.toBytes(start), buffer.byteSize())))
                            .isEqualTo(-1);
                }
            }
            return true;
        };
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readDifferentDisksAndTheSameOne(boolean virtual) throws Exception {
        List<Background<Boolean>> threads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Disk disk = host.openDisk(random("disk" + i + ".vmdk", i), OpenFlag.READ_ONLY);
            byte[] content = read(disk, 0, CAPACITY);
            for (int j = 0; j < 4; j++) {
                threads.add(start(virtual, readsParts(disk, content, i * 4 + j)));
            }
        }
        for (Background<Boolean> thread : threads) {
            assertThat(thread.join()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void openAndCloseInParallel(boolean virtual) throws Exception {
        Path path = random("disk.vmdk", 1);
        List<Background<Boolean>> threads = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            threads.add(start(virtual, () -> {
                for (int round = 0; round < 10; round++) {
                    try (VixDiskLib mine = VixDiskLib.open(lib.libraryFile());
                            Connection connection = mine.connectLocal();
                            Disk disk = connection.openDisk(path, OpenFlag.READ_ONLY)) {
                        assertThat(read(disk, 0, 1)).hasSize(512);
                    }
                }
                return true;
            }));
        }
        for (Background<Boolean> thread : threads) {
            assertThat(thread.join()).isTrue();
        }
        assertThat(open()).containsExactly("1 CONNECTIONS");
    }

    @Test
    void differentDisksAreReadAtTheSameTime() throws Exception {
        Disk first = host.openDisk(random("first.vmdk", 1));
        Disk second = host.openDisk(random("second.vmdk", 2));
        fake.holdReads(true);
        Background<byte[]> firstRead = Background.start(() -> read(first, 0, 1));
        Background<byte[]> secondRead = Background.start(() -> read(second, 0, 1));
        // Both are in the library now, which would not be if one had to wait for the other.
        fake.awaitHeldReads(2);
        // Nor does the control thread wait for them.
        assertThat(lib.transportModes()).isNotEmpty();
        host.openDisk(random("third.vmdk", 3)).close();
        fake.holdReads(false);
        assertThat(firstRead.join()).isNotEqualTo(secondRead.join());
    }

    @Test
    void aDiskIsReadByOneAtATime() throws Exception {
        Disk disk = host.openDisk(random("disk.vmdk", 1));
        fake.holdReads(true);
        Background<byte[]> first = Background.start(() -> read(disk, 0, 1));
        fake.awaitHeldReads(1);
        Background<byte[]> second = Background.start(() -> read(disk, 0, 1)).awaitWaiting();
        Background<DiskInfo> info = Background.start(disk::info).awaitWaiting();
        fake.holdReads(false);
        assertThat(first.join()).isEqualTo(second.join());
        assertThat(info.join().capacity()).isEqualTo(CAPACITY);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptIsKeptAndHarmsNothing(boolean virtual) throws Exception {
        Path path = random("disk.vmdk", 1);
        boolean interrupted = start(virtual, () -> {
                    Thread.currentThread().interrupt();
                    try (VixDiskLib mine = VixDiskLib.open(lib.libraryFile());
                            Connection connection = mine.connectLocal();
                            Arena arena = Arena.ofConfined()) {
                        connection.createDisk(directory.resolve("new.vmdk"), DiskSpec.of(FLAT, 1));
                        try (Disk disk = connection.openDisk(path)) {
                            MemorySegment buffer = Sectors.allocate(arena, 1);
                            disk.read(0, buffer);
                            disk.write(0, buffer);
                            disk.flush();
                            disk.metadata().put("note", "x");
                            assertThat(disk.allocatedBlocks()).isNotEmpty();
                            assertThat(disk.info().capacity()).isEqualTo(CAPACITY);
                        }
                        connection.deleteDisk(directory.resolve("new.vmdk"));
                    }
                    return Thread.currentThread().isInterrupted();
                })
                .join();
        assertThat(interrupted).isTrue();
        assertThat(files()).containsExactly("", "disk.vmdk");
    }

    @Test
    void anInterruptDuringAReadIsKept() throws Exception {
        Disk disk = host.openDisk(random("disk.vmdk", 1));
        fake.holdReads(true);
        Background<Boolean> holding = Background.start(() -> {
            read(disk, 0, 1);
            return Thread.currentThread().isInterrupted();
        });
        fake.awaitHeldReads(1);
        Background<Boolean> waiting = Background.start(() -> {
                    read(disk, 0, 1);
                    return Thread.currentThread().isInterrupted();
                })
                .awaitWaiting();
        holding.thread().interrupt();
        waiting.thread().interrupt();
        fake.holdReads(false);
        assertThat(holding.join()).isTrue();
        assertThat(waiting.join()).isTrue();
    }

    @Test
    void virtualThreadsInCallbacksDoNotKeepEachOtherFromGoingOn() throws Exception {
        ChildJvm child = ChildJvm.run(LogsOfVirtualThreads.class, directory, disk("one.vmdk"), disk("other.vmdk"));
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).containsExactly("ended");
    }
}
