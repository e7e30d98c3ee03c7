/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.vixdisklib.Statistics.Calls;
import dev.vixdisklib.shim.FakeControl.Kind;
import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How often functions were called. */
class StatisticsTest extends TestDisks {

    StatisticsTest() throws IOException {}

    @AfterEach
    void transfersAreNotTimed() {
        VixDiskLib.timeTransfers(false);
    }

    private static Statistics since(Statistics earlier) {
        return VixDiskLib.statistics().since(earlier);
    }

    /** Uses a disk in all ways, some of them in vain. */
    private void useEverything(Path path) throws Exception {
        try (Disk disk = host.openDisk(path);
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = Sectors.allocate(arena, 8);
            disk.write(0, buffer);
            disk.read(0, buffer);
            try (BufferPool pool = BufferPool.of(4096, 1);
                    PooledBuffer pooled = pool.lease()) {
                disk.readAsync(0, pooled).join();
                disk.writeAsync(0, 3, pooled).join();
            }
            disk.flush();
            assertThat(disk.info().capacity()).isEqualTo(1000);
            assertThat(disk.transportMode()).contains(TransportMode.FILE);
            disk.metadata().put("note", "value");
            assertThat(disk.metadata().asMap()).containsEntry("note", "value");
            assertThat(disk.metadata().get("missing")).isEmpty();
            assertThat(disk.allocatedBlocks()).isNotEmpty();
        }
        assertThat(lib.transportModes()).isNotEmpty();
        assertThat(lib.errorText(new VixError(1))).isNotEmpty();
        lib.connectLocalReadOnly().close();
        lib.connectLocal().close();
        host.deleteDisk(path);
        assertRefused(ErrorCode.FILE_NOT_FOUND, "Open", path, () -> host.openDisk(path));
    }

    @Test
    void allCallsAreCountedThatTheLibraryGets() throws Exception {
        Statistics before = VixDiskLib.statistics();
        fake.forgetJournal();
        useEverything(disk("disk.vmdk"));
        Map<String, Long> counted = new TreeMap<>();
        Map<String, Long> got = new TreeMap<>();
        since(before).functions().forEach((name, calls) -> {
            counted.put(name, calls.calls());
            got.put(name, fake.callCount(name));
        });
        assertThat(counted).hasSize(43).isEqualTo(got);
        assertThat(counted.values().stream().filter(calls -> calls > 0)).hasSizeGreaterThan(20);
    }

    @Test
    void asynchronousRequestsCountWhenTheyHaveEnded() throws Exception {
        Path path = disk("disk.vmdk");
        fake.setAsync(2, 1);
        fake.holdAsync(true);
        try (Disk disk = host.openDisk(path);
                BufferPool pool = BufferPool.of(4096, 3)) {
            PooledBuffer one = pool.lease();
            PooledBuffer two = pool.lease();
            PooledBuffer three = pool.lease();
            var read = disk.readAsync(0, one);
            var written = disk.writeAsync(8, 3, two);
            assertThat(disk.statistics().of("ReadAsync").calls()).isZero();
            fake.holdAsync(false);
            read.join();
            written.join();
            disk.awaitRequests();
            fake.failNext("ReadAsync", ErrorCode.FILE_ERROR.number());
            assertThat(disk.readAsync(0, three)).isCompletedExceptionally();
            Statistics.Calls reads = disk.statistics().of("ReadAsync");
            assertThat(reads.calls()).isEqualTo(2);
            assertThat(reads.failures()).isEqualTo(1);
            assertThat(reads.bytes()).isEqualTo(4096);
            assertThat(reads.time()).isPositive();
            assertThat(disk.statistics().of("WriteAsync").bytes()).isEqualTo(3 * 512);
            one.close();
            two.close();
            three.close();
        } finally {
            fake.holdAsync(false);
            fake.setAsync(0, 0);
        }
    }

    @Test
    void whatTheLibraryRefusesIsAFailure() throws IOException {
        Path missing = directory.resolve("missing.vmdk");
        Path path = disk("disk.vmdk");
        Statistics before = VixDiskLib.statistics();
        assertRefused(ErrorCode.FILE_NOT_FOUND, "Open", missing, () -> host.openDisk(missing));
        try (Disk disk = host.openDisk(path, OpenFlag.READ_ONLY);
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = Sectors.allocate(arena, 8);
            for (int i = 0; i < 3; i++) {
                assertRefused(ErrorCode.FILE_READ_ONLY, "Write", path, () -> disk.write(0, buffer));
            }
            fake.failNext("Read", ErrorCode.FILE_ERROR.number());
            assertRefused(ErrorCode.FILE_ERROR, "Read", path, () -> disk.read(0, buffer));
            disk.read(0, buffer);
            fake.failNext("Close", ErrorCode.FILE_ERROR.number());
            assertRefused(ErrorCode.FILE_ERROR, "Close", path, disk::close);
        }
        Statistics calls = since(before);
        assertThat(calls.of("Open").calls()).isEqualTo(2);
        assertThat(calls.of("Open").failures()).isEqualTo(1);
        assertThat(calls.of("Write")).isEqualTo(new Calls(3, 3, 0, 0, Duration.ZERO));
        assertThat(calls.of("Read")).isEqualTo(new Calls(2, 1, 8 * Sectors.SIZE, 0, Duration.ZERO));
        assertThat(calls.of("Close").failures()).isEqualTo(1);
        assertThat(calls.of("GetErrorText").calls()).isEqualTo(6);
    }

    @Test
    void whatDoesNotReachTheLibraryIsNotCounted() throws IOException {
        try (Disk disk = host.openDisk(disk("disk.vmdk"));
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = Sectors.allocate(arena, 8);
            Statistics before = VixDiskLib.statistics();
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> disk.read(999, buffer));
            assertThatIllegalArgumentException().isThrownBy(() -> disk.read(0, MemorySegment.ofArray(new byte[512])));
            assertThat(VixDiskLib.statistics()).isEqualTo(before);
        }
    }

    @Test
    void disksAreCountedEachAndTogether() throws IOException {
        Path one = disk("one.vmdk");
        Path other = disk("other.vmdk");
        Statistics before = VixDiskLib.statistics();
        Disk closed;
        try (Disk first = host.openDisk(one);
                Disk second = host.openDisk(other);
                Arena arena = Arena.ofConfined()) {
            closed = first;
            MemorySegment buffer = Sectors.allocate(arena, 1);
            MemorySegment large = Sectors.allocate(arena, 100);
            for (int i = 0; i < 10; i++) {
                first.read(i, buffer);
                second.write(i, large);
            }
            second.read(0, large);
            assertThat(first.statistics().of("Read").calls()).isEqualTo(10);
            assertThat(first.statistics().of("Read").bytes()).isEqualTo(5120);
            assertThat(first.statistics().of("Write").calls()).isZero();
            assertThat(second.statistics().of("Write").bytes()).isEqualTo(1000 * Sectors.SIZE);
            assertThat(since(before).of("Read").calls()).isEqualTo(11);
            assertThat(since(before).of("Read").bytes()).isEqualTo(110 * Sectors.SIZE);
        }
        // What is closed stays in the sums.
        assertThat(since(before).of("Read").calls()).isEqualTo(11);
        assertThat(since(before).of("Write").bytes()).isEqualTo(1000 * Sectors.SIZE);
        assertThat(closed.statistics().of("Read").calls()).isEqualTo(10);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> closed.statistics().of("Open"))
                .withMessageContaining("Open")
                .withMessageContaining("[Read, ReadAsync, Write");
    }

    @Test
    void callsOfManyThreadsAreAllCountedWhileOthersLook() throws Exception {
        Path path = disk("disk.vmdk");
        Statistics before = VixDiskLib.statistics();
        List<Background<Boolean>> workers = new ArrayList<>();
        try (Disk shared = host.openDisk(path)) {
            for (int i = 0; i < 4; i++) {
                workers.add(Background.start(() -> {
                    read(shared);
                    Path own = disk(Thread.currentThread().threadId() + ".vmdk");
                    for (int round = 0; round < 10; round++) {
                        try (Disk disk = host.openDisk(own)) {
                            read(disk);
                        }
                    }
                    return true;
                }));
            }
            long reads = 0;
            while (!workers.stream().allMatch(Background::isDone)) {
                Calls calls = since(before).of("Read");
                assertThat(calls.calls()).isGreaterThanOrEqualTo(reads);
                assertThat(calls.failures()).isZero();
                reads = calls.calls();
            }
            for (Background<Boolean> worker : workers) {
                worker.join();
            }
        }
        Calls calls = since(before).of("Read");
        assertThat(calls.calls()).isEqualTo(4 * 11 * 200);
        assertThat(calls.bytes()).isEqualTo(4 * 11 * 200 * Sectors.SIZE);
        assertThat(since(before).of("Open").calls()).isEqualTo(41);
    }

    private static void read(Disk disk) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = Sectors.allocate(arena, 1);
            for (int i = 0; i < 200; i++) {
                disk.read(i, buffer);
            }
        }
    }

    @Test
    void transfersAreTimedOnlyOnRequest() throws IOException {
        try (Disk disk = host.openDisk(disk("disk.vmdk"));
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = Sectors.allocate(arena, 8);
            disk.read(0, buffer);
            assertThat(disk.statistics().of("Read").mean()).isEmpty();
            VixDiskLib.timeTransfers(true);
            disk.read(0, buffer);
            disk.write(0, buffer);
            disk.write(0, buffer);
            VixDiskLib.timeTransfers(false);
            disk.write(0, buffer);
            Statistics calls = disk.statistics();
            assertThat(calls.of("Read").calls()).isEqualTo(2);
            assertThat(calls.of("Read").timed()).isEqualTo(1);
            assertThat(calls.of("Read").time()).isPositive();
            assertThat(calls.of("Read").mean()).contains(calls.of("Read").time());
            assertThat(calls.of("Write").calls()).isEqualTo(3);
            assertThat(calls.of("Write").timed()).isEqualTo(2);
            assertThat(calls.of("Write").mean())
                    .contains(calls.of("Write").time().dividedBy(2));
        }
    }

    @Test
    void timeIsThatOfTheCall() throws Exception {
        try (Disk disk = host.openDisk(disk("disk.vmdk"))) {
            VixDiskLib.timeTransfers(true);
            fake.holdReads(true);
            long start = System.nanoTime();
            Background<Boolean> reader = Background.start(() -> {
                read(disk, 0, 1);
                return true;
            });
            fake.awaitHeldReads(1);
            long held = System.nanoTime();
            assertThat(disk.statistics().of("Read").calls()).isZero();
            // Busy for some time that the call takes at least.
            while (System.nanoTime() - held < 2_000_000) {
                Thread.onSpinWait();
            }
            fake.holdReads(false);
            reader.join();
            assertThat(disk.statistics().of("Read").time())
                    .isBetween(Duration.ofMillis(2), Duration.ofNanos(System.nanoTime() - start));
        }
        assertThat(VixDiskLib.statistics().of("InitEx").timed()).isPositive();
    }

    @Test
    void otherFunctionsAreAlwaysTimed() throws IOException {
        host.openDisk(disk("disk.vmdk")).close();
        Calls opens = VixDiskLib.statistics().of("Open");
        assertThat(opens.timed()).isEqualTo(opens.calls());
        assertThat(opens.time()).isPositive();
    }

    @Test
    void differencesAreOfLaterAndEarlier() throws IOException {
        Statistics earlier = VixDiskLib.statistics();
        host.openDisk(disk("disk.vmdk")).close();
        Statistics later = VixDiskLib.statistics();
        assertThat(later.since(earlier).of("Create").calls()).isEqualTo(1);
        assertThat(later.since(earlier)).isEqualTo(VixDiskLib.statistics().since(earlier));
        assertThat(later.since(later).of("Create")).isEqualTo(new Calls(0, 0, 0, 0, Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> earlier.since(later))
                .withMessageContaining("later");
        try (Disk disk = host.openDisk(directory.resolve("disk.vmdk"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> later.since(disk.statistics()))
                    .withMessageContaining("[Read, ReadAsync, Write");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> later.of("Raed")).withMessageContaining("Raed");
    }

    @Test
    void thereIsATableForPeople() throws IOException {
        Statistics before = VixDiskLib.statistics();
        try (Disk disk = host.openDisk(disk("disk.vmdk"))) {
            assertThat(read(disk, 0, 8)).hasSize(4096);
        }
        assertThat(since(before).toString().lines())
                .anyMatch(line -> line.matches("function +calls +failures +bytes +timed +microseconds"))
                .anyMatch(line -> line.matches("Read +1 +0 +4096 +0 +0"))
                .noneMatch(line -> line.startsWith("Write"));
        assertThat(fake.liveCount(Kind.ERROR_TEXTS)).isZero();
    }

    @Test
    void theExampleWorks() throws IOException {
        assertThat(example(FakeVddk.directory(), disk("disk.vmdk"))).isEqualTo(512);
    }

    @SuppressWarnings("SystemOut") // is what examples do
    private static long example(Path vddk, Path path) throws IOException {
        // @start region="example"
        Statistics before = VixDiskLib.statistics();
        try (VixDiskLib lib = VixDiskLib.open(vddk);
                Connection host = lib.connectLocal();
                Disk disk = host.openDisk(path, OpenFlag.READ_ONLY);
                Arena arena = Arena.ofConfined()) {
            disk.read(0, Sectors.allocate(arena, 1));
        }
        Statistics calls = VixDiskLib.statistics().since(before);
        System.out.println(calls.of("Read").bytes() + " bytes"); // 512 bytes
        System.out.print(calls); // a line for each function that was called
        // @end
        return calls.of("Read").bytes();
    }
}
