/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.cli.Images.Contents;
import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code vixdisk copy} that succeeds. */
class CopyTest {

    private static final long SEED = Long.getLong("vixdisklib.seed", new Random().nextLong());

    /** A sector, less and more than a grain, grains and a sector, several reads and an incomplete grain. */
    private static final List<Long> SIZES = List.of(512L, 1000L * 512, 3L * Images.GRAIN + 512, 5_000_192L);

    static final List<String> TYPES = List.of("sparse", "flat", "split-sparse", "split-flat", "vmfs-flat");

    /** What qemu-img makes. */
    private static final List<String> SUBFORMATS = List.of(
            "monolithicSparse", "monolithicFlat", "twoGbMaxExtentSparse", "twoGbMaxExtentFlat", "streamOptimized");

    static final List<Arguments> IMAGES_OF_TYPES = images(TYPES);

    static final List<Arguments> IMAGES_OF_SUBFORMATS = images(SUBFORMATS);

    static final List<Arguments> PAIRS_OF_TYPES = TYPES.stream()
            .flatMap(before -> TYPES.stream().map(after -> Arguments.of(before, after)))
            .toList();

    private static List<Arguments> images(List<String> kinds) {
        return Stream.of(Contents.values())
                .flatMap(contents -> SIZES.stream()
                        .flatMap(bytes -> kinds.stream().map(kind -> Arguments.of(kind, contents, bytes))))
                .toList();
    }

    @TempDir
    Path directory;

    @BeforeEach
    void tellSeed(TestReporter reporter) {
        reporter.publishEntry("vixdisklib.seed", Long.toString(SEED));
    }

    /** Compared with {@code qemu-img convert}. */
    @Nested
    class Agrees {

        @BeforeEach
        void requireQemu() {
            Qemu.require();
        }

        @ParameterizedTest
        @FieldSource("dev.vixdisklib.cli.CopyTest#IMAGES_OF_SUBFORMATS")
        void onADiskThatQemuMade(String subformat, Contents contents, long bytes) throws Exception {
            Path raw = Images.raw(directory.resolve("a.raw"), bytes, contents, SEED);
            Path disk = Qemu.rawToVmdk(raw, directory.resolve("a.vmdk"), subformat);

            Path copy = copy(disk, directory.resolve("b.raw"));

            requireSameBytes(copy, raw);
            requireHoles(copy, raw);
        }

        @ParameterizedTest
        @FieldSource("dev.vixdisklib.cli.CopyTest#IMAGES_OF_TYPES")
        void onADiskMadeOfARawImage(String type, Contents contents, long bytes) throws Exception {
            Path raw = Images.raw(directory.resolve("a.raw"), bytes, contents, SEED);

            Path disk = copy(raw, directory.resolve("a.vmdk"), "--type", type);

            assertThat(Qemu.info(disk)
                            .getAsJsonObject("format-specific")
                            .getAsJsonObject("data")
                            .get("create-type")
                            .getAsString())
                    .isEqualTo(subformat(type));
            requireSameBytes(Qemu.vmdkToRaw(disk, directory.resolve("b.raw")), raw);
            requireHoles(directory.resolve("a" + end(type)), raw);
            if (type.endsWith("sparse")) {
                assertThat(Qemu.run("check", disk)).contains("No errors were found");
            }
        }

        @ParameterizedTest
        @CsvSource({
            "sparse, split-sparse",
            "flat, vmfs-flat",
            "split-sparse, sparse",
            "split-flat, flat",
            "vmfs-flat, split-flat",
            "flat, flat"
        })
        void onADiskMadeOfADisk(String from, String to) throws Exception {
            Path raw = Images.raw(directory.resolve("a.raw"), 5_000_192, Contents.HOLES, SEED);
            Path disk = copy(raw, directory.resolve("a.vmdk"), "--type", from);

            Path copy = copy(disk, directory.resolve("b.vmdk"), "--type", to);

            Qemu.requireSame(copy, "vmdk", raw, "raw");
            requireHoles(directory.resolve("b" + end(to)), raw);
        }

        @ParameterizedTest
        @FieldSource("dev.vixdisklib.cli.CopyTest#TYPES")
        void onAChildWhoseWholeChainBecomesOneDisk(String type) throws Exception {
            Path raw = Images.raw(directory.resolve("a.raw"), 5_000_192, Contents.HOLES, SEED);
            Path base = copy(raw, directory.resolve("base.vmdk"), "--type", type);
            Path middle = Qemu.child(directory.resolve("middle.vmdk"), base);
            write(middle, Images.GRAIN - 512, 1024);
            Path top = Qemu.child(directory.resolve("top.vmdk"), middle);
            write(top, 4_000_000 / 512 * 512, 512);

            Path copy = copy(top, directory.resolve("b.vmdk"), "--type", type);

            Qemu.requireSame(copy, "vmdk", top, "vmdk");
            Qemu.requireSame(copy(top, directory.resolve("b.raw")), "raw", top, "vmdk");
            assertThat(Cli.run("info", copy).succeeded()).contains("links          1");
        }

        @ParameterizedTest
        @ValueSource(strings = {"split-sparse", "split-flat"})
        void onWhereTheFilesOfASplitDiskEnd(String type) throws Exception {
            Path raw = Images.hole(directory.resolve("a.raw"), (4L << 30) + 512);
            for (long sector : new long[] {4_192_256, 4_193_792, 2 * 4_192_256, 2 * 4_193_792}) {
                Images.write(raw, sector * 512 - 1, (byte) 1, (byte) 2);
            }

            Path disk = copy(raw, directory.resolve("a.vmdk"), "--type", type);

            assertThat(directory.resolve("a" + end(type).replace('1', '3'))).exists();
            Qemu.requireSame(disk, "vmdk", raw, "raw");
            Qemu.requireSame(copy(disk, directory.resolve("b.raw")), "raw", raw, "raw");
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 511, 1000, Images.GRAIN + 1, 5_000_000})
        void onARawImageWhoseLastSectorIsIncomplete(long bytes) throws Exception {
            Path raw = Images.raw(directory.resolve("a.raw"), bytes, Contents.FULL, SEED);

            for (String type : TYPES) {
                Path disk = copy(raw, directory.resolve(type + ".vmdk"), "--type", type);
                byte[] read = Files.readAllBytes(Qemu.vmdkToRaw(disk, directory.resolve(type + ".raw")));
                byte[] padded = java.util.Arrays.copyOf(Files.readAllBytes(raw), (int) ((bytes + 511) / 512 * 512));
                assertThat(read).isEqualTo(padded);
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"sparse", "flat"})
        void onThreeTebibytesWithDataNearTheEnd(String type) throws Exception {
            long bytes = 3L << 40;
            Path raw = Images.hole(directory.resolve("a.raw"), bytes);
            for (long offset : new long[] {0, (2L << 40) - 3, bytes - Images.GRAIN - 5, bytes - 1}) {
                Images.write(raw, offset, (byte) 1, (byte) 2, (byte) 3);
            }
            try (FileChannel file = FileChannel.open(raw, java.nio.file.StandardOpenOption.WRITE)) {
                file.truncate(bytes);
            }
            Path disk = Qemu.rawToVmdk(raw, directory.resolve("a.vmdk"), subformat(type));

            Path copy = copy(disk, directory.resolve("b.raw"));
            Path again = copy(disk, directory.resolve("b.vmdk"), "--type", type);

            assertThat(Files.size(copy)).isEqualTo(bytes);
            assertThat(Images.allocated(copy)).isLessThan(1 << 20);
            Qemu.requireSame(copy, "raw", raw, "raw");
            Qemu.requireSame(copy(again, directory.resolve("c.raw")), "raw", raw, "raw");
            // Comparing all of it would take a minute.
            for (long mebibyte : new long[] {0, (2L << 20) - 1, 2L << 20, (3L << 20) - 1}) {
                assertThat(mebibyte(again, "vmdk", mebibyte))
                        .hasSize(1 << 20)
                        .isEqualTo(mebibyte(raw, "raw", mebibyte));
            }
        }
    }

    /** Writes ones into a disk, whose parents stay as they are. */
    private static void write(Path disk, long offset, int bytes) throws IOException {
        try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                Connection host = lib.connectLocal();
                Disk opened = host.openDisk(disk);
                Arena arena = Arena.ofConfined()) {
            opened.write(
                    Sectors.ofBytes(offset),
                    Sectors.allocate(arena, Sectors.ofBytes(bytes)).fill((byte) 1));
        }
    }

    /** As qemu-img reads it. */
    private byte[] mebibyte(Path image, String format, long number) throws Exception {
        Path part = directory.resolve("part");
        String options = "driver=raw,offset=" + (number << 20) + ",size=1M,file.driver=" + format
                + ",file.file.driver=file,file.file.filename=" + image;
        Qemu.run("convert", "--image-opts", options, "-O", "raw", part);
        return Files.readAllBytes(part);
    }

    @Test
    void theAdapterStaysTheSame() throws Exception {
        Qemu.require();
        Path disk = Qemu.create(directory.resolve("a.vmdk"), "monolithicSparse", 512, "adapter_type=buslogic");
        assertThat(Cli.run("info", copy(disk, directory.resolve("b.vmdk"))).succeeded())
                .contains("buslogic");
    }

    @Test
    void rawToRawKeepsBytesAndMakesHoles() throws Exception {
        Path raw = Images.raw(directory.resolve("a.raw"), 5_000_001, Contents.HOLES, SEED);
        Path copy = copy(raw, directory.resolve("b.raw"));
        assertThat(Files.mismatch(raw, copy)).isEqualTo(-1);
        requireHoles(copy, raw);
    }

    @Test
    void theChecksumIsThatOfTheRawImage() throws Exception {
        Path raw = Images.raw(directory.resolve("a.raw"), 5_000_192, Contents.HOLES, SEED);
        String hash =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(raw)));
        Path disk = directory.resolve("a.vmdk");
        assertThat(Cli.run("copy", "--checksum", "--verify", raw, disk).succeeded())
                .isEqualTo(hash + "  -\n");
        Path copy = directory.resolve("b.raw");
        assertThat(Cli.run("copy", "--checksum", "--verify", "--no-sync", "--chunk", "64K", "--depth", "2", disk, copy)
                        .succeeded())
                .isEqualTo(hash + "  " + copy + "\n");
        assertThat(Files.mismatch(raw, copy)).isEqualTo(-1);
    }

    @Test
    void anEmptyRawImageIsCopiedAsOne() throws Exception {
        assertThat(copy(Files.createFile(directory.resolve("a")), directory.resolve("b")))
                .isEmptyFile();
    }

    @Test
    void theEndingVmdkCountsInCapitalsToo() throws Exception {
        Path raw = Images.raw(directory.resolve("a.raw"), 5_000_192, Contents.HOLES, SEED);
        Path disk = copy(raw, directory.resolve("A.VMDK"));
        assertThat(Files.size(disk)).isNotEqualTo(Files.size(raw));
        assertThat(Files.mismatch(raw, copy(disk, directory.resolve("b.raw")))).isEqualTo(-1);
    }

    @Test
    void namesCanBeAsLongAsTheFileSystemAllows() throws Exception {
        Path raw = Images.raw(directory.resolve("a.raw"), 512, Contents.FULL, SEED);
        copy(raw, directory.resolve("\u00e4".repeat(127)));
        copy(raw, directory.resolve("d".repeat(250) + ".vmdk"));
        copy(raw, directory.resolve("f".repeat(245) + ".vmdk"), "--type", "flat");
    }

    /** Process ids come back, and are the same in every container. */
    @ParameterizedTest
    @ValueSource(strings = {"b.raw", "b.vmdk"})
    void whatAProcessOfTheSameNumberHasLeftIsNoHindrance(String name) throws Exception {
        Path raw = Images.raw(directory.resolve("a.raw"), 512, Contents.FULL, SEED);
        Path left = directory.resolve("." + name + "." + ProcessHandle.current().pid() + ".partial");
        Files.writeString(left, "left");
        Cli.run("copy", raw, directory.resolve(name)).succeeded();
        assertThat(left).hasContent("left");
    }

    @Test
    void permissionsFollowTheUmask() throws Exception {
        Path raw = Images.raw(directory.resolve("a.raw"), 512, Contents.FULL, SEED);
        Path ordinary = Files.createFile(directory.resolve("ordinary"));
        copy(raw, directory.resolve("b.raw"));
        copy(raw, directory.resolve("b.vmdk"));
        copy(raw, directory.resolve("c.vmdk"), "--type", "flat");
        for (String name : List.of("b.raw", "b.vmdk", "c.vmdk", "c-flat.vmdk")) {
            assertThat(permissions(directory.resolve(name))).as(name).isEqualTo(permissions(ordinary));
        }
    }

    /** {@code --force}. */
    @Nested
    class Replaces {

        private Path raw;

        @BeforeEach
        void makeImage() throws IOException {
            raw = Images.raw(directory.resolve("a.raw"), 200_192, Contents.FULL, SEED);
        }

        @ParameterizedTest
        @FieldSource("dev.vixdisklib.cli.CopyTest#PAIRS_OF_TYPES")
        void aDiskWithAllItsFiles(String before, String after) throws Exception {
            Path old = Images.raw(directory.resolve("old.raw"), 512, Contents.FULL, SEED);
            Path disk = copy(old, directory.resolve("b.vmdk"), "--type", before);

            copy(raw, disk, "--force", "--type", after);

            assertThat(Files.mismatch(raw, copy(disk, directory.resolve("b.raw"))))
                    .isEqualTo(-1);
            for (String end : List.of("-flat.vmdk", "-s001.vmdk", "-f001.vmdk")) {
                assertThat(Files.exists(directory.resolve("b" + end))).isEqualTo(end.equals(end(after)));
            }
        }

        @Test
        void whatIsNoDisk() throws Exception {
            Path disk = Files.writeString(directory.resolve("b.vmdk"), "not a disk");
            copy(raw, disk, "--force");
            assertThat(Files.mismatch(raw, copy(disk, directory.resolve("b.raw"))))
                    .isEqualTo(-1);
        }

        @Test
        void aRawImage() throws Exception {
            Path target = Images.raw(directory.resolve("b.raw"), 1 << 20, Contents.FULL, SEED + 1);
            assertThat(Files.mismatch(raw, copy(raw, target, "--force"))).isEqualTo(-1);
        }

        @ParameterizedTest
        @ValueSource(strings = {"b.raw", "b.vmdk"})
        void whatASymbolicLinkLeadsTo(String name) throws Exception {
            Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
            Path file = copy(raw, elsewhere.resolve(name));
            Path link = Files.createSymbolicLink(directory.resolve(name), file);
            Images.write(raw, 0, (byte) 42);

            copy(raw, link, "--force");

            assertThat(link).isSymbolicLink();
            assertThat(Files.mismatch(raw, copy(file, directory.resolve("c.raw"))))
                    .isEqualTo(-1);
            assertThat(elsewhere).isDirectoryContaining(path -> path.equals(file));
            assertThat(Images.listing(elsewhere)).hasSize(2);
        }

        /** Whoever copies a descriptor alone has two disks with the same data; the other one can be the source. */
        @Test
        void aDescriptorWithoutTheDataOfTheDiskThatItWasCopiedFrom() throws Exception {
            Path source = copy(raw, directory.resolve("b.vmdk"), "--type", "flat");
            Path target = Files.copy(source, directory.resolve("c.vmdk"));

            copy(source, target, "--force");

            assertThat(Files.mismatch(raw, copy(source, directory.resolve("b.raw"))))
                    .isEqualTo(-1);
            assertThat(Files.mismatch(raw, copy(target, directory.resolve("c.raw"))))
                    .isEqualTo(-1);
        }
    }

    private static Path copy(Path source, Path target, String... options) throws IOException {
        Object[] args = Stream.of(Stream.of("copy"), Stream.of(options), Stream.of(source, target))
                .flatMap(part -> part)
                .toArray();
        assertThat(Cli.run(args).succeeded()).isEmpty();
        try (Stream<Path> files = Files.list(target.getParent())) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".partial"));
        }
        return target;
    }

    private static String subformat(String type) {
        return switch (type) {
            case "flat" -> "monolithicFlat";
            case "split-sparse" -> "twoGbMaxExtentSparse";
            case "split-flat" -> "twoGbMaxExtentFlat";
            case "vmfs-flat" -> "vmfs";
            default -> "monolithicSparse";
        };
    }

    /** What the first file with data is called, after the name of the disk. */
    private static String end(String type) {
        return switch (type) {
            case "flat", "vmfs-flat" -> "-flat.vmdk";
            case "split-sparse" -> "-s001.vmdk";
            case "split-flat" -> "-f001.vmdk";
            default -> ".vmdk";
        };
    }

    private static void requireSameBytes(Path file, Path expected) throws IOException {
        assertThat(Files.size(file)).isEqualTo(Files.size(expected));
        assertThat(Files.mismatch(file, expected)).isEqualTo(-1);
    }

    /** Space for data and for what a disk needs to find it, no more. */
    private static void requireHoles(Path file, Path raw) throws Exception {
        assertThat(Images.allocated(file)).isLessThanOrEqualTo(Images.data(raw) + 2 * Images.GRAIN);
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
