/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks with parents, which {@code qemu-img} makes and reads. */
class ChainTest extends TestDisks {

    private static final long CAPACITY = 20 * 128;

    ChainTest() throws IOException {}

    @BeforeAll
    static void requireQemu() {
        Qemu.require();
    }

    /** A disk with random data in its grains 0 to 4. */
    private Path base(DiskType type) throws IOException {
        Path path = disk("base.vmdk", type, CAPACITY);
        write(path, 0, 5);
        return path;
    }

    private Path child(String name, Path parent) throws Exception {
        Path path = directory.resolve(name);
        Qemu.img("create", "-f", "vmdk", "-F", "vmdk", "-b", parent.getFileName(), path);
        return path;
    }

    /** Writes random data into grains. */
    private void write(Path path, long firstGrain, long grains) throws IOException {
        try (Disk disk = host.openDisk(path);
                Arena arena = Arena.ofConfined()) {
            disk.write(128 * firstGrain, randomSectors(arena, 128 * grains, new Random(path.hashCode())));
        }
    }

    private byte[] content(Path path) throws IOException {
        try (Disk disk = host.openDisk(path, OpenFlag.READ_ONLY)) {
            return read(disk, 0, CAPACITY);
        }
    }

    @ParameterizedTest
    @FieldSource("WRITABLE")
    void whatAChildLacksComesFromItsParents(DiskType type) throws Exception {
        Path base = base(type);
        byte[] before = content(base);
        Path middle = child("middle.vmdk", base);
        assertThat(content(middle)).isEqualTo(before);
        write(middle, 4, 3);
        Path top = child("top.vmdk", middle);
        try (Disk disk = host.openDisk(top);
                Arena arena = Arena.ofConfined()) {
            // The rest of the grain is that of the parent.
            disk.write(4 * 128 + 5, Sectors.allocate(arena, 1).fill((byte) 5));
            disk.write(10 * 128 - 1, Sectors.allocate(arena, 2).fill((byte) 6));
            disk.flush();
            assertThat(disk.allocatedBlocks())
                    .containsExactly(new SectorRange(0, 7 * 128), new SectorRange(9 * 128, 2 * 128));
        }
        for (Path link : new Path[] {base, middle, top}) {
            assertThat(content(link)).isEqualTo(Qemu.content(link));
        }
        assertThat(content(base)).isEqualTo(before);
    }

    @Test
    void aStreamOptimizedDiskCanBeAParent() throws Exception {
        Path base = directory.resolve("stream.vmdk");
        Qemu.img("convert", "-f", "vmdk", "-O", "vmdk", "-o", "subformat=streamOptimized", base(SPARSE), base);
        Path child = child("child.vmdk", base);
        write(child, 3, 3);
        assertThat(content(child)).isEqualTo(Qemu.content(child));
    }

    @Test
    void aChildTellsWhereItsParentIsAndHowManyLinksThereAre() throws Exception {
        Path base = base(SPARSE);
        Path middle = child("middle.vmdk", base);
        Path top = child("top.vmdk", middle);
        assertLinks(base, 1, null);
        assertLinks(middle, 2, "base.vmdk");
        assertLinks(top, 3, "middle.vmdk");
        assertLinks(top, 1, "middle.vmdk", OpenFlag.SINGLE_LINK);
    }

    private void assertLinks(Path path, int links, @Nullable String hint, OpenFlag... flags) throws IOException {
        try (Disk disk = host.openDisk(path, flags)) {
            DiskInfo info = disk.info();
            assertThat(info.capacity()).isEqualTo(CAPACITY);
            assertThat(info.numLinks()).isEqualTo(links);
            assertThat(info.parentFileNameHint()).isEqualTo(Optional.ofNullable(hint));
        }
    }

    @Test
    void aSingleLinkIsReadAsFarAsItHasData() throws Exception {
        Path child = child("child.vmdk", base(SPARSE));
        write(child, 1, 2);
        byte[] whole = content(child);
        try (Disk disk = host.openDisk(child, OpenFlag.SINGLE_LINK, OpenFlag.READ_ONLY);
                Arena arena = Arena.ofConfined()) {
            assertThat(read(disk, 128, 256)).isEqualTo(Arrays.copyOfRange(whole, 128 * 512, 384 * 512));
            assertThat(disk.allocatedBlocks()).containsExactly(new SectorRange(128, 256));
            MemorySegment buffer = Sectors.allocate(arena, 129);
            assertThat(assertRefused(ErrorCode.DISK_PARTIALCHAIN, "Read", child, () -> disk.read(256, buffer)))
                    .hasMessageContaining("without SINGLE_LINK")
                    .satisfies(e -> assertThat(e.sectors()).contains(new SectorRange(256, 129)));
        }
    }

    @Test
    void aChildKeepsMetadataOfItsOwn() throws Exception {
        Path base = base(FLAT);
        Path child = child("child.vmdk", base);
        try (Disk disk = host.openDisk(child)) {
            disk.metadata().put("note", "of the child");
        }
        try (Disk disk = host.openDisk(child)) {
            assertThat(disk.metadata().get("note")).contains("of the child");
            assertThat(disk.metadata().get("adapterType")).contains("ide");
        }
        try (Disk disk = host.openDisk(base)) {
            assertThat(disk.metadata().get("note")).isEmpty();
        }
        assertThat(content(child)).isEqualTo(content(base));
    }

    @Test
    void aDeletedChildLeavesItsParent() throws Exception {
        Path base = base(FLAT);
        Path child = child("child.vmdk", base);
        host.deleteDisk(child);
        assertThat(files()).containsExactly("", "base-flat.vmdk", "base.vmdk");
    }

    @Test
    void aChainThatWasMovedStaysOne() throws Exception {
        Path child = child("child.vmdk", base(SPARSE));
        byte[] content = content(child);
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.move(child, elsewhere.resolve("renamed.vmdk"));
        Files.move(directory.resolve("base.vmdk"), elsewhere.resolve("base.vmdk"));
        assertThat(content(elsewhere.resolve("renamed.vmdk"))).isEqualTo(content);
    }

    private void assertDoesNotOpen(ErrorCode code, Path path, String hint) {
        assertThat(assertRefused(code, "Open", path, () -> host.openDisk(path, OpenFlag.READ_ONLY)))
                .hasMessageContaining(hint);
        assertThat(open()).containsExactly("1 CONNECTIONS");
    }

    @Test
    void aChildWhoseParentWasWrittenDoesNotOpen() throws Exception {
        Path base = base(SPARSE);
        Path middle = child("middle.vmdk", base);
        Path top = child("top.vmdk", middle);
        write(base, 0, 1);
        assertDoesNotOpen(ErrorCode.DISK_CID_MISMATCH, middle, "restore the parent as it was");
        assertDoesNotOpen(ErrorCode.DISK_CID_MISMATCH, top, "restore the parent as it was");
        host.openDisk(top, OpenFlag.SINGLE_LINK).close();
    }

    @Test
    void aChildWhoseParentIsMissingDoesNotOpen() throws Exception {
        Path base = base(SPARSE);
        Path child = child("child.vmdk", base);
        Files.delete(base);
        assertDoesNotOpen(ErrorCode.FILE_NOT_FOUND, child, "a child disk its parents");
        host.openDisk(child, OpenFlag.SINGLE_LINK).close();
    }

    @ParameterizedTest
    @ValueSource(longs = {CAPACITY - 1, CAPACITY + 1})
    void aChildOfAnotherSizeThanItsParentDoesNotOpen(long capacity) throws Exception {
        Path base = base(SPARSE);
        Path child = child("child.vmdk", base);
        host.deleteDisk(base);
        disk("base.vmdk", SPARSE, capacity);
        assertDoesNotOpen(ErrorCode.DISK_CAPACITY_MISMATCH, child, "the one that the child was made of");
    }

    @Test
    void aChildOfItselfDoesNotOpen() throws Exception {
        Path child = child("same.vmdk", base(SPARSE));
        replace(child, "base.vmdk", "same.vmdk");
        assertDoesNotOpen(ErrorCode.DISK_INVALIDCHAIN, child, "correct the parentFileNameHint");
    }

    @Test
    void aDiskInAnEncodingThatNobodyKnowsDoesNotOpen() throws Exception {
        Path path = disk("disk.vmdk", FLAT, CAPACITY);
        replace(path, "UTF-8", "UTF-5");
        assertDoesNotOpen(ErrorCode.DISK_ENCODING, path, "convert the descriptor to UTF-8");
    }

    /** Replaces a text in a file by one of the same length. */
    private static void replace(Path path, String text, String other) throws IOException {
        String before = Files.readString(path, StandardCharsets.ISO_8859_1);
        String after = before.replace(text, other);
        assertThat(after).isNotEqualTo(before).hasSameSizeAs(before);
        Files.writeString(path, after, StandardCharsets.ISO_8859_1);
    }
}
