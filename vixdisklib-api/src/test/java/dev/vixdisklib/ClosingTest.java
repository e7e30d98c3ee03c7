/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ClosingTest extends TestDisks {

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment buffer = Sectors.allocate(arena, 1);

    ClosingTest() throws IOException {}

    private Background<String> readInBackground(Disk disk) {
        MemorySegment own = Sectors.allocate(arena, 1).fill((byte) 1);
        return Background.start(() -> {
            disk.read(0, own);
            return "read " + own.get(ValueLayout.JAVA_BYTE, 511);
        });
    }

    @Test
    void everyMethodOfAClosedDiskRefuses() throws IOException {
        Path path = disk("disk.vmdk");
        Disk disk = host.openDisk(path);
        Disk other = host.openDisk(disk("other.vmdk"));
        Metadata metadata = disk.metadata();
        Map<String, String> map = metadata.asMap();
        AllocatedBlocks blocks = disk.allocatedBlocks();
        Iterator<SectorRange> begun = blocks.iterator();
        disk.close();
        disk.close();

        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("read", () -> disk.read(0, buffer));
        calls.put("write", () -> disk.write(0, buffer));
        calls.put("awaitRequests", disk::awaitRequests);
        calls.put("flush", disk::flush);
        calls.put("info", disk::info);
        calls.put("transportMode", disk::transportMode);
        calls.put("allocatedBlocks", disk::allocatedBlocks);
        calls.put("newChannel", disk::newChannel);
        calls.put("newInputStream", disk::newInputStream);
        calls.put("newInputStream of a range", () -> disk.newInputStream(new SectorRange(0, 1)));
        calls.put("keys", metadata::keys);
        calls.put("get", () -> metadata.get("uuid"));
        calls.put("put", () -> metadata.put("note", ""));
        calls.put("asMap", () -> metadata.asMap().size());
        calls.put("asMap, get", () -> map.get("uuid"));
        calls.put("asMap, put", () -> map.put("note", ""));
        calls.put("asMap, iterator", () -> map.entrySet().iterator());
        calls.put("asMap, hashCode", map::hashCode);
        calls.put("spaceNeededForClone", () -> disk.spaceNeededForClone(FLAT));
        calls.put("createChild", () -> disk.createChild(directory.resolve("child.vmdk"), SPARSE));
        calls.put("attachProblem", () -> disk.attachProblem(other));
        calls.put("attachTo", () -> disk.attachTo(other));
        calls.put("attachProblem, as parent", () -> other.attachProblem(disk));
        calls.put("attachTo, as parent", () -> other.attachTo(disk));
        calls.put("shrink", disk::shrink);
        calls.put("defragment", disk::defragment);
        calls.put("iterator begun before", begun::hasNext);
        calls.put("iterator begun before, next", begun::next);
        calls.put("iterator begun after", () -> blocks.iterator().hasNext());
        calls.put("forEach", () -> blocks.forEach(range -> {}));
        calls.put("toSet", blocks::toSet);
        calls.put("allocatedBlocks of chunks", () -> disk.allocatedBlocks(256));
        calls.put("plan", () -> CopyPlan.full(blocks).sectors(CopyPlan.Kind.COPY));
        assertAllRefused(calls, disk.toString());

        assertThat(map).hasToString("the metadata of " + disk + ", which cannot be read: " + disk + " is closed");
        assertThat(other.info().capacity()).isEqualTo(1000);
        assertThat(disk.name()).isEqualTo(path.toString());
        assertThat(disk.capacity()).isEqualTo(1000);
        assertThat(disk).hasToString("the disk " + path);
        assertThat(blocks.isKnown()).isTrue();
        assertThat(disk.metadata()).isNotNull();
    }

    @Test
    void theBlocksOfAClosedDiskAreRefusedAlsoWhereTheLibraryNeedNotBeAsked() throws IOException {
        Disk small = host.openDisk(disk("small.vmdk", SPARSE, 100));
        AllocatedBlocks blocks = small.allocatedBlocks();
        assertThat(blocks.isKnown()).isFalse();
        small.close();
        assertAllRefused(
                Map.of(
                        "blocks",
                        small::allocatedBlocks,
                        "iterator",
                        () -> blocks.iterator().hasNext()),
                small.toString());
    }

    @Test
    void everyMethodOfAClosedConnectionRefuses() throws IOException {
        Path path = disk("disk.vmdk");
        for (boolean readOnly : new boolean[] {false, true}) {
            Connection connection = readOnly ? lib.connectLocalReadOnly() : lib.connectLocal();
            connection.close();
            connection.close();
            DiskSpec spec = DiskSpec.of(SPARSE, 1);
            Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
            calls.put("openDisk", () -> connection.openDisk(path));
            calls.put("createDisk", () -> connection.createDisk(directory.resolve("new.vmdk"), spec));
            calls.put(
                    "createDisk, heard",
                    () -> connection.createDisk(directory.resolve("new.vmdk"), spec, percent -> {}));
            calls.put("deleteDisk", () -> connection.deleteDisk(path));
            calls.put("growDisk", () -> connection.growDisk(path, 2000, true));
            calls.put("checkDisk", () -> connection.checkDisk(path));
            calls.put("repairDisk", () -> connection.repairDisk(path));
            CloneSpec clone = CloneSpec.of(host, path, FLAT);
            calls.put("cloneDisk", () -> connection.cloneDisk(directory.resolve("new.vmdk"), clone));
            calls.put("cloneDisk, by name", () -> connection.cloneDisk("[ds] new.vmdk", clone));
            assertAllRefused(calls, connection.toString());
        }
        assertThat(files()).containsExactly("", "disk.vmdk");
    }

    private static void assertAllRefused(Map<String, ThrowingCallable> calls, String what) {
        calls.forEach((name, call) ->
                assertThatIllegalStateException().as(name).isThrownBy(call).withMessage(what + " is closed"));
    }

    @Test
    void closingALibraryClosesAllThatWasOpenedThroughIt() throws IOException {
        VixDiskLib other = VixDiskLib.open(lib.libraryFile());
        List<Disk> disks = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Connection connection = i % 2 == 0 ? other.connectLocal() : other.connectLocalReadOnly();
            disks.add(connection.openDisk(disk("disk" + i + ".vmdk")));
        }
        other.close();
        assertThat(open()).containsExactly("1 CONNECTIONS");
        for (Disk disk : disks) {
            assertThatIllegalStateException().isThrownBy(disk::info);
        }
    }

    @Test
    void disksAreClosedYoungestFirst() throws IOException {
        Connection connection = lib.connectLocal();
        Path first = disk("first.vmdk");
        Path second = disk("second.vmdk");
        connection.openDisk(first);
        connection.openDisk(second);
        fake.failNext("Close", ErrorCode.FILE_ERROR.number());
        assertRefused(ErrorCode.FILE_ERROR, "Close", second, connection::close);
        assertThat(open()).containsExactly("1 CONNECTIONS");
    }

    @Test
    void aFailingCloseIsReportedOnceAndTheDiskIsClosedAllTheSame() throws IOException {
        Path path = disk("disk.vmdk");
        Disk disk = host.openDisk(path);
        fake.failNext("Close", ErrorCode.DISK_FULL.number());
        assertRefused(ErrorCode.DISK_FULL, "Close", path, disk::close);
        disk.close();
        assertThatIllegalStateException().isThrownBy(() -> disk.read(0, buffer));
        assertThat(open()).containsExactly("1 CONNECTIONS");
        // The lock is gone as well.
        host.openDisk(path).close();
    }

    @Test
    void allFailuresOfClosingAreKept() throws IOException {
        VixDiskLib other = VixDiskLib.open(lib.libraryFile());
        Connection connection = other.connectLocal();
        Path path = disk("disk.vmdk");
        Disk disk = connection.openDisk(path);
        fake.failNext("Close", ErrorCode.DISK_FULL.number());
        fake.failNext("Disconnect", ErrorCode.HOST_CONNECTION_LOST.number());
        VixDiskLibException failure = assertRefused(ErrorCode.DISK_FULL, "Close", path, other::close);
        assertThat(failure.getSuppressed())
                .singleElement()
                .satisfies(suppressed -> assertThat(suppressed)
                        .isInstanceOf(VixDiskLibException.class)
                        .hasMessageStartingWith("Disconnect: ")
                        .hasMessageContaining("VIX_E_HOST_CONNECTION_LOST"));
        other.close();
        connection.close();
        disk.close();
        assertThat(open()).containsExactly("1 CONNECTIONS");
    }

    @Test
    void aFailingCloseDoesNotHideWhatWasThrownBefore() throws IOException {
        Path path = disk("disk.vmdk");
        Throwable thrown = catchThrowable(() -> {
            try (Disk disk = host.openDisk(path)) {
                fake.failNext("Close", ErrorCode.DISK_FULL.number());
                disk.read(1000, buffer);
            }
        });
        assertThat(thrown).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(VixDiskLibException.class);
    }

    @Test
    void closingADiskWaitsForTheReadThatIsUnderWay() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        assertWaitsForTheRead(disk, disk);
    }

    @Test
    void closingAConnectionWaitsForTheReadThatIsUnderWay() throws Exception {
        Connection connection = lib.connectLocal();
        assertWaitsForTheRead(connection.openDisk(disk("disk.vmdk")), connection);
    }

    @Test
    void closingALibraryWaitsForTheReadThatIsUnderWay() throws Exception {
        VixDiskLib other = VixDiskLib.open(lib.libraryFile());
        assertWaitsForTheRead(other.connectLocal().openDisk(disk("disk.vmdk")), other);
    }

    private void assertWaitsForTheRead(Disk disk, AutoCloseable closed) throws Exception {
        fake.holdReads(true);
        Background<String> reading = readInBackground(disk);
        fake.awaitHeldReads(1);
        Background<Boolean> closing = Background.start(() -> {
            closed.close();
            return true;
        });
        // What closing has to do on the library's thread, it has done after some turns of others.
        for (int turn = 0; turn < 20; turn++) {
            closing.awaitWaiting();
            assertThat(lib.transportModes()).isNotEmpty();
        }
        Background<String> late = readInBackground(disk).awaitWaiting();
        closing.thread().interrupt();
        assertThat(closing.isDone()).isFalse();
        assertThat(open()).contains("1 DISKS");
        fake.holdReads(false);
        assertThat(reading.join()).isEqualTo("read 0");
        assertThat(closing.join()).isTrue();
        // Whether it came before or after, it has an orderly end.
        try {
            assertThat(late.join()).isEqualTo("read 0");
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("closed");
        }
        assertThat(open()).doesNotContain("1 DISKS");
    }

    @Test
    void closingComesToItsTurnAmongBusyReaders() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        CountDownLatch busy = new CountDownLatch(4);
        List<Background<Boolean>> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            MemorySegment own = Sectors.allocate(arena, 1);
            readers.add(Background.start(() -> {
                disk.read(0, own);
                busy.countDown();
                while (true) {
                    disk.read(0, own);
                }
            }));
        }
        busy.await();
        Background.start(() -> {
                    disk.close();
                    return true;
                })
                .join();
        for (Background<Boolean> reader : readers) {
            assertThatIllegalStateException().isThrownBy(reader::join).withMessageContaining("closed");
        }
    }

    @Test
    void manyThreadsMayCloseAtOnce() throws Exception {
        for (int round = 0; round < 50; round++) {
            VixDiskLib other = VixDiskLib.open(lib.libraryFile());
            Connection connection = other.connectLocal();
            Disk disk = connection.openDisk(disk("disk" + round + ".vmdk", SPARSE, 1));
            fake.failNext("Close", ErrorCode.DISK_FULL.number());
            CountDownLatch go = new CountDownLatch(1);
            List<Background<Boolean>> threads = new ArrayList<>();
            for (AutoCloseable closed : new AutoCloseable[] {disk, connection, other, disk, connection, other}) {
                threads.add(Background.start(() -> {
                    go.await();
                    closed.close();
                    return true;
                }));
            }
            go.countDown();
            int failures = 0;
            for (Background<Boolean> thread : threads) {
                try {
                    thread.join();
                } catch (VixDiskLibException e) {
                    failures++;
                }
            }
            assertThat(failures).isEqualTo(1);
            assertThat(open()).containsExactly("1 CONNECTIONS");
        }
    }

    @Test
    void openingWhileTheConnectionIsClosedEitherWorksOrRefuses() throws Exception {
        Path path = disk("disk.vmdk");
        AtomicInteger refused = new AtomicInteger();
        for (int round = 0; round < 100; round++) {
            Connection connection = lib.connectLocal();
            CountDownLatch go = new CountDownLatch(3);
            List<Background<Boolean>> threads = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                threads.add(Background.start(() -> {
                    go.countDown();
                    try {
                        while (true) {
                            Disk disk = connection.openDisk(path, OpenFlag.READ_ONLY);
                            assertThat(disk.capacity()).isEqualTo(1000);
                        }
                    } catch (IllegalStateException e) {
                        refused.incrementAndGet();
                        return true;
                    }
                }));
            }
            threads.add(Background.start(() -> {
                go.countDown();
                go.await();
                connection.close();
                return true;
            }));
            for (Background<Boolean> thread : threads) {
                thread.join();
            }
            assertThat(open()).containsExactly("1 CONNECTIONS");
        }
        assertThat(refused).hasValue(200);
    }
}
