/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.Inventory.State;
import dev.vixdisklib.shim.JournalEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections to servers, and the disks that are opened through them. */
class ConnectTest extends TestServers {

    ConnectTest() throws IOException {}

    @Test
    void thisHostIsConnectedToByADescription() throws IOException {
        Path path = disk("disk.vmdk");
        try (Connection connection = lib.connect(ConnectionSpec.local());
                Disk disk = connection.openDisk(path.toString())) {
            assertThat(connection).hasToString("the connection to this host");
            assertThat(disk.name()).isEqualTo(path.toString());
            assertThat(disk.transportMode()).contains(TransportMode.FILE);
        }
        try (Connection connection = lib.connect(ConnectionSpec.local().readOnly());
                Disk disk = connection.openDisk(path)) {
            assertThat(connection).hasToString("the read-only connection to this host");
            assertCannotWrite(disk);
        }
    }

    private static void assertCannotWrite(Disk disk) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = Sectors.allocate(arena, 1);
            assertRefused(ErrorCode.FILE_READ_ONLY, "Write", disk.name(), () -> disk.write(0, buffer));
        }
    }

    @Test
    void aNameOnThisHostCanBeRelative() throws IOException {
        Path path = disk("disk.vmdk");
        Path relative = Path.of("").toAbsolutePath().relativize(path);
        try (Disk disk = host.openDisk(relative.toString())) {
            assertThat(Path.of(disk.name())).isAbsolute();
            assertThat(disk.capacity()).isEqualTo(1000);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> host.openDisk("")).withMessageContaining("is empty");
        assertThatIllegalArgumentException().isThrownBy(() -> host.openDisk("a\0b.vmdk"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> host.openDisk())
                .withMessageContaining("write openDisk(path)");
    }

    @Test
    void aDiskOfAMachineIsReadAndWritten() throws IOException {
        assertReads(42, vcenter().vm("vm-42"), DISK);
        assertReads(42, vcenter().vm("moref=vm-42", "snapshot-47"), DISK);
        assertReads(43, vcenter().vm("vm-43", "snapshot-48"), RUNNING_DISK);
        assertReads(42, server(ESXI).vm("vm-42"), DISK);
        try (Connection connection = lib.connect(vcenter().vm("vm-42"));
                Disk disk = connection.openDisk(DISK);
                Arena arena = Arena.ofConfined()) {
            assertThat(connection).hasToString("the connection to moref=vm-42 on " + VCENTER);
            assertThat(disk).hasToString("the disk " + DISK);
            assertThat(disk.transportMode()).contains(TransportMode.NBDSSL);
            disk.write(3, Sectors.allocate(arena, 1).fill((byte) 9));
            assertThat(read(disk, 2, 1)).containsOnly(42);
            assertThat(read(disk, 3, 1)).containsOnly(9);
        }
    }

    @Test
    void aMachineIsFoundByAnOlderSpecification() throws IOException {
        ConnectionSpec old = vcenter().vmxSpec("web/web.vmx?dcPath=DC&dsName=ds1");
        assertReads(42, old, DISK);
        assertReads(42, vcenter().vmxSpec("[ds1] web/web.vmx", "snapshot-47"), DISK);
        assertThat(fake.callCount("ConnectEx")).isEqualTo(2);
    }

    @Test
    void aReadOnlyConnectionHasReadOnlyDisks() throws IOException {
        try (Connection connection = lib.connect(vcenter().vm("vm-42").readOnly());
                Disk disk = connection.openDisk(DISK)) {
            assertThat(connection).hasToString("the read-only connection to moref=vm-42 on " + VCENTER);
            assertCannotWrite(disk);
        }
    }

    @Test
    void aFirstClassDiskNeedsNoName() throws IOException {
        ConnectionSpec spec = vcenter().firstClassDisk(DISK_ID, "datastore-11");
        try (Connection connection = lib.connect(spec);
                Disk disk = connection.openDisk(OpenFlag.READ_ONLY)) {
            assertThat(disk.name()).isEqualTo(DISK_ID);
            assertFullOf(1, disk);
            assertThat(journalOf("Open").path()).isEmpty();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> connection.openDisk(DISK))
                    .withMessageContaining(connection.toString())
                    .withMessageContaining("needs no name such as \"" + DISK + "\": write openDisk()");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> connection.openDisk(directory))
                    .withMessageContaining("write openDisk()");
        }
        try (Connection connection = lib.connect(spec.firstClassDisk(DISK_ID, "datastore-11", DISK_SNAPSHOT));
                Disk disk = connection.openDisk()) {
            assertFullOf(2, disk);
        }
    }

    private JournalEntry journalOf(String function) {
        return fake.journal().stream()
                .filter(entry -> entry.function().equals(function))
                .reduce((first, last) -> last)
                .orElseThrow();
    }

    @Test
    void aDiskInAFolderIsNamedFromThere() throws IOException {
        assertReads(42, vcenter().datastore("datastore-11", "web"), "web.vmdk");
        assertReads(42, vcenter().datastore("datastore-11", "[ds1] web"), "web.vmdk");
        assertOpenFails(ErrorCode.FILE_NOT_FOUND, vcenter().datastore("datastore-11", "web"), "none.vmdk");
    }

    @Test
    void aFileOfThisHostIsNoDiskOfAServer() throws IOException {
        try (Connection connection = lib.connect(vcenter().vm("vm-42"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> connection.openDisk(directory))
                    .withMessage(directory + " is a file of this host, and the connection to moref=vm-42 on " + VCENTER
                            + " opens disks of a server: write openDisk(\"[datastore] folder/disk.vmdk\")");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> connection.openDisk())
                    .withMessageContaining("can open more than one disk: write openDisk(\"[datastore]");
            assertThatIllegalArgumentException().isThrownBy(() -> connection.openDisk(""));
            assertThatIllegalArgumentException().isThrownBy(() -> connection.openDisk(DISK + "\0"));
        }
        try (Connection connection = lib.connect(vcenter().datastore("datastore-11", "web"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> connection.openDisk(directory))
                    .withMessageContaining("openDisk(\"disk.vmdk\"), a name in that folder");
        }
        assertThat(fake.callCount("Open")).isZero();
    }

    @Test
    void whatIsForDisksOfThisHostIsRefusedByTheLibrary() throws IOException {
        Path path = directory.resolve("new.vmdk");
        try (Connection connection = lib.connect(vcenter().vm("vm-42"))) {
            assertRefused(
                    ErrorCode.NOT_SUPPORTED_ON_REMOTE_OBJECT,
                    "Create",
                    path,
                    () -> connection.createDisk(path, DiskSpec.of(SPARSE, 1)));
            assertRefused(ErrorCode.NOT_SUPPORTED_ON_REMOTE_OBJECT, "Unlink", path, () -> connection.deleteDisk(path));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"COMPRESSION_ZLIB", "COMPRESSION_FASTLZ", "COMPRESSION_SKIPZ"})
    void whatGoesOverTheNetworkCanBeCompressed(OpenFlag compression) throws IOException {
        try (Connection connection = lib.connect(vcenter().vm("vm-42"));
                Disk disk = connection.openDisk(DISK, compression, OpenFlag.READ_ONLY, compression)) {
            assertFullOf(42, disk);
        }
    }

    @Test
    void twoKindsOfCompressionAreRefused() throws IOException {
        OpenFlag[] two = {OpenFlag.COMPRESSION_ZLIB, OpenFlag.READ_ONLY, OpenFlag.COMPRESSION_SKIPZ};
        assertThatIllegalArgumentException()
                .isThrownBy(() -> host.openDisk(directory, two))
                .withMessageContaining("COMPRESSION_ZLIB, READ_ONLY, COMPRESSION_SKIPZ");
        try (Connection connection = lib.connect(vcenter().vm("vm-42"))) {
            assertThatIllegalArgumentException().isThrownBy(() -> connection.openDisk(DISK, two));
        }
        assertThat(fake.callCount("Open")).isZero();
    }

    @Test
    void passwordsAndCookiesAreGivenOrAskedFor() throws IOException {
        List<char[]> given = new ArrayList<>();
        Supplier<char[]> password = () -> {
            char[] text = PASSWORD.toCharArray();
            given.add(text);
            return text;
        };
        Credentials asked = Credentials.password(USER, password);
        for (Credentials credentials : List.of(
                asked,
                asked,
                Credentials.sessionCookie(COOKIE.toCharArray()),
                Credentials.sessionCookie(COOKIE::toCharArray),
                Credentials.sessionCookie(USER, COOKIE.toCharArray(), "key".toCharArray()),
                Credentials.sessionCookie(USER, COOKIE::toCharArray, "key"::toCharArray))) {
            assertReads(42, ConnectionSpec.server(VCENTER, credentials).vm("vm-42"), DISK);
        }
        assertThat(given).hasSize(2).allSatisfy(text -> assertThat(text).containsOnly('\0'));
    }

    @Test
    void theArrayOfAPasswordCanBeWipedAtOnce() throws IOException {
        char[] password = PASSWORD.toCharArray();
        Credentials credentials = Credentials.password(USER, password);
        Arrays.fill(password, '\0');
        assertReads(42, ConnectionSpec.server(VCENTER, credentials).vm("vm-42"), DISK);
    }

    @Test
    void whatTheServerDoesNotAcceptIsRefused() {
        assertConnectFails(ErrorCode.AUTHENTICATION_FAIL, as(USER, "wrong").vm("vm-42"));
        assertConnectFails(
                ErrorCode.AUTHENTICATION_FAIL, as("somebody", PASSWORD).vm("vm-42"));
        Credentials cookie = Credentials.sessionCookie("another".toCharArray());
        assertConnectFails(
                ErrorCode.AUTHENTICATION_FAIL,
                ConnectionSpec.server(VCENTER, cookie).vm("vm-42"));
        assertConnectFails(
                ErrorCode.HOST_SERVER_NOT_FOUND, server("other.example.com").vm("vm-42"));
        assertConnectFails(ErrorCode.VM_NOT_FOUND, vcenter().vm("vm-99"));
        assertConnectFails(ErrorCode.VM_NOT_FOUND, server(ESXI).vm("vm-43"));
        assertConnectFails(ErrorCode.SNAPSHOT_NOTFOUND, vcenter().vm("vm-42", "snapshot-48"));
        assertConnectFails(ErrorCode.OBJECT_NOT_FOUND, vcenter().firstClassDisk("6f0b2c4e-2", "datastore-11"));
        assertConnectFails(ErrorCode.OBJECT_NOT_FOUND, vcenter().firstClassDisk(DISK_ID, "datastore-11", "8c1d-2"));
        assertConnectFails(ErrorCode.OBJECT_NOT_FOUND, vcenter().datastore("datastore-99", "web"));
        assertConnectFails(
                ErrorCode.HOST_NETWORK_CONN_REFUSED, vcenter().vm("vm-42").port(444));
    }

    @ParameterizedTest
    @CsvSource({
        "DOWN, CANNOT_CONNECT_TO_HOST",
        "MAINTENANCE, HOST_SERVER_NOT_AVAILABLE",
        "REFUSING, HOST_NETWORK_CONN_REFUSED"
    })
    void serversThatAreNotUpTakeNoConnections(State state, ErrorCode code) throws IOException {
        change(server -> server.state(state));
        assertConnectFails(code, vcenter().vm("vm-42"));
    }

    @Test
    void aServerThatGoesIntoMaintenanceOpensNoDisk() throws IOException {
        try (Connection connection = lib.connect(vcenter().vm("vm-42"))) {
            change(server -> server.state(State.MAINTENANCE));
            assertRefused(ErrorCode.HOST_SERVER_SHUTDOWN, "Open", DISK, () -> connection.openDisk(DISK));
        }
    }

    @Test
    void portsAreThoseOfTheServer() throws IOException {
        change(server -> server.port(8443).nfcPort(8902));
        assertReads(42, vcenter().vm("vm-42").port(8443).nfcPort(8902), DISK);
        assertConnectFails(
                ErrorCode.HOST_NETWORK_CONN_REFUSED, vcenter().vm("vm-42").nfcPort(8902));
        assertOpenFails(
                ErrorCode.HOST_NETWORK_CONN_REFUSED, vcenter().vm("vm-42").port(8443), DISK);
    }

    @Test
    void aThumbprintIsCheckedWhenADiskIsOpened() throws IOException {
        change(server -> server.thumbprint(THUMBPRINT));
        ConnectionSpec spec = vcenter().vm("vm-42");
        assertReads(42, spec.thumbprint(THUMBPRINT), DISK);
        assertReads(42, spec.thumbprint(THUMBPRINT.replace(":", "").toLowerCase(Locale.ROOT)), DISK);
        assertOpenFails(ErrorCode.FAIL, spec.thumbprint(THUMBPRINT.replace('5', '6')), DISK);
        assertOpenFails(ErrorCode.FAIL, spec.thumbprint("AB".repeat(32)), DISK);
    }

    @Test
    void whoMayNotReadOrWriteIsToldWhenADiskIsOpened() throws IOException {
        ConnectionSpec reader = as("reader", PASSWORD).vm("vm-42");
        assertReads(42, reader, DISK);
        assertOpenFails(ErrorCode.HOST_USER_PERMISSIONS, reader, DISK);
        assertOpenFails(ErrorCode.HOST_USER_PERMISSIONS, as("nobody", PASSWORD).vm("vm-42"), DISK, OpenFlag.READ_ONLY);
    }

    @Test
    void disksOfOthersAndOfMachinesThatRunDoNotOpen() throws IOException {
        assertOpenFails(ErrorCode.FILE_NOT_FOUND, vcenter().vm("vm-42"), RUNNING_DISK);
        assertOpenFails(ErrorCode.FILE_ACCESS_ERROR, vcenter().vm("vm-43"), RUNNING_DISK, OpenFlag.READ_ONLY);
    }

    @Test
    void transportModesAreTriedInOrder() throws IOException {
        assertOpensBy(TransportMode.SAN, vcenter().vm("vm-42", "snapshot-47"));
        assertOpensBy(
                TransportMode.NBD,
                vcenter().vm("vm-42", "snapshot-47").transportModes(TransportMode.NBD, TransportMode.SAN));
        assertOpensBy(
                TransportMode.SAN,
                vcenter()
                        .vm("vm-42", "snapshot-47")
                        .transportModes(
                                TransportMode.of("new"), TransportMode.HOTADD, TransportMode.SAN, TransportMode.NBD));
        assertOpenFails(
                ErrorCode.FILE_ACCESS_ERROR,
                vcenter().vm("vm-42", "snapshot-47").transportModes(TransportMode.HOTADD),
                "[lun] web.vmdk",
                OpenFlag.READ_ONLY);
    }

    private void assertOpensBy(TransportMode mode, ConnectionSpec spec) throws IOException {
        try (Connection connection = lib.connect(spec);
                Disk disk = connection.openDisk("[lun] web.vmdk", OpenFlag.READ_ONLY)) {
            assertThat(disk.transportMode()).contains(mode);
            assertFullOf(12, disk);
        }
    }

    @Test
    void aServerWithoutAnythingOnItIsNotConnectedTo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lib.connect(vcenter()))
                .withMessageContaining("what on " + VCENTER + " to connect to")
                .withMessageContaining("vm(...)");
        assertThat(fake.callCount("ConnectEx")).isZero();
    }

    @Test
    void aConnectionTellsWhatItWasMadeWith() throws IOException {
        change(server -> server.port(8443).nfcPort(8902));
        ConnectionSpec spec =
                vcenter().vm("vm-42", "snapshot-47").port(8443).nfcPort(8902).thumbprint(THUMBPRINT);
        try (Connection connection = lib.connect(spec)) {
            ConnectionInfo info = connection.info();
            assertThat(info.server()).contains(VCENTER);
            assertThat(info.port()).hasValue(8443);
            assertThat(info.nfcPort()).hasValue(8902);
            assertThat(info.thumbprint()).contains(THUMBPRINT);
            assertThat(info.userName()).contains(USER);
            assertThat(info.vmxSpec()).contains("moref=vm-42");
            assertThat(info.firstClassDisk()).isEmpty();
            assertThat(info.apiVersion()).isEmpty();
            assertThat(info.toString()).doesNotContain(PASSWORD);
        }
        assertThat(fake.callCount("FreeConnectParams")).isEqualTo(fake.callCount("AllocateConnectParams") + 1);
    }

    @Test
    void aConnectionTellsItsDiskOrFolder() throws IOException {
        Credentials session = Credentials.sessionCookie(USER, COOKIE.toCharArray(), "key".toCharArray());
        ConnectionSpec spec = ConnectionSpec.server(VCENTER, session);
        ConnectionSpec disk = spec.firstClassDisk(DISK_ID, "datastore-11", DISK_SNAPSHOT);
        try (Connection connection = lib.connect(disk)) {
            ConnectionInfo info = connection.info();
            assertThat(info.userName()).contains(USER);
            assertThat(info.vmxSpec()).isEmpty();
            assertThat(info.port()).isEmpty();
            assertThat(info.nfcPort()).isEmpty();
            assertThat(info.thumbprint()).isEmpty();
            assertThat(info.firstClassDisk()).contains(DISK_ID);
            assertThat(info.diskSnapshot()).contains(DISK_SNAPSHOT);
            assertThat(info.datastore()).contains("datastore-11");
            assertThat(info.folder()).isEmpty();
            assertThat(info.toString())
                    .doesNotContain(COOKIE)
                    .doesNotContain("key=")
                    .doesNotContain("52a8c0");
        }
        try (Connection connection = lib.connect(spec.datastore("datastore-11", "web"))) {
            assertThat(connection.info().datastore()).contains("datastore-11");
            assertThat(connection.info().folder()).contains("web");
            assertThat(connection.info().firstClassDisk()).isEmpty();
        }
        assertThat(host.info().server()).isEmpty();
        assertThat(host.info().userName()).isEmpty();
        assertThat(host.info().vmxSpec()).isEmpty();
    }

    @Test
    void aFailingInfoLeavesNothing() throws IOException {
        Connection connection = lib.connect(vcenter().vm("vm-42"));
        plan(Fault.on("GetConnectParams").returns("VIX_E_OUT_OF_MEMORY"));
        assertRefused(ErrorCode.OUT_OF_MEMORY, "GetConnectParams", "moref=vm-42 on " + VCENTER, connection::info);
        connection.close();
        assertThatIllegalStateException()
                .isThrownBy(connection::info)
                .withMessage("the connection to moref=vm-42 on " + VCENTER + " is closed");
    }

    @Test
    void aConnectionThatIsLostFailsUntilItIsClosed() throws IOException {
        try (Connection connection = lib.connect(vcenter().vm("vm-42"));
                Disk disk = connection.openDisk(DISK)) {
            plan(Fault.on("Read").nth(2).drop());
            assertThat(read(disk, 0, 1)).containsOnly(42);
            assertRefused(ErrorCode.HOST_TCP_CONN_LOST, "Read", DISK, () -> read(disk, 1, 1));
            assertRefused(ErrorCode.HOST_TCP_CONN_LOST, "Open", DISK, () -> connection.openDisk(DISK));
        }
        assertReads(42, vcenter().vm("vm-42"), DISK);
    }

    @Test
    void aFailingDisconnectNamesTheConnection() throws IOException {
        Connection connection = lib.connect(vcenter().vm("vm-42"));
        plan(Fault.on("Disconnect").returns("VIX_E_HOST_CONNECTION_LOST"));
        assertRefused(ErrorCode.HOST_CONNECTION_LOST, "Disconnect", "moref=vm-42 on " + VCENTER, connection::close);
        assertThat(open()).containsExactly("1 CONNECTIONS");
    }

    @Test
    void noSecretIsInTheLogOrInAnException() {
        try (LogLines log = LogLines.of("dev.vixdisklib")) {
            assertTellsNoSecret("wr0ng", () -> lib.connect(as(USER, "wr0ng").vm("vm-42")));
            Credentials cookie = Credentials.sessionCookie(USER, "wr0ng-cookie".toCharArray(), "wr0ng".toCharArray());
            assertTellsNoSecret(
                    "wr0ng",
                    () -> lib.connect(ConnectionSpec.server(VCENTER, cookie).vm("vm-42")));
            assertTellsNoSecret("wr0ng", () -> lib.connect(as(USER, "wr0ng\0").vm("vm-42")));
            assertThat(cookie.toString()).doesNotContain("wr0ng");
            assertThat(log.records())
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line.getMessage()).doesNotContain("wr0ng"));
            assertThat(log.texts(Level.WARNING)).isNotEmpty();
        }
        assertThat(fake.journal())
                .allSatisfy(entry -> assertThat(entry.toString()).doesNotContain("wr0ng"));
    }

    @Test
    void aClosedLibraryAsksForNoPassword() throws IOException {
        VixDiskLib closed = VixDiskLib.open(lib.libraryFile());
        closed.close();
        Credentials credentials = Credentials.password(USER, () -> {
            throw new AssertionError("was asked");
        });
        ConnectionSpec spec = ConnectionSpec.server(VCENTER, credentials).vm("vm-42");
        assertThatIllegalStateException().isThrownBy(() -> closed.connect(spec));
        assertThatIllegalStateException().isThrownBy(() -> closed.prepareForAccess(spec, "test"));
        assertThatIllegalStateException().isThrownBy(() -> closed.endAccess(spec, "test"));
        assertThatIllegalStateException().isThrownBy(() -> closed.cleanup(spec));
    }

    @Test
    void aSupplierMustNotUseTheLibrary() {
        Credentials credentials =
                Credentials.password(USER, () -> lib.transportModes().toString().toCharArray());
        assertThatIllegalStateException()
                .isThrownBy(() ->
                        lib.connect(ConnectionSpec.server(VCENTER, credentials).vm("vm-42")))
                .withMessageContaining("supplier of secrets must not use");
        assertThat(lib.transportModes()).isNotEmpty();
    }

    @Test
    void whatASupplierThrowsReachesTheCaller() {
        Credentials credentials = Credentials.password(USER, () -> {
            throw new UncheckedIOException(new IOException("the vault is sealed"));
        });
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() ->
                        lib.connect(ConnectionSpec.server(VCENTER, credentials).vm("vm-42")))
                .withMessageContaining("the vault is sealed");
        assertThat(open()).containsExactly("1 CONNECTIONS");
    }
}
