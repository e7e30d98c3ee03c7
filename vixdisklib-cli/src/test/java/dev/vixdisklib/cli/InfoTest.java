/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code vixdisk info}, compared with {@code qemu-img info}. */
class InfoTest {

    @TempDir
    Path directory;

    @BeforeEach
    void requireQemu() {
        Qemu.require();
    }

    @ParameterizedTest
    @CsvSource({
        "monolithicSparse, 512, ide", "monolithicSparse, 512000, lsilogic", "monolithicSparse, 3298534883328, buslogic",
        "monolithicFlat, 512, lsilogic", "monolithicFlat, 197120, ide", "monolithicFlat, 3298534883328, buslogic"
    })
    void agreesWithQemu(String subformat, long bytes, String adapter) throws Exception {
        Path disk = Qemu.create(directory.resolve("a.vmdk"), subformat, bytes, "adapter_type=" + adapter);

        JsonObject info = info(disk);

        assertThat(info.keySet())
                .containsExactly(
                        "path",
                        "capacitySectors",
                        "capacityBytes",
                        "adapterType",
                        "numLinks",
                        "uuid",
                        "parentFileNameHint",
                        "transportMode",
                        "logicalSectorSize",
                        "physicalSectorSize",
                        "biosGeometry",
                        "physicalGeometry");
        assertThat(info.get("path").getAsString()).isEqualTo(disk.toString());
        assertThat(info.get("capacityBytes").getAsLong())
                .isEqualTo(bytes)
                .isEqualTo(Qemu.info(disk).get("virtual-size").getAsLong());
        assertThat(info.get("capacitySectors").getAsLong()).isEqualTo(bytes / 512);
        assertThat(info.get("adapterType").getAsString()).isEqualTo(adapter);
        assertThat(info.get("numLinks").getAsInt()).isOne();
        assertThat(info.get("parentFileNameHint").isJsonNull()).isTrue();
        assertThat(info.get("logicalSectorSize").getAsInt()).isEqualTo(512);
        for (String geometry : new String[] {"biosGeometry", "physicalGeometry"}) {
            assertThat(info.getAsJsonObject(geometry).keySet()).containsExactly("cylinders", "heads", "sectors");
        }
    }

    @Test
    void theTableTellsTheSame() throws Exception {
        Path disk = Qemu.create(directory.resolve("a.vmdk"), "monolithicSparse", 10 << 20);
        assertThat(Cli.run("info", disk).succeeded())
                .contains(
                        "capacity       10 MiB (10485760 bytes, 20480 sectors)", "adapter        ide", disk.toString());
    }

    @Test
    void aChildShowsItsParentAndTheNumberOfLinks() throws Exception {
        Path base = Qemu.create(directory.resolve("base.vmdk"), "twoGbMaxExtentSparse", 10 << 20);
        Path middle = Qemu.child(directory.resolve("middle.vmdk"), base);
        Path top = Qemu.child(directory.resolve("top.vmdk"), middle);

        assertThat(Cli.run("info", base).succeeded()).contains("links          1\n", "parent         -\n");
        assertThat(Cli.run("info", top).succeeded())
                .contains("links          3, this one and its parents\n", "parent         middle.vmdk\n");
        assertThat(info(middle).get("numLinks").getAsInt()).isEqualTo(2);
        assertThat(info(middle).get("parentFileNameHint").getAsString()).isEqualTo("base.vmdk");
        assertThat(info(top).get("numLinks").getAsInt()).isEqualTo(3);
        assertThat(info(top).get("capacityBytes").getAsLong()).isEqualTo(10 << 20);
    }

    @Test
    void aChildWithoutOneOfItsParentsTellsWhichIsMissing() throws Exception {
        Path base = Qemu.create(directory.resolve("base.vmdk"), "monolithicFlat", 10 << 20);
        Path middle = Qemu.child(directory.resolve("middle.vmdk"), base);
        Path top = Qemu.child(directory.resolve("top.vmdk"), middle);
        Files.delete(directory.resolve("base-flat.vmdk"));
        Cli.run("info", top).failed(top + " needs " + directory.resolve("base-flat.vmdk") + ", which was not found");
        Files.delete(middle);
        Cli.run("info", top).failed(top + " needs " + middle + ", which was not found");
    }

    @Test
    void theNameCanHaveAnyCharactersAndIsReadBack() throws Exception {
        Path odd = Files.createDirectory(directory.resolve("d\u00efr \"q\" \\ \n"));
        Path disk = Qemu.create(odd.resolve("\u20ac 'x' $y.vmdk"), "monolithicFlat", 512);
        assertThat(info(disk).get("path").getAsString()).isEqualTo(disk.toString());
    }

    @Test
    void aRelativeNameIsGivenAsAnAbsoluteOne() throws Exception {
        Path disk = Qemu.create(directory.resolve("a.vmdk"), "monolithicSparse", 512);
        Path relative = Path.of("").toAbsolutePath().relativize(disk);
        assertThat(Path.of(info(relative).get("path").getAsString()).toRealPath())
                .isEqualTo(disk.toRealPath());
    }

    @Test
    void whatADiskSaysOfItselfCannotSteerTheTerminal() throws Exception {
        Path disk = Qemu.create(directory.resolve("a.vmdk"), "monolithicFlat", 1 << 20);
        Files.writeString(disk, Files.readString(disk) + "ddb.uuid = \"\u001b[31m\"\n");

        assertThat(Cli.run("info", disk).succeeded()).doesNotContain("\u001b");
        assertThat(info(disk).get("path").getAsString()).isEqualTo(disk.toString());
    }

    @Test
    void aDirectoryIsCalledOne() {
        Cli.run("info", directory).failed(directory + ": is a directory");
    }

    @Test
    void aPartOfADiskLeadsToTheDisk() throws Exception {
        Path disk = Qemu.create(directory.resolve("a.vmdk"), "monolithicFlat", 512);
        Cli.run("info", directory.resolve("a-flat.vmdk")).failed("a-flat.vmdk is a part of the disk " + disk);
    }

    private static JsonObject info(Path disk) {
        return JsonParser.parseString(Cli.run("info", "--json", disk).succeeded())
                .getAsJsonObject();
    }
}
