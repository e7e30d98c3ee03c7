/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import example.Vddk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class FakeSessionTest {

    private static final FakeSetup SETUP = FakeSetup.create();
    private static final Inventory DATASTORE =
            Inventory.builder().datastore("ds1", "datastore-11").build();

    private static Path disk(FakeSession session) {
        session.setInventory(DATASTORE);
        session.createDisk("[ds1] a/disk.vmdk", new byte[] {1, 2, 3});
        return session.file("[ds1] a/disk.vmdk");
    }

    @Test
    void programs_find_the_disks_that_tests_make() {
        try (FakeSession session = FakeSession.begin(SETUP)) {
            Path path = disk(session);
            try (Vddk library = new Vddk(session.vddk(), session.configuration());
                    Vddk.Connection host = library.connectLocal();
                    Vddk.Disk disk = host.open(path.toString(), 0)) {
                assertThat(disk.capacity()).isEqualTo(1);
                assertThat(disk.read(0, 1)).hasSize(Vddk.SECTOR).startsWith(1, 2, 3, 0);
            }
        }
    }

    @Test
    void tells_what_was_left_open() {
        try (Vddk library = new Vddk(FakeVddk.directory(), null)) {
            FakeSession session = FakeSession.begin(SETUP);
            Vddk.Connection host = library.connectLocal();
            Vddk.Disk disk = host.open(disk(session).toString(), Vddk.READ_ONLY);
            assertThatThrownBy(session::close)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("not given back: 1 connections")
                    .hasMessageContaining("not given back: 1 disks");
            disk.close();
            host.close();
        }
    }

    @Test
    void does_not_tell_what_was_open_before() {
        try (Vddk library = new Vddk(FakeVddk.directory(), null);
                Vddk.Connection host = library.connectLocal();
                FakeSession session = FakeSession.begin(SETUP)) {
            assertThat(session.control().liveCount(FakeControl.Kind.CONNECTIONS))
                    .isEqualTo(1);
            assertThat(host).isNotNull();
        }
    }

    @Test
    void leaves_no_files_and_no_held_reads() throws Exception {
        Path folder;
        try (Vddk library = new Vddk(FakeVddk.directory(), null);
                Vddk.Connection host = library.connectLocal()) {
            FakeSession session = FakeSession.begin(SETUP);
            folder = session.folder();
            Path path = disk(session);
            try (Vddk.Disk disk = host.open(path.toString(), Vddk.READ_ONLY)) {
                session.control().holdReads(true);
                Thread reader = new Thread(() -> disk.read(0, 1));
                reader.start();
                session.control().awaitHeldReads(1);
                assertThatThrownBy(session::close).hasMessageContaining("1 disks");
                reader.join();
            }
        }
        assertThat(folder).doesNotExist();
    }

    @Test
    void has_files_that_only_this_user_can_reach() throws Exception {
        try (FakeSession session = FakeSession.begin(SETUP)) {
            Path root = session.folder().resolve("..").toRealPath();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
                    .isEqualTo("rwx------");
            assertThat(session.configuration()).startsWith(root);
        }
    }

    @Test
    void begins_anew_but_with_the_same_library_and_configuration() {
        Path vddk;
        Path configuration;
        Path folder;
        try (FakeSession session = FakeSession.begin(SETUP)) {
            vddk = session.vddk();
            configuration = session.configuration();
            folder = session.folder();
        }
        try (FakeSession session = FakeSession.begin(SETUP)) {
            assertThat(session.vddk()).isEqualTo(vddk);
            assertThat(session.configuration()).isEqualTo(configuration);
            assertThat(session.folder()).isNotEqualTo(folder).isEmptyDirectory();
        }
    }

    @Test
    void refuses_settings_that_an_initialised_library_would_not_see() {
        FakeSession.begin(SETUP).close();
        FakeSetup other = SETUP.withSetting("vixDiskLib.nfcAio.Session.BufCount", "16");
        assertThatThrownBy(() -> FakeSession.begin(other))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("BufCount");
        FakeSession.begin(SETUP).close();
    }

    @Test
    void refuses_another_library_than_the_one_that_is_loaded() {
        FakeSession.begin(SETUP).close();
        FakeSetup other = SETUP.withVersion(FakeVddk.Version.V6_5);
        assertThatThrownBy(() -> FakeSession.begin(other))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("loads one VixDiskLib");
        FakeSession.begin(SETUP).close();
    }

    @Test
    void there_is_one_at_a_time() throws Exception {
        CountDownLatch waits = new CountDownLatch(1);
        Thread other = new Thread(() -> {
            waits.countDown();
            FakeSession.begin(SETUP).close();
        });
        try (FakeSession session = FakeSession.begin(SETUP)) {
            other.start();
            waits.await();
            while (other.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            assertThatThrownBy(() -> FakeSession.begin(SETUP)).isInstanceOf(IllegalStateException.class);
            assertThat(session.folder()).exists();
        }
        other.join();
    }

    @Test
    void closing_twice_does_nothing() {
        FakeSession session = FakeSession.begin(SETUP);
        session.close();
        session.close();
        try (FakeSession next = FakeSession.begin(SETUP)) {
            session.close();
            assertThat(next.folder()).exists();
        }
    }

    @Test
    void tells_broken_rules_unless_they_are_allowed() {
        FakeControl control = FakeControl.of(FakeVddk.directory());
        try (Vddk library = new Vddk(FakeVddk.directory(), null)) {
            FakeSession session = FakeSession.begin(SETUP);
            closeTwice(library, session);
            assertThat(control.brokenRules()).first().satisfies(rule -> {
                assertThat(rule.rule()).isEqualTo("stale-handle");
                assertThat(rule.function()).isEqualTo("Close");
            });
            assertThatThrownBy(session::close).hasMessageContaining("broken rule: stale-handle: Close");
            assertThat(control.brokenRules()).isEmpty();

            try (FakeSession tolerant = FakeSession.begin(SETUP)) {
                tolerant.allow("stale-handle");
                closeTwice(library, tolerant);
            }
        }
    }

    private static void closeTwice(Vddk library, FakeSession session) {
        Path path = disk(session);
        try (Vddk.Connection host = library.connectLocal()) {
            Vddk.Disk disk = host.open(path.toString(), Vddk.READ_ONLY);
            disk.close();
            assertThatThrownBy(disk::close).hasMessageContaining("16000");
        }
    }

    @Test
    void has_a_journal_of_its_own() {
        FakeControl control = FakeControl.of(FakeVddk.directory());
        for (int i = 0; i < 2; i++) {
            try (FakeSession session = FakeSession.begin(SETUP)) {
                Path path = disk(session);
                try (Vddk library = new Vddk(session.vddk(), session.configuration());
                        Vddk.Connection host = library.connectLocal();
                        Vddk.Disk disk = host.open(path.toString(), Vddk.READ_ONLY)) {
                    disk.read(0, 1);
                }
                assertThat(control.callCount("Read")).isEqualTo(1);
                assertThat(control.callCount("Write")).isZero();
                assertThat(control.journal())
                        .extracting(JournalEntry::function)
                        .containsSubsequence("InitEx", "ConnectEx", "Open", "Read", "Close", "Disconnect", "Exit");
                assertThat(control.journal())
                        .filteredOn(entry -> entry.function().equals("Read"))
                        .singleElement()
                        .satisfies(entry -> {
                            assertThat(entry.path()).contains(path.toString());
                            assertThat(entry.sector()).hasValue(0);
                            assertThat(entry.sectors()).hasValue(1);
                            assertThat(entry.result()).isZero();
                        });
            }
        }
    }

    @Test
    void faults_end_with_it_and_hanging_calls_go_on() throws Exception {
        FakeControl control = FakeControl.of(FakeVddk.directory());
        try (Vddk library = new Vddk(FakeVddk.directory(), null);
                Vddk.Connection host = library.connectLocal()) {
            FakeSession session = FakeSession.begin(SETUP);
            Path path = disk(session);
            try (Vddk.Disk disk = host.open(path.toString(), Vddk.READ_ONLY)) {
                session.setFaults(
                        Fault.on("Read").nth(1).returns("VIX_E_FILE_ERROR"),
                        Fault.on("Read").nth(2).delay(Duration.ofNanos(1000)).hang());
                assertThatThrownBy(() -> disk.read(0, 1)).hasMessageContaining("error 7");
                Thread reader = new Thread(() -> disk.read(0, 1));
                reader.start();
                control.awaitHangs(1);
                assertThatThrownBy(session::close).hasMessageContaining("1 disks");
                reader.join();
                disk.read(0, 1);
            }
        }
    }

    @Test
    void refuses_faults_that_the_fake_does_not_know() {
        try (FakeSession session = FakeSession.begin(SETUP)) {
            assertThatThrownBy(() -> session.setFaults(Fault.on("Raed").hang()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Raed");
        }
    }

    @Test
    void faults_last_when_the_program_initialises_the_library() {
        try (FakeSession session = FakeSession.begin(SETUP)) {
            Path path = disk(session);
            session.setFaults(Fault.on("Open").returns("VIX_E_FILE_ACCESS_ERROR"));
            try (Vddk library = new Vddk(session.vddk(), session.configuration());
                    Vddk.Connection host = library.connectLocal()) {
                assertThatThrownBy(() -> host.open(path.toString(), 0)).hasMessageContaining("error 13");
            }
        }
    }
}
