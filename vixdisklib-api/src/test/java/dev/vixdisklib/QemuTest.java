/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What this library and {@code qemu-img} make of each other's disks. */
class QemuTest extends TestDisks {

    private static final long THREE_TIB = 3L << 31;
    private static final int GRAIN = 128;

    QemuTest() throws IOException {}

    @BeforeAll
    static void needQemu() {
        Qemu.require();
    }

    /** What qemu-img calls the types that it makes. */
    private static final Map<DiskType, String> SUBFORMATS = Map.of(
            SPARSE,
            "monolithicSparse",
            FLAT,
            "monolithicFlat",
            DiskType.SPLIT_SPARSE,
            "twoGbMaxExtentSparse",
            DiskType.SPLIT_FLAT,
            "twoGbMaxExtentFlat",
            DiskType.STREAM_OPTIMIZED,
            "streamOptimized");

    static Stream<Arguments> disksMadeHere() {
        return disks(WRITABLE.stream());
    }

    static Stream<Arguments> disksMadeByQemu() {
        return disks(SUBFORMATS.keySet().stream().sorted());
    }

    private static Stream<Arguments> disks(Stream<DiskType> types) {
        return types.flatMap(type -> LongStream.of(1, 128, 1000, 20_000)
                .boxed()
                .flatMap(capacity -> Stream.of(0, 40, 100).map(percent -> Arguments.of(type, capacity, percent))));
    }

    /** Content that has data in some percent of the grains. */
    private static byte[] content(Random random, long capacity, int percent) {
        byte[] bytes = new byte[Math.toIntExact(Sectors.toBytes(capacity))];
        int grain = GRAIN * Sectors.SIZE;
        for (int at = 0; at < bytes.length; at += grain) {
            if (random.nextInt(100) < percent) {
                byte[] data = new byte[Math.min(grain, bytes.length - at)];
                random.nextBytes(data);
                System.arraycopy(data, 0, bytes, at, data.length);
            }
        }
        return bytes;
    }

    @ParameterizedTest(name = "{0} of {1} sectors, {2} percent")
    @MethodSource("disksMadeHere")
    void qemuReadsWhatIsWrittenHere(DiskType type, long capacity, int percent) {
        atRandom(random -> {
            byte[] content = content(random, capacity, percent);
            Path path = disk("disk.vmdk", type, capacity);
            try (Disk disk = host.openDisk(path);
                    Arena arena = Arena.ofConfined()) {
                MemorySegment all = Sectors.allocate(arena, capacity).copyFrom(MemorySegment.ofArray(content));
                for (long at = 0; at < capacity; at += GRAIN) {
                    long count = Math.min(GRAIN, capacity - at);
                    MemorySegment part = all.asSlice(Sectors.toBytes(at), Sectors.toBytes(count));
                    if (part.mismatch(Sectors.allocate(arena, count)) >= 0) {
                        disk.write(at, part);
                    }
                }
            }
            assertThat(Qemu.img("info", "--output=json", path))
                    .contains("\"virtual-size\": " + Sectors.toBytes(capacity) + ",")
                    .contains("\"format\": \"vmdk\"");
            if (type == SPARSE || type == DiskType.SPLIT_SPARSE) {
                Qemu.img("check", path);
            }
            Path raw = directory.resolve("disk.raw");
            Qemu.img("convert", "-t", "unsafe", "-f", "vmdk", "-O", "raw", path, raw);
            assertThat(Files.readAllBytes(raw)).isEqualTo(content);
            Qemu.img("compare", "-f", "vmdk", "-F", "raw", path, raw);
        });
    }

    @ParameterizedTest(name = "{0} of {1} sectors, {2} percent")
    @MethodSource("disksMadeByQemu")
    void whatQemuWritesIsReadHere(DiskType type, long capacity, int percent) {
        atRandom(random -> {
            byte[] content = content(random, capacity, percent);
            Path raw = Files.write(directory.resolve("disk.raw"), content);
            Path path = directory.resolve("disk.vmdk");
            String subformat = Objects.requireNonNull(SUBFORMATS.get(type));
            Qemu.img("convert", "-t", "unsafe", "-f", "raw", "-O", "vmdk", "-o", "subformat=" + subformat, raw, path);
            try (Disk disk = host.openDisk(path, OpenFlag.READ_ONLY)) {
                assertThat(disk.capacity()).isEqualTo(capacity);
                assertThat(read(disk, 0, capacity)).isEqualTo(content);
                assertThat(disk.info().numLinks()).isEqualTo(1);
                assertThat(disk.metadata().get("adapterType")).contains("ide");
                byte[] allocatedOnly = new byte[content.length];
                for (SectorRange range : disk.allocatedBlocks()) {
                    byte[] part = read(disk, range.start(), range.count());
                    System.arraycopy(part, 0, allocatedOnly, (int) Sectors.toBytes(range.start()), part.length);
                }
                assertThat(allocatedOnly).isEqualTo(content);
            }
            if (type == DiskType.STREAM_OPTIMIZED) {
                return;
            }
            // And written to.
            try (Disk disk = host.openDisk(path);
                    Arena arena = Arena.ofConfined()) {
                disk.write(capacity - 1, Sectors.allocate(arena, 1).fill((byte) 7));
            }
            Arrays.fill(content, content.length - Sectors.SIZE, content.length, (byte) 7);
            Qemu.img("convert", "-t", "unsafe", "-f", "vmdk", "-O", "raw", path, raw);
            assertThat(Files.readAllBytes(raw)).isEqualTo(content);
        });
    }

    @Test
    void agreeOnADiskOfThreeTebibytes() throws Exception {
        Path path = directory.resolve("disk.vmdk");
        Qemu.img("create", "-f", "vmdk", path, "3T");
        try (Disk disk = host.openDisk(path);
                Arena arena = Arena.ofConfined()) {
            assertThat(disk.capacity()).isEqualTo(THREE_TIB);
            MemorySegment sector = Sectors.allocate(arena, 1).fill((byte) 0x5a);
            disk.write((1L << 32) + 5, sector);
            disk.write(THREE_TIB - 1, sector);
            assertThat(disk.allocatedBlocks())
                    .containsExactly(new SectorRange(1L << 32, GRAIN), new SectorRange(THREE_TIB - GRAIN, GRAIN));
        }
        // Only there, as qemu-img takes long for all of it.
        for (long grain : new long[] {1L << 32, THREE_TIB - GRAIN}) {
            long start = Sectors.toBytes(grain - GRAIN);
            assertThat(Qemu.img("map", "--output=json", "-s", start, "-l", Sectors.toBytes(2 * GRAIN), path))
                    .contains("\"start\": " + Sectors.toBytes(grain) + ", \"length\": 65536,");
        }
        Qemu.img("check", path);
    }

    /** With data on both sides of where one file ends and the next begins. */
    @ParameterizedTest
    @CsvSource({"SPLIT_SPARSE, 4192256", "SPLIT_FLAT, 4193792"})
    void agreeOnWhereTheFilesOfASplitDiskEnd(DiskType type, long piece) throws Exception {
        long capacity = piece + 1000;
        Path made = directory.resolve("made.vmdk");
        Qemu.img("create", "-f", "vmdk", "-o", "subformat=" + SUBFORMATS.get(type), made, Sectors.toBytes(capacity));
        for (Path path : new Path[] {disk("disk.vmdk", type, capacity), made}) {
            try (Disk disk = host.openDisk(path);
                    Arena arena = Arena.ofConfined()) {
                disk.write(piece - 3, randomSectors(arena, 6, new Random(4)));
            }
        }
        assertThat(Qemu.img("compare", "-f", "vmdk", "-F", "vmdk", directory.resolve("disk.vmdk"), made))
                .contains("Images are identical");
        Path raw = directory.resolve("disk.raw");
        Qemu.img("convert", "-t", "unsafe", "-f", "vmdk", "-O", "raw", made, raw);
        try (Disk disk = host.openDisk(directory.resolve("disk.vmdk"), OpenFlag.READ_ONLY);
                FileChannel file = FileChannel.open(raw)) {
            ByteBuffer end = ByteBuffer.allocate(2000 * Sectors.SIZE);
            file.read(end, Sectors.toBytes(capacity - 2000));
            assertThat(read(disk, capacity - 2000, 2000)).isEqualTo(end.array());
        }
    }
}
