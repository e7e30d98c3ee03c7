/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vixdisklib.Statistics.Calls;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.FaultPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;

/** What is counted and recorded of asynchronous requests. */
class RequestsWatchedTest extends AsyncDisks {

    private static final Duration HELD = Duration.ofMillis(30);

    RequestsWatchedTest() throws IOException {}

    /** Keeps a request in flight for a time that its record must show. */
    private void letGoLater() {
        fake.awaitHeldAsync(1);
        long held = System.nanoTime();
        while (System.nanoTime() - held < HELD.toNanos()) {
            Thread.onSpinWait();
        }
        letGo();
    }

    @Test
    void requestsAreCountedWhenTheyHaveEnded() throws Exception {
        Statistics before = VixDiskLib.statistics();
        fake.forgetJournal();
        try (Disk disk = host.openDisk(disk("disk.vmdk"));
                BufferPool pool = BufferPool.of(Sectors.toBytes(8), 2)) {
            hold();
            CompletableFuture<PooledBuffer> read = disk.readAsync(0, pool.lease());
            CompletableFuture<PooledBuffer> write = disk.writeAsync(100, 3, pool.lease());
            fake.awaitHeldAsync(2);
            assertThat(disk.statistics().of("ReadAsync").calls()).isZero();
            letGoLater();
            await(read);
            await(write);
            Calls reads = disk.statistics().of("ReadAsync");
            assertThat(reads.calls()).isEqualTo(1);
            assertThat(reads.bytes()).isEqualTo(4096);
            assertThat(reads.timed()).isEqualTo(1);
            assertThat(reads.time()).isGreaterThan(HELD);
            assertThat(disk.statistics().of("WriteAsync").bytes()).isEqualTo(1536);
            assertThat(disk.statistics().of("Read").calls()).isZero();
        }
        Statistics calls = VixDiskLib.statistics().since(before);
        for (String function : List.of("ReadAsync", "WriteAsync", "Wait", "Close")) {
            assertThat(calls.of(function).calls()).as(function).isEqualTo(fake.callCount(function));
        }
        assertThat(calls.of("ReadAsync").failures()).isZero();
    }

    @Test
    void requestsThatFailOrAreRefusedAreFailures() throws Exception {
        try (Disk disk = host.openDisk(disk("disk.vmdk"));
                BufferPool pool = BufferPool.of(Sectors.toBytes(8), 3)) {
            fake.setFaultPlan(FaultPlan.of(
                    Fault.on("ReadAsync").nth(1).completesWith("VIX_E_FILE_ERROR"),
                    Fault.on("ReadAsync").nth(2).returns("VIX_E_HOST_TCP_CONN_LOST")));
            VixDiskLibException failed =
                    catchThrowableOfType(VixDiskLibException.class, () -> await(disk.readAsync(0, pool.lease())));
            assertThat(failed.error().is(ErrorCode.FILE_ERROR)).isTrue();
            HostUnavailableException refused =
                    catchThrowableOfType(HostUnavailableException.class, () -> await(disk.readAsync(0, pool.lease())));
            assertThat(refused.recentLog()).isNotEmpty();
            await(disk.readAsync(0, pool.lease()));
            Calls reads = disk.statistics().of("ReadAsync");
            assertThat(reads.calls()).isEqualTo(3);
            assertThat(reads.failures()).isEqualTo(2);
            assertThat(reads.bytes()).isEqualTo(4096);
        }
    }

    @Test
    void requestsOnManyThreadsAreAllCounted() throws Exception {
        fake.setAsync(4, 1);
        try (Disk disk = host.openDisk(disk("disk.vmdk"));
                BufferPool pool = BufferPool.of(Sectors.toBytes(1), 16)) {
            List<CompletableFuture<Void>> reads = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                reads.add(disk.readAsync(i % 900, pool.lease()).thenAccept(PooledBuffer::close));
            }
            for (CompletableFuture<Void> read : reads) {
                await(read);
            }
            assertThat(disk.statistics().of("ReadAsync").calls()).isEqualTo(1000);
            assertThat(disk.statistics().of("ReadAsync").bytes()).isEqualTo(512_000);
        }
    }

    @Test
    void aRecordIsFromTheRequestToItsEnd() throws Exception {
        Path path = disk("disk.vmdk");
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            try (Disk disk = host.openDisk(path);
                    BufferPool pool = BufferPool.of(Sectors.toBytes(8), 1)) {
                hold();
                CompletableFuture<PooledBuffer> write = disk.writeAsync(100, pool.lease());
                letGoLater();
                await(write);
            }
            recording.stop();
            recording.dump(file);
        }
        assertThat(RecordingFile.readAllEvents(file))
                .filteredOn(event -> event.getEventType().getName().equals("dev.vixdisklib.Write"))
                .singleElement()
                .satisfies(event -> assertIsOf(path, event));
    }

    @Test
    void aRefusedRequestIsRecorded() throws Exception {
        Path path = disk("disk.vmdk");
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.vixdisklib.Read").withThreshold(Duration.ZERO);
            recording.start();
            try (Disk disk = host.openDisk(path);
                    BufferPool pool = BufferPool.of(Sectors.toBytes(8), 1)) {
                fake.setFaultPlan(FaultPlan.of(Fault.on("ReadAsync").returns("VIX_E_HOST_TCP_CONN_LOST")));
                assertThat(catchThrowable(() -> await(disk.readAsync(16, pool.lease()))))
                        .isInstanceOf(HostUnavailableException.class);
            }
            recording.stop();
            recording.dump(file);
        }
        assertThat(RecordingFile.readAllEvents(file))
                .filteredOn(event -> event.getEventType().getName().equals("dev.vixdisklib.Read"))
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getLong("firstSector")).isEqualTo(16);
                    assertThat(event.getLong("error")).isEqualTo(ErrorCode.HOST_TCP_CONN_LOST.number());
                });
    }

    private static void assertIsOf(Path path, RecordedEvent write) {
        assertThat(write.getDuration()).isGreaterThan(HELD);
        assertThat(write.getString("disk")).isEqualTo(path.toString());
        assertThat(write.getString("transport")).isEqualTo("file");
        assertThat(write.getLong("firstSector")).isEqualTo(100);
        assertThat(write.getLong("sectors")).isEqualTo(8);
        assertThat(write.getLong("bytes")).isEqualTo(4096);
        assertThat(write.getLong("error")).isZero();
    }
}
