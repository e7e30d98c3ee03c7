/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import dev.vixdisklib.internal.CompletionHandler;
import dev.vixdisklib.internal.Direction;
import dev.vixdisklib.internal.Lease;
import dev.vixdisklib.internal.PoolMemory;
import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.FaultPlan;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Asynchronous requests. */
class AsyncTest extends AsyncDisks {

    private static final int CAPACITY = 1000;

    AsyncTest() throws IOException {}

    private byte[] content(Disk disk, Random random) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sectors = randomSectors(arena, disk.capacity(), random);
            disk.write(0, sectors);
            return bytes(sectors);
        }
    }

    private static void assertSectors(byte[] content, long start, MemorySegment actual) {
        MemorySegment expected = MemorySegment.ofArray(content).asSlice(Sectors.toBytes(start), actual.byteSize());
        assertThat(expected.mismatch(actual)).isEqualTo(-1);
    }

    private static CompletableFuture<PooledBuffer> submit(
            Direction direction, Disk disk, long start, PooledBuffer buffer) {
        return direction == Direction.READ ? disk.readAsync(start, buffer) : disk.writeAsync(start, buffer);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4})
    void whatIsWrittenInAnyOrderIsReadInAnyOrder(int threads) {
        atRandom(random -> {
            fake.setAsync(threads, random.nextLong());
            Disk disk = host.openDisk(disk("disk.vmdk", SPARSE, CAPACITY));
            byte[] content = new byte[(int) Sectors.toBytes(CAPACITY)];
            random.nextBytes(content);
            try (BufferPool pool = BufferPool.of(Sectors.toBytes(10), 16)) {
                List<CompletableFuture<PooledBuffer>> writes = new ArrayList<>();
                for (long start = 0; start < CAPACITY; start += 10) {
                    PooledBuffer buffer = pool.lease();
                    buffer.segment()
                            .copyFrom(MemorySegment.ofArray(content)
                                    .asSlice(Sectors.toBytes(start), Sectors.toBytes(10)));
                    writes.add(disk.writeAsync(start, buffer).whenComplete((done, thrown) -> buffer.close()));
                }
                disk.flush();
                for (CompletableFuture<PooledBuffer> write : writes) {
                    await(write);
                }
                List<CompletableFuture<Void>> reads = new ArrayList<>();
                for (int i = 0; i < 300; i++) {
                    int count = 1 + random.nextInt(10);
                    long start = random.nextLong(CAPACITY - count + 1);
                    reads.add(disk.readAsync(start, count, pool.lease()).thenAccept(buffer -> {
                        try (buffer) {
                            assertSectors(content, start, buffer.segment(count));
                        }
                    }));
                }
                for (CompletableFuture<Void> read : reads) {
                    await(read);
                }
            }
            assertThat(read(disk, 0, CAPACITY)).isEqualTo(content);
        });
    }

    @Test
    void sectorsBeyondTheRequestStayAsTheyAre() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        byte[] content = content(disk, new Random(1));
        try (BufferPool pool = BufferPool.of(Sectors.toBytes(4), 1);
                PooledBuffer buffer = pool.lease()) {
            buffer.segment().fill((byte) 7);
            assertThat(await(disk.readAsync(3, 2, buffer))).isSameAs(buffer);
            assertSectors(content, 3, buffer.segment(2));
            assertThat(buffer.segment().asSlice(Sectors.toBytes(2)).toArray(ValueLayout.JAVA_BYTE))
                    .containsOnly(7);
            buffer.segment().fill((byte) 8);
            await(disk.writeAsync(CAPACITY - 1, 1, buffer));
            assertThat(read(disk, CAPACITY - 2, 2))
                    .startsWith(content[(int) Sectors.toBytes(CAPACITY - 2)])
                    .endsWith(8);
        }
    }

    @Test
    void aFutureIsNotDoneBeforeItsRequest() throws Exception {
        hold();
        Disk disk = host.openDisk(disk("disk.vmdk"));
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 2)) {
            PooledBuffer first = pool.lease();
            PooledBuffer second = pool.lease();
            CompletableFuture<PooledBuffer> read = disk.readAsync(0, first);
            CompletableFuture<PooledBuffer> write = disk.writeAsync(1, second);
            fake.awaitHeldAsync(2);
            assertThat(read).isNotDone();
            assertThat(write).isNotDone();
            for (PooledBuffer buffer : List.of(first, second)) {
                assertThatIllegalStateException()
                        .isThrownBy(buffer::segment)
                        .withMessage("a request is using the buffer; wait until its future is done");
                assertThatIllegalStateException().isThrownBy(() -> buffer.segment(1));
                assertThatIllegalStateException()
                        .isThrownBy(() -> disk.readAsync(2, buffer))
                        .withMessage("a request is using the buffer; wait until its future is done");
            }
            letGo();
            assertThat(await(read).segment().byteSize()).isEqualTo(Sectors.SIZE);
            assertThat(await(write)).isSameAs(second);
            first.close();
            second.close();
        }
    }

    @Test
    void wrongArgumentsAreThrownAtOnceAndCountForNothing() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        Disk closed = host.openDisk(disk("closed.vmdk"));
        closed.close();
        fake.forgetJournal();
        try (BufferPool pool = BufferPool.of(Sectors.toBytes(4), 2);
                PooledBuffer buffer = pool.lease()) {
            PooledBuffer released = pool.lease();
            released.close();
            assertThatIllegalStateException()
                    .isThrownBy(() -> disk.readAsync(0, released))
                    .withMessage("the buffer was released to its pool; lease another one");
            assertThatIllegalStateException()
                    .isThrownBy(() -> closed.writeAsync(0, buffer))
                    .withMessage(closed + " is closed");
            for (long count : new long[] {Long.MIN_VALUE, -1, 0, 5, Long.MAX_VALUE}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> disk.readAsync(0, count, buffer))
                        .withMessage("a request of " + count + " sectors with a buffer of 4; it must have 1 to 4");
                assertThatIllegalArgumentException().isThrownBy(() -> disk.writeAsync(0, count, buffer));
            }
            for (long start : new long[] {Long.MIN_VALUE, -1, 997, 1000, Long.MAX_VALUE}) {
                assertThatThrownBy(() -> disk.readAsync(start, buffer))
                        .isInstanceOf(IndexOutOfBoundsException.class)
                        .hasMessageContaining("4 sectors from sector " + start + " are not inside " + disk.name());
                assertThatThrownBy(() -> disk.writeAsync(start, buffer)).isInstanceOf(IndexOutOfBoundsException.class);
            }
            assertThat(fake.callCount("ReadAsync") + fake.callCount("WriteAsync"))
                    .isZero();
            // And the buffer is free for the next one.
            await(disk.readAsync(996, buffer));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTheLibraryDoesNotAcceptFailsTheFuture(Direction direction) throws Exception {
        String function = direction == Direction.READ ? "ReadAsync" : "WriteAsync";
        Path path = disk("disk.vmdk");
        Disk disk = host.openDisk(path);
        try (BufferPool pool = BufferPool.of(Sectors.toBytes(2), 1);
                PooledBuffer buffer = pool.lease()) {
            fake.failNext(function, ErrorCode.HOST_TCP_CONN_LOST.number());
            CompletableFuture<PooledBuffer> failed = submit(direction, disk, 5, buffer);
            assertThat(failed).isCompletedExceptionally();
            VixDiskLibException refusal =
                    assertRefused(ErrorCode.HOST_TCP_CONN_LOST, function, path, () -> await(failed));
            assertThat(refusal.sectors()).contains(new SectorRange(5, 2));
            await(submit(direction, disk, 5, buffer));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatFailsLaterFailsTheFuture(Direction direction) throws Exception {
        String function = direction == Direction.READ ? "ReadAsync" : "WriteAsync";
        Path path = disk("disk.vmdk");
        Disk disk = host.openDisk(path);
        for (int threads : new int[] {0, 2}) {
            fake.setAsync(threads, 1);
            try (BufferPool pool = BufferPool.of(Sectors.toBytes(2), 1);
                    PooledBuffer buffer = pool.lease()) {
                fake.failNextAsync(function, ErrorCode.FILE_ERROR.number());
                CompletableFuture<PooledBuffer> failed = submit(direction, disk, 5, buffer);
                VixDiskLibException refusal = assertRefused(ErrorCode.FILE_ERROR, function, path, () -> await(failed));
                assertThat(refusal.sectors()).contains(new SectorRange(5, 2));
                assertThat(buffer.segment().byteSize()).isEqualTo(1024);
                await(submit(direction, disk, 5, buffer));
            }
        }
    }

    @Test
    void writesToAReadOnlyDiskFailTheFuture() throws Exception {
        Path path = disk("disk.vmdk");
        Disk disk = host.openDisk(path, OpenFlag.READ_ONLY);
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 1);
                PooledBuffer buffer = pool.lease()) {
            assertRefused(ErrorCode.FILE_READ_ONLY, "WriteAsync", path, () -> await(disk.writeAsync(0, buffer)));
            await(disk.readAsync(0, buffer));
        }
    }

    @Test
    void aLostConnectionFailsAllThatIsInFlight() throws Exception {
        hold();
        Path path = disk("disk.vmdk");
        Connection connection = lib.connectLocal();
        Disk disk = connection.openDisk(path);
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 9)) {
            List<CompletableFuture<PooledBuffer>> reads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                reads.add(disk.readAsync(i, pool.lease()));
            }
            fake.awaitHeldAsync(8);
            fake.setFaultPlan(FaultPlan.of(Fault.on("ReadAsync").drop()));
            reads.add(disk.readAsync(8, pool.lease()));
            letGo();
            for (CompletableFuture<PooledBuffer> read : reads) {
                assertRefused(ErrorCode.HOST_TCP_CONN_LOST, "ReadAsync", path, () -> await(read));
            }
        }
        assertRefused(ErrorCode.HOST_TCP_CONN_LOST, "Wait", path, disk::awaitRequests);
        assertRefused(ErrorCode.HOST_TCP_CONN_LOST, "Wait", path, connection::close);
        assertThat(open()).containsExactly("1 CONNECTIONS");
    }

    @Test
    void someOfManyRequestsFail() {
        atRandom(random -> {
            fake.setAsync(3, random.nextLong());
            fake.setFaultPlan(FaultPlan.of(
                    Fault.on("ReadAsync").sectors(100, 199).completesWith("VIX_E_FILE_ERROR"),
                    Fault.on("ReadAsync").sectors(300, 399).returns("VIX_E_OUT_OF_MEMORY")));
            Disk disk = host.openDisk(disk("disk.vmdk"));
            AtomicInteger[] outcomes = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
            try (BufferPool pool = BufferPool.of(Sectors.SIZE, 32)) {
                List<CompletableFuture<PooledBuffer>> reads = new ArrayList<>();
                for (int start = 0; start < CAPACITY; start++) {
                    PooledBuffer buffer = pool.lease();
                    reads.add(disk.readAsync(start, buffer).whenComplete((done, thrown) -> buffer.close()));
                }
                for (CompletableFuture<PooledBuffer> read : reads) {
                    try {
                        await(read);
                        outcomes[0].incrementAndGet();
                    } catch (VixDiskLibException e) {
                        boolean later = e.error().code().orElseThrow() == ErrorCode.FILE_ERROR;
                        assertThat(e.sectors().orElseThrow().start() / 100).isEqualTo(later ? 1 : 3);
                        outcomes[later ? 1 : 2].incrementAndGet();
                    }
                }
            }
            assertThat(outcomes).extracting(AtomicInteger::get).containsExactly(800, 100, 100);
        });
    }

    @Test
    void synchronousOperationsWaitForRequestsAndAreRight() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        Disk other = host.openDisk(disk("other.vmdk"));
        Map<String, ThrowingCallable> operations = Map.of(
                "read",
                () -> assertThat(read(disk, 1, 1)).containsOnly(9),
                "write",
                () -> disk.write(0, Sectors.allocate(Arena.ofAuto(), 1)),
                "flush",
                disk::flush,
                "info",
                disk::info,
                "metadata",
                disk.metadata()::keys,
                "put",
                () -> disk.metadata().put("note", "x"),
                "blocks",
                () -> assertThat(disk.allocatedBlocks()).isNotEmpty(),
                "shrink",
                disk::shrink,
                "attachProblem",
                () -> other.attachProblem(disk),
                "await",
                disk::awaitRequests);
        for (Map.Entry<String, ThrowingCallable> operation : operations.entrySet()) {
            hold();
            try (BufferPool pool = BufferPool.of(Sectors.SIZE, 1);
                    PooledBuffer buffer = pool.lease()) {
                buffer.segment().fill((byte) 9);
                CompletableFuture<PooledBuffer> write = disk.writeAsync(1, buffer);
                fake.awaitHeldAsync(1);
                assertThat(disk.transportMode()).contains(TransportMode.FILE);
                Background<Boolean> waiting = Background.start(() -> {
                    runs(operation.getValue());
                    return Thread.interrupted();
                });
                waiting.awaitWaiting().thread().interrupt();
                assertThat(waiting.awaitWaiting().isDone())
                        .as(operation.getKey())
                        .isFalse();
                letGo();
                assertThat(waiting.join()).isTrue();
                assertThat(inFlight()).isZero();
                // At once: the buffer is back before the future says so.
                assertThat(buffer.segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 9);
                await(write);
            }
        }
    }

    @Test
    void attachingADiskWaitsForTheRequestsOfBoth() throws Exception {
        Path base = disk("base.vmdk");
        Path child = directory.resolve("child.vmdk");
        Disk parent = host.openDisk(base, OpenFlag.READ_ONLY);
        parent.createChild(child, SPARSE);
        Disk disk = host.openDisk(child, OpenFlag.SINGLE_LINK);
        hold();
        try (BufferPool pool = BufferPool.of(Sectors.toBytes(128), 2)) {
            // A whole grain: for a part of one, the parent would be needed.
            PooledBuffer buffer = pool.lease();
            buffer.segment().fill((byte) 2);
            CompletableFuture<PooledBuffer> write = disk.writeAsync(0, buffer);
            CompletableFuture<PooledBuffer> read = parent.readAsync(0, pool.lease());
            fake.awaitHeldAsync(2);
            Background<Boolean> attaching = Background.start(() -> {
                disk.attachTo(parent);
                return true;
            });
            assertThat(attaching.awaitWaiting().isDone()).isFalse();
            letGo();
            assertThat(attaching.join()).isTrue();
            await(write);
            PooledBuffer free = await(read);
            assertThatIllegalStateException()
                    .isThrownBy(() -> parent.readAsync(0, free))
                    .withMessageContaining("attachTo");
            await(disk.readAsync(0, free));
            assertThat(free.segment().toArray(ValueLayout.JAVA_BYTE)).containsOnly(2);
        }
    }

    private static void runs(ThrowingCallable call) throws Exception {
        try {
            call.call();
        } catch (Exception e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void noRequestBeginsWhileAnOperationWaitsForOthers() throws Exception {
        hold();
        Disk disk = host.openDisk(disk("disk.vmdk"));
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 2)) {
            CompletableFuture<PooledBuffer> read = disk.readAsync(0, pool.lease());
            fake.awaitHeldAsync(1);
            Background<DiskInfo> info = Background.start(disk::info).awaitWaiting();
            Background<PooledBuffer> late = Background.start(() -> await(disk.readAsync(1, pool.lease())))
                    .awaitWaiting();
            assertThat(inFlight()).isEqualTo(1);
            letGo();
            assertThat(info.join().capacity()).isEqualTo(CAPACITY);
            assertThat(late.join().sectors()).isEqualTo(1);
            await(read).close();
        }
    }

    @Test
    void awaitingRequestsEndsThemAndSaysNothingOfThem() throws Exception {
        fake.setAsync(2, 1);
        Disk disk = host.openDisk(disk("disk.vmdk"));
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 8)) {
            fake.failNextAsync("ReadAsync", ErrorCode.FILE_ERROR.number());
            List<PooledBuffer> buffers = new ArrayList<>();
            List<CompletableFuture<PooledBuffer>> reads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                buffers.add(pool.lease());
                reads.add(disk.readAsync(i, buffers.get(i)));
            }
            disk.awaitRequests();
            assertThat(inFlight()).isZero();
            buffers.forEach(buffer -> assertThat(buffer.segment().byteSize()).isEqualTo(512));
            int failed = 0;
            for (CompletableFuture<PooledBuffer> read : reads) {
                failed += catchThrowable(() -> await(read)) == null ? 0 : 1;
            }
            assertThat(failed).isEqualTo(1);
            fake.forgetJournal();
            // There is nothing to ask the library about.
            disk.awaitRequests();
            disk.info();
            assertThat(fake.callCount("Wait")).isZero();
        }
    }

    @Test
    void aWaitThatFailsIsToldAndTheDiskCanBeUsedAfterwards() throws Exception {
        fake.setAsync(2, 1);
        Path path = disk("disk.vmdk");
        Disk disk = host.openDisk(path);
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 1);
                PooledBuffer buffer = pool.lease()) {
            for (ThrowingCallable operation :
                    List.<ThrowingCallable>of(disk::awaitRequests, disk::flush, () -> read(disk, 0, 1))) {
                CompletableFuture<PooledBuffer> read = disk.readAsync(0, buffer);
                fake.failNext("Wait", ErrorCode.HOST_SERVER_NOT_AVAILABLE.number());
                assertRefused(ErrorCode.HOST_SERVER_NOT_AVAILABLE, "Wait", path, operation);
                assertThat(inFlight()).isZero();
                await(read);
                assertThat(disk.info().capacity()).isEqualTo(CAPACITY);
            }
            CompletableFuture<PooledBuffer> read = disk.readAsync(0, buffer);
            fake.failNext("Wait", ErrorCode.HOST_SERVER_NOT_AVAILABLE.number());
            fake.forgetJournal();
            assertRefused(ErrorCode.HOST_SERVER_NOT_AVAILABLE, "Wait", path, disk::close);
            // The first has waited for nothing.
            assertThat(fake.callCount("Wait")).isEqualTo(2);
            await(read);
        }
        assertThat(open()).containsExactly("1 CONNECTIONS");
    }

    @Test
    void whatDependsOnAFutureMayUseTheDiskAndCloseIt() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        byte[] content = content(disk, new Random(1));
        hold();
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 2)) {
            CompletableFuture<Boolean> done = disk.readAsync(0, pool.lease()).thenApply(buffer -> {
                try (buffer;
                        PooledBuffer other = pool.lease()) {
                    disk.readAsync(3, other).join();
                    assertSectors(content, 3, other.segment());
                    disk.writeAsync(4, other).join();
                    assertThat(read(disk, 4, 1)).isEqualTo(bytes(other.segment()));
                    disk.awaitRequests();
                    disk.close();
                    return true;
                } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            letGo();
            assertThat(await(done)).isTrue();
        }
        assertThat(open()).containsExactly("1 CONNECTIONS");
    }

    @Test
    void whatDependsOnAFutureRunsOnAVirtualThread() throws Exception {
        hold();
        Disk disk = host.openDisk(disk("disk.vmdk"));
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 1);
                PooledBuffer buffer = pool.lease()) {
            CompletableFuture<Thread> ran = disk.readAsync(0, buffer).thenApply(filled -> Thread.currentThread());
            letGo();
            assertThat(await(ran).isVirtual()).isTrue();
            assertThat(await(ran).getName()).isEqualTo("vixdisklib-completion");
        }
    }

    @Test
    void cancellingAFutureLeavesTheRequestAsItIs() throws Exception {
        hold();
        Disk disk = host.openDisk(disk("disk.vmdk"));
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 1);
                PooledBuffer buffer = pool.lease()) {
            buffer.segment().fill((byte) 3);
            CompletableFuture<PooledBuffer> write = disk.writeAsync(7, buffer);
            fake.awaitHeldAsync(1);
            assertThat(write.cancel(true)).isTrue();
            assertThatThrownBy(write::join).isInstanceOf(CancellationException.class);
            assertThatIllegalStateException().isThrownBy(buffer::segment);
            assertThat(inFlight()).isEqualTo(1);
            letGo();
            disk.awaitRequests();
            assertThat(buffer.segment().byteSize()).isEqualTo(512);
        }
        assertThat(read(disk, 7, 1)).containsOnly(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void manyThreadsMakeRequestsOfTheSameDisks(boolean virtual) throws Exception {
        fake.setAsync(4, 5);
        Disk[] disks = new Disk[3];
        byte[][] contents = new byte[3][];
        for (int i = 0; i < disks.length; i++) {
            disks[i] = host.openDisk(disk("disk" + i + ".vmdk"));
            contents[i] = content(disks[i], new Random(i));
        }
        AtomicLong done = new AtomicLong();
        try (BufferPool pool = BufferPool.of(Sectors.toBytes(8), 40)) {
            List<Background<Boolean>> threads = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                int seed = i;
                threads.add(background(virtual, () -> {
                    Random random = new Random(seed);
                    for (int round = 0; round < 200; round++) {
                        int which = random.nextInt(disks.length);
                        long start = random.nextLong(CAPACITY - 7);
                        if (random.nextInt(20) == 0) {
                            assertSectors(contents[which], start, MemorySegment.ofArray(read(disks[which], start, 8)));
                            continue;
                        }
                        PooledBuffer buffer = pool.lease();
                        CompletableFuture<Void> read = disks[which]
                                .readAsync(start, buffer)
                                .thenAccept(filled -> {
                                    assertSectors(contents[which], start, filled.segment());
                                    filled.close();
                                    done.incrementAndGet();
                                });
                        if (random.nextBoolean()) {
                            await(read);
                        }
                    }
                    return true;
                }));
            }
            for (Background<Boolean> thread : threads) {
                assertThat(thread.join()).isTrue();
            }
            for (Disk disk : disks) {
                disk.awaitRequests();
            }
            // All are back when all futures have been heard.
            for (int i = 0; i < 40; i++) {
                pool.lease();
            }
        }
        assertThat(done.get()).isGreaterThan(4000);
    }

    private static Background<Boolean> background(boolean virtual, Callable<Boolean> work) {
        return virtual ? Background.startVirtual(work) : Background.start(work);
    }

    @Test
    void moreVirtualThreadsThanProcessorsWaitForABufferAndForTheirRequests() throws Exception {
        hold();
        Disk disk = host.openDisk(disk("disk.vmdk"));
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 5)) {
            List<Background<Boolean>> threads = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                long start = i;
                threads.add(Background.startVirtual(() -> {
                    try (PooledBuffer buffer = pool.lease()) {
                        disk.readAsync(start, buffer).join();
                    }
                    disk.info();
                    return true;
                }));
            }
            fake.awaitHeldAsync(5);
            // Others go on meanwhile: none of them holds a carrier.
            assertThat(Background.startVirtual(() -> lib.transportModes().isEmpty())
                            .join())
                    .isFalse();
            letGo();
            for (Background<Boolean> thread : threads) {
                assertThat(thread.join()).isTrue();
            }
        }
    }

    @Test
    void tenThousandRequestsInFlightAtOnceEnd() throws Exception {
        hold();
        Disk disk = host.openDisk(disk("disk.vmdk"));
        int count = 10_000;
        List<CompletableFuture<Void>> reads = new ArrayList<>();
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, count)) {
            for (int i = 0; i < count; i++) {
                reads.add(disk.readAsync(i % CAPACITY, pool.lease()).thenAccept(PooledBuffer::close));
            }
            fake.awaitHeldAsync(count);
            assertThat(inFlight()).isEqualTo(count);
            letGo();
            disk.awaitRequests();
            for (CompletableFuture<Void> read : reads) {
                await(read);
            }
        }
    }

    /** Hears of the requests of a stream, and what has been allocated on the thread that it hears of them. */
    private static final class Stream implements CompletionHandler {
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private volatile long error;
        private volatile long allocated;
        private final AtomicInteger ended = new AtomicInteger();

        @Override
        public void completed(long result, long nanoTime) {
            error = Math.max(error, result);
            allocated = threads.getCurrentThreadAllocatedBytes();
            ended.incrementAndGet();
        }

        /** Makes requests one after the other, and returns what they have allocated here and there. */
        long allocatedBy(int requests, Disk disk, Direction direction, Lease lease) throws IOException {
            long here = threads.getCurrentThreadAllocatedBytes();
            long there = allocated;
            for (int i = 0; i < requests; i++) {
                int before = ended.get();
                disk.handle().requests().submit(direction, i % 900, 8, lease, this);
                while (ended.get() == before) {
                    Thread.onSpinWait();
                }
            }
            return threads.getCurrentThreadAllocatedBytes() - here + allocated - there;
        }
    }

    /** Prints what a thousand requests allocate, reads and then writes; in a JVM whose compiler has seen nothing else. */
    static final class Allocations {
        public static void main(String[] arguments) throws Exception {
            FakeControl control = FakeControl.of(FakeVddk.directory());
            Path path = Path.of(arguments[1]);
            PoolMemory memory = new PoolMemory(4096, 1);
            Lease lease = memory.lease();
            try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                    Connection host = lib.connectLocal();
                    Disk disk = host.openDisk(path)) {
                control.setAsync(Integer.parseInt(arguments[0]), 1);
                for (Direction direction : Direction.values()) {
                    Stream stream = new Stream();
                    long least = Long.MAX_VALUE;
                    // The first rounds are interpreted, and compiling takes until then.
                    for (int round = 0; round < 500 && least > 0; round++) {
                        least = Math.min(least, stream.allocatedBy(1000, disk, direction, lease));
                    }
                    System.out.println(least + " bytes, error " + stream.error);
                }
            } finally {
                lease.release();
                memory.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aRequestAllocatesNothingInTheLongRun(int threads) throws Exception {
        ChildJvm child = ChildJvm.run(Allocations.class, directory, threads, disk("disk.vmdk"));
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).containsExactly("0 bytes, error 0", "0 bytes, error 0");
    }

    @Test
    void aFailureHasTheLogOfItsTime() throws Exception {
        hold();
        Disk disk = host.openDisk(disk("disk.vmdk"));
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 1)) {
            fake.failNextAsync("ReadAsync", ErrorCode.FILE_ERROR.number());
            CompletableFuture<PooledBuffer> read = disk.readAsync(8, pool.lease());
            fake.awaitHeldAsync(1);
            letGo();
            assertThat(catchThrowable(() -> await(read)))
                    .isInstanceOfSatisfying(
                            VixDiskLibException.class,
                            e -> assertThat(e.recentLog())
                                    .filteredOn(LogLine::duringCall)
                                    .extracting(LogLine::text)
                                    .anySatisfy(line -> assertThat(line).contains("ReadAsync of 1 sectors from 8 of")));
        }
    }

    @Test
    void aRequestInTheMidstOfALogLineIsRefused() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 1);
                PooledBuffer buffer = pool.lease();
                LogLines log = LogLines.of("dev.vixdisklib.native", line -> {
                    for (ThrowingCallable call : List.<ThrowingCallable>of(
                            () -> disk.readAsync(0, buffer),
                            () -> disk.writeAsync(0, 1, buffer),
                            disk::awaitRequests,
                            pool::lease)) {
                        try {
                            call.call();
                        } catch (Throwable e) {
                            thrown.add(e);
                        }
                    }
                })) {
            fake.logFromLibraryThread(true, "from the library's thread");
            assertThat(log.records()).hasSize(1);
            assertThat(thrown).hasSize(4).hasOnlyElementsOfType(IllegalStateException.class);
            assertThat(buffer.segment().byteSize()).isEqualTo(512);
        }
    }
}
