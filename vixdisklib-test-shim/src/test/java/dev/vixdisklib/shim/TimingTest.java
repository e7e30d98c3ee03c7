/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import static org.assertj.core.api.Assertions.assertThat;

import example.Vddk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Times are compared with what they are at least, or with what they would be if all of it were wrong. */
class TimingTest {

    private static final FakeSetup SETUP = FakeSetup.create();
    private static final Timing SLOW = Timing.latency(Duration.ofMillis(40));
    private static final Timing STUCK = Timing.latency(Duration.ofSeconds(20));
    private static final int REQUESTS = 8;
    private static final Duration ONE_AFTER_THE_OTHER = SLOW.latency().multipliedBy(REQUESTS);

    private static void withDisk(FakeSession session, @Nullable Path configuration, Consumer<Vddk.Disk> use) {
        session.setInventory(
                Inventory.builder().datastore("ds1", "datastore-11").build());
        session.createDisk("[ds1] disk.vmdk", new byte[128 * Vddk.SECTOR]);
        try (Vddk library = new Vddk(session.vddk(), configuration);
                Vddk.Connection host = library.connectLocal();
                Vddk.Disk disk = host.open(session.file("[ds1] disk.vmdk").toString(), Vddk.READ_ONLY)) {
            use.accept(disk);
        }
    }

    private static Duration timeOf(Runnable action) {
        long begin = System.nanoTime();
        action.run();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private static void readOneAfterTheOther(Vddk.Disk disk) {
        for (int i = 0; i < REQUESTS; i++) {
            disk.read(i, 1);
        }
    }

    private static void readAllAtOnce(Vddk.Disk disk) {
        try (Arena arena = Arena.ofShared()) {
            for (int i = 0; i < REQUESTS; i++) {
                disk.readAsync(arena, i, 1, result -> {});
            }
            disk.await();
        }
    }

    @Test
    void a_request_takes_the_latency_and_the_journal_says_so() {
        try (FakeSession session = FakeSession.begin(SETUP)) {
            withDisk(session, null, disk -> {
                session.control().setTiming(Transport.FILE, SLOW);
                disk.read(0, 1);
            });
            assertThat(session.control().journal())
                    .filteredOn(call -> call.function().equals("Read"))
                    .singleElement()
                    .satisfies(call -> assertThat(call.duration()).isGreaterThanOrEqualTo(SLOW.latency()));
        }
    }

    @Test
    void requests_one_after_the_other_add_up() {
        try (FakeSession session = FakeSession.begin(SETUP.withTiming(Transport.FILE, SLOW))) {
            withDisk(
                    session,
                    null,
                    disk -> assertThat(timeOf(() -> readOneAfterTheOther(disk)))
                            .isGreaterThanOrEqualTo(ONE_AFTER_THE_OTHER));
        }
    }

    @Test
    void requests_at_the_same_time_do_not() {
        try (FakeSession session = FakeSession.begin(SETUP.withTiming(Transport.FILE, SLOW))) {
            withDisk(
                    session,
                    null,
                    disk -> assertThat(timeOf(() -> readAllAtOnce(disk))).isLessThan(ONE_AFTER_THE_OTHER));
        }
    }

    @Test
    void requests_wait_for_a_host_that_serves_one_at_a_time() {
        try (FakeSession session = FakeSession.begin(SETUP.withTiming(Transport.FILE, SLOW.withRequestsAtOnce(1)))) {
            withDisk(
                    session,
                    null,
                    disk -> assertThat(timeOf(() -> readAllAtOnce(disk))).isGreaterThanOrEqualTo(ONE_AFTER_THE_OTHER));
        }
    }

    @Test
    void bytes_take_the_time_that_the_bandwidth_leaves_them() {
        try (FakeSession session = FakeSession.begin(
                SETUP.withTiming(Transport.FILE, Timing.NONE.withBytesPerSecond(100L * 128 * Vddk.SECTOR)))) {
            withDisk(
                    session,
                    null,
                    disk -> assertThat(timeOf(() -> {
                                disk.read(0, 64);
                                disk.read(64, 64);
                            }))
                            .isGreaterThanOrEqualTo(Duration.ofMillis(10)));
        }
    }

    @Test
    void other_transports_take_no_time() {
        try (FakeSession session = FakeSession.begin(SETUP.withTiming(Transport.NBDSSL, STUCK))) {
            withDisk(
                    session,
                    null,
                    disk -> assertThat(timeOf(() -> disk.read(0, 1))).isLessThan(STUCK.latency()));
        }
    }

    @Test
    void the_timing_of_a_session_ends_with_it() {
        FakeSession.begin(SETUP.withTiming(Transport.FILE, STUCK)).close();
        try (FakeSession session = FakeSession.begin(SETUP)) {
            withDisk(
                    session,
                    null,
                    disk -> assertThat(timeOf(() -> disk.read(0, 1))).isLessThan(STUCK.latency()));
        }
    }

    @Test
    void the_timing_of_a_configuration_is_read_and_ends_with_the_use_of_the_library() throws IOException {
        try (FakeSession session = FakeSession.begin(SETUP)) {
            Path configuration = SETUP.withTiming(Transport.FILE, SLOW)
                    .write(session.folder().resolve("setup"));
            withDisk(
                    session,
                    configuration,
                    disk -> assertThat(timeOf(() -> readOneAfterTheOther(disk)))
                            .isGreaterThanOrEqualTo(ONE_AFTER_THE_OTHER));
        }
        try (FakeSession session = FakeSession.begin(SETUP)) {
            Path configuration = SETUP.withTiming(Transport.FILE, STUCK)
                    .write(session.folder().resolve("setup"));
            new Vddk(session.vddk(), configuration).close();
            withDisk(
                    session,
                    null,
                    disk -> assertThat(timeOf(() -> disk.read(0, 1))).isLessThan(STUCK.latency()));
        }
    }
}
