/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code vixdisk create}, compared with what {@code qemu-img} reads. */
class CreateTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "sparse, monolithicSparse, 512, lsilogic", "sparse, monolithicSparse, 10M, ide",
        "flat, monolithicFlat, 512, buslogic", "split-sparse, twoGbMaxExtentSparse, 5G, lsilogic",
        "split-flat, twoGbMaxExtentFlat, 10M, ide", "VMFS-Flat, vmfs, 10M, LSILOGIC"
    })
    void aDiskIsWhatWasAskedFor(String type, String format, String size, String adapter) throws Exception {
        Qemu.require();
        Path disk = directory.resolve("a.vmdk");
        assertThat(Cli.run("create", disk, "--size", size, "--type", type, "--adapter", adapter)
                        .succeeded())
                .isEmpty();

        JsonObject info = Qemu.info(disk);

        assertThat(info.get("virtual-size").getAsLong()).isEqualTo(new Sizes().convert(size));
        assertThat(info.getAsJsonObject("format-specific")
                        .getAsJsonObject("data")
                        .get("create-type")
                        .getAsString())
                .isEqualTo(format);
        assertThat(Cli.run("info", disk).succeeded()).containsIgnoringCase("adapter        " + adapter + "\n");
        Path raw = Qemu.vmdkToRaw(disk, directory.resolve("a.raw"));
        assertThat(Images.data(Images.hole(directory.resolve("b.raw"), 512))).isZero();
        Qemu.requireSame(disk, "vmdk", raw, "raw");
    }

    @Test
    void itIsSparseAndForLsiLogicUnlessSomethingElseIsAskedFor() throws Exception {
        Path disk = create("--size", "1M");
        assertThat(Cli.run("info", disk).succeeded()).contains("lsilogic", "512 bytes logical");
        assertThat(Files.readString(disk, java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("createType=\"monolithicSparse\"", "ddb.virtualHWVersion = \"13\"");
    }

    @Test
    void hardwareVersionAndSectorSizesAreTold() throws Exception {
        Path disk = create("--size", "1M", "--hardware-version", "7", "--physical-sector-size", "4096");
        assertThat(Cli.run("info", disk).succeeded()).contains("512 bytes logical, 4096 bytes physical");
        assertThat(Files.readString(disk, java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("ddb.virtualHWVersion = \"7\"");
    }

    private Path create(Object... options) {
        Path disk = directory.resolve("a.vmdk");
        Object[] args = new Object[options.length + 2];
        args[0] = "create";
        args[1] = disk;
        System.arraycopy(options, 0, args, 2, options.length);
        Cli.run(args).succeeded();
        return disk;
    }

    @Test
    void whatIsThereIsReplacedOnlyIfThatIsWanted() throws Exception {
        Path disk = create("--size", "2M", "--type", "flat");
        Cli.run("create", disk, "--size", "1M").failed(disk + ": exists already; --force replaces it");
        Path other = Files.writeString(directory.resolve("b-flat.vmdk"), "data");
        Cli.run("create", directory.resolve("b.vmdk"), "--size", "1M", "--type", "flat")
                .failed(other + ": exists already");
        assertThat(other).hasContent("data");

        Cli.run("create", disk, "--size", "1M", "--force").succeeded();
        assertThat(Cli.run("info", disk).succeeded()).contains("capacity       1 MiB");
        // What the flat disk had its data in is gone with it.
        assertThat(Images.listing(directory)).hasSize(3);
    }

    @Test
    void wrongWishesAreRefusedAndLeaveNothing() throws Exception {
        Path disk = directory.resolve("a.vmdk");
        Cli.run("create", disk).refused("--size", "see 'vixdisk create --help'");
        Cli.run("create", disk, "--size", "0").refused("--size is a multiple of 512 bytes, and not 0");
        Cli.run("create", disk, "--size", "1000").refused("--size is a multiple of 512 bytes, and not 1000");
        Cli.run("create", disk, "--size", "1M", "--type", "thick").refused("no type 'thick'", "there are sparse, flat");
        Cli.run("create", disk, "--size", "1M", "--type", "stream-optimized").refused("vixdisk clone", "there are");
        Cli.run("create", disk, "--size", "1M", "--adapter", "nvme")
                .refused("no adapter 'nvme'; there are lsilogic, buslogic, ide");
        Cli.run("create", disk, "--size", "1M", "--hardware-version", "70000").refused("0 to 65535, not 70000");
        Cli.run("create", disk, "--size", "1M", "--physical-sector-size", "520").refused("512 or 4096");
        Cli.run("create", disk + "/", "--size", "1M").refused("names a directory");
        Cli.run("create", directory, "--size", "1M").failed("is a directory");
        Cli.run("create", "", "--size", "1M").refused("a name is empty");
        Cli.run("create", "-", "--size", "1M").refused("create needs a file");
        Cli.run("create", directory.resolve("missing/a.vmdk"), "--size", "1M").failed("no such file or directory");
        Cli.run("create", disk, "--size", "1M", "--sector-size", "4096").failed("VIX_E_NOT_SUPPORTED");
        assertThat(Images.listing(directory)).containsExactly(" 0");
    }

    @Test
    void aSymbolicLinkLeadsToTheDisk() throws Exception {
        Path there = Files.createDirectory(directory.resolve("there")).resolve("a.vmdk");
        Path link = directory.resolve("link.vmdk");
        Cli.run("create", there, "--size", "1M").succeeded();
        Files.createSymbolicLink(link, there);
        Cli.run("create", link, "--size", "2M", "--force").succeeded();
        assertThat(link).isSymbolicLink();
        assertThat(Cli.run("info", there).succeeded()).contains("2 MiB");
    }
}
