/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vixdisklib.shim.Inventory.Privilege;
import dev.vixdisklib.shim.Inventory.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InventoryTest {

    private static final String THUMBPRINT = "5A:7B:00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11";

    @Test
    void has_everything_that_the_format_has() {
        Inventory inventory = Inventory.builder()
                .vcenter(
                        "vcenter.example.com",
                        server -> server.port(8443)
                                .nfcPort(1902)
                                .thumbprint(THUMBPRINT)
                                .state(State.MAINTENANCE)
                                .connections(2)
                                .nfcMemory(48 << 20))
                .esxi("esxi.example.com", server -> server.nfcMemory(1000))
                .user(
                        "backup",
                        "secret",
                        user -> user.session("52a8c0-1")
                                .session("52a8c0-2")
                                .privileges(Privilege.READ, Privilege.PREPARE)
                                .servers("vcenter.example.com"))
                .datastore("ds1", "datastore-11", store -> store.transports(Transport.HOTADD, Transport.NBD))
                .vm(
                        "vm-42",
                        vm -> vm.name("web").poweredOn().servers("vcenter.example.com", "esxi.example.com"),
                        "[ds1] web/web.vmdk",
                        "[ds1] web/web_1.vmdk")
                .snapshot("snapshot-47", "vm-42", "[ds1] web/web.vmdk")
                .snapshot("snapshot-48", "vm-42")
                .firstClassDisk("6f0b", "datastore-11", "fcd/one.vmdk", Map.of("8c1d", "fcd/one-1.vmdk"))
                .build();

        assertThat(inventory.text()).isEqualTo("""
                        [server vcenter.example.com]
                        type = vcenter
                        port = 8443
                        nfcPort = 1902
                        thumbprint = %s
                        state = maintenance
                        connections = 2
                        nfcMemory = 49152KiB

                        [server esxi.example.com]
                        type = esxi
                        nfcMemory = 1000

                        [user backup]
                        password = secret
                        session = 52a8c0-1
                        session = 52a8c0-2
                        privileges = read prepare
                        servers = vcenter.example.com

                        [datastore ds1]
                        moref = datastore-11
                        transports = hotadd:nbd
                        folder = ds1

                        [vm vm-42]
                        name = web
                        power = on
                        server = vcenter.example.com
                        server = esxi.example.com
                        disk = [ds1] web/web.vmdk
                        disk = [ds1] web/web_1.vmdk

                        [snapshot snapshot-47]
                        vm = vm-42
                        disk = [ds1] web/web.vmdk

                        [snapshot snapshot-48]
                        vm = vm-42
                        disk = [ds1] web/web.vmdk
                        disk = [ds1] web/web_1.vmdk

                        [fcd 6f0b]
                        datastore = datastore-11
                        path = fcd/one.vmdk
                        snapshot = 8c1d fcd/one-1.vmdk
                        """.formatted(THUMBPRINT));
    }

    @Test
    void quotes_what_would_be_a_comment_or_lose_its_blanks() {
        assertThat(password(" a b ")).isEqualTo("\" a b \"");
        assertThat(password("a #b")).isEqualTo("\"a #b\"");
        assertThat(password("\"a\" b")).isEqualTo("\"\"\"a\"\" b\"");
        assertThat(password("a\"b")).isEqualTo("a\"b");
        assertThat(password("=[ü]\\")).isEqualTo("=[ü]\\");
    }

    private static String password(String password) {
        String text = Inventory.builder().user("a", password).build().text();
        return text.substring(text.indexOf("= ") + 2, text.length() - 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "a\0", "a\rb", "\u007f"})
    void refuses_values_that_a_line_cannot_hold(String password) {
        assertThatThrownBy(() -> password(password))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("password of [user a]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " a", "a ", "a]", "[a", "a#", "a\"", "a\nb"})
    void refuses_names_that_a_section_cannot_have(String name) {
        assertThatThrownBy(() -> Inventory.builder().vcenter(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refuses_what_names_something_that_is_not_there() {
        assertRefused(Inventory.builder().vm("vm-42", "[ds1] a.vmdk"), "[ds1] a.vmdk");
        assertRefused(Inventory.builder().vm("vm-42", vm -> vm.servers("a")), "[vm vm-42] names a");
        assertRefused(Inventory.builder().snapshot("snapshot-1", "vm-1"), "names vm-1");
        assertRefused(Inventory.builder().user("a", "b", user -> user.servers("c")), "[user a] names c");
        assertRefused(Inventory.builder().firstClassDisk("a", "datastore-1", "b"), "names datastore-1");
    }

    @Test
    void refuses_disks_outside_of_their_datastore() {
        assertRefused(
                Inventory.builder().datastore("ds1", "datastore-1").vm("vm-1", "[ds1] ../a.vmdk"), "[ds1] ../a.vmdk");
        assertRefused(Inventory.builder().datastore("ds1", "datastore-1").vm("vm-1", "[ds1] /etc/a"), "[ds1] /etc/a");
        assertRefused(Inventory.builder().datastore("ds1", "datastore-1").vm("vm-1", "a.vmdk"), "a.vmdk");
    }

    private static void assertRefused(Inventory.Builder builder, String message) {
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void refuses_a_second_one_of_the_same_name() {
        Inventory.Builder builder = Inventory.builder().datastore("ds1", "datastore-1");
        assertThatThrownBy(() -> builder.datastore("ds1", "datastore-2")).hasMessageContaining("[datastore ds1]");
        assertThatThrownBy(() -> builder.datastore("ds2", "datastore-1")).hasMessageContaining("datastore-1");
    }

    @Test
    void refuses_numbers_out_of_range() {
        Inventory.Builder builder = Inventory.builder();
        assertThatThrownBy(() -> builder.vcenter("a", server -> server.port(65536)))
                .hasMessageContaining("65536");
        assertThatThrownBy(() -> builder.vcenter("b", server -> server.connections(0)))
                .hasMessageContaining("0");
        assertThatThrownBy(() -> builder.vcenter("c", server -> server.nfcMemory((1L << 32) + 1)))
                .hasMessageContaining("4294967297");
        assertThatThrownBy(() -> builder.vcenter("d", server -> server.thumbprint("5A:7B")))
                .hasMessageContaining("5A:7B");
    }

    @Test
    void is_written_for_its_owner_only_with_the_folders_of_its_datastores(@TempDir Path directory) throws IOException {
        Path far = directory.resolve("elsewhere");
        Inventory inventory = Inventory.builder()
                .datastore("ds1", "datastore-1")
                .datastore("ds2", "datastore-2", store -> store.folder(far))
                .build();
        Path file = directory.resolve("new/inventory.ini");
        inventory.write(file);
        inventory.write(file);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(file).content().contains("folder = " + file.resolveSibling("ds1"), "folder = " + far);
        assertThat(far).isDirectory();
        assertThat(directory.resolve("new")).isDirectoryContaining("glob:**ds1");
        assertThat(inventory.file("[ds1] a/b.vmdk", directory.resolve("new")))
                .isEqualTo(file.resolveSibling("ds1").resolve("a/b.vmdk"));
        assertThatThrownBy(() -> inventory.file("[ds3] a.vmdk", directory))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tells_no_passwords() {
        assertThat(Inventory.builder().user("backup", "hunter2").build())
                .asString()
                .contains("backup")
                .doesNotContain("hunter2");
    }
}
