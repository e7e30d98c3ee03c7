/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.Timing;
import dev.vixdisklib.shim.Transport;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asynchronous requests on disks of servers, where they are on the way over a network. */
class ServerRequestsTest extends TestServers {

    ServerRequestsTest() throws IOException {}

    @AfterEach
    final void requestsTakeNoTime() throws IOException {
        for (Transport transport : Transport.values()) {
            fake.setTiming(transport, Timing.NONE);
        }
        fake.holdAsync(false);
        closeLibrary();
        fake.setAsync(0, 0);
    }

    private Connection connect(String mode) throws IOException {
        return lib.connect(vcenter().vm("vm-42").transportModes(TransportMode.of(mode)));
    }

    private static Disk open(Connection connection, OpenFlag... flags) throws IOException {
        return connection.openDisk(DISK, flags);
    }

    /** All sectors of a disk, in random order. */
    private static List<Long> sectors(Random random) {
        List<Long> sectors =
                new ArrayList<>(LongStream.range(0, SECTORS).boxed().toList());
        Collections.shuffle(sectors, random);
        return sectors;
    }

    private static MemorySegment sector(byte[] content, long sector) {
        return MemorySegment.ofArray(content).asSlice(Sectors.toBytes(sector), Sectors.SIZE);
    }

    @ParameterizedTest
    @CsvSource({
        "nbd,",
        "nbdssl,",
        "nbdssl, COMPRESSION_ZLIB",
        "nbdssl, COMPRESSION_FASTLZ",
        "nbdssl, COMPRESSION_SKIPZ",
        "nbdssl, UNBUFFERED"
    })
    void whatGoesOverTheNetworkInAnyOrderArrives(String mode, @Nullable String flag) {
        OpenFlag[] flags = flag == null ? new OpenFlag[0] : new OpenFlag[] {OpenFlag.valueOf(flag)};
        atRandom(random -> {
            fake.setTiming(
                    Transport.valueOf(mode.toUpperCase(Locale.ROOT)), new Timing(Duration.ofNanos(200_000), 0, 3));
            byte[] content = new byte[(int) Sectors.toBytes(SECTORS)];
            random.nextBytes(content);
            try (Connection connection = connect(mode);
                    Disk disk = open(connection, flags);
                    BufferPool pool = BufferPool.of(Sectors.SIZE, 8)) {
                assertThat(disk.transportMode()).contains(TransportMode.of(mode));
                List<CompletableFuture<PooledBuffer>> writes = new ArrayList<>();
                for (long sector : sectors(random)) {
                    PooledBuffer buffer = pool.lease();
                    buffer.segment().copyFrom(sector(content, sector));
                    writes.add(disk.writeAsync(sector, buffer).whenComplete((done, thrown) -> buffer.close()));
                }
                disk.flush();
                for (CompletableFuture<PooledBuffer> write : writes) {
                    AsyncDisks.await(write);
                }
                List<CompletableFuture<Void>> reads = new ArrayList<>();
                for (long sector : sectors(random)) {
                    reads.add(disk.readAsync(sector, pool.lease()).thenAccept(buffer -> {
                        try (buffer) {
                            assertThat(buffer.segment().mismatch(sector(content, sector)))
                                    .isEqualTo(-1);
                        }
                    }));
                }
                for (CompletableFuture<Void> read : reads) {
                    AsyncDisks.await(read);
                }
                assertThat(read(disk, 0, SECTORS)).isEqualTo(content);
            }
        });
    }

    @Test
    void manyAreOnTheWayAtOnceAndClosingTheConnectionWaitsForThem() throws Exception {
        fake.setAsync(2, 1);
        fake.holdAsync(true);
        Connection connection = connect("nbdssl");
        Disk disk = open(connection);
        try (BufferPool pool = BufferPool.of(Sectors.toBytes(8), 8)) {
            List<CompletableFuture<PooledBuffer>> reads = new ArrayList<>();
            for (long start = 0; start < SECTORS; start += 8) {
                reads.add(disk.readAsync(start, pool.lease()));
            }
            fake.awaitHeldAsync(8);
            assertThat(reads).noneMatch(CompletableFuture::isDone);
            Background<Boolean> closing = Background.start(() -> {
                connection.close();
                return true;
            });
            assertThat(closing.awaitWaiting().isDone()).isFalse();
            fake.holdAsync(false);
            assertThat(closing.join()).isTrue();
            for (CompletableFuture<PooledBuffer> read : reads) {
                assertThat(bytes(AsyncDisks.await(read).segment())).containsOnly(42);
            }
        }
    }

    @Test
    void aConnectionThatIsLostFailsWhatIsOnTheWayAndAnotherOneGoesOn() throws Exception {
        fake.setAsync(2, 1);
        fake.holdAsync(true);
        try (BufferPool pool = BufferPool.of(Sectors.toBytes(8), 9)) {
            Connection connection = connect("nbdssl");
            Disk disk = open(connection);
            List<CompletableFuture<PooledBuffer>> reads = new ArrayList<>();
            for (long start = 0; start < SECTORS; start += 8) {
                PooledBuffer buffer = pool.lease();
                reads.add(disk.readAsync(start, buffer).whenComplete((done, thrown) -> buffer.close()));
            }
            fake.awaitHeldAsync(8);
            plan(Fault.on("WriteAsync").drop());
            reads.add(disk.writeAsync(0, pool.lease()));
            fake.holdAsync(false);
            for (int i = 0; i < 9; i++) {
                CompletableFuture<PooledBuffer> read = reads.get(i);
                String function = i < 8 ? "ReadAsync" : "WriteAsync";
                assertThat(assertRefused(ErrorCode.HOST_TCP_CONN_LOST, function, DISK, () -> AsyncDisks.await(read)))
                        .isInstanceOf(HostUnavailableException.class);
            }
            assertRefused(ErrorCode.HOST_TCP_CONN_LOST, "Wait", DISK, connection::close);
            try (Connection again = connect("nbdssl");
                    Disk same = open(again);
                    PooledBuffer buffer = pool.lease()) {
                AsyncDisks.await(same.readAsync(0, buffer));
                assertThat(bytes(buffer.segment())).containsOnly(42);
            }
        }
    }

    @Test
    void aHostWithoutMemoryForARequestIsRecognised() throws Exception {
        // Enough for the buffers of the disk, four of 64 KiB, and for one sector.
        change(server -> server.nfcMemory((256 << 10) + Sectors.SIZE));
        try (Connection connection = connect("nbdssl");
                Disk disk = open(connection);
                BufferPool pool = BufferPool.of(Sectors.toBytes(SECTORS), 1);
                PooledBuffer buffer = pool.lease()) {
            assertThat(assertRefused(
                            ErrorCode.OUT_OF_MEMORY,
                            "ReadAsync",
                            DISK,
                            () -> AsyncDisks.await(disk.readAsync(0, buffer))))
                    .hasMessageContaining("2 MiB");
            AsyncDisks.await(disk.readAsync(0, 1, buffer));
            assertThat(bytes(buffer.segment(1))).containsOnly(42);
        }
    }

    @Test
    void aDiskThatWasReadIsOfNoOldHostWhicheverWayFails() throws Exception {
        try (Connection connection = connect("nbdssl");
                BufferPool pool = BufferPool.of(Sectors.SIZE, 1);
                PooledBuffer buffer = pool.lease()) {
            plan(Fault.on("ReadAsync").returns("VIX_E_FAIL"));
            try (Disk disk = open(connection)) {
                assertThat(failure("ReadAsync", () -> AsyncDisks.await(disk.readAsync(0, buffer))))
                        .contains("supports the host's version");
                read(disk, 0, 1);
                assertThat(failure("ReadAsync", () -> AsyncDisks.await(disk.readAsync(0, buffer))))
                        .isEmpty();
                plan(Fault.on("ReadAsync").completesWith("VIX_E_FAIL"));
                assertThat(failure("ReadAsync", () -> AsyncDisks.await(disk.readAsync(0, buffer))))
                        .isEmpty();
            }
            plan(Fault.on("Read").returns("VIX_E_FAIL"));
            try (Disk disk = open(connection)) {
                assertThat(failure("Read", () -> read(disk, 0, 1))).contains("supports the host's version");
                AsyncDisks.await(disk.readAsync(0, buffer));
                assertThat(failure("Read", () -> read(disk, 0, 1))).isEmpty();
            }
        }
    }

    /** The hint that a failure has, empty if it has none. */
    private static String failure(String function, ThrowingCallable call) {
        return assertRefused(ErrorCode.FAIL, function, DISK, call).hint().orElse("");
    }
}
