/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.cli.Images.Contents;
import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code vixdisk copy} that cannot be done, says why, and leaves everything as it was. */
class CopyRefusesTest {

    private static final long BYTES = 200_192;

    @TempDir
    Path directory;

    private Path raw;
    private Path sparse;
    private Path flat;
    private List<String> before;

    @BeforeEach
    void makeImages() throws IOException {
        raw = Images.raw(directory.resolve("a.raw"), BYTES, Contents.FULL, 1);
        sparse = directory.resolve("sparse.vmdk");
        flat = directory.resolve("flat.vmdk");
        Cli.run("copy", raw, sparse).succeeded();
        Cli.run("copy", raw, flat, "--type", "flat").succeeded();
        Files.createDirectory(directory.resolve("dir"));
        Files.createDirectory(directory.resolve("dir.vmdk"));
    }

    @BeforeEach
    @AfterEach
    void nothingIsLeftBehind() throws IOException {
        if (before != null) {
            assertThat(Images.listing(directory)).isEqualTo(before);
        }
    }

    @Test
    void sourcesThatAreNoDisks() throws IOException {
        Path noDisk = Files.copy(raw, at("no.vmdk"));
        before = Images.listing(directory);

        copy(at("missing.vmdk"), "b.raw").failed("missing.vmdk", "not found");
        copy(at("missing.raw"), "b.vmdk").failed("missing.raw: no such file or directory");
        copy(at("dir"), "b.raw").failed("dir: is a directory");
        copy(at("dir.vmdk"), "b.raw").failed("dir.vmdk: is a directory");
        copy(noDisk, "b.raw").failed("no.vmdk", "not a virtual disk");
        copy(at("flat-flat.vmdk"), "b.raw").failed("flat-flat.vmdk is a part of the disk " + flat + "; name that");
        Cli.run("info", noDisk).failed("no.vmdk", "not a virtual disk");
    }

    @Test
    void anEmptySourceOfADisk() throws IOException {
        Path empty = Files.createFile(at("empty"));
        before = Images.listing(directory);
        copy(empty, "b.vmdk").failed("empty is empty", "at least one sector");
    }

    @Test
    void aFlatDiskWithoutItsData() throws IOException {
        Files.delete(at("flat-flat.vmdk"));
        before = Images.listing(directory);
        copy(flat, "b.raw").failed("flat.vmdk", "not found", "-flat.vmdk");
    }

    /** Whatever is cut off: either the copy is refused, or nothing of the data was lost. */
    @Test
    void sparseDisksThatAreCutOff() throws IOException {
        requireTruncationIsFound(
                sparse,
                sparse,
                LongStream.range(0, Files.size(sparse) / 512 + 1).map(i -> i * 512 - i % 3));
    }

    @Test
    void dataOfFlatDisksThatIsCutOff() throws IOException {
        requireTruncationIsFound(
                flat, at("flat-flat.vmdk"), LongStream.range(0, BYTES / 512).map(i -> i * 512 + i % 3));
    }

    @Test
    void descriptorsThatAreCutOff() throws IOException {
        requireTruncationIsFound(flat, flat, LongStream.range(0, Files.size(flat)));
    }

    private void requireTruncationIsFound(Path disk, Path file, LongStream lengths) throws IOException {
        Path whole = Files.copy(file, at("whole"));
        Path target = at("b.raw");
        int refused = 0;
        for (long length : lengths.filter(length -> length >= 0).toArray()) {
            Files.copy(whole, file, StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(length);
            }
            before = Images.listing(directory);
            Outcome outcome = Cli.run("copy", disk, target);
            if (outcome.status() == 0) {
                assertThat(Files.mismatch(raw, target))
                        .as("cut off at " + length)
                        .isEqualTo(-1);
                Files.delete(target);
            } else {
                outcome.failed(disk.getFileName().toString());
                refused++;
            }
            nothingIsLeftBehind();
        }
        assertThat(refused).isPositive();
    }

    @Test
    void targetsThatCannotBe() throws IOException {
        Files.createSymbolicLink(at("dangling"), at("nowhere"));
        before = Images.listing(directory);

        copy(sparse, "dir").failed("dir: is a directory");
        copy(sparse, "dir", "--force").failed("dir: is a directory");
        copy(raw, "dir.vmdk", "--force").failed("dir.vmdk: is a directory");
        copy(sparse, "missing/b.raw").failed("missing: no such file or directory");
        copy(raw, "missing/b.vmdk").failed("missing: no such file or directory");
        copy(sparse, "a.raw/b.raw").failed("a.raw: is not a directory");
        copy(sparse, "dangling").failed("dangling: is a symbolic link to what does not exist");
        copy(sparse, "dangling", "--force").failed("dangling: is a symbolic link to what does not exist");
        copy(sparse, "x".repeat(256)).failed("name too long");
        copy(raw, "x".repeat(256) + ".vmdk").failed("too long");
        Cli.run("copy", sparse, Path.of("/")).failed("/: is a directory");
        Cli.run("copy", sparse, at("dir") + "/").failed("dir: is a directory");
    }

    @Test
    void optionsThatMakeNoSense() throws IOException {
        before = Images.listing(directory);
        copy(sparse, "b.raw", "--chunk", "5000").refused("multiple of 4096", "5000");
        copy(sparse, "b.raw", "--chunk", "4M").refused("--chunk is larger than 2 MiB");
        copy(sparse, "b.raw", "--chunk", "4G").refused("--chunk is larger than 2 MiB");
        copy(sparse, "b.raw", "--depth", "0").refused("depth");
        Cli.run("copy", "--verify", sparse, "/dev/null").refused("--verify", "--checksum");
    }

    @Test
    void targetsThatEndInASlash() throws IOException {
        before = Images.listing(directory);
        for (String name : List.of("new/", "new.vmdk/", "a.raw/", "dir/a.raw/")) {
            Cli.run("copy", sparse, directory + "/" + name, "--force")
                    .refused(name + " names a directory", "name the file");
        }
    }

    @Test
    void targetsThatExist() throws IOException {
        for (String name : List.of("b-flat.vmdk", "b-s001.vmdk", "b-f002.vmdk")) {
            Files.createFile(at(name));
        }
        Images.hole(at("large.raw"), 3L << 30);
        before = Images.listing(directory);

        copy(sparse, "a.raw").failed("a.raw: exists already; --force replaces it");
        copy(raw, "flat.vmdk").failed("flat.vmdk: exists already; --force replaces it");
        for (String type : List.of("flat", "vmfs-flat")) {
            copy(raw, "b.vmdk", "--type", type).failed("b-flat.vmdk: exists already; --force replaces it");
        }
        copy(raw, "b.vmdk", "--type", "split-sparse").failed("b-s001.vmdk: exists already; --force replaces it");
        copy(at("large.raw"), "b.vmdk", "--type", "split-flat")
                .failed("b-f002.vmdk: exists already; --force replaces it");
    }

    @Test
    void theSameFileTwice() throws IOException {
        Files.createLink(at("hard.vmdk"), sparse);
        Files.createSymbolicLink(at("soft.vmdk"), sparse);
        before = Images.listing(directory);

        for (String same : List.of("sparse.vmdk", "dir/../sparse.vmdk", "hard.vmdk", "soft.vmdk")) {
            copy(sparse, same, "--force").refused("same file");
        }
        copy(raw, "a.raw", "--force").refused("same file");
    }

    @Test
    void aPartOfTheSourceByAnyOfItsNames() throws IOException {
        Files.createLink(at("hard.vmdk"), at("flat-flat.vmdk"));
        Files.createSymbolicLink(at("soft.vmdk"), at("flat-flat.vmdk"));
        Files.createSymbolicLink(at("same.vmdk"), flat);
        before = Images.listing(directory);

        for (Path source : List.of(flat, at("same.vmdk"))) {
            for (String part : List.of("flat-flat.vmdk", "dir/../flat-flat.vmdk", "hard.vmdk", "soft.vmdk")) {
                copy(source, part, "--force")
                        .refused(part + " is a part of the source " + source + "; choose another name");
            }
        }
        copy(flat, "flat-flat.vmdk").refused("is a part of the source");
    }

    @ParameterizedTest
    @ValueSource(strings = {"twoGbMaxExtentFlat", "twoGbMaxExtentSparse"})
    void aPartOfASourceThatIsSplit(String subformat) throws Exception {
        Qemu.require();
        Path split = Qemu.create(at("split.vmdk"), subformat, 3L << 30);
        before = Images.listing(directory);

        for (int number = 1; number <= 2; number++) {
            String part = "split-" + (subformat.endsWith("Flat") ? "f" : "s") + "00" + number + ".vmdk";
            copy(split, part, "--force").refused(part + " is a part of the source " + split);
            copy(at(part), "b.raw").failed(part + " is a part of the disk " + split + "; name that");
        }
    }

    /** A disk of three links, the second of which has its data in a file of its own. */
    private Path chain() throws Exception {
        Path base = Qemu.create(at("base.vmdk"), "twoGbMaxExtentSparse", 3L << 30);
        Path middle = Qemu.child(at("middle.vmdk"), base);
        return Qemu.child(at("top.vmdk"), middle);
    }

    @Test
    void anyLinkOfTheSourceAndAnyPartOfIt() throws Exception {
        Qemu.require();
        Path top = chain();
        Files.createSymbolicLink(at("same.vmdk"), top);
        Files.createLink(at("hard.vmdk"), at("base.vmdk"));
        Files.createLink(at("hard.raw"), at("base-s002.vmdk"));
        Files.createSymbolicLink(at("soft.vmdk"), at("middle.vmdk"));
        before = Images.listing(directory);

        for (Path source : List.of(top, at("same.vmdk"))) {
            for (String part : List.of(
                    "middle.vmdk",
                    "soft.vmdk",
                    "base.vmdk",
                    "dir/../base.vmdk",
                    "hard.vmdk",
                    "base-s001.vmdk",
                    "hard.raw")) {
                copy(source, part, "--force").refused(part + " is a part of the source " + source);
                copy(source, part).refused("is a part of the source");
            }
        }
        copy(at("middle.vmdk"), "base.vmdk", "--force").refused("base.vmdk is a part of the source");
        copy(at("middle.vmdk"), "middle.vmdk", "--force").refused("same file");
    }

    /** The target is no part of the source, but would have files that are. */
    @Test
    void aTargetWithFilesThatAreThoseOfALink() throws Exception {
        Qemu.require();
        Path top = chain();
        Files.move(at("base.vmdk"), at("rest.vmdk"));
        Path middle = at("middle.vmdk");
        String text = Files.readString(middle, StandardCharsets.ISO_8859_1);
        Files.writeString(middle, text.replace("base.vmdk", "rest.vmdk"), StandardCharsets.ISO_8859_1);
        before = Images.listing(directory);
        copy(top, "base.vmdk", "--type", "split-sparse").refused("base-s001.vmdk is a part of the source " + top);
        copy(raw, "base.vmdk", "--type", "split-sparse").failed("base-s001.vmdk: exists already");
    }

    /** A chain that was moved is found beside the child, and one in another encoding by its names in that. */
    @Test
    void aLinkThatTheSourceNamesInAnotherWay() throws Exception {
        Qemu.require();
        Qemu.run(
                "create",
                "-f",
                "vmdk",
                "-F",
                "vmdk",
                "-b",
                "flat.vmdk",
                "-o",
                "subformat=twoGbMaxExtentSparse",
                at("child.vmdk"));
        String text = Files.readString(at("child.vmdk"));
        Path moved = Files.createDirectory(at("moved"));
        Path base = Files.move(flat, moved.resolve("b\u00e4se.vmdk"));
        for (String name : List.of("flat-flat.vmdk", "child-s001.vmdk", "child.vmdk")) {
            Files.move(at(name), moved.resolve(name));
        }
        Path child = moved.resolve("child.vmdk");
        Files.writeString(
                child,
                text.replace("version=1", "version=1\nencoding=\"windows-1252\"")
                        .replace("\"flat.vmdk\"", "\"/nowhere/b\u00e4se.vmdk\""),
                Charset.forName("windows-1252"));
        before = Images.listing(directory);

        Cli.run("copy", child, base, "--force").refused(base + " is a part of the source " + child);
        copy(child, "moved/flat-flat.vmdk", "--force").refused("is a part of the source");
        copy(child, "b.raw").succeeded();
        assertThat(Files.mismatch(at("b.raw"), raw)).isEqualTo(-1);
        Files.delete(at("b.raw"));
    }

    @Test
    void aChainThatLeadsBackToItself() throws Exception {
        Qemu.require();
        Path top = chain();
        Path base = at("base.vmdk");
        Files.writeString(
                base,
                Files.readString(base)
                        .replace("parentCID=ffffffff", "parentCID=00000001\nparentFileNameHint=\"top.vmdk\""));
        before = Images.listing(directory);
        copy(top, "b.raw").failed("VIX_E_DISK_INVALIDCHAIN", "parentFileNameHint");
        copy(top, "middle.vmdk", "--force").refused("is a part of the source");
        copy(top, "sparse.vmdk", "--force").failed("VIX_E_DISK_INVALIDCHAIN");
    }

    @Test
    void aChildWhoseParentHasChanged() throws Exception {
        Qemu.require();
        Path top = chain();
        Path base = at("base.vmdk");
        Files.writeString(base, Files.readString(base).replaceFirst("\nCID=[0-9a-f]+", "\nCID=01234567"));
        before = Images.listing(directory);
        copy(top, "b.raw").failed("VIX_E_DISK_CID_MISMATCH", "restore the parent");
    }

    /** A part may have any name, and the target be a raw image. */
    @Test
    void aPartOfTheSourceThatIsCalledOtherwise() throws IOException {
        Files.move(at("flat-flat.vmdk"), at("data.img"));
        Files.writeString(flat, Files.readString(flat).replace("flat-flat.vmdk", "data.img"));
        before = Images.listing(directory);
        copy(flat, "data.img", "--force").refused("data.img is a part of the source " + flat);
    }

    /** What is replaced is deleted with its data. */
    @Test
    void aTargetThatTheSourceHasItsDataFrom() throws IOException {
        Path copied = Files.copy(flat, at("copied.vmdk"));
        before = Images.listing(directory);
        copy(copied, "flat.vmdk", "--force").refused("flat-flat.vmdk is a part of the source " + copied);
        copy(copied, "flat.vmdk", "--force", "--type", "flat").refused("is a part of the source");

        Files.delete(flat);
        before = Images.listing(directory);
        copy(copied, "flat.vmdk", "--force", "--type", "flat").refused("is a part of the source");
    }

    @Test
    void aTargetThatHasItsDataInTheSource() throws IOException {
        Files.move(at("flat-flat.vmdk"), at("flat-data"));
        Files.writeString(flat, Files.readString(flat).replace("flat-flat.vmdk", "flat-data"));
        before = Images.listing(directory);
        copy(at("flat-data"), "flat.vmdk", "--force")
                .refused("the source " + at("flat-data") + " is a part of " + flat);
    }

    @Test
    void devicesAndPipesAsDisks() throws Exception {
        Command.of("mkfifo", at("pipe.vmdk")).run().succeeded();
        Files.createSymbolicLink(at("null.vmdk"), Path.of("/dev/null"));
        before = Images.listing(directory);

        copy(raw, "pipe.vmdk", "--force").failed("pipe.vmdk: is no regular file");
        copy(raw, "null.vmdk", "--force").failed("null.vmdk: is no regular file");
        copy(at("pipe.vmdk"), "b.raw").failed("pipe.vmdk", "wrong type");
        nothingIsLeftBehind();
        // JUnit would warn that it leads out of the directory.
        Files.delete(at("null.vmdk"));
        before = Images.listing(directory);
    }

    @Test
    void aBlockDeviceWithoutForce() throws Exception {
        // A number that no driver has: opening the device would fail in another way.
        Outcome made = Command.of("mknod", at("device"), "b", "255", "255").run();
        assumeTrue(
                made.status() == 0,
                "this user cannot make a device: " + made.err().strip());
        before = Images.listing(directory);
        copy(raw, "device").failed("device: is a block device; --force overwrites it");
    }

    @Test
    void aDeviceThatIsFull() throws IOException {
        before = Images.listing(directory);
        Cli.run("copy", sparse, "/dev/full").failed("/dev/full: No space left on device");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sparse.vmdk", "flat.vmdk"})
    void aTargetThatIsInUse(String name) throws IOException {
        before = Images.listing(directory);
        try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                Connection host = lib.connectLocal();
                Disk used = host.openDisk(at(name))) {
            assertThat(used.capacity()).isPositive();
            copy(raw, name, "--force").failed(name, "locked");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"b.raw", "b.vmdk"})
    void directoriesThatThisUserCannotWriteTo(String name) throws IOException {
        Path closed = at("dir");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
        assumeTrue(!Files.isWritable(closed), "root may write everywhere; see PermissionsIT");
        before = Images.listing(directory);
        copy(raw, "dir/" + name).failed("dir: permission denied");
    }

    @Test
    void sourcesThatThisUserCannotRead() throws IOException {
        Files.setPosixFilePermissions(raw, PosixFilePermissions.fromString("-w-------"));
        Files.setPosixFilePermissions(sparse, PosixFilePermissions.fromString("-w-------"));
        assumeTrue(!Files.isReadable(raw), "root may read everything; see PermissionsIT");
        before = Images.listing(directory);
        copy(raw, "b.vmdk").failed("a.raw: permission denied");
        copy(sparse, "b.raw").failed("sparse.vmdk");
    }

    private Path at(String name) {
        return directory.resolve(name);
    }

    private Outcome copy(Path source, String target, String... options) {
        Object[] args = java.util.stream.Stream.concat(
                        java.util.stream.Stream.of("copy", source, at(target)), java.util.stream.Stream.of(options))
                .toArray();
        return Cli.run(args);
    }
}
