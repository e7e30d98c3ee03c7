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
import dev.vixdisklib.shim.FaultPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.logging.Level;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllocatedBlocksTest extends TestDisks {

    private static final String QUERY = "QueryAllocatedBlocks";
    private static final long CHUNK = 128;

    /** What the library tells in one query: 524288 chunks, which is 32 GiB. */
    private static final long QUERIED = 524_288 * CHUNK;

    private static final long THREE_TIB = 3L << 31;

    AllocatedBlocksTest() throws IOException {}

    @AfterEach
    void nothingGoesWrongAnyMore() {
        fake.setFaultPlan(FaultPlan.NONE);
    }

    private Disk sparse(long capacity, long... writtenSectors) throws IOException {
        Disk disk = host.openDisk(disk("disk.vmdk", SPARSE, capacity));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sector = Sectors.allocate(arena, 1).fill((byte) 1);
            for (long at : writtenSectors) {
                disk.write(at, sector);
            }
        }
        return disk;
    }

    private static SectorRange chunks(long first, long count) {
        return new SectorRange(first * CHUNK, count * CHUNK);
    }

    @Test
    void ofAnEmptyDiskAreNone() throws IOException {
        AllocatedBlocks blocks = sparse(10 * CHUNK).allocatedBlocks();
        assertThat(blocks.isKnown()).isTrue();
        assertThat(blocks).isEmpty();
        assertThatExceptionOfType(NoSuchElementException.class)
                .isThrownBy(() -> blocks.iterator().next());
    }

    @Test
    void areChunksThatTouchAsOneRange() throws IOException {
        Disk disk = sparse(100 * CHUNK, 0, 130, 256 + 127, 640, 99 * CHUNK);
        assertThat(disk.allocatedBlocks()).containsExactly(chunks(0, 3), chunks(5, 1), chunks(99, 1));
    }

    @Test
    void countTheIncompleteChunkAtTheEnd() throws IOException {
        Disk disk = sparse(3 * CHUNK + 1);
        assertThat(disk.allocatedBlocks()).containsExactly(new SectorRange(3 * CHUNK, 1));
        try (Arena arena = Arena.ofConfined()) {
            disk.write(2 * CHUNK, Sectors.allocate(arena, 1).fill((byte) 1));
        }
        assertThat(disk.allocatedBlocks()).containsExactly(new SectorRange(2 * CHUNK, CHUNK + 1));
    }

    @Test
    void ofADiskThatIsTooSmallToAskAboutAreAll() throws IOException {
        AllocatedBlocks blocks = sparse(CHUNK - 1).allocatedBlocks();
        assertThat(blocks.isKnown()).isFalse();
        assertThat(blocks).containsExactly(new SectorRange(0, CHUNK - 1));
    }

    @Test
    void ofAFullFlatDiskAreAll() throws IOException {
        Disk disk = host.openDisk(disk("disk.vmdk", FLAT, 1000));
        try (Arena arena = Arena.ofConfined()) {
            disk.write(0, Sectors.allocate(arena, 1000).fill((byte) 1));
        }
        assertThat(disk.allocatedBlocks().isKnown()).isTrue();
        assertThat(disk.allocatedBlocks()).containsExactly(new SectorRange(0, 1000));
    }

    @Test
    void areAllWhereTheLibraryCannotTell() throws IOException {
        Disk disk = sparse(1000);
        fake.failNext(QUERY, ErrorCode.NOT_SUPPORTED.number());
        try (LogLines log = LogLines.of("dev.vixdisklib")) {
            AllocatedBlocks blocks = disk.allocatedBlocks();
            assertThat(blocks.isKnown()).isFalse();
            assertThat(blocks.unknownReason())
                    .hasValueSatisfying(reason -> assertThat(reason)
                            .startsWith(QUERY + " of sectors 0..127 of " + disk.name())
                            .contains("VIX_E_NOT_SUPPORTED"));
            assertThat(blocks).containsExactly(new SectorRange(0, 1000));
            assertThat(log.texts(Level.FINE)).singleElement().asString().contains(disk.name());
        }
        assertThat(disk.allocatedBlocks().isKnown()).isTrue();
        assertThat(disk.allocatedBlocks().unknownReason()).isEmpty();
    }

    @Test
    void areAskedForWithoutAlarmAtFirst() throws IOException {
        Disk disk = sparse(1000);
        // It warns of that.
        fake.setFaultPlan(FaultPlan.of(Fault.on(QUERY).nth(1).drop()));
        try (LogLines log = LogLines.of("dev.vixdisklib.native")) {
            assertThat(disk.allocatedBlocks().isKnown()).isFalse();
            assertThat(log.texts(Level.FINE)).anyMatch(line -> line.contains("drops the connection"));
            assertThat(log.texts(Level.WARNING)).isEmpty();
        }
    }

    @Test
    void areWarnedOfWhereALaterQueryFails() throws IOException {
        AllocatedBlocks blocks = sparse(1000).allocatedBlocks();
        fake.setFaultPlan(FaultPlan.of(Fault.on(QUERY).nth(1).drop()));
        try (LogLines log = LogLines.of("dev.vixdisklib.native")) {
            assertThatExceptionOfType(IOException.class).isThrownBy(blocks::toSet);
            assertThat(log.texts(Level.WARNING)).anyMatch(line -> line.contains("drops the connection"));
        }
    }

    @Test
    void areAllOfADiskThatBreaksDownAtOnce() throws IOException {
        Disk disk = sparse(3 * QUERIED + 7, QUERIED);
        fake.setFaultPlan(FaultPlan.of(Fault.on(QUERY).times(1).returns("VIX_E_INVALID_ARG")));
        AllocatedBlocks blocks = disk.allocatedBlocks();
        assertThat(blocks).containsExactly(new SectorRange(0, disk.capacity()));
        assertThat(blocks.toSet().sectors()).isEqualTo(disk.capacity());
        assertThat(blocks.within(new SectorRange(5, 3)).toSet()).containsExactly(new SectorRange(5, 3));
        assertThat(disk.allocatedBlocks().toSet())
                .containsExactly(new SectorRange(QUERIED, CHUNK), new SectorRange(3 * QUERIED, 7));
    }

    @Test
    void areReportedWhereOneOfTheirSectorsFails() throws IOException {
        Disk disk = sparse(3 * QUERIED, 0, QUERIED - 1, 2 * QUERIED);
        fake.setFaultPlan(FaultPlan.of(
                Fault.on(QUERY).sectors(2 * QUERIED, 2 * QUERIED).times(2).returns("VIX_E_HOST_TCP_CONN_LOST")));
        AllocatedBlocks blocks = disk.allocatedBlocks();
        assertRefused(ErrorCode.HOST_TCP_CONN_LOST, QUERY, disk.name(), blocks::toSet);
        assertThat(blocks.within(new SectorRange(0, 2 * QUERIED)).toSet().sectors())
                .isEqualTo(2 * CHUNK);
        Iterator<SectorRange> ranges = blocks.iterator();
        assertThat(ranges.next()).isEqualTo(chunks(0, 1));
        assertThat(ranges.next()).isEqualTo(new SectorRange(QUERIED - CHUNK, CHUNK));
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(ranges::next)
                .withMessageContaining("sectors " + 2 * QUERIED + "..");
        assertThat(ranges).toIterable().containsExactly(new SectorRange(2 * QUERIED, CHUNK));
    }

    @Test
    void areToldInChunksOfTheSizeAskedFor() throws IOException {
        Disk disk = sparse(4000, 0, 700, 3750);
        assertThat(disk.allocatedBlocks(256))
                .containsExactly(
                        new SectorRange(0, 256),
                        new SectorRange(512, 256),
                        new SectorRange(3584, 256),
                        new SectorRange(3968, 32));
        assertThat(disk.allocatedBlocks(200))
                .containsExactly(new SectorRange(0, 200), new SectorRange(600, 200), new SectorRange(3600, 400));
        assertThat(disk.allocatedBlocks(3000))
                .containsExactly(new SectorRange(0, 3000), new SectorRange(3712, 128), new SectorRange(3968, 32));
    }

    @Test
    void areToldInTheSmallestChunksWhereTheDiskIsSmallerThanTheSizeAskedFor() throws IOException {
        AllocatedBlocks blocks = sparse(1000, 300).allocatedBlocks(AllocatedBlocks.MAX_CHUNK);
        assertThat(blocks.isKnown()).isTrue();
        assertThat(blocks).containsExactly(chunks(2, 1), new SectorRange(7 * CHUNK, 1000 - 7 * CHUNK));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -128, 0, 127, 131_073, Long.MAX_VALUE})
    void areNotToldInChunksThatTheLibraryDoesNotTake(long chunk) throws IOException {
        Disk disk = sparse(1000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> disk.allocatedBlocks(chunk))
                .withMessage("a chunk has 128 to 131072 sectors, not " + chunk);
    }

    @Test
    void takeFewerQueriesInLargerChunks() throws IOException {
        Disk disk = sparse(THREE_TIB, 7 * QUERIED);
        assertThat(queries(() -> disk.allocatedBlocks().toSet())).isEqualTo(1 + THREE_TIB / QUERIED);
        assertThat(queries(() -> disk.allocatedBlocks(AllocatedBlocks.MAX_CHUNK).toSet()))
                .isEqualTo(1 + 1);
    }

    /** How many queries something takes. */
    private long queries(Call call) throws IOException {
        long before = fake.callCount(QUERY);
        call.run();
        return fake.callCount(QUERY) - before;
    }

    private interface Call {
        void run() throws IOException;
    }

    /** The sectors of a disk that count as allocated, given those that were written to. */
    private static BitSet expected(BitSet written, int capacity, int chunk) {
        BitSet expected = new BitSet();
        int whole = capacity / chunk * chunk;
        written.stream()
                .map(sector -> sector / 128 * 128)
                .flatMap(grain -> IntStream.range(grain, grain + 128))
                .forEach(sector -> {
                    int size = sector < whole ? chunk : 128;
                    int start = sector / size * size;
                    expected.set(Math.max(start, sector < whole ? 0 : whole), start + size);
                });
        expected.set(Math.max(whole, capacity / 128 * 128), capacity);
        expected.clear(capacity, capacity + 200_000);
        return expected;
    }

    private static BitSet bits(Iterable<SectorRange> ranges) {
        BitSet bits = new BitSet();
        ranges.forEach(range -> bits.set((int) range.start(), (int) range.end()));
        return bits;
    }

    private static SectorSet set(BitSet bits) {
        return bits.stream().mapToObj(sector -> new SectorRange(sector, 1)).collect(SectorSet.collector());
    }

    private static SectorSet someSectors(Random random, int capacity) {
        SectorSet.Builder some = SectorSet.builder();
        for (int i = random.nextInt(10); i > 0; i--) {
            int start = random.nextInt(capacity);
            some.add(start, 1 + random.nextInt(Math.min(capacity - start, 1 + random.nextInt(1000))));
        }
        return some.build();
    }

    @Test
    void areThoseThatWereWrittenToWhateverTheChunksAndTheParts() {
        atRandom(random -> {
            for (int i = 0; i < 40; i++) {
                int capacity = 128 + random.nextInt(40_000);
                Path path = disk("disk" + i + ".vmdk", SPARSE, capacity);
                BitSet written = new BitSet();
                try (Disk disk = host.openDisk(path);
                        Arena arena = Arena.ofConfined()) {
                    MemorySegment sector = Sectors.allocate(arena, 1).fill((byte) 1);
                    for (int j = random.nextInt(20); j > 0; j--) {
                        int at = random.nextInt(capacity);
                        written.set(at);
                        disk.write(at, sector);
                    }
                    for (int j = 0; j < 10; j++) {
                        int chunk = random.nextBoolean() ? 128 << random.nextInt(6) : 128 + random.nextInt(2000);
                        AllocatedBlocks blocks = disk.allocatedBlocks(chunk);
                        BitSet expected = expected(written, capacity, chunk);
                        assertThat(SectorSet.copyOf(blocks)).isEqualTo(set(expected));
                        assertThat(blocks.toSet()).isEqualTo(SectorSet.copyOf(blocks));
                        assertThat(blocks).containsExactlyElementsOf(blocks.toSet());
                        SectorSet part = someSectors(random, capacity);
                        expected.and(bits(part));
                        assertThat(blocks.within(part).toSet()).isEqualTo(set(expected));
                    }
                }
            }
        });
    }

    @Test
    void areThoseThatQemuFindsInTheFile() {
        Qemu.require();
        atRandom(random -> {
            long capacity = 1000 * CHUNK;
            long[] written = random.longs(200, 0, capacity).toArray();
            Disk disk = sparse(capacity, written);
            SectorSet told = disk.allocatedBlocks().toSet();
            SectorSet toldInLargerChunks = disk.allocatedBlocks(1024).toSet();
            disk.close();
            SectorSet.Builder inFile = SectorSet.builder();
            Pattern.compile("\"start\": (\\d+), \"length\": (\\d+),[^}]*\"data\": true")
                    .matcher(Qemu.img("map", "--output=json", disk.name()))
                    .results()
                    .forEach(match -> inFile.addBytes(Long.parseLong(match.group(1)), Long.parseLong(match.group(2))));
            assertThat(told).isEqualTo(inFile.build());
            assertThat(told.sectors()).isGreaterThan(100 * CHUNK);
            assertThat(toldInLargerChunks).isEqualTo(told.alignOutward(1024, capacity));
        });
    }

    @Test
    void ofAPartAreAskedForWhereThePartIs() throws IOException {
        Disk disk = sparse(THREE_TIB, 0, 130, 5 * QUERIED + 64, 5 * QUERIED + 640, THREE_TIB - 1);
        AllocatedBlocks blocks = disk.allocatedBlocks();
        SectorSet part = SectorSet.of(
                new SectorRange(100, 50),
                new SectorRange(5 * QUERIED + 100, 1),
                new SectorRange(5 * QUERIED + 300, 10),
                new SectorRange(THREE_TIB - 1, 1));
        assertThat(queries(() -> assertThat(blocks.within(part))
                        .containsExactly(
                                new SectorRange(100, 50),
                                new SectorRange(5 * QUERIED + 100, 1),
                                new SectorRange(THREE_TIB - 1, 1))))
                .isEqualTo(3);
        fake.setFaultPlan(FaultPlan.of(
                Fault.on(QUERY).sectors(256, 5 * QUERIED - 1).returns("VIX_E_FAIL"),
                Fault.on(QUERY)
                        .sectors(5 * QUERIED + 384, THREE_TIB - CHUNK - 1)
                        .returns("VIX_E_FAIL")));
        assertThat(blocks.within(part).toSet().sectors()).isEqualTo(52);
        assertThat(queries(() -> assertThat(blocks.within(SectorSet.empty())).isEmpty()))
                .isZero();
        assertThat(blocks.within(part).within(new SectorRange(0, 120)).toSet())
                .containsExactly(new SectorRange(100, 20));
    }

    @Test
    void ofAPartThatIsNotInTheDiskAreRefused() throws IOException {
        AllocatedBlocks blocks = sparse(1000).allocatedBlocks();
        assertThat(blocks.within(new SectorRange(0, 1000)).toSet()).isEqualTo(blocks.toSet());
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> blocks.within(new SectorRange(1000, 1)))
                .withMessageContaining("up to 1000")
                .withMessageContaining("has 1000 sectors");
    }

    @Test
    void canBeKeptOfADiskThatIsReadOnly() throws IOException {
        sparse(1000, 300).close();
        Path path = directory.resolve("disk.vmdk");
        List<SectorRange> expected = List.of(chunks(2, 1), new SectorRange(7 * CHUNK, 1000 - 7 * CHUNK));
        AllocatedBlocks cached;
        try (Connection readOnly = lib.connectLocalReadOnly();
                Disk disk = readOnly.openDisk(path)) {
            assertThat(disk.isReadOnly()).isTrue();
            cached = disk.allocatedBlocks().cached();
            assertThat(queries(() -> {
                        assertThat(cached).containsExactlyElementsOf(expected);
                        assertThat(cached.cached().toSet()).isEqualTo(SectorSet.copyOf(expected));
                        assertThat(cached.within(new SectorRange(300, 700)))
                                .containsExactly(new SectorRange(300, 84), expected.get(1));
                    }))
                    .isZero();
        }
        assertThat(cached).containsExactlyElementsOf(expected);
        try (Disk disk = host.openDisk(path, OpenFlag.READ_ONLY)) {
            assertThat(disk.isReadOnly()).isTrue();
            AllocatedBlocks blocks = disk.allocatedBlocks();
            assertThat(blocks.cached()).containsExactlyElementsOf(expected);
            fake.failNext(QUERY, ErrorCode.HOST_CONNECTION_LOST.number());
            assertRefused(ErrorCode.HOST_CONNECTION_LOST, QUERY, path, blocks::cached);
        }
    }

    @Test
    void areNotKeptOfADiskThatIsWrittenTo() throws IOException {
        Disk disk = sparse(1000);
        assertThat(disk.isReadOnly()).isFalse();
        assertThatIllegalStateException()
                .isThrownBy(() -> disk.allocatedBlocks().cached())
                .withMessageContaining(disk.name())
                .withMessageContaining("READ_ONLY")
                .withMessageContaining("toSet()");
    }

    @Test
    void areKeptAsAllWhereTheLibraryCannotTell() throws IOException {
        try (Disk disk = host.openDisk(disk("small.vmdk", SPARSE, 127), OpenFlag.READ_ONLY)) {
            AllocatedBlocks blocks = disk.allocatedBlocks().cached();
            assertThat(blocks.isKnown()).isFalse();
            assertThat(blocks.unknownReason())
                    .hasValueSatisfying(reason -> assertThat(reason).contains("fewer than 128 sectors"));
            assertThat(blocks).containsExactly(new SectorRange(0, 127));
        }
    }

    @Test
    void ofAHugeDiskTakeSeveralQueries() throws IOException {
        Disk disk = sparse(THREE_TIB, QUERIED - 1, QUERIED, 5 * QUERIED, THREE_TIB - 1);
        List<SectorRange> ranges = new ArrayList<>();
        disk.allocatedBlocks().forEach(ranges::add);
        assertThat(ranges)
                .containsExactly(
                        new SectorRange(QUERIED - CHUNK, 2 * CHUNK),
                        new SectorRange(5 * QUERIED, CHUNK),
                        new SectorRange(THREE_TIB - CHUNK, CHUNK));
    }

    @Test
    void areAskedForAsTheIterationGoesOn() throws IOException {
        Disk disk = sparse(3 * QUERIED, 0, 5 * CHUNK);
        Iterator<SectorRange> ranges = disk.allocatedBlocks().iterator();
        assertThat(ranges.next()).isEqualTo(chunks(0, 1));
        try (Arena arena = Arena.ofConfined()) {
            disk.write(2 * QUERIED, Sectors.allocate(arena, 1).fill((byte) 1));
        }
        assertThat(ranges).toIterable().containsExactly(chunks(5, 1), new SectorRange(2 * QUERIED, CHUNK));
    }

    @Test
    void haveIteratorsOfTheirOwn() throws IOException {
        AllocatedBlocks blocks = sparse(1000, 0, 300).allocatedBlocks();
        Iterator<SectorRange> first = blocks.iterator();
        Iterator<SectorRange> second = blocks.iterator();
        assertThat(first.next()).isEqualTo(second.next()).isEqualTo(chunks(0, 1));
        assertThat(first.next()).isEqualTo(chunks(2, 1));
        assertThat(second.next()).isEqualTo(chunks(2, 1));
        assertThat(first.next()).isEqualTo(new SectorRange(7 * CHUNK, 1000 - 7 * CHUNK));
        assertThat(first.hasNext()).isFalse();
        assertThat(second.hasNext()).isTrue();
    }

    @Test
    void areReportedWhereALaterQueryFails() throws IOException {
        Disk disk = sparse(1000);
        Iterator<SectorRange> ranges = disk.allocatedBlocks().iterator();
        fake.failNext(QUERY, ErrorCode.HOST_CONNECTION_LOST.number());
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(ranges::hasNext)
                .satisfies(e -> assertRefused(ErrorCode.HOST_CONNECTION_LOST, QUERY, disk.name(), () -> {
                    throw e.getCause();
                }))
                .satisfies(e -> assertThat(e.getStackTrace())
                        .extracting(StackTraceElement::getMethodName)
                        .contains("areReportedWhereALaterQueryFails"));
    }

    @Test
    void loseNothingWhereAQueryFailsAndTheCallerGoesOn() throws IOException {
        Disk disk = sparse(3 * QUERIED, QUERIED - 1, QUERIED);
        Iterator<SectorRange> ranges = disk.allocatedBlocks().iterator();
        assertThat(ranges.hasNext()).isTrue();
        for (int i = 0; i < 2; i++) {
            fake.failNext(QUERY, ErrorCode.HOST_CONNECTION_LOST.number());
            assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(ranges::next);
        }
        assertThat(ranges.next()).isEqualTo(new SectorRange(QUERIED - CHUNK, 2 * CHUNK));
        assertThat(ranges.hasNext()).isFalse();
    }

    @Test
    void areNotLeftInTheLibraryWhereGivingThemBackFails() throws IOException {
        Disk disk = sparse(1000, 0);
        Iterator<SectorRange> ranges = disk.allocatedBlocks().iterator();
        fake.failNext("FreeBlockList", ErrorCode.FAIL.number());
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(ranges::hasNext)
                .withMessageContaining("FreeBlockList of " + disk.name());
        assertThat(ranges.next()).isEqualTo(chunks(0, 1));
    }
}
