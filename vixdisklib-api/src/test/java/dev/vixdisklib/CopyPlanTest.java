/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static dev.vixdisklib.CopyPlan.Kind.COPY;
import static dev.vixdisklib.CopyPlan.Kind.KEEP;
import static dev.vixdisklib.CopyPlan.Kind.ZERO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.vixdisklib.CopyPlan.Kind;
import dev.vixdisklib.CopyPlan.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CopyPlanTest extends TestDisks {

    private static final String QUERY = "QueryAllocatedBlocks";
    private static final long CHUNK = 128;

    /** What the library tells in one query. */
    private static final long QUERIED = 524_288 * CHUNK;

    CopyPlanTest() throws IOException {}

    private static SectorRange range(long start, long count) {
        return new SectorRange(start, count);
    }

    private static SectorSet set(SectorRange... ranges) {
        return SectorSet.of(ranges);
    }

    private static SectorSet whole(long capacity) {
        return set(range(0, capacity));
    }

    private static Step step(Kind kind, long start, long count) {
        return new Step(kind, range(start, count));
    }

    private static SectorSet randomSet(Random random, long capacity) {
        SectorSet.Builder some = SectorSet.builder();
        for (int i = random.nextInt(12); i > 0; i--) {
            long start = random.nextLong(capacity);
            some.add(start, 1 + random.nextLong(Math.min(capacity - start, 1 + random.nextLong(capacity))));
        }
        return some.build();
    }

    /** Asserts that steps cover a disk without gaps, and that no two of a kind follow each other. */
    private static void assertCovered(CopyPlan plan, long capacity) {
        assertThat(plan.capacity()).isEqualTo(capacity);
        long at = 0;
        Kind before = null;
        for (Step step : plan) {
            assertThat(step.range().start()).isEqualTo(at);
            assertThat(step.kind()).isNotEqualTo(before);
            at = step.range().end();
            before = step.kind();
        }
        assertThat(at).isEqualTo(capacity);
    }

    @Test
    void copiesWhatIsAllocatedAndHasZerosElsewhere() {
        assertThat(CopyPlan.full(100, set(range(10, 20), range(90, 10))))
                .containsExactly(step(ZERO, 0, 10), step(COPY, 10, 20), step(ZERO, 30, 60), step(COPY, 90, 10));
        assertThat(CopyPlan.full(100, whole(100))).containsExactly(step(COPY, 0, 100));
        assertThat(CopyPlan.full(100, SectorSet.empty())).containsExactly(step(ZERO, 0, 100));
        assertThat(CopyPlan.full(0, SectorSet.empty())).isEmpty();
    }

    @Test
    void keepsWhatHasNotChanged() {
        assertThat(CopyPlan.incremental(100, set(range(10, 20), range(50, 10)), set(range(15, 40), range(80, 5))))
                .containsExactly(
                        step(KEEP, 0, 15),
                        step(COPY, 15, 15),
                        step(ZERO, 30, 20),
                        step(COPY, 50, 5),
                        step(KEEP, 55, 25),
                        step(ZERO, 80, 5),
                        step(KEEP, 85, 15));
        assertThat(CopyPlan.incremental(100, whole(100), SectorSet.empty())).containsExactly(step(KEEP, 0, 100));
    }

    @Test
    void isMadeOfTheThreeSetsThatTwoSetsGive() {
        atRandom(random -> {
            for (int i = 0; i < 2000; i++) {
                long capacity = 1 + random.nextLong(random.nextBoolean() ? 50 : 1L << 40);
                SectorSet allocated = randomSet(random, capacity);
                SectorSet changed = randomSet(random, capacity);
                CopyPlan plan = CopyPlan.incremental(capacity, allocated, changed);
                assertCovered(plan, capacity);
                assertThat(plan.sectors(COPY)).isEqualTo(changed.intersect(allocated));
                assertThat(plan.sectors(ZERO)).isEqualTo(changed.minus(allocated));
                assertThat(plan.sectors(KEEP)).isEqualTo(changed.complement(capacity));
                assertThat(CopyPlan.full(capacity, allocated).sectors(COPY)).isEqualTo(allocated);
            }
        });
    }

    @Test
    void ofADiskIsThatOfItsAllocatedSectors() {
        atRandom(random -> {
            for (int i = 0; i < 20; i++) {
                long capacity = 128 + random.nextLong(20_000);
                try (Disk disk = host.openDisk(disk("disk" + i + ".vmdk", SPARSE, capacity))) {
                    write(disk, random, random.nextInt(10));
                    AllocatedBlocks blocks = disk.allocatedBlocks(128L << random.nextInt(4));
                    SectorSet allocated = blocks.toSet();
                    assertThat(CopyPlan.full(blocks)).containsExactlyElementsOf(CopyPlan.full(capacity, allocated));
                    SectorSet changed = randomSet(random, capacity);
                    assertThat(CopyPlan.incremental(blocks, changed))
                            .containsExactlyElementsOf(CopyPlan.incremental(capacity, allocated, changed));
                    SectorSet part = randomSet(random, capacity);
                    assertThat(CopyPlan.incremental(blocks.within(part), changed))
                            .containsExactlyElementsOf(
                                    CopyPlan.incremental(capacity, allocated, changed.intersect(part)));
                }
            }
        });
    }

    /** Writes random data somewhere. */
    private static void write(Disk disk, Random random, int times) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < times; i++) {
                long start = random.nextLong(disk.capacity());
                long count = 1 + random.nextLong(Math.min(disk.capacity() - start, 300));
                disk.write(start, randomSectors(arena, count, random));
            }
        }
    }

    // @start region="carryOut"
    static void carryOut(CopyPlan plan, Disk source, Disk target) throws IOException {
        for (CopyPlan.Step step : plan) {
            switch (step.kind()) {
                case COPY -> copy(step.range(), source, target);
                case ZERO -> writeZeros(step.range(), target);
                case KEEP -> {}
            }
        }
    }
    // @end

    private static void copy(SectorRange range, Disk source, Disk target) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = Sectors.allocate(arena, range.count());
            source.read(range.start(), buffer);
            target.write(range.start(), buffer);
        }
    }

    private static void writeZeros(SectorRange range, Disk target) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            target.write(range.start(), Sectors.allocate(arena, range.count()));
        }
    }

    /** The areas in bytes that differ, as a server that tracks changes tells them: in blocks of 64 KiB. */
    private static SectorSet changes(byte[] before, byte[] after) {
        TreeMap<Integer, Integer> areas = new TreeMap<>();
        int block = 64 * 1024;
        for (int at = 0; at < before.length; at += block) {
            int end = Math.min(before.length, at + block);
            if (!Arrays.equals(before, at, end, after, at, end)) {
                areas.put(at, end - at);
            }
        }
        return SectorSet.ofByteAreas(areas.entrySet(), area -> area.getKey(), area -> area.getValue());
    }

    /** A disk at the time of its second backup. */
    private interface SecondBackup {
        void run(Disk disk, SectorSet changed, Disk restored) throws IOException;
    }

    /** Has a full backup of a disk restored, and changes the disk: it also gives back some sectors. */
    private void atTheSecondBackup(SecondBackup test) {
        atRandom(random -> {
            long capacity = 20 * CHUNK + random.nextLong(CHUNK);
            try (Disk disk = host.openDisk(disk("disk.vmdk", SPARSE, capacity));
                    Disk restored = host.openDisk(disk("restored.vmdk", SPARSE, capacity));
                    Arena arena = Arena.ofConfined()) {
                disk.write(2 * CHUNK, randomSectors(arena, 9 * CHUNK, random));
                disk.write(15 * CHUNK + 9, randomSectors(arena, 1, random));
                byte[] before = read(disk, 0, capacity);
                carryOut(CopyPlan.full(disk.allocatedBlocks()), disk, restored);
                assertThat(read(restored, 0, capacity)).isEqualTo(before);

                // Chunks 2 to 4 stay, 5 to 7 are given back, 8 to 10 are written to, 13 and 14 are new.
                writeZeros(range(5 * CHUNK, 3 * CHUNK), disk);
                disk.shrink();
                disk.write(8 * CHUNK + 5, randomSectors(arena, 2 * CHUNK, random));
                disk.write(13 * CHUNK + 77, randomSectors(arena, CHUNK, random));
                test.run(disk, changes(before, read(disk, 0, capacity)), restored);
            }
        });
    }

    @Test
    void bringsAFullBackupUpToDateByteForByte() {
        atTheSecondBackup((disk, changed, restored) -> {
            CopyPlan plan = CopyPlan.incremental(disk.allocatedBlocks(), changed);
            assertThat(plan)
                    .containsExactly(
                            step(KEEP, 0, 5 * CHUNK),
                            step(ZERO, 5 * CHUNK, 3 * CHUNK),
                            step(COPY, 8 * CHUNK, 3 * CHUNK),
                            step(KEEP, 11 * CHUNK, 2 * CHUNK),
                            step(COPY, 13 * CHUNK, 2 * CHUNK),
                            step(KEEP, 15 * CHUNK, disk.capacity() - 15 * CHUNK));
            carryOut(plan, disk, restored);
            assertThat(read(restored, 0, disk.capacity())).isEqualTo(read(disk, 0, disk.capacity()));
        });
    }

    /** What many backup programs do; it shows that the test above can fail. */
    @Test
    void wouldLeaveOldBytesIfItOnlyCopied() {
        atTheSecondBackup((disk, changed, restored) -> {
            for (SectorRange range : changed.intersect(disk.allocatedBlocks().toSet())) {
                copy(range, disk, restored);
            }
            assertThat(changes(read(restored, 0, disk.capacity()), read(disk, 0, disk.capacity())))
                    .containsExactly(range(5 * CHUNK, 3 * CHUNK));
        });
    }

    @Test
    void copiesAllThatHasChangedWhereItIsNotKnownWhatIsAllocated() throws IOException {
        try (Disk disk = host.openDisk(disk("disk.vmdk", SPARSE, 1000))) {
            fake.failNext(QUERY, ErrorCode.NOT_SUPPORTED.number());
            AllocatedBlocks blocks = disk.allocatedBlocks();
            assertThat(CopyPlan.full(blocks)).containsExactly(step(COPY, 0, 1000));
            assertThat(CopyPlan.incremental(blocks, set(range(10, 20), range(500, 500))))
                    .containsExactly(step(KEEP, 0, 10), step(COPY, 10, 20), step(KEEP, 30, 470), step(COPY, 500, 500));
        }
    }

    @Test
    void asksAboutWhatHasChangedOnly() throws IOException {
        try (Disk disk = host.openDisk(disk("disk.vmdk", SPARSE, 20 * QUERIED))) {
            writeZeros(range(7 * QUERIED + 300, 1), disk);
            CopyPlan plan = CopyPlan.incremental(
                    disk.allocatedBlocks(), set(range(7 * QUERIED + 200, 400), range(19 * QUERIED, 1)));
            long before = fake.callCount(QUERY);
            assertThat(plan)
                    .containsExactly(
                            step(KEEP, 0, 7 * QUERIED + 200),
                            step(ZERO, 7 * QUERIED + 200, 56),
                            step(COPY, 7 * QUERIED + 256, 128),
                            step(ZERO, 7 * QUERIED + 384, 216),
                            step(KEEP, 7 * QUERIED + 600, 12 * QUERIED - 600),
                            step(ZERO, 19 * QUERIED, 1),
                            step(KEEP, 19 * QUERIED + 1, QUERIED - 1));
            assertThat(fake.callCount(QUERY) - before).isEqualTo(2);
            assertThat(CopyPlan.incremental(disk.allocatedBlocks(), SectorSet.empty()))
                    .containsExactly(step(KEEP, 0, 20 * QUERIED));
        }
    }

    @Test
    void losesNothingWhereAQueryFailsAndTheCallerGoesOn() throws IOException {
        try (Disk disk = host.openDisk(disk("disk.vmdk", SPARSE, 4 * QUERIED))) {
            for (long at : new long[] {300, QUERIED - 1, QUERIED, 3 * QUERIED}) {
                writeZeros(range(at, 1), disk);
            }
            CopyPlan plan = CopyPlan.full(disk.allocatedBlocks());
            List<Step> expected = new ArrayList<>();
            plan.forEach(expected::add);
            assertThat(expected).hasSize(7);
            List<Step> steps = new ArrayList<>();
            Iterator<Step> iterator = plan.iterator();
            int failures = 0;
            while (iterator.hasNext()) {
                fake.failNext(QUERY, ErrorCode.HOST_CONNECTION_LOST.number());
                try {
                    steps.add(iterator.next());
                } catch (UncheckedIOException e) {
                    failures++;
                    assertThat(e).hasMessageContaining("VIX_E_HOST_CONNECTION_LOST");
                    steps.add(iterator.next());
                }
            }
            fake.failNext(QUERY, 0);
            assertThat(failures).isEqualTo(3);
            assertThat(steps).isEqualTo(expected);
        }
    }

    @Test
    void endsWithTheDisk() throws IOException {
        Iterator<Step> steps = CopyPlan.full(10, whole(10)).iterator();
        assertThat(steps.next()).hasToString("COPY sectors 0..9");
        assertThat(steps.hasNext()).isFalse();
        assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(steps::next);
        CopyPlan plan;
        try (Disk disk = host.openDisk(disk("disk.vmdk"))) {
            plan = CopyPlan.full(disk.allocatedBlocks());
        }
        assertThatIllegalStateException().isThrownBy(() -> plan.sectors(COPY)).withMessageContaining("is closed");
        assertThat(plan).hasToString("a plan for 1000 sectors of which have changed: 1000 sectors: 0..999");
    }

    @Test
    void isForSectorsOfTheDisk() throws IOException {
        try (Disk disk = host.openDisk(disk("disk.vmdk"))) {
            AllocatedBlocks blocks = disk.allocatedBlocks();
            List<ThrowingCallable> calls = List.of(
                    () -> CopyPlan.full(1000, whole(1001)),
                    () -> CopyPlan.incremental(1000, whole(1000), whole(1001)),
                    () -> CopyPlan.incremental(1000, whole(1001), whole(1000)),
                    () -> CopyPlan.incremental(blocks, whole(1001)));
            assertThat(calls)
                    .allSatisfy(call -> assertThatExceptionOfType(IndexOutOfBoundsException.class)
                            .isThrownBy(call)
                            .withMessageContaining("up to 1000")
                            .withMessageContaining("1000 sectors"));
            assertThatIllegalArgumentException().isThrownBy(() -> CopyPlan.full(-1, SectorSet.empty()));
        }
    }

    @Test
    void isNotMadeOfALinkThatHasAParent() throws Exception {
        Qemu.require();
        Path base = disk("base.vmdk");
        Path child = directory.resolve("child.vmdk");
        Qemu.img("create", "-f", "vmdk", "-F", "vmdk", "-b", base.getFileName(), child);
        try (Disk link = host.openDisk(child, OpenFlag.SINGLE_LINK)) {
            AllocatedBlocks blocks = link.allocatedBlocks();
            List<ThrowingCallable> calls =
                    List.of(() -> CopyPlan.full(blocks), () -> CopyPlan.incremental(blocks, whole(1)));
            assertThat(calls)
                    .allSatisfy(call -> assertThatIllegalArgumentException()
                            .isThrownBy(call)
                            .withMessageContaining(child.toString())
                            .withMessageContaining("SINGLE_LINK"));
        }
        try (Disk link = host.openDisk(child, OpenFlag.SINGLE_LINK)) {
            link.attachTo(host.openDisk(base, OpenFlag.READ_ONLY));
            assertThat(CopyPlan.full(link.allocatedBlocks()).sectors(COPY)).containsExactly(range(896, 104));
        }
        try (Disk chain = host.openDisk(child);
                Disk root = host.openDisk(base, OpenFlag.SINGLE_LINK, OpenFlag.READ_ONLY)) {
            for (Disk disk : new Disk[] {chain, root}) {
                assertThat(CopyPlan.full(disk.allocatedBlocks()).sectors(COPY)).containsExactly(range(896, 104));
            }
        }
    }
}
