/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.vixdisklib.shim.Fault;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DiskComparisonTest extends StreamedDisks {

    DiskComparisonTest() throws IOException {}

    /** Writes runs of sectors to a disk, each with random bytes, or zeros for half of them. */
    private static void change(Disk disk, Random random, int runs) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < runs; i++) {
                long count = random.nextLong(1, 201);
                long start = random.nextLong(disk.capacity() - count + 1);
                disk.write(
                        start,
                        random.nextBoolean() ? randomSectors(arena, count, random) : Sectors.allocate(arena, count));
            }
        }
    }

    /** What is different, found out in another way. */
    private static SectorSet expected(Disk one, Disk other) throws IOException {
        SectorSet.Builder different = SectorSet.builder();
        long common = Math.min(one.capacity(), other.capacity());
        long end = Math.max(one.capacity(), other.capacity());
        byte[] first = read(one, 0, common);
        byte[] second = read(other, 0, common);
        for (int sector = 0; sector < common; sector++) {
            int from = sector * Sectors.SIZE;
            if (!Arrays.equals(first, from, from + Sectors.SIZE, second, from, from + Sectors.SIZE)) {
                different.add(new SectorRange(sector, 1));
            }
        }
        if (common < end) {
            different.add(new SectorRange(common, end - common));
        }
        return different.build();
    }

    @Test
    void findsWhatIsDifferentInRandomDisks() {
        atRandom(random -> {
            for (int round = 0; round < 20; round++) {
                DiskType type = WRITABLE.get(random.nextInt(WRITABLE.size()));
                DiskType otherType = WRITABLE.get(random.nextInt(WRITABLE.size()));
                long capacity = random.nextLong(200, 5000);
                long otherCapacity = random.nextBoolean() ? capacity : random.nextLong(200, 5000);
                try (Disk one = host.openDisk(disk(round + "a.vmdk", type, capacity));
                        Disk other = host.openDisk(disk(round + "b.vmdk", otherType, otherCapacity))) {
                    long seed = random.nextLong();
                    change(one, new Random(seed), random.nextInt(6));
                    if (one.capacity() == other.capacity()) {
                        change(other, new Random(seed), random.nextInt(6));
                    }
                    change(other, random, random.nextInt(3));
                    SectorSet expected = expected(one, other);
                    assertThat(DiskComparison.differences(one, other)).isEqualTo(expected);
                    SectorSet.Builder told = SectorSet.builder();
                    DiskComparison.compare(one, other, SMALL, told::add);
                    assertThat(told.build()).isEqualTo(expected);
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NBD_AS_COMPLETED"})
    void comparesADiskOfAServerWithItsCopy(Way way) throws Exception {
        way.prepare(this, new Random(7));
        Path copy = directory.resolve("copy.vmdk");
        host.cloneDisk(copy, CloneSpec.of(host, path(), SPARSE));
        try (Disk one = way.open(this);
                Disk other = host.openDisk(copy)) {
            // @start region="compare"
            SectorSet differences = DiskComparison.differences(one, other);
            if (!differences.isEmpty()) {
                System.out.println("different: " + differences);
            }
            // @end
            assertThat(differences.isEmpty()).isTrue();
            change(other, new Random(8), 3);
            assertThat(DiskComparison.differences(one, other)).isEqualTo(expected(one, other));
        }
    }

    @Test
    void doesNotReadWhatIsAllocatedInNeither() throws Exception {
        try (Disk one = host.openDisk(disk("one.vmdk", SPARSE, 1L << 32));
                Disk other = host.openDisk(disk("other.vmdk", SPARSE, 1L << 32));
                Arena arena = Arena.ofConfined()) {
            one.write(1L << 31, randomSectors(arena, 1, new Random(9)));
            other.write((1L << 31) + 1280, Sectors.allocate(arena, 128));
            assertThat(DiskComparison.differences(one, other)).containsExactly(new SectorRange(1L << 31, 1));
            assertThat(one.statistics().of("Read").bytes()).isEqualTo(128 * 512);
            assertThat(other.statistics().of("Read").bytes()).isEqualTo(128 * 512);
        }
    }

    @Test
    void saysOnWhichSideItFails() throws Exception {
        Way.FILE.prepare(this, new Random(10));
        Path copy = directory.resolve("copy.vmdk");
        host.cloneDisk(copy, CloneSpec.of(host, path(), FLAT));
        try (Disk one = Way.FILE.open(this, OpenFlag.READ_ONLY);
                Disk other = host.openDisk(copy)) {
            plan(Fault.on("Read").disk("*copy.vmdk").sectors(99, 99).returns(ErrorCode.FILE_ERROR.number()));
            assertThatExceptionOfType(VixDiskLibException.class)
                    .isThrownBy(() -> DiskComparison.compare(one, other, SMALL, range -> {}))
                    .satisfies(e -> {
                        assertThat(e.target()).contains(copy.toString());
                        assertThat(e.sectors()).contains(new SectorRange(96, 32));
                    });
        }
    }

    @Test
    void endsWithWhatItsListenerThrows() throws Exception {
        try (Disk one = host.openDisk(disk("one.vmdk"));
                Disk other = host.openDisk(disk("other.vmdk"));
                Arena arena = Arena.ofConfined()) {
            one.write(500, randomSectors(arena, 1, new Random(11)));
            assertThatIllegalStateException()
                    .isThrownBy(() -> DiskComparison.compare(one, other, SMALL, range -> {
                        throw new IllegalStateException(range.toString());
                    }))
                    .withMessage("sector 500");
        }
    }

    /** The content of a disk in a file, shorter than the disk by some bytes. */
    private FileChannel image(Disk disk, int missing) throws IOException {
        Path file = directory.resolve("image");
        byte[] content = read(disk, 0, disk.capacity());
        Files.write(file, Arrays.copyOf(content, content.length - missing));
        return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static SectorSet differences(DiskCopy.Source one, DiskCopy.Source other)
            throws IOException, InterruptedException {
        SectorSet.Builder told = SectorSet.builder();
        DiskComparison.compare(one, other, SMALL, told::add, progress -> {});
        return told.build();
    }

    @Test
    void comparesADiskWithARawImage() {
        atRandom(random -> {
            try (Disk disk = host.openDisk(disk("disk.vmdk", SPARSE, random.nextLong(200, 5000)))) {
                change(disk, random, 5);
                try (FileChannel image = image(disk, 0)) {
                    assertThat(differences(DiskCopy.from(disk), DiskCopy.fromFile(image))
                                    .isEmpty())
                            .isTrue();
                    long byteAt = random.nextLong(image.size());
                    ByteBuffer changed = ByteBuffer.allocate(1);
                    image.read(changed, byteAt);
                    image.write(ByteBuffer.wrap(new byte[] {(byte) (changed.get(0) + 1)}), byteAt);
                    SectorRange different = new SectorRange(byteAt / 512, 1);
                    assertThat(differences(DiskCopy.from(disk), DiskCopy.fromFile(image)))
                            .containsExactly(different);
                    assertThat(differences(DiskCopy.fromFile(image), DiskCopy.from(disk)))
                            .containsExactly(different);
                    assertThat(differences(DiskCopy.fromFile(image), DiskCopy.fromFile(image)))
                            .isEmpty();
                }
            }
        });
    }

    @Test
    void whatIsMissingOfTheLastSectorOfAnImageIsZeros() throws Exception {
        try (Disk disk = host.openDisk(disk("disk.vmdk", SPARSE, 300));
                Arena arena = Arena.ofConfined()) {
            disk.write(298, randomSectors(arena, 1, new Random(12)));
            try (FileChannel image = image(disk, 500)) {
                assertThat(differences(DiskCopy.from(disk), DiskCopy.fromFile(image)))
                        .isEmpty();
            }
            try (FileChannel image = image(disk, 512)) {
                assertThat(differences(DiskCopy.from(disk), DiskCopy.fromFile(image)))
                        .containsExactly(new SectorRange(299, 1));
            }
            try (FileChannel image = image(disk, 300 * 512)) {
                assertThat(differences(DiskCopy.fromFile(image), DiskCopy.from(disk)))
                        .containsExactly(new SectorRange(0, 300));
            }
        }
    }

    @Test
    void aChannelHasNoSizeAndIsRefused() throws Exception {
        try (Disk disk = host.openDisk(disk("disk.vmdk"));
                ReadableByteChannel channel = Channels.newChannel(new ByteArrayInputStream(new byte[512]))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> differences(DiskCopy.from(disk), DiskCopy.fromChannel(channel)))
                    .withMessage("a comparison needs to know the size of both before, and the source channel has none");
        }
    }

    @Test
    void tellsHowFarItIs() throws Exception {
        List<CopyProgress> heard = new ArrayList<>();
        try (Disk one = host.openDisk(disk("one.vmdk", SPARSE, 100_000));
                Disk other = host.openDisk(disk("other.vmdk", SPARSE, 50_000));
                Arena arena = Arena.ofConfined()) {
            one.write(128, randomSectors(arena, 128, new Random(13)));
            DiskComparison.compare(
                    DiskCopy.from(one), DiskCopy.from(other), StreamOptions.defaults(), range -> {}, heard::add);
        }
        CopyProgress last = heard.get(heard.size() - 1);
        assertThat(last.phase()).isEqualTo(CopyProgress.Phase.READING);
        assertThat(last.totalBytes()).hasValue(50_000 * 512);
        assertThat(last.doneBytes()).isEqualTo(50_000 * 512);
        // The last sectors, fewer than a chunk of the library, count as allocated.
        assertThat(last.readBytes()).isEqualTo((128 + 50_000 % 128) * 512);
        assertThat(last.skippedBytes()).isEqualTo(last.doneBytes() - last.readBytes());
        assertThat(last.writtenBytes()).isZero();
    }
}
