/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class DiskTest extends TestDisks {

    private static final long THREE_TIB = 3L << 31;

    DiskTest() throws IOException {}

    static Stream<Arguments> disks() {
        return WRITABLE.stream()
                .flatMap(type ->
                        LongStream.of(1, 127, 128, 129, 2047, 4096).mapToObj(capacity -> Arguments.of(type, capacity)));
    }

    @ParameterizedTest
    @MethodSource("disks")
    void readsBackWhatWasWritten(DiskType type, long capacity) {
        atRandom(random -> {
            byte[] model = new byte[Math.toIntExact(Sectors.toBytes(capacity))];
            Path path = disk("disk.vmdk", type, capacity);
            try (Disk disk = host.openDisk(path);
                    Arena arena = Arena.ofConfined()) {
                assertThat(disk.capacity()).isEqualTo(capacity);
                for (int i = 0; i < 60; i++) {
                    long count = 1 + random.nextLong(Math.min(capacity, 300));
                    long start = random.nextLong(capacity - count + 1);
                    int from = (int) Sectors.toBytes(start);
                    int to = from + (int) Sectors.toBytes(count);
                    if (random.nextBoolean()) {
                        MemorySegment buffer =
                                randomSectors(arena, count, random).asReadOnly();
                        disk.write(start, buffer);
                        System.arraycopy(bytes(buffer), 0, model, from, to - from);
                    } else {
                        assertThat(read(disk, start, count)).isEqualTo(Arrays.copyOfRange(model, from, to));
                    }
                }
                disk.flush();
            }
            try (Disk disk = host.openDisk(path, OpenFlag.READ_ONLY)) {
                assertThat(read(disk, 0, capacity)).isEqualTo(model);
            }
        });
    }

    @Test
    void readsAndWritesBeyondFourBillionSectors() throws IOException {
        Path path = disk("huge.vmdk", SPARSE, THREE_TIB);
        Random random = new Random(7);
        long[] starts = {0, (1L << 31) - 3, (1L << 32) - 3, THREE_TIB - 5};
        try (Disk disk = host.openDisk(path);
                Arena arena = Arena.ofConfined()) {
            assertThat(disk.capacity()).isEqualTo(THREE_TIB);
            MemorySegment[] written = new MemorySegment[starts.length];
            for (int i = 0; i < starts.length; i++) {
                written[i] = randomSectors(arena, 5, random);
                disk.write(starts[i], written[i]);
            }
            for (int i = 0; i < starts.length; i++) {
                assertThat(read(disk, starts[i], 5)).isEqualTo(bytes(written[i]));
            }
            assertThat(read(disk, (1L << 32) + 2, 100)).containsOnly(0);
        }
        assertThat(Files.size(path)).isLessThan(1L << 30);
    }

    /** The pieces are as long as those of other programs. */
    @ParameterizedTest
    @CsvSource({"SPLIT_SPARSE, 4192256, s", "SPLIT_FLAT, 4193792, f"})
    void readsAndWritesAcrossTheFilesOfASplitDisk(DiskType type, long piece, String letter) throws IOException {
        Path path = disk("disk.vmdk", type, 2 * piece + 1);
        assertThat(files())
                .containsExactlyInAnyOrder(
                        "",
                        "disk.vmdk",
                        "disk-" + letter + "001.vmdk",
                        "disk-" + letter + "002.vmdk",
                        "disk-" + letter + "003.vmdk");
        try (Disk disk = host.openDisk(path);
                Arena arena = Arena.ofConfined()) {
            MemorySegment written = randomSectors(arena, 4, new Random(3));
            disk.write(piece - 2, written);
            disk.write(2 * piece - 3, written);
            assertThat(read(disk, piece - 2, 4)).isEqualTo(bytes(written));
            assertThat(read(disk, 2 * piece - 3, 4)).isEqualTo(bytes(written));
            assertThat(read(disk, piece + 2, 100)).containsOnly(0);
            assertThat(disk.allocatedBlocks())
                    .anySatisfy(range -> assertThat(range.start()).isLessThan(piece));
        }
        host.deleteDisk(path);
        assertThat(files()).containsExactly("");
    }

    @Test
    void aStreamOptimizedDiskIsOnlyRead() throws IOException {
        Path path = disk("disk.vmdk", DiskType.STREAM_OPTIMIZED, 1024);
        try (Disk disk = host.openDisk(path);
                Arena arena = Arena.ofConfined()) {
            assertThat(read(disk, 0, 1024)).containsOnly(0);
            assertThat(disk.allocatedBlocks()).isEmpty();
            MemorySegment buffer = Sectors.allocate(arena, 1);
            assertThat(assertRefused(ErrorCode.NOT_SUPPORTED, "Write", path, () -> disk.write(7, buffer)))
                    .hasMessageContaining("convert the disk");
        }
    }

    @ParameterizedTest
    @FieldSource("LOCAL")
    void tellsAboutItself(DiskType type) throws IOException {
        Path path = directory.resolve("disk.vmdk");
        host.createDisk(path, DiskSpec.of(type, 204_800).withAdapter(AdapterType.BUSLOGIC));
        try (Disk disk = host.openDisk(path)) {
            assertThat(disk.name()).isEqualTo(path.toAbsolutePath().toString());
            assertThat(disk).hasToString("the disk " + path.toAbsolutePath());
            assertThat(disk.transportMode()).contains(TransportMode.FILE);
            DiskInfo info = disk.info();
            assertThat(info.capacity()).isEqualTo(disk.capacity()).isEqualTo(204_800);
            assertThat(info.adapterType()).isEqualTo(AdapterType.BUSLOGIC);
            assertThat(info.physicalGeometry()).isEqualTo(new Geometry(100, 64, 32));
            assertThat(info.biosGeometry()).isNotNull();
            assertThat(info.numLinks()).isEqualTo(1);
            assertThat(info.parentFileNameHint()).isEmpty();
            assertThat(info.uuid())
                    .hasValueSatisfying(uuid ->
                            assertThat(uuid).matches("([0-9a-f]{2} ){7}[0-9a-f]{2}-([0-9a-f]{2} ){7}[0-9a-f]{2}"));
            assertThat(info.logicalSectorSize()).isEqualTo(OptionalInt.of(512));
            assertThat(info.physicalSectorSize()).isEqualTo(OptionalInt.of(512));
            assertThat(disk.info()).isEqualTo(info);
        }
    }

    @Test
    void aRelativePathIsMadeAbsolute() throws IOException {
        Path path = disk("disk.vmdk");
        Path relative = Path.of("").toAbsolutePath().relativize(path.toRealPath());
        try (Disk disk = host.openDisk(relative, OpenFlag.READ_ONLY)) {
            assertThat(Path.of(disk.name())).isAbsolute();
            assertThat(Path.of(disk.name()).toRealPath()).isEqualTo(path.toRealPath());
        }
    }

    @Test
    void flagsCanBeCombined() throws IOException {
        Path path = disk("disk.vmdk");
        try (Disk disk = host.openDisk(path, OpenFlag.READ_ONLY, OpenFlag.UNBUFFERED, OpenFlag.SINGLE_LINK);
                Disk second = host.openDisk(path, OpenFlag.READ_ONLY)) {
            assertThat(read(disk, 0, 1)).isEqualTo(read(second, 0, 1));
        }
    }

    @ParameterizedTest
    @FieldSource("LOCAL")
    void deletingLeavesNothing(DiskType type) throws IOException {
        var before = files();
        Path path = disk("disk.vmdk", type, 1000);
        assertThat(files()).hasSizeGreaterThan(before.size());
        host.deleteDisk(path);
        assertThat(files()).isEqualTo(before);
    }

    @ParameterizedTest
    @FieldSource("LOCAL")
    void keepsMetadata(DiskType type) throws IOException {
        Path path = disk("disk.vmdk", type, 1000);
        try (Disk disk = host.openDisk(path)) {
            Metadata metadata = disk.metadata();
            assertThat(metadata.get("adapterType")).contains("lsilogic");
            assertThat(metadata.get("noSuchKey")).isEmpty();
            metadata.put("note", "first");
            metadata.put("note", "caf\u00e9, long: " + "x".repeat(300));
            metadata.put("empty", "");
            assertThat(metadata.keys())
                    .contains("adapterType", "uuid", "note", "empty")
                    .doesNotHaveDuplicates();
            assertThat(metadata.asMap()).containsOnlyKeys(metadata.keys());
        }
        try (Disk disk = host.openDisk(path, OpenFlag.READ_ONLY)) {
            assertThat(disk.metadata().get("note")).contains("caf\u00e9, long: " + "x".repeat(300));
            assertThat(disk.metadata().get("empty")).contains("");
            assertThat(disk.metadata().asMap()).containsEntry("empty", "");
        }
    }

    @Test
    void metadataWithNulIsRefused() throws IOException {
        try (Disk disk = host.openDisk(disk("disk.vmdk"))) {
            Metadata metadata = disk.metadata();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> metadata.get("a\0b"))
                    .withMessageContaining("the key")
                    .withMessageContaining("a\\0b");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> metadata.put("a\0b", "value"))
                    .withMessageContaining("the key");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> metadata.put("key", "value\0"))
                    .withMessageContaining("the value");
            assertThat(metadata.keys()).doesNotContain("a", "key");
        }
    }

    @Test
    void textsThatCannotBeEncodedAreRefused() throws IOException {
        String half = "a\ud83db";
        try (Disk disk = host.openDisk(disk("disk.vmdk"))) {
            Metadata metadata = disk.metadata();
            Map<String, String> before = Map.copyOf(metadata.asMap());
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> metadata.get(half),
                    () -> metadata.put(half, "value"),
                    () -> metadata.put("key", half),
                    () -> CloneSpec.of(host, half, FLAT))) {
                assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining("half a surrogate pair");
            }
            assertThat(metadata.asMap()).isEqualTo(before).doesNotContainKeys(half, "a?b");
        }
    }

    @Test
    void failuresOfEachFunctionNameItAndTheDisk() throws IOException {
        Path path = disk("disk.vmdk");
        int code = ErrorCode.HOST_CONNECTION_LOST.number();
        try (Disk disk = host.openDisk(path);
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = Sectors.allocate(arena, 3);
            fake.failNext("Read", code);
            assertThat(assertRefused(ErrorCode.HOST_CONNECTION_LOST, "Read", path, () -> disk.read(5, buffer)))
                    .hasMessageContaining("sectors 5..7")
                    .satisfies(e -> assertThat(e.sectors()).contains(new SectorRange(5, 3)));
            fake.failNext("Write", code);
            assertThat(assertRefused(ErrorCode.HOST_CONNECTION_LOST, "Write", path, () -> disk.write(997, buffer))
                            .sectors())
                    .contains(new SectorRange(997, 3));
            fake.failNext("Flush", code);
            assertRefused(ErrorCode.HOST_CONNECTION_LOST, "Flush", path, disk::flush);
            fake.failNext("GetInfo", code);
            assertRefused(ErrorCode.HOST_CONNECTION_LOST, "GetInfo", path, disk::info);
            fake.failNext("GetMetadataKeys", code);
            assertRefused(ErrorCode.HOST_CONNECTION_LOST, "GetMetadataKeys", path, disk.metadata()::keys);
            fake.failNext("ReadMetadata", code);
            assertRefused(
                    ErrorCode.HOST_CONNECTION_LOST,
                    "ReadMetadata",
                    path,
                    () -> disk.metadata().get("uuid"));
            fake.failNext("WriteMetadata", code);
            assertRefused(
                    ErrorCode.HOST_CONNECTION_LOST,
                    "WriteMetadata",
                    path,
                    () -> disk.metadata().put("note", ""));
            // None of it has harmed the disk.
            disk.read(5, buffer);
            assertThat(disk.metadata().get("note")).isEmpty();
        }
    }

    @Test
    void aFailureWithMoreThanTheCodeKeepsAllOfIt() throws IOException {
        try (Disk disk = host.openDisk(disk("disk.vmdk"))) {
            long error = 0x0123_4567_0000_0000L | ErrorCode.FILE_NOT_FOUND.number();
            fake.failNext("Flush", error);
            assertThatExceptionOfType(VixDiskLibException.class)
                    .isThrownBy(disk::flush)
                    .withMessageContaining("VIX_E_FILE_NOT_FOUND (0x123456700000004)")
                    .satisfies(e -> assertThat(e.error().value()).isEqualTo(error))
                    .satisfies(e ->
                            assertThat(e.error().is(ErrorCode.FILE_NOT_FOUND)).isTrue());
        }
    }
}
