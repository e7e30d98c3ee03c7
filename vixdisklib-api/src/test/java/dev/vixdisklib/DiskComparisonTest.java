/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.vixdisklib.shim.Fault;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
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
}
