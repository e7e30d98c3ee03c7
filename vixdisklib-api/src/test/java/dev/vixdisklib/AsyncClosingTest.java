/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeControl.Kind;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.FakeVddk.Version;
import dev.vixdisklib.shim.Strictness;
import dev.vixdisklib.shim.Timing;
import dev.vixdisklib.shim.Transport;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to asynchronous requests when something is closed, or the JVM ends. */
class AsyncClosingTest extends AsyncDisks {

    private static final String EXIT = "VixDiskLib: exit.";

    AsyncClosingTest() throws IOException {}

    enum Closed {
        DISK,
        CONNECTION,
        LIBRARY
    }

    @ParameterizedTest
    @EnumSource
    void closingWaitsForRequestsInFlight(Closed closed) throws Exception {
        hold();
        VixDiskLib other = VixDiskLib.open(lib.libraryFile());
        Connection connection = other.connectLocal();
        Disk disk = connection.openDisk(disk("disk.vmdk"));
        AutoCloseable target = closed == Closed.DISK ? disk : closed == Closed.CONNECTION ? connection : other;
        BufferPool pool = BufferPool.of(Sectors.SIZE, 16);
        List<CompletableFuture<PooledBuffer>> writes = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            PooledBuffer buffer = pool.lease();
            buffer.segment().fill((byte) 4);
            writes.add(disk.writeAsync(i, buffer));
            buffer.close();
        }
        fake.awaitHeldAsync(16);
        pool.close();
        Background<Boolean> closing = Background.start(() -> {
            target.close();
            return true;
        });
        // What closing has to do on the library's thread, it has done after some turns of others.
        for (int turn = 0; turn < 20; turn++) {
            closing.awaitWaiting();
            assertThat(lib.transportModes()).isNotEmpty();
        }
        closing.thread().interrupt();
        assertThat(closing.awaitWaiting().isDone()).isFalse();
        assertThat(open()).contains("1 DISKS", "16 ASYNC_REQUESTS");
        letGo();
        assertThat(closing.join()).isTrue();
        assertThat(open()).doesNotContain("1 DISKS");
        for (CompletableFuture<PooledBuffer> write : writes) {
            await(write);
        }
        other.close();
        try (Disk again = host.openDisk(Path.of(disk.name()))) {
            assertThat(read(again, 0, 16)).containsOnly(4);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void closingAmongBusyThreadsEndsThemInOrder(int threads) throws Exception {
        fake.setAsync(threads, 9);
        for (int round = 0; round < 20; round++) {
            VixDiskLib other = VixDiskLib.open(lib.libraryFile());
            Connection connection = other.connectLocal();
            Disk disk = connection.openDisk(disk("disk" + round + ".vmdk"));
            BufferPool pool = BufferPool.of(Sectors.SIZE, 10);
            CountDownLatch busy = new CountDownLatch(4);
            List<Background<Boolean>> submitters = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int seed = i;
                submitters.add(Background.start(() -> submitUntilClosed(disk, pool, new Random(seed), busy)));
            }
            busy.await();
            List<AutoCloseable> closed = List.of(disk, connection, other, pool);
            List<Background<Boolean>> closers = new ArrayList<>();
            for (AutoCloseable each : round % 2 == 0 ? closed : closed.reversed()) {
                closers.add(Background.start(() -> {
                    each.close();
                    return true;
                }));
            }
            for (Background<Boolean> closer : closers) {
                assertThat(closer.join()).isTrue();
            }
            for (Background<Boolean> submitter : submitters) {
                assertThat(submitter.join()).isTrue();
            }
            assertThat(open()).containsExactly("1 CONNECTIONS");
        }
    }

    private static boolean submitUntilClosed(Disk disk, BufferPool pool, Random random, CountDownLatch busy)
            throws Exception {
        try {
            while (true) {
                PooledBuffer buffer = pool.lease();
                try {
                    CompletableFuture<PooledBuffer> read = disk.readAsync(random.nextInt(1000), buffer);
                    if (random.nextBoolean()) {
                        // Before it has ended.
                        buffer.close();
                    } else {
                        await(read).close();
                    }
                } finally {
                    buffer.close();
                    busy.countDown();
                }
            }
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("closed");
            return true;
        }
    }

    @Test
    void aClosedDiskTakesNoRequests() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        disk.close();
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 1);
                PooledBuffer buffer = pool.lease()) {
            assertThatIllegalStateException().isThrownBy(() -> disk.readAsync(0, buffer));
            assertThatIllegalStateException().isThrownBy(() -> disk.writeAsync(0, buffer));
            assertThatIllegalStateException().isThrownBy(disk::awaitRequests);
            assertThat(buffer.segment().byteSize()).isEqualTo(512);
        }
    }

    @Test
    void aFailingCloseDoesNotHinderTheRequestsOfOthers() throws Exception {
        hold();
        Path path = disk("disk.vmdk");
        Disk disk = host.openDisk(path);
        Disk other = host.openDisk(disk("other.vmdk"));
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 2)) {
            CompletableFuture<PooledBuffer> read = disk.readAsync(0, pool.lease());
            CompletableFuture<PooledBuffer> otherRead = other.readAsync(0, pool.lease());
            fake.awaitHeldAsync(2);
            letGo();
            fake.failNext("Close", ErrorCode.DISK_FULL.number());
            assertRefused(ErrorCode.DISK_FULL, "Close", path, disk::close);
            await(read).close();
            await(otherRead.thenCompose(buffer -> other.readAsync(1, buffer))).close();
        }
    }

    /** Ends in one of several ways while requests are in flight. */
    static final class EndsInFlight {
        public static void main(String[] arguments) throws Exception {
            ChildJvm.printLog();
            FakeControl fake = FakeControl.of(FakeVddk.directory());
            VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
            Connection host = lib.connectLocal();
            Path path = Path.of(arguments[0]);
            host.createDisk(path, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, 1000));
            Disk disk = host.openDisk(path);
            fake.setAsync(4, 1);
            boolean held = arguments[1].equals("held");
            fake.holdAsync(held);
            if (!held) {
                // Some of them end while the JVM does.
                fake.setTiming(Transport.FILE, new Timing(Duration.ofMillis(10), 2_000_000, 0));
            }
            BufferPool pool = BufferPool.of(Sectors.SIZE, 2000);
            CompletableFuture<?>[] reads = new CompletableFuture<?>[2000];
            for (int i = 0; i < reads.length; i++) {
                reads[i] = disk.readAsync(i % 1000, pool.lease());
            }
            System.out.println(Stream.of(reads).anyMatch(CompletableFuture::isDone) && held);
            if (arguments[2].equals("exit")) {
                System.exit(7);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit", "return"})
    void theJvmEndsWithRequestsInFlight(String how) throws Exception {
        for (String state : new String[] {"held", "ending"}) {
            Path path = directory.resolve(state + ".vmdk");
            ChildJvm child = ChildJvm.run(EndsInFlight.class, directory, path, state, how);
            assertThat(child.status()).as(child.log()).isEqualTo(how.equals("exit") ? 7 : 0);
            assertThat(child.out()).containsExactly("false");
            assertThat(child.log()).doesNotContain(EXIT);
        }
    }

    /** Closes everything and ends; the library is ended in order, also if futures tell of failures meanwhile. */
    static final class EndsInOrder {
        public static void main(String[] arguments) throws Exception {
            ChildJvm.printLog();
            FakeControl fake = FakeControl.of(FakeVddk.directory());
            fake.setStrictness(Strictness.RECORD);
            List<CompletableFuture<PooledBuffer>> reads = new ArrayList<>();
            try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                    Connection host = lib.connectLocal()) {
                Path path = Path.of(arguments[0]);
                host.createDisk(path, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, 1000));
                fake.setAsync(2, 1);
                try (BufferPool pool = BufferPool.of(Sectors.SIZE, 1000);
                        Disk disk = host.openDisk(path, OpenFlag.READ_ONLY)) {
                    for (int i = 0; i < 1000; i++) {
                        fake.failNextAsync("ReadAsync", ErrorCode.FILE_ERROR.number());
                        reads.add(disk.readAsync(i, pool.lease()));
                    }
                }
            }
            for (CompletableFuture<PooledBuffer> read : reads) {
                if (!(read.handle((buffer, thrown) -> thrown).join() instanceof VixDiskLibException)) {
                    throw new AssertionError("a request has not failed");
                }
            }
            System.out.println(fake.brokenRules());
        }
    }

    @Test
    void theLibraryIsEndedAfterTheLastRequest() throws Exception {
        ChildJvm child = ChildJvm.run(EndsInOrder.class, directory, directory.resolve("disk.vmdk"));
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).containsExactly("[]");
        assertThat(child.log()).containsOnlyOnce(EXIT);
    }

    /** Writes and reads with the library of a version. */
    static final class RoundTrip {
        public static void main(String[] arguments) throws Exception {
            Path vddk = FakeVddk.directory(Version.valueOf(arguments[0]));
            FakeControl fake = FakeControl.of(vddk);
            fake.setStrictness(Strictness.RECORD);
            Path path = Path.of(arguments[1]);
            try (VixDiskLib lib = VixDiskLib.open(vddk);
                    Connection host = lib.connectLocal()) {
                host.createDisk(path, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, 1000));
                for (int threads : new int[] {0, 3}) {
                    fake.setAsync(threads, 1);
                    try (Disk disk = host.openDisk(path);
                            BufferPool pool = BufferPool.of(Sectors.SIZE, 1);
                            PooledBuffer buffer = pool.lease()) {
                        buffer.segment().fill((byte) (threads + 1));
                        disk.writeAsync(9, buffer).join().segment().fill((byte) 0);
                        disk.awaitRequests();
                        System.out.println(
                                disk.readAsync(9, buffer).join().segment().toArray(ValueLayout.JAVA_BYTE)[511]);
                        fake.failNextAsync("ReadAsync", ErrorCode.FILE_ERROR.number());
                        System.out.println(disk.readAsync(9, buffer)
                                .handle((done, thrown) -> ((VixDiskLibException) thrown).error())
                                .join());
                    }
                }
            }
            System.out.println(fake.brokenRules());
            System.out.println(
                    Stream.of(Kind.values()).mapToLong(fake::liveCount).sum());
        }
    }

    @ParameterizedTest
    @EnumSource
    void requestsWorkWithEveryVersion(Version version) throws Exception {
        ChildJvm child = ChildJvm.run(RoundTrip.class, directory, version, directory.resolve("disk.vmdk"));
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).containsExactly("1", "VIX_E_FILE_ERROR (7)", "4", "VIX_E_FILE_ERROR (7)", "[]", "0");
    }
}
