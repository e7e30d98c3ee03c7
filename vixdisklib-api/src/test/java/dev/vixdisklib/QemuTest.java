/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What this library and {@code qemu-img} make of each other's disks. */
class QemuTest extends TestDisks {

    private static final long THREE_TIB = 3L << 31;
    private static final int GRAIN = 128;

    QemuTest() throws IOException {}

    @BeforeAll
    static void needQemu() {
        boolean found = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(place -> Files.isExecutable(Path.of(place, "qemu-img")));
        String message = "qemu-img not found: install qemu-utils";
        if ("1".equals(System.getenv("VIXDISKLIB_REQUIRE_QEMU"))) {
            assertThat(found).as(message).isTrue();
        }
        assumeTrue(found, message);
    }

    private String qemu(Object... arguments) throws Exception {
        List<String> command = Stream.concat(Stream.of("qemu-img"), Arrays.stream(arguments))
                .map(Object::toString)
                .toList();
        Path output = Files.createTempFile(directory, "qemu", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s ends", command).isTrue();
        String text = Files.readString(output);
        assertThat(process.exitValue()).as("%s: %s", command, text).isZero();
        return text;
    }

    static Stream<Arguments> disks() {
        return Stream.of(SPARSE, FLAT)
                .flatMap(type -> LongStream.of(1, 128, 1000, 20_000)
                        .boxed()
                        .flatMap(capacity ->
                                Stream.of(0, 40, 100).map(percent -> Arguments.of(type, capacity, percent))));
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
    @MethodSource("disks")
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
            assertThat(qemu("info", "--output=json", path))
                    .contains("\"virtual-size\": " + Sectors.toBytes(capacity) + ",")
                    .contains("\"format\": \"vmdk\"");
            if (type == SPARSE) {
                qemu("check", path);
            }
            Path raw = directory.resolve("disk.raw");
            qemu("convert", "-t", "unsafe", "-f", "vmdk", "-O", "raw", path, raw);
            assertThat(Files.readAllBytes(raw)).isEqualTo(content);
            qemu("compare", "-f", "vmdk", "-F", "raw", path, raw);
        });
    }

    @ParameterizedTest(name = "{0} of {1} sectors, {2} percent")
    @MethodSource("disks")
    void whatQemuWritesIsReadHere(DiskType type, long capacity, int percent) {
        atRandom(random -> {
            byte[] content = content(random, capacity, percent);
            Path raw = Files.write(directory.resolve("disk.raw"), content);
            Path path = directory.resolve("disk.vmdk");
            String subformat = type == SPARSE ? "monolithicSparse" : "monolithicFlat";
            qemu("convert", "-t", "unsafe", "-f", "raw", "-O", "vmdk", "-o", "subformat=" + subformat, raw, path);
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
            // And written to.
            try (Disk disk = host.openDisk(path);
                    Arena arena = Arena.ofConfined()) {
                disk.write(capacity - 1, Sectors.allocate(arena, 1).fill((byte) 7));
            }
            Arrays.fill(content, content.length - Sectors.SIZE, content.length, (byte) 7);
            qemu("convert", "-t", "unsafe", "-f", "vmdk", "-O", "raw", path, raw);
            assertThat(Files.readAllBytes(raw)).isEqualTo(content);
        });
    }

    @Test
    void agreeOnADiskOfThreeTebibytes() throws Exception {
        Path path = directory.resolve("disk.vmdk");
        qemu("create", "-f", "vmdk", path, "3T");
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
            assertThat(qemu("map", "--output=json", "-s", start, "-l", Sectors.toBytes(2 * GRAIN), path))
                    .contains("\"start\": " + Sectors.toBytes(grain) + ", \"length\": 65536,");
        }
        qemu("check", path);
    }
}
