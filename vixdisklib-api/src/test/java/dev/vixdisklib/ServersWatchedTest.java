/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.Inventory.State;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;

/** What is counted, recorded, logged and advised where servers have a part. */
class ServersWatchedTest extends TestServers {

    ServersWatchedTest() throws IOException {}

    private static ConnectionSpec web() {
        return vcenter().vm("vm-42");
    }

    /** The hint of a refusal, which is at the end of its message. */
    private static String hint(VixDiskLibException refusal) {
        String hint = refusal.hint().orElse("");
        assertThat(refusal).hasMessageEndingWith(hint);
        return hint;
    }

    @Test
    void aServerThatCannotBeUsedNowIsUnavailable() throws IOException {
        change(server -> server.state(State.DOWN));
        assertThat(assertConnectFails(ErrorCode.CANNOT_CONNECT_TO_HOST, web()))
                .isInstanceOf(HostUnavailableException.class)
                .hasMessageContaining("443");
        change(server -> server.state(State.MAINTENANCE));
        assertThat(assertConnectFails(ErrorCode.HOST_SERVER_NOT_AVAILABLE, web()))
                .isInstanceOf(HostUnavailableException.class)
                .hasMessageContaining("try again later");
        change(server -> server.state(State.REFUSING));
        assertThat(assertConnectFails(ErrorCode.HOST_NETWORK_CONN_REFUSED, web()))
                .isInstanceOf(HostUnavailableException.class)
                .hasMessageContaining("443");
        assertThat(assertConnectFails(
                        ErrorCode.HOST_SERVER_NOT_FOUND,
                        server("nowhere.example.com").vm("vm-42")))
                .isInstanceOf(HostUnavailableException.class)
                .hasMessageContaining("resolves");
    }

    @Test
    void aUserWhoIsNotKnownIsNotAuthenticated() {
        assertThat(assertConnectFails(
                        ErrorCode.AUTHENTICATION_FAIL, as(USER, "wrong").vm("vm-42")))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("check user and password");
    }

    @Test
    void aUserWithoutPrivilegesIsToldWhich() throws IOException {
        assertThat(hint(assertOpenFails(
                        ErrorCode.HOST_USER_PERMISSIONS, as("nobody", PASSWORD).vm("vm-42"), DISK)))
                .contains("Allow read-only disk access");
        ConnectionSpec reader = as("reader", PASSWORD).vm("vm-42");
        VixDiskLibException refusal = catchThrowableOfType(
                VixDiskLibException.class, () -> lib.prepareForAccess(reader, "test", RetryPolicy.NONE));
        assertThat(refusal.error().is(ErrorCode.HOST_USER_PERMISSIONS)).isTrue();
        assertThat(hint(refusal)).contains("Disable methods");
    }

    @Test
    void whatOnlyOpenTellsHasHints() throws IOException {
        change(server -> server.thumbprint(THUMBPRINT));
        assertThat(hint(assertOpenFails(ErrorCode.FAIL, web().thumbprint(THUMBPRINT.replace('5', '6')), DISK)))
                .contains("thumbprint");
        change(server -> {});
        VixDiskLibException refusal = assertOpenFails(ErrorCode.HOST_NETWORK_CONN_REFUSED, web().nfcPort(903), DISK);
        assertThat(refusal).isInstanceOf(HostUnavailableException.class);
        assertThat(hint(refusal)).contains("port 902");
        assertThat(hint(assertOpenFails(ErrorCode.FILE_ACCESS_ERROR, vcenter().vm("vm-43"), RUNNING_DISK)))
                .contains("snapshot");
    }

    @Test
    void aHostWithoutMemoryIsRecognisedByWhatItLogs() throws IOException {
        change(server -> server.nfcMemory(100 * 1024));
        VixDiskLibException refusal = assertOpenFails(ErrorCode.OUT_OF_MEMORY, web(), DISK);
        assertThat(hint(refusal)).contains("2 MiB");
        assertThat(refusal.recentLog())
                .anyMatch(line -> line.duringCall() && line.text().contains("Failed to allocate"));
    }

    @Test
    void aDiskThatCannotBeReadAtAllMayBeOfAnOldHost() throws IOException {
        try (Connection connection = lib.connect(web());
                Disk disk = connection.openDisk(DISK, OpenFlag.READ_ONLY)) {
            plan(
                    Fault.on("Read").times(2).returns("VIX_E_FAIL"),
                    Fault.on("Read").nth(4).returns("VIX_E_FAIL"));
            for (int i = 0; i < 2; i++) {
                assertThat(hint(assertRefused(ErrorCode.FAIL, "Read", DISK, () -> read(disk, 0, 1))))
                        .contains("supports the host's version");
            }
            assertThat(read(disk, 0, 1)).containsOnly(42);
            assertThat(hint(assertRefused(ErrorCode.FAIL, "Read", DISK, () -> read(disk, 0, 1))))
                    .isEmpty();
        }
    }

    @Test
    void aFileOfThisHostIsNotToldAboutServers() throws IOException {
        Path path = disk("disk.vmdk");
        plan(Fault.on("Open").returns("VIX_E_FAIL"));
        assertThat(assertRefused(ErrorCode.FAIL, "Open", path, () -> host.openDisk(path))
                        .hint())
                .isEmpty();
        plan(Fault.on("Open").returns("VIX_E_FILE_ALREADY_LOCKED"));
        assertThat(assertRefused(ErrorCode.FILE_ALREADY_LOCKED, "Open", path, () -> host.openDisk(path)))
                .isInstanceOf(DiskLockedException.class)
                .hasMessageEndingWith("another program or handle has the disk open for writing");
    }

    @Test
    void aPasswordIsNotLoggedWhileItIsUsed() throws Exception {
        plan(Fault.on("ConnectEx").hang());
        try (LogLines log = LogLines.of("dev.vixdisklib.native")) {
            Background<Connection> connecting = Background.start(() -> lib.connect(web()));
            fake.awaitHangs(1);
            fake.logFromLibraryThread(true, "logging in with " + PASSWORD + " now");
            fake.releaseHangs();
            connecting.join().close();
            assertThat(log.texts(Level.WARNING))
                    .singleElement()
                    .asString()
                    .startsWith("logging in with [redacted] now");
            assertThat(log.texts(Level.FINE)).noneMatch(line -> line.contains(PASSWORD));
        }
    }

    @Test
    void allCallsAreCountedThatTheLibraryGets() throws IOException {
        Statistics before = VixDiskLib.statistics();
        fake.forgetJournal();
        try (PreparedAccess access = lib.prepareForAccess(web(), "test");
                Connection connection = lib.connect(web());
                Disk disk = connection.openDisk(DISK)) {
            assertThat(access).isNotNull();
            assertThat(connection.info().server()).contains(VCENTER);
            assertFullOf(42, disk);
        }
        assertConnectFails(ErrorCode.AUTHENTICATION_FAIL, as(USER, "wrong").vm("vm-42"));
        assertThat(lib.cleanup(vcenter())).isEqualTo(new CleanupResult(0, 0));
        Map<String, Long> counted = new TreeMap<>();
        Map<String, Long> got = new TreeMap<>();
        VixDiskLib.statistics().since(before).functions().forEach((name, calls) -> {
            counted.put(name, calls.calls());
            got.put(name, fake.callCount(name));
        });
        assertThat(counted).isEqualTo(got).containsEntry("PrepareForAccess", 1L).containsEntry("GetConnectParams", 1L);
    }

    @Test
    void connectionsAreRecordedWithTheServer() throws Exception {
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording();
                Arena arena = Arena.ofConfined()) {
            recording.enable("dev.vixdisklib.Read").withoutThreshold();
            recording.start();
            try (Connection connection = lib.connect(web());
                    Disk disk = connection.openDisk(DISK)) {
                disk.read(0, Sectors.allocate(arena, 1));
            }
            assertConnectFails(ErrorCode.AUTHENTICATION_FAIL, as(USER, "wrong").vm("vm-42"));
            recording.stop();
            recording.dump(file);
        }
        Map<String, String> seen = new TreeMap<>();
        for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
            String name = event.getEventType().getName();
            if (name.equals("dev.vixdisklib.Connect")) {
                assertThat(event.getString("server")).contains(VCENTER).doesNotContain(PASSWORD);
                seen.put(name + " " + event.getLong("error"), event.getString("server"));
            } else if (name.startsWith("dev.vixdisklib.")) {
                assertThat(event.getString("disk")).isEqualTo(DISK);
                seen.put(name, event.getString("transport"));
            }
        }
        assertThat(seen)
                .containsEntry("dev.vixdisklib.Open", "nbdssl")
                .containsEntry("dev.vixdisklib.Read", "nbdssl")
                .containsEntry("dev.vixdisklib.Close", "nbdssl")
                .containsKeys("dev.vixdisklib.Connect 0", "dev.vixdisklib.Connect 35");
    }
}
