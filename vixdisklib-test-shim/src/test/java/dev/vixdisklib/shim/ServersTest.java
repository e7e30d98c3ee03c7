/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vixdisklib.shim.Inventory.Privilege;
import dev.vixdisklib.shim.Inventory.State;
import dev.vixdisklib.shim.junit.FakeVddkTest;
import example.Vddk;
import example.Vddk.Params;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes wrong between VixDiskLib and a vSphere, from inventories that are made here. */
@FakeVddkTest
class ServersTest {

    private static final String DISK = "[ds1] web/web.vmdk";
    private static final String THUMBPRINT = "5A:7B:00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11";
    private static final byte[] CONTENT = new byte[64 * Vddk.SECTOR];
    private static final byte[] OTHER_CONTENT = new byte[80 * Vddk.SECTOR];

    static {
        Arrays.fill(OTHER_CONTENT, 7 * Vddk.SECTOR, 30 * Vddk.SECTOR, (byte) 5);
    }

    private @Nullable Vddk library;
    private @Nullable FakeSession session;

    @BeforeEach
    void a_vsphere(FakeSession fake) {
        session = fake;
        fake.setInventory(vsphere(server -> {}));
        fake.createDisk(DISK, CONTENT);
        fake.createDisk("[ds1] other/other.vmdk", CONTENT);
        fake.createDisk("[ds1] fcd/one.vmdk", CONTENT);
        library = new Vddk(fake.vddk(), fake.configuration());
    }

    @AfterEach
    void the_library_ends() {
        if (library != null) {
            library.close();
        }
    }

    private static Inventory vsphere(Consumer<Inventory.Server> more) {
        return Inventory.builder()
                .vcenter("vcenter.example.com", more)
                .esxi("esxi.example.com")
                .user("backup", "secret", user -> user.session("52a8c0-1"))
                .user("reader", "secret", user -> user.privileges(Privilege.READ))
                .user("nobody", "secret", user -> user.privileges(Privilege.PREPARE))
                .datastore("ds1", "datastore-11")
                .vm("vm-42", DISK)
                .vm("vm-43", vm -> vm.poweredOn().servers("vcenter.example.com"), "[ds1] other/other.vmdk")
                .snapshot("snapshot-47", "vm-42")
                .snapshot("snapshot-48", "vm-43")
                .firstClassDisk("6f0b2c4e-1", "datastore-11", "fcd/one.vmdk", Map.of("8c1d", "fcd/one-000001.vmdk"))
                .build();
    }

    private Vddk library() {
        return Objects.requireNonNull(library);
    }

    private void change(Consumer<Inventory.Server> more) {
        Objects.requireNonNull(session).setInventory(vsphere(more));
    }

    private void assertConnectFails(long error, Params params) {
        assertThatThrownBy(() -> library().connect(params).close())
                .hasMessage("VixDiskLib_ConnectEx failed with error " + error);
    }

    private void assertOpenFails(long error, Params params, @Nullable String path, int flags) {
        try (Vddk.Connection connection = library().connect(params)) {
            assertThatThrownBy(() -> connection.open(path, flags).close())
                    .hasMessage("VixDiskLib_Open failed with error " + error);
        }
    }

    private void assertOpens(Params params, @Nullable String path, int flags) {
        try (Vddk.Connection connection = library().connect(params);
                Vddk.Disk disk = connection.open(path, flags)) {
            assertThat(disk.capacity()).isEqualTo(64);
            assertThat(disk.transport()).isEqualTo("nbdssl");
            assertThat(disk.read(0, 64)).isEqualTo(CONTENT);
        }
    }

    @Test
    void disks_of_machines_and_snapshots_open() {
        assertOpens(Params.vm("vm-42"), DISK, 0);
        assertOpens(Params.vm("vm-42", "snapshot-47"), DISK, Vddk.READ_ONLY);
        assertOpens(Params.vm("vm-43", "snapshot-48"), "[ds1] other/other.vmdk", Vddk.READ_ONLY);
    }

    @Test
    void a_session_is_as_good_as_a_password() {
        Params params = Params.vm("vm-42");
        params.cookie = "52a8c0-1";
        assertOpens(params, DISK, Vddk.READ_ONLY);
        params.cookie = "52a8c0-2";
        assertConnectFails(35, params);
    }

    @Test
    void first_class_disks_open_without_a_path() {
        Params params = new Params();
        params.specType = 1;
        params.spec = List.of("6f0b2c4e-1", "datastore-11");
        assertOpens(params, null, Vddk.READ_ONLY);
        params.spec = List.of("6f0b2c4e-2", "datastore-11");
        assertThatThrownBy(() -> assertOpens(params, null, Vddk.READ_ONLY)).hasMessageContaining("25");
    }

    @Test
    void folders_of_datastores_open() {
        Params params = new Params();
        params.specType = 2;
        params.spec = List.of("datastore-11", "web");
        assertOpens(params, "web.vmdk", Vddk.READ_ONLY);
        params.spec = List.of("datastore-11", "[ds1] web");
        assertOpens(params, "web.vmdk", 0);
    }

    @ParameterizedTest
    @CsvSource({"datastore-99, web, , 25", "datastore-11, '', , 3", "'', web, , 3", "datastore-11, web, snapshot-47, 3"
    })
    void folders_need_a_datastore_that_is_there_and_no_snapshot(
            String datastore, String folder, @Nullable String snapshot, long error) {
        Params params = new Params();
        params.specType = 2;
        params.spec = List.of(datastore, folder);
        params.snapshot = snapshot;
        assertConnectFails(error, params);
    }

    @ParameterizedTest
    @CsvSource({
        "web, , 3",
        "web, none.vmdk, 4",
        "none, web.vmdk, 4",
        "web, ../other/other.vmdk, 4",
        "../ds1/web, web.vmdk, 4"
    })
    void nothing_outside_of_a_folder_opens(String folder, @Nullable String path, long error) {
        Params params = new Params();
        params.specType = 2;
        params.spec = List.of("datastore-11", folder);
        assertOpenFails(error, params, path, Vddk.READ_ONLY);
    }

    @Test
    void first_class_disks_open_as_they_were_in_a_snapshot() {
        Objects.requireNonNull(session).createDisk("[ds1] fcd/one-000001.vmdk", OTHER_CONTENT);
        Params params = new Params();
        params.specType = 1;
        params.spec = List.of("6f0b2c4e-1", "datastore-11", "8c1d");
        assertThat(read(params, null, 80)).isEqualTo(OTHER_CONTENT);
        params.spec = List.of("6f0b2c4e-1", "datastore-11", "");
        assertOpens(params, null, Vddk.READ_ONLY);
        params.spec = List.of("6f0b2c4e-1", "datastore-11", "8c1e");
        assertConnectFails(25, params);
        params.spec = List.of("6f0b2c4e-1", "datastore-11", "8c1d");
        params.snapshot = "snapshot-47";
        assertConnectFails(3, params);
    }

    @Test
    void empty_texts_are_none() {
        Params params = Params.vm("vm-42", "");
        params.transports = "";
        assertOpens(params, DISK, 0);
        assertOpenFails(13, Params.vm("vm-43", ""), "[ds1] other/other.vmdk", Vddk.READ_ONLY);
    }

    @Test
    void empty_texts_make_a_connection_no_managed_one() {
        Params params = Params.vm("vm-42");
        params.vmxSpec = "";
        params.serverName = "";
        String file = Objects.requireNonNull(session).file(DISK).toString();
        try (Vddk.Connection connection = library().connect(params);
                Vddk.Disk disk = connection.open(file, Vddk.READ_ONLY)) {
            assertThat(disk.transport()).isEqualTo("file");
        }
    }

    @Test
    void at_most_one_kind_of_compression_is_asked_for() {
        assertOpens(Params.vm("vm-42"), DISK, Vddk.ZLIB);
        assertOpens(Params.vm("vm-42"), DISK, Vddk.FAST_LZ | Vddk.READ_ONLY);
        assertOpens(Params.vm("vm-42"), DISK, Vddk.SKIP_Z);
        assertOpenFails(3, Params.vm("vm-42"), DISK, Vddk.ZLIB | Vddk.FAST_LZ);
        assertOpenFails(3, Params.vm("vm-42"), DISK, Vddk.FAST_LZ | Vddk.SKIP_Z);
    }

    private byte[] read(Params params, @Nullable String path, int sectors) {
        try (Vddk.Connection connection = library().connect(params)) {
            return read(connection, path, sectors);
        }
    }

    private static byte[] read(Vddk.Connection connection, @Nullable String path, int sectors) {
        try (Vddk.Disk disk = connection.open(path, Vddk.READ_ONLY)) {
            assertThat(disk.capacity()).isEqualTo(sectors);
            return disk.read(0, sectors);
        }
    }

    /** Makes a local disk. */
    private String source() throws IOException {
        Path source = inFolder("source.vmdk");
        FakeDisk.create(source, OTHER_CONTENT);
        return source.toString();
    }

    private Path inFolder(String name) {
        return Objects.requireNonNull(session).folder().resolve(name);
    }

    private void assertCloneFails(
            long error,
            Vddk.Connection target,
            String path,
            Vddk.Connection source,
            @Nullable String from,
            boolean overWrite) {
        assertThatThrownBy(() -> library().clone(target, path, source, from, Vddk.VMFS_FLAT, overWrite))
                .hasMessage("VixDiskLib_Clone failed with error " + error);
    }

    @Test
    void a_local_disk_replaces_one_of_a_machine() throws IOException {
        String source = source();
        try (Vddk.Connection local = library().connectLocal();
                Vddk.Connection managed = library().connect(Params.vm("vm-42"))) {
            assertCloneFails(12, managed, DISK, local, source, false);
            assertCloneFails(4, managed, "[ds1] web/new.vmdk", local, source, true);
            assertCloneFails(4, managed, "[ds1] other/other.vmdk", local, source, true);
            assertThat(read(managed, DISK, 64)).isEqualTo(CONTENT);
            library().clone(managed, DISK, local, source, Vddk.VMFS_FLAT, true);
            assertThat(read(managed, DISK, 80)).isEqualTo(OTHER_CONTENT);
        }
    }

    @Test
    void nothing_replaces_disks_of_machines_that_run_or_who_may_not_write() throws IOException {
        String source = source();
        Params readOnly = Params.vm("vm-42");
        readOnly.isReadOnly = true;
        Params reader = Params.vm("vm-42");
        reader.userName = "reader";
        try (Vddk.Connection local = library().connectLocal();
                Vddk.Connection running = library().connect(Params.vm("vm-43"));
                Vddk.Connection managed = library().connect(readOnly);
                Vddk.Connection ofReader = library().connect(reader)) {
            assertCloneFails(13, running, "[ds1] other/other.vmdk", local, source, true);
            assertCloneFails(11, managed, DISK, local, source, true);
            assertCloneFails(3014, ofReader, DISK, local, source, true);
            assertThat(read(managed, DISK, 64)).isEqualTo(CONTENT);
        }
    }

    @Test
    void nothing_replaces_first_class_disks_and_disks_of_folders() throws IOException {
        String source = source();
        Params disk = new Params();
        disk.specType = 1;
        disk.spec = List.of("6f0b2c4e-1", "datastore-11");
        Params folder = new Params();
        folder.specType = 2;
        folder.spec = List.of("datastore-11", "web");
        try (Vddk.Connection local = library().connectLocal();
                Vddk.Connection ofDisk = library().connect(disk);
                Vddk.Connection ofFolder = library().connect(folder)) {
            assertCloneFails(6, ofDisk, "[ds1] fcd/one.vmdk", local, source, true);
            assertCloneFails(6, ofFolder, "web.vmdk", local, source, true);
        }
    }

    @Test
    void a_disk_of_a_machine_is_cloned_as_a_local_one() {
        Objects.requireNonNull(session).createDisk("[ds1] fcd/one-000001.vmdk", OTHER_CONTENT);
        String copy = inFolder("copy.vmdk").toString();
        String second = inFolder("second.vmdk").toString();
        Params ofSnapshot = new Params();
        ofSnapshot.specType = 1;
        ofSnapshot.spec = List.of("6f0b2c4e-1", "datastore-11", "8c1d");
        try (Vddk.Connection local = library().connectLocal();
                Vddk.Connection managed = library().connect(Params.vm("vm-42"));
                Vddk.Connection running = library().connect(Params.vm("vm-43"));
                Vddk.Connection snapshot = library().connect(ofSnapshot)) {
            library().clone(local, copy, managed, DISK, Vddk.MONOLITHIC_SPARSE, false);
            assertThat(read(local, copy, 64)).isEqualTo(CONTENT);
            assertCloneFails(12, local, copy, managed, DISK, false);
            library().clone(local, copy, snapshot, null, Vddk.MONOLITHIC_SPARSE, true);
            assertThat(read(local, copy, 80)).isEqualTo(OTHER_CONTENT);

            assertCloneFails(4, local, second, managed, "[ds1] other/other.vmdk", false);
            assertCloneFails(13, local, second, running, "[ds1] other/other.vmdk", false);
            assertCloneFails(20, managed, DISK, managed, DISK, true);
            assertThat(inFolder("second.vmdk")).doesNotExist();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "vm-42, , other.example.com, backup, secret, 14008",
        "vm-42, , vcenter.example.com, backup, wrong, 35",
        "vm-42, , vcenter.example.com, somebody, secret, 35",
        "vm-99, , vcenter.example.com, backup, secret, 4000",
        "vm-43, , esxi.example.com, backup, secret, 4000",
        "vm-42, snapshot-99, vcenter.example.com, backup, secret, 13003",
        "vm-42, snapshot-48, vcenter.example.com, backup, secret, 13003",
    })
    void who_or_what_is_unknown_gets_no_connection(
            String vm, @Nullable String snapshot, String server, String user, String password, long error) {
        Params params = Params.vm(vm);
        params.snapshot = snapshot;
        params.serverName = server;
        params.userName = user;
        params.password = password;
        assertConnectFails(error, params);
    }

    @Test
    void another_port_is_refused() {
        Params params = Params.vm("vm-42");
        params.port = 444;
        assertConnectFails(14009, params);
        params.port = 443;
        params.nfcPort = 903;
        assertOpenFails(14009, params, DISK, Vddk.READ_ONLY);
    }

    @ParameterizedTest
    @CsvSource({"DOWN, 18000", "MAINTENANCE, 14015", "REFUSING, 14009"})
    void servers_that_are_not_up_take_no_connections(State state, long error) {
        change(server -> server.state(state));
        assertConnectFails(error, Params.vm("vm-42"));
    }

    @Test
    void a_server_can_go_into_maintenance_between_two_calls() {
        try (Vddk.Connection connection = library().connect(Params.vm("vm-42"))) {
            change(server -> server.state(State.MAINTENANCE));
            assertThatThrownBy(() -> connection.open(DISK, Vddk.READ_ONLY)).hasMessageContaining("error 14014");
        }
    }

    @Test
    void a_wrong_thumbprint_shows_when_a_disk_is_opened() {
        change(server -> server.thumbprint(THUMBPRINT));
        Params params = Params.vm("vm-42");
        params.thumbprint = THUMBPRINT;
        assertOpens(params, DISK, Vddk.READ_ONLY);
        params.thumbprint = THUMBPRINT.replace('5', '6');
        assertOpenFails(1, params, DISK, Vddk.READ_ONLY);
    }

    @Test
    void there_are_no_more_connections_than_the_server_takes() {
        change(server -> server.connections(1));
        try (Vddk.Connection first = library().connect(Params.vm("vm-42"))) {
            assertConnectFails(3046, Params.vm("vm-42"));
            assertThat(first).isNotNull();
        }
        library().connect(Params.vm("vm-42")).close();
    }

    @Test
    void a_server_without_memory_opens_no_disk() {
        change(server -> server.nfcMemory(1024));
        assertOpenFails(2, Params.vm("vm-42"), DISK, Vddk.READ_ONLY);
    }

    @Test
    void only_transports_that_there_are_work_and_that_shows_at_open() {
        Params params = Params.vm("vm-42");
        params.transports = "san:hotadd:nbd";
        try (Vddk.Connection connection = library().connect(params);
                Vddk.Disk disk = connection.open(DISK, Vddk.READ_ONLY)) {
            assertThat(disk.transport()).isEqualTo("nbd");
        }
        params.transports = "san";
        assertOpenFails(13, params, DISK, Vddk.READ_ONLY);
    }

    @Test
    void disks_of_others_and_of_machines_that_run_do_not_open() {
        assertOpenFails(4, Params.vm("vm-42"), "[ds1] other/other.vmdk", Vddk.READ_ONLY);
        assertOpenFails(13, Params.vm("vm-43"), "[ds1] other/other.vmdk", Vddk.READ_ONLY);
    }

    @Test
    void who_may_not_read_or_write_is_told_when_a_disk_is_opened() {
        Params params = Params.vm("vm-42");
        params.userName = "reader";
        assertOpens(params, DISK, Vddk.READ_ONLY);
        assertOpenFails(3014, params, DISK, 0);
        params.userName = "nobody";
        assertOpenFails(3014, params, DISK, Vddk.READ_ONLY);
    }

    @Test
    void connections_that_are_read_only_make_disks_read_only() {
        Params params = Params.vm("vm-42");
        params.isReadOnly = true;
        try (Vddk.Connection connection = library().connect(params);
                Vddk.Disk disk = connection.open(DISK, 0)) {
            assertThatThrownBy(() -> disk.write(0, CONTENT)).hasMessageContaining("error 11");
        }
    }

    @Test
    void machines_are_prepared_by_a_vcenter_for_who_may() {
        Params params = Params.vm("vm-42");
        library().prepareForAccess(params, "test");
        library().endAccess(params, "test");
        assertThat(library().cleanUp(new Params())).isZero();

        params.userName = "reader";
        assertThatThrownBy(() -> library().prepareForAccess(params, "test")).hasMessageContaining("error 3014");
        params.userName = "backup";
        params.serverName = "esxi.example.com";
        assertThatThrownBy(() -> library().prepareForAccess(params, "test")).hasMessageContaining("error 6");
    }

    @Test
    void what_a_living_process_has_prepared_stays() throws Exception {
        try (OtherProcess other = OtherProcess.preparing("vm-42", Objects.requireNonNull(session))) {
            assertThatThrownBy(() -> library().cleanUp(new Params()))
                    .hasMessage("VixDiskLib_Cleanup failed with error 5");
            library().endAccess(Params.vm("vm-42"), "test"); // which ends nothing of others
            assertThatThrownBy(() -> library().cleanUp(new Params()))
                    .hasMessage("VixDiskLib_Cleanup failed with error 5");
            other.end();
        }
        assertThat(library().cleanUp(new Params())).isZero();
    }

    @Test
    void what_a_dead_process_has_prepared_is_cleaned_up() throws Exception {
        try (OtherProcess other = OtherProcess.preparing("vm-42", Objects.requireNonNull(session))) {
            other.kill();
        }
        assertThat(library().cleanUp(new Params())).isEqualTo(1);
        assertThat(library().cleanUp(new Params())).isZero();
    }

    @Test
    void what_a_dead_process_has_prepared_can_be_ended() throws Exception {
        try (OtherProcess other = OtherProcess.preparing("vm-42", Objects.requireNonNull(session))) {
            other.kill();
        }
        library().endAccess(Params.vm("vm-42"), "test");
        assertThat(library().cleanUp(new Params())).isZero();
    }

    @Test
    void sixteen_mebibytes_of_buffers_are_the_most_of_a_session() throws Exception {
        try (OtherProcess other = openingWithBuffers(16)) {
            other.end();
        }
        assertThatThrownBy(() -> openingWithBuffers(17).close())
                .hasMessageContaining("VixDiskLib_Open failed with error 2\n");
    }

    private OtherProcess openingWithBuffers(int count) throws IOException {
        FakeSession fake = Objects.requireNonNull(session);
        Path configuration = inFolder("buffers-" + count + ".conf");
        Files.write(
                configuration,
                List.of(
                        "vddkFake.inventory = \"" + fake.configuration().resolveSibling("inventory.ini") + "\"",
                        "vixDiskLib.nfcAio.Session.BufSizeIn64KB = 16",
                        "vixDiskLib.nfcAio.Session.BufCount = " + count));
        return OtherProcess.opening("vm-42", DISK, fake, configuration);
    }
}
