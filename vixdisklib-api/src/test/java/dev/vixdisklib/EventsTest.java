/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;

/** What flight recordings have. */
class EventsTest extends TestDisks {

    private static final String READ = "dev.vixdisklib.Read";
    private static final String WRITE = "dev.vixdisklib.Write";

    EventsTest() throws IOException {}

    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    private static Recording everything() {
        Recording recording = new Recording();
        recording.enable(READ).withoutThreshold();
        recording.enable(WRITE).withoutThreshold();
        return recording;
    }

    /** What a recording has of this API, in the order in which it ended. */
    private List<RecordedEvent> recorded(Recording recording, Work work) throws Exception {
        try (recording) {
            recording.start();
            work.run();
            recording.stop();
            Path file = directory.resolve("recording.jfr");
            recording.dump(file);
            return RecordingFile.readAllEvents(file).stream()
                    .filter(event -> event.getEventType().getName().startsWith("dev.vixdisklib."))
                    .sorted((one, other) -> one.getEndTime().compareTo(other.getEndTime()))
                    .toList();
        }
    }

    private static String name(RecordedEvent event) {
        return event.getEventType().getName().substring("dev.vixdisklib.".length());
    }

    private static RecordedEvent only(List<RecordedEvent> events, String name) {
        List<RecordedEvent> found =
                events.stream().filter(event -> name(event).equals(name)).toList();
        assertThat(found).as("events " + name + " of " + events).hasSize(1);
        return found.get(0);
    }

    @Test
    void whatADiskDoesIsRecorded() throws Exception {
        Path path = disk("disk.vmdk");
        List<RecordedEvent> events = recorded(everything(), () -> {
            try (Connection connection = lib.connectLocal();
                    Disk disk = connection.openDisk(path)) {
                assertThat(read(disk, 10, 8)).hasSize(4096);
                try (var arena = java.lang.foreign.Arena.ofConfined()) {
                    disk.write(100, Sectors.allocate(arena, 3));
                }
                assertThat(disk.allocatedBlocks().isKnown()).isTrue();
            }
        });
        assertThat(events)
                .extracting(EventsTest::name)
                .containsExactly("Connect", "Open", "Read", "Write", "Query", "Close");
        assertThat(events.subList(1, events.size())).allSatisfy(event -> {
            assertThat(event.getString("disk")).isEqualTo(path.toString());
            assertThat(event.getString("transport")).isEqualTo("file");
            assertThat(event.getLong("error")).isZero();
            assertThat(event.getDuration()).isPositive();
            assertThat(event.getEventType().getCategoryNames()).containsExactly("VixDiskLib");
        });
        assertThat(only(events, "Read").getLong("firstSector")).isEqualTo(10);
        assertThat(only(events, "Read").getLong("sectors")).isEqualTo(8);
        assertThat(only(events, "Read").getLong("bytes")).isEqualTo(4096);
        assertThat(only(events, "Write").getLong("firstSector")).isEqualTo(100);
        assertThat(only(events, "Write").getLong("sectors")).isEqualTo(3);
        assertThat(only(events, "Write").getLong("bytes")).isEqualTo(1536);
        assertThat(only(events, "Query").getLong("firstSector")).isZero();
        assertThat(only(events, "Query").getLong("sectors")).isEqualTo(128);
        assertThat(only(events, "Connect").getString("server")).isNull();
    }

    @Test
    void asynchronousRequestsAreRecordedFromTheRequestToItsEnd() throws Exception {
        Path path = disk("disk.vmdk");
        fake.setAsync(2, 1);
        fake.holdAsync(true);
        AtomicReference<Instant> held = new AtomicReference<>();
        List<RecordedEvent> events = recorded(everything(), () -> {
            try (Disk disk = host.openDisk(path);
                    BufferPool pool = BufferPool.of(4096, 1);
                    PooledBuffer buffer = pool.lease()) {
                var read = disk.readAsync(16, buffer);
                fake.awaitHeldAsync(1);
                held.set(Instant.now());
                fake.holdAsync(false);
                read.join();
                disk.awaitRequests();
                disk.writeAsync(24, 3, buffer).join();
            }
        });
        fake.setAsync(0, 0);
        assertThat(only(events, "Read").getString("disk")).isEqualTo(path.toString());
        assertThat(only(events, "Read").getString("transport")).isEqualTo("file");
        assertThat(only(events, "Read").getLong("firstSector")).isEqualTo(16);
        assertThat(only(events, "Read").getLong("bytes")).isEqualTo(4096);
        assertThat(only(events, "Read").getStartTime()).isBeforeOrEqualTo(held.get());
        assertThat(only(events, "Read").getEndTime()).isAfterOrEqualTo(held.get());
        assertThat(only(events, "Write").getLong("sectors")).isEqualTo(3);
    }

    @Test
    void whatFailsIsRecordedWithTheError() throws Exception {
        Path path = disk("disk.vmdk");
        Path missing = directory.resolve("missing.vmdk");
        long error = 0x1_0000_0000L + ErrorCode.FILE_ERROR.number();
        List<RecordedEvent> events = recorded(everything(), () -> {
            assertRefused(ErrorCode.FILE_NOT_FOUND, "Open", missing, () -> host.openDisk(missing));
            try (Disk disk = host.openDisk(path)) {
                fake.failNext("Read", error);
                assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> read(disk, 1, 2)))
                        .isInstanceOf(VixDiskLibException.class);
            }
        });
        RecordedEvent open = events.get(0);
        assertThat(open.getString("disk")).isEqualTo(missing.toString());
        assertThat(open.getString("transport")).isEmpty();
        assertThat(open.getLong("error")).isEqualTo(ErrorCode.FILE_NOT_FOUND.number());
        assertThat(only(events, "Read").getLong("error")).isEqualTo(error);
        assertThat(only(events, "Read").getLong("bytes")).isZero();
        assertThat(only(events, "Read").getLong("sectors")).isEqualTo(2);
    }

    @Test
    void aReadIsRecordedByTheThreadThatReadsWithItsTrueTime() throws Exception {
        Path path = disk("disk.vmdk");
        List<RecordedEvent> events = recorded(everything(), () -> {
            try (Disk disk = host.openDisk(path)) {
                fake.holdReads(true);
                Background<byte[]> reader = Background.start(() -> read(disk, 0, 1));
                fake.awaitHeldReads(1);
                long held = System.nanoTime();
                while (System.nanoTime() - held < 30_000_000) {
                    Thread.onSpinWait();
                }
                fake.holdReads(false);
                reader.join();
            }
        });
        RecordedEvent read = only(events, "Read");
        assertThat(read.getDuration()).isGreaterThan(Duration.ofMillis(30));
        assertThat(read.getStackTrace().getFrames())
                .anyMatch(frame -> frame.getMethod().getType().getName().equals(Disk.class.getName()));
        assertThat(read.getThread().getJavaThreadId())
                .isNotEqualTo(Thread.currentThread().threadId());
    }

    @Test
    void shortTransfersAreNotRecordedUnlessWanted() throws Exception {
        Path path = disk("disk.vmdk");
        List<RecordedEvent> events = recorded(new Recording(), () -> {
            try (Disk disk = host.openDisk(path)) {
                assertThat(read(disk, 0, 8)).hasSize(4096);
            }
        });
        assertThat(events).extracting(EventsTest::name).containsExactly("Open", "Close");
        assertThat(jdk.jfr.FlightRecorder.getFlightRecorder().getEventTypes())
                .filteredOn(
                        type -> type.getName().equals(READ) || type.getName().equals(WRITE))
                .hasSize(2)
                .allSatisfy(type -> assertThat(type.getSettingDescriptors())
                        .anySatisfy(
                                setting -> assertThat(setting.getDefaultValue()).isEqualTo("20 ms")));
    }

    @Test
    void transfersAreTimedWhileTheyAreRecorded() throws Exception {
        Path path = disk("disk.vmdk");
        try (Disk disk = host.openDisk(path)) {
            assertThat(recorded(everything(), () -> assertThat(read(disk, 0, 1)).hasSize(512)))
                    .hasSize(1);
            assertThat(read(disk, 0, 1)).hasSize(512);
            assertThat(disk.statistics().of("Read").calls()).isEqualTo(2);
            assertThat(disk.statistics().of("Read").timed()).isEqualTo(1);
        }
    }
}
