/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.cli.Images.Contents;
import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that change disks of this host; what is in them then is for {@code qemu-img} to say. */
class ChangeTest {

    private static final long SIZE = 3L << 20;

    @TempDir
    Path directory;

    private Path raw;
    private Path disk;

    @BeforeEach
    void makeDisk() throws Exception {
        Qemu.require();
        raw = Images.raw(directory.resolve("a.raw"), SIZE, Contents.HOLES, 7);
        disk = directory.resolve("a.vmdk");
        Cli.run("copy", raw, disk).succeeded();
    }

    private void requireContent(Path vmdk) throws Exception {
        Qemu.requireSame(vmdk, "vmdk", raw, "raw");
    }

    private List<String> names() throws IOException {
        return Images.listing(directory).stream()
                .map(line -> line.replaceFirst(" \\d+$", ""))
                .filter(name -> !name.isEmpty())
                .toList();
    }

    // ------------------------------------------------------------------------------------------------- chains

    @ParameterizedTest
    @ValueSource(strings = {"sparse", "split-sparse"})
    void aChildReadsAsItsParent(String type) throws Exception {
        Path child = directory.resolve("child.vmdk");
        assertThat(Cli.run("child", disk, child, "--type", type).succeeded()).isEmpty();
        requireContent(child);
        assertThat(Qemu.info(child).get("backing-filename").getAsString()).isEqualTo("a.vmdk");
        Cli.run("child", disk, child).failed("VIX_E_FILE_ALREADY_EXISTS");
        Cli.run("child", disk, directory.resolve("b.vmdk"), "--type", "flat")
                .refused("no type 'flat'", "there are sparse, split-sparse");
        Cli.run("child", directory.resolve("missing.vmdk"), directory.resolve("b.vmdk"))
                .failed("not found");
        assertThat(directory.resolve("b.vmdk")).doesNotExist();
    }

    @Test
    void aChildGetsAnotherParent() throws Exception {
        Path child = directory.resolve("child.vmdk");
        Cli.run("child", disk, child).succeeded();
        Path other = directory.resolve("other.vmdk");
        Cli.run("clone", disk, other).succeeded();

        assertThat(Cli.run("attach", child, other).succeeded()).isEmpty();

        assertThat(Qemu.info(child).get("backing-filename").getAsString()).isEqualTo("other.vmdk");
        requireContent(child);
    }

    @Test
    void whatDoesNotFitIsNotAttached() throws Exception {
        Path child = directory.resolve("child.vmdk");
        Cli.run("child", disk, child).succeeded();
        Path small = directory.resolve("small.vmdk");
        Cli.run("create", small, "--size", "1M").succeeded();

        Cli.run("attach", child, small)
                .failed(
                        child + " cannot be attached to " + small,
                        "VIX_E_DISK_CAPACITY_MISMATCH",
                        "the parent is another");
        Cli.run("attach", disk, small)
                .failed(
                        "VIX_E_DISK_ATTACH_ROOTLINK",
                        "only a child can get another parent: make one with 'vixdisk child'");
        Cli.run("attach", child, directory.resolve("missing.vmdk")).failed("missing.vmdk", "not found");
        requireContent(child);
    }

    // ------------------------------------------------------------------------------------------------- clones

    @ParameterizedTest
    @ValueSource(strings = {"sparse", "flat", "split-sparse", "split-flat", "vmfs-flat", "stream-optimized"})
    void aCloneHasTheContentAndTheAdapterOfItsSource(String type) throws Exception {
        Path child = directory.resolve("child.vmdk");
        Path source = Qemu.rawToVmdk(raw, directory.resolve("ide.vmdk"), "monolithicFlat");
        Cli.run("child", source, child).succeeded();
        Path target = directory.resolve("b.vmdk");

        assertThat(Cli.run("clone", child, target, "--type", type).succeeded()).isEmpty();

        requireContent(target);
        assertThat(Cli.run("info", target).succeeded()).contains("adapter        ide", "links          1\n");
        Cli.run("clone", child, target, "--type", type, "--adapter", "buslogic", "--force")
                .succeeded();
        assertThat(Cli.run("info", target).succeeded()).contains("adapter        buslogic");
        requireContent(target);
    }

    @Test
    void aCloneReplacesOnlyWhatItMay() throws Exception {
        Path other = directory.resolve("b.vmdk");
        Cli.run("create", other, "--size", "1M", "--type", "flat").succeeded();
        Cli.run("clone", disk, other).failed(other + ": exists already; --force replaces it");
        Cli.run("clone", disk, other, "--force").succeeded();
        requireContent(other);
        assertThat(names()).containsExactly("a.raw", "a.vmdk", "b.vmdk");

        Path child = directory.resolve("child.vmdk");
        Cli.run("child", disk, child).succeeded();
        Cli.run("clone", disk, disk, "--force").refused("source and target are the same file");
        Cli.run("clone", child, disk, "--force").refused(disk + " is a part of the source " + child);
        Cli.run("clone", disk, directory.resolve("c.vmdk"), "--type", "vmfs-thin")
                .refused("only disks on a server");
        Cli.run("clone", raw, directory.resolve("c.vmdk")).failed("VIX_E_DISK_INVALIDDISK");
        requireContent(child);
        assertThat(names()).containsExactly("a.raw", "a.vmdk", "b.vmdk", "child.vmdk");
    }

    // ------------------------------------------------------------------------------------------------- in place

    @ParameterizedTest
    @ValueSource(strings = {"sparse", "flat"})
    void aDiskGrowsAndTheRestIsZeros(String type) throws Exception {
        Path grown = directory.resolve("b.vmdk");
        Cli.run("copy", raw, grown, "--type", type).succeeded();

        assertThat(Cli.run("grow", grown, "--size", "5M", "--update-geometry").succeeded())
                .isEmpty();

        assertThat(Qemu.info(grown).get("virtual-size").getAsLong()).isEqualTo(5L << 20);
        Images.hole(raw, 5L << 20);
        requireContent(grown);
    }

    @Test
    void aDiskGrowsToMoreThanItHas() throws Exception {
        Cli.run("grow", disk, "--size", "3M").failed(disk + " has 3145728 bytes already, and a disk only grows");
        Cli.run("grow", disk, "--size", "3145729").refused("--size is a multiple of 512 bytes");
        Cli.run("grow", disk).refused("--size");
        Cli.run("grow", directory.resolve("missing.vmdk"), "--size", "3G").failed("not found");
        Path child = directory.resolve("child.vmdk");
        Cli.run("child", disk, child).succeeded();
        Cli.run("grow", child, "--size", "5M").failed("Grow of " + child);
        requireContent(disk);
    }

    @Test
    void whatBecomesZerosIsGivenBack() throws Exception {
        Images.raw(directory.resolve("full.raw"), SIZE, Contents.FULL, 3);
        Path full = directory.resolve("full.vmdk");
        Cli.run("copy", directory.resolve("full.raw"), full).succeeded();
        long before = Files.size(full);
        try (var lib = VixDiskLib.open(FakeVddk.directory());
                var host = lib.connectLocal();
                var open = host.openDisk(full);
                var arena = Arena.ofConfined()) {
            open.write(0, Sectors.allocate(arena, 2048));
        }

        assertThat(Cli.run("defrag", full).succeeded()).contains(full + ": its files have ");
        var shrunk = JsonParser.parseString(Cli.run("shrink", "--json", full).succeeded())
                .getAsJsonObject();

        assertThat(shrunk.get("path").getAsString()).isEqualTo(full.toString());
        assertThat(shrunk.get("fileBytesAfter").getAsLong())
                .isEqualTo(Files.size(full))
                .isLessThanOrEqualTo(before - (1 << 20))
                .isLessThan(shrunk.get("fileBytesBefore").getAsLong());
        Images.write(directory.resolve("full.raw"), 0, new byte[1 << 20]);
        Qemu.requireSame(full, "vmdk", directory.resolve("full.raw"), "raw");
    }

    @Test
    void onlySparseDisksShrink() throws Exception {
        Path flat = directory.resolve("b.vmdk");
        Cli.run("copy", raw, flat, "--type", "flat").succeeded();
        Cli.run("shrink", flat).failed("VIX_E_DISK_CANTSHRINK", "only sparse disks");
        assertThat(Cli.run("defrag", flat).succeeded()).endsWith(", as before\n");
        Cli.run("shrink", raw).failed("VIX_E_DISK_INVALIDDISK");
        requireContent(flat);
    }

    // ------------------------------------------------------------------------------------------------- damage

    @Test
    void aSoundDiskIsReportedAsSuch() {
        assertThat(Cli.run("check", disk).succeeded()).isEqualTo(disk + ": no damage reported\n");
        assertThat(Cli.run("check", "--repair", disk).succeeded()).isEqualTo(disk + ": no damage reported\n");
        assertThat(JsonParser.parseString(Cli.run("check", "--json", disk).succeeded())
                        .getAsJsonObject()
                        .get("result")
                        .getAsString())
                .isEqualTo("no-damage-reported");
    }

    @Test
    void damageIsFoundAndRepaired() throws Exception {
        damageFirstTable();
        for (String option : List.of("-v", "--json")) {
            Outcome found = Cli.run("check", option, disk);
            assertThat(found.status()).isEqualTo(1);
            assertThat(found.out())
                    .contains(option.equals("-v") ? disk + ": is damaged; copy its files, then try" : "needs-repair");
        }

        assertThat(Cli.run("check", "--repair", disk).succeeded())
                .isEqualTo(disk + ": repaired, and no damage reported now\n");

        assertThat(Cli.run("check", disk).succeeded()).endsWith("no damage reported\n");
        requireContent(disk);
        Qemu.run("check", "-q", disk);
    }

    /** Changes the first entry of the main grain table; there is a second one, which is as it was. */
    private void damageFirstTable() throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(disk)).order(ByteOrder.LITTLE_ENDIAN);
        int directoryOfTables = (int) bytes.getLong(56) * 512;
        int table = bytes.getInt(directoryOfTables) * 512;
        Images.write(disk, table, new byte[] {0, 0, -1, 0x7f});
    }

    @Test
    void whatCannotBeRepairedOrExaminedIsAFailure() throws Exception {
        Path flat = directory.resolve("b.vmdk");
        Cli.run("copy", raw, flat, "--type", "flat").succeeded();
        Files.write(directory.resolve("b-flat.vmdk"), new byte[1000]);
        assertThat(Cli.run("check", flat).status()).isEqualTo(1);
        Cli.run("check", "--repair", flat).failed("VIX_E_DISK_CANTREPAIR", "restore a copy");
        Cli.run("check", raw).failed("VIX_E_DISK_INVALIDDISK");
        Cli.run("check", directory.resolve("missing.vmdk")).failed("not found");
    }

    // ------------------------------------------------------------------------------------------------- names

    @ParameterizedTest
    @CsvSource({"sparse", "flat", "split-flat"})
    void aDiskIsRenamedWithAllItsFiles(String type) throws Exception {
        Path old = directory.resolve("old.vmdk");
        Cli.run("copy", raw, old, "--type", type).succeeded();
        Path renamed = Files.createDirectory(directory.resolve("there")).resolve("new.vmdk");

        assertThat(Cli.run("rename", old, renamed).succeeded()).isEmpty();

        requireContent(renamed);
        assertThat(names()).noneMatch(name -> name.startsWith("old"));
        Cli.run("rename", renamed, disk).failed("VIX_E_FILE_ALREADY_EXISTS");
        Cli.run("rename", renamed, directory).failed("is a directory", "give the name");
        Cli.run("rename", raw, directory.resolve("b.vmdk")).failed("VIX_E_DISK_INVALIDDISK");
        assertThat(raw).exists();
    }

    @Test
    void aDiskIsDeletedWithAllItsFilesWhichAreNamed() throws Exception {
        Path flat = directory.resolve("b.vmdk");
        Cli.run("copy", raw, flat, "--type", "flat").succeeded();
        assertThat(Cli.run("rm", flat, disk).succeeded().lines())
                .containsExactly("deleted " + flat, "deleted " + directory.resolve("b-flat.vmdk"), "deleted " + disk);
        assertThat(names()).containsExactly("a.raw");
    }

    @Test
    void whatIsNoDiskIsNotDeleted() throws Exception {
        Cli.run("rm", raw).failed("VIX_E_DISK_INVALIDDISK");
        Cli.run("rm", directory).failed("is a directory");
        Cli.run("rm", directory.resolve("missing.vmdk")).failed("not found");
        Cli.run("rm").refused("DISK");
        Path flat = directory.resolve("b.vmdk");
        Cli.run("copy", raw, flat, "--type", "flat").succeeded();
        Cli.run("rm", directory.resolve("b-flat.vmdk")).failed("is a part of the disk " + flat);
        Path copied = Files.copy(flat, directory.resolve("c.vmdk"));
        Cli.run("rm", copied).failed("b-flat.vmdk, which is called as if it were of another disk");
        assertThat(names()).containsExactly("a.raw", "a.vmdk", "b-flat.vmdk", "b.vmdk", "c.vmdk");
    }

    /** Of a-1.vmdk, the descriptor alone was copied: the data is not that of a.vmdk, though its name begins so. */
    @Test
    void aCopiedDescriptorDoesNotTakeTheDataOfItsOriginalAway() throws Exception {
        Path original = directory.resolve("b-1.vmdk");
        Path copied = directory.resolve("b.vmdk");
        Cli.run("copy", raw, original, "--type", "flat").succeeded();
        Files.copy(original, copied);

        Cli.run("rm", copied).failed("b-1-flat.vmdk, which is called as if it were of another disk");
        Cli.run("rename", copied, directory.resolve("c.vmdk"))
                .failed("b-1-flat.vmdk, which is that of the disk " + original.toRealPath());
        requireContent(original);
        Cli.run("create", "--size", "1M", "--force", copied).succeeded();

        requireContent(original);
        assertThat(names()).containsExactly("a.raw", "a.vmdk", "b-1-flat.vmdk", "b-1.vmdk", "b.vmdk");
    }

    @Test
    void aSymbolicLinkIsNotRenamed() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link.vmdk"), Path.of("a.vmdk"));
        Cli.run("rename", link, directory.resolve("b.vmdk"))
                .failed(link + ": is a symbolic link; rename the disk itself, which is " + disk.toRealPath(), "mv");
        assertThat(names()).containsExactly("a.raw", "a.vmdk", "link.vmdk");
        requireContent(link);
    }

    @Test
    void aPlaceThatIsNotThereIsNamed() {
        Path nowhere = directory.resolve("nowhere");
        Cli.run("child", disk, nowhere.resolve("b.vmdk")).failed(nowhere + ": no such file or directory");
        Cli.run("rename", disk, nowhere.resolve("b.vmdk")).failed(nowhere + ": no such file or directory");
    }

    @Test
    void aChildWithoutItsParentIsDeleted() throws Exception {
        Path child = directory.resolve("child.vmdk");
        Cli.run("child", disk, child).succeeded();
        Cli.run("rm", disk).succeeded();
        assertThat(Cli.run("rm", child).succeeded()).isEqualTo("deleted " + child + "\n");
        assertThat(names()).containsExactly("a.raw");
    }

    @Test
    void aSymbolicLinkIsDeletedWithItsDisk() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link.vmdk"), Path.of("a.vmdk"));
        Path place = disk.toRealPath();
        assertThat(Cli.run("rm", link).succeeded()).isEqualTo("deleted " + link + "\ndeleted " + place + "\n");
        assertThat(names()).containsExactly("a.raw");
    }
}
