/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.vixdisklib.shim.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams of sectors, over transports of all kinds. */
class DiskReaderTest extends StreamedDisks {

    DiskReaderTest() throws IOException {}

    @ParameterizedTest
    @EnumSource
    void aWholeDiskIsReadInOrder(Way way) throws Exception {
        byte[] content = way.prepare(this, new Random(1));
        try (Disk disk = way.open(this);
                DiskReader reader = disk.newReader(way.options())) {
            List<Long> starts = new ArrayList<>();
            byte[] seen = new byte[content.length];
            for (Chunk chunk = reader.next(); chunk != null; chunk = reader.next()) {
                try (Chunk used = chunk) {
                    starts.add(used.startSector());
                    put(used, seen);
                }
            }
            assertThat(starts).hasSize(Math.ceilDiv(SECTORS_OF_DISK, 32)).doesNotHaveDuplicates();
            if (way.options().isOrdered()) {
                assertThat(starts).isSorted();
            }
            assertThat(seen).isEqualTo(content);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rangesAreReadWithAnyOptionsWhateverTimeRequestsTake(Way way) {
        atRandom(random -> {
            byte[] content = way.prepare(this, random);
            try (Disk disk = way.open(this)) {
                for (int round = 0; round < 10; round++) {
                    way.takeTime(this, random);
                    StreamOptions options = way.options()
                            .withChunkBytes(4096 * (1 + random.nextInt(20)))
                            .withDepth(random.nextInt(10) == 0 ? StreamOptions.MAX_DEPTH : 1 + random.nextInt(20));
                    List<SectorRange> ranges = ranges(random);
                    byte[] seen = new byte[content.length];
                    byte[] expected = new byte[content.length];
                    for (SectorRange range : ranges) {
                        int start = Math.toIntExact(Sectors.toBytes(range.start()));
                        System.arraycopy(
                                content, start, expected, start, Math.toIntExact(Sectors.toBytes(range.count())));
                    }
                    try (DiskReader reader = disk.newReader(ranges, options)) {
                        List<Piece> pieces = readAll(reader, seen);
                        assertThat(pieces.stream().mapToLong(Piece::count).sum())
                                .isEqualTo(ranges.stream()
                                        .mapToLong(SectorRange::count)
                                        .sum());
                        assertThat(pieces).extracting(Piece::count).allMatch(count -> count <= options.chunkSectors());
                        assertThat(reader.next()).isNull();
                    }
                    assertThat(seen).isEqualTo(expected);
                }
            }
        });
    }

    /** Some ranges in any order, which may overlap. */
    private static List<SectorRange> ranges(Random random) {
        List<SectorRange> ranges = new ArrayList<>();
        for (int i = random.nextInt(8); i > 0; i--) {
            long start = random.nextInt(SECTORS_OF_DISK);
            ranges.add(new SectorRange(start, 1 + random.nextLong(SECTORS_OF_DISK - start)));
        }
        return ranges;
    }

    @ParameterizedTest
    @EnumSource
    void failuresComeWhereTheirSectorsWouldHaveCome(Way way) {
        atRandom(random -> {
            byte[] content = way.prepare(this, random);
            try (Disk disk = way.open(this)) {
                for (int round = 0; round < 10; round++) {
                    way.takeTime(this, random);
                    Fault fault = Fault.on(way.readFunction()).chance(0.2, random.nextInt(1000));
                    plan(round % 2 == 0 ? fault.completesWith("VIX_E_FILE_ERROR") : fault.returns("VIX_E_FILE_ERROR"));
                    byte[] seen = new byte[content.length];
                    List<Piece> pieces;
                    try (DiskReader reader = disk.newReader(way.options())) {
                        pieces = readAll(reader, seen);
                    }
                    assertWhole(SECTORS_OF_DISK, way.options().isOrdered(), pieces);
                    byte[] expected = content.clone();
                    for (Piece piece : pieces) {
                        if (piece.failed()) {
                            int start = Math.toIntExact(Sectors.toBytes(piece.start()));
                            Arrays.fill(
                                    expected, start, start + Math.toIntExact(Sectors.toBytes(piece.count())), (byte) 0);
                        }
                    }
                    assertThat(seen).isEqualTo(expected);
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aFailureSaysAllThatASynchronousOneSays(Way way) throws Exception {
        way.prepare(this, new Random(5));
        try (Disk disk = way.open(this);
                DiskReader reader = disk.newReader(List.of(new SectorRange(5, 3), new SectorRange(8, 1)), SMALL)) {
            plan(Fault.on(way.readFunction()).sectors(5, 5).completesWith("VIX_E_FILE_ERROR"));
            VixDiskLibException refusal =
                    assertRefused(ErrorCode.FILE_ERROR, way.readFunction(), disk.name(), reader::next);
            assertThat(refusal.sectors()).contains(new SectorRange(5, 3));
            try (Chunk chunk = nextOf(reader)) {
                assertThat(chunk.startSector()).isEqualTo(8);
            }
            assertThat(reader.next()).isNull();
        }
    }

    private static Chunk nextOf(DiskReader reader) throws Exception {
        return Objects.requireNonNull(reader.next());
    }

    @ParameterizedTest
    @EnumSource
    void closingEarlyEndsAllRequestsAndLeavesHeldChunksAsTheyAre(Way way) {
        atRandom(random -> {
            byte[] content = way.prepare(this, random);
            try (Disk disk = way.open(this)) {
                for (int round = 0; round < 20; round++) {
                    way.takeTime(this, random);
                    InFlightLimit limit = InFlightLimit.ofBytes(10 * 16 * 1024);
                    DiskReader reader = disk.newReader(way.options().withLimit(limit));
                    List<Chunk> held = new ArrayList<>();
                    for (int i = random.nextInt(6); i > 0; i--) {
                        held.add(nextOf(reader));
                    }
                    reader.close();
                    reader.close();
                    assertThat(limit.inFlight()).isZero();
                    assertThatIllegalStateException()
                            .isThrownBy(reader::next)
                            .withMessage("the reader of " + disk.name() + " is closed");
                    for (Chunk chunk : held) {
                        assertHas(content, chunk);
                        MemorySegment memory = chunk.segment();
                        chunk.close();
                        if (chunk == held.get(held.size() - 1)) {
                            awaitFreed(memory);
                        }
                    }
                }
            }
        });
    }

    private static void assertHas(byte[] content, Chunk chunk) {
        MemorySegment expected = MemorySegment.ofArray(content)
                .asSlice(Sectors.toBytes(chunk.startSector()), chunk.segment().byteSize());
        assertThat(expected.mismatch(chunk.segment())).isEqualTo(-1);
    }

    private static void awaitFreed(MemorySegment memory) {
        long deadline = System.nanoTime() + Background.PATIENCE.toNanos();
        while (memory.scope().isAlive()) {
            assertThat(System.nanoTime()).as("is not freed").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsReadAheadBeyondTheChunks(Way way) throws Exception {
        byte[] content = way.prepare(this, new Random(6));
        try (Disk disk = way.open(this);
                DiskReader reader = disk.newReader(way.options())) {
            fake.forgetJournal();
            List<Chunk> held = new ArrayList<>();
            // Four for requests, and as many for the user.
            for (int i = 0; i < 8; i++) {
                held.add(nextOf(reader));
            }
            Background<Chunk> next = Background.start(reader::next).awaitWaiting();
            Background<Chunk> other = Background.startVirtual(reader::next).awaitWaiting();
            assertThat(fake.callCount(way.readFunction())).isEqualTo(8);
            assertThat(next.isDone()).isFalse();
            assertThat(other.isDone()).isFalse();
            for (Chunk chunk : held) {
                assertHas(content, chunk);
                chunk.close();
            }
            try (Chunk one = next.join();
                    Chunk two = other.join()) {
                assertHas(content, one);
                assertHas(content, two);
                assertThat(one.startSector()).isNotEqualTo(two.startSector());
            }
            byte[] seen = new byte[content.length];
            assertThat(readAll(reader, seen)).hasSize(Math.ceilDiv(SECTORS_OF_DISK, 32) - 10);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReaderThatWaitsForAChunkCanBeClosed(Way way) throws Exception {
        way.prepare(this, new Random(7));
        try (Disk disk = way.open(this)) {
            DiskReader reader = disk.newReader(way.options());
            for (int i = 0; i < 8; i++) {
                nextOf(reader);
            }
            Background<Chunk> next = Background.start(reader::next).awaitWaiting();
            Background<Chunk> other = Background.startVirtual(reader::next).awaitWaiting();
            reader.close();
            assertThatIllegalStateException().isThrownBy(next::join);
            assertThatIllegalStateException().isThrownBy(other::join);
        }
    }

    @ParameterizedTest
    @EnumSource
    void severalThreadsGetEachSectorOnceThoughSomeFailAndAreInterrupted(Way way) {
        atRandom(random -> {
            byte[] content = way.prepare(this, random);
            byte[] seen = new byte[content.length];
            Queue<Piece> pieces = new ConcurrentLinkedQueue<>();
            AtomicInteger interrupts = new AtomicInteger();
            try (Disk disk = way.open(this)) {
                way.takeTime(this, random);
                try (DiskReader reader =
                        disk.newReader(way.options().withChunkBytes(4096).withDepth(3))) {
                    List<Background<Boolean>> consumers = new ArrayList<>();
                    for (int i = 0; i < 6; i++) {
                        Random own = new Random(random.nextLong());
                        Callable<Boolean> consumer = () -> {
                            while (true) {
                                if (own.nextInt(10) == 0) {
                                    Thread.currentThread().interrupt();
                                }
                                try (Chunk chunk = reader.next()) {
                                    if (chunk == null) {
                                        return true;
                                    }
                                    put(chunk, seen);
                                    pieces.add(new Piece(chunk.startSector(), chunk.sectorCount(), false));
                                    if (own.nextInt(10) == 0) {
                                        throw new UnsupportedOperationException("a consumer has failed");
                                    }
                                } catch (InterruptedException e) {
                                    interrupts.incrementAndGet();
                                } catch (UnsupportedOperationException e) {
                                    // And goes on with the next one.
                                }
                            }
                        };
                        consumers.add(i % 2 == 0 ? Background.start(consumer) : Background.startVirtual(consumer));
                    }
                    for (int i = 0; i < 20; i++) {
                        consumers.get(random.nextInt(6)).thread().interrupt();
                    }
                    for (Background<Boolean> consumer : consumers) {
                        assertThat(consumer.join()).isTrue();
                    }
                }
            }
            assertWhole(SECTORS_OF_DISK, false, List.copyOf(pieces));
            assertThat(seen).isEqualTo(content);
            assertThat(interrupts).hasPositiveValue();
        });
    }

    @ParameterizedTest
    @EnumSource
    void aReaderCanBeClosedWhileOthersUseIt(Way way) {
        atRandom(random -> {
            byte[] content = way.prepare(this, random);
            try (Disk disk = way.open(this)) {
                for (int round = 0; round < 20; round++) {
                    way.takeTime(this, random);
                    AtomicInteger chunks = new AtomicInteger();
                    DiskReader reader = disk.newReader(way.options().withChunkBytes(4096));
                    List<Background<Boolean>> consumers = new ArrayList<>();
                    for (int i = 0; i < 3; i++) {
                        Callable<Boolean> consumer = () -> {
                            try {
                                while (true) {
                                    try (Chunk chunk = reader.next()) {
                                        if (chunk == null) {
                                            return true;
                                        }
                                        chunks.incrementAndGet();
                                        assertHas(content, chunk);
                                    }
                                }
                            } catch (IllegalStateException e) {
                                assertThat(e).hasMessage("the reader of " + disk.name() + " is closed");
                                return true;
                            }
                        };
                        consumers.add(i == 0 ? Background.startVirtual(consumer) : Background.start(consumer));
                    }
                    int enough = random.nextInt(100);
                    while (chunks.get() < enough && !consumers.stream().allMatch(Background::isDone)) {
                        Thread.onSpinWait();
                    }
                    reader.close();
                    for (Background<Boolean> consumer : consumers) {
                        assertThat(consumer.join()).isTrue();
                    }
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aDiskThatIsClosedUnderneathIsTold(Way way) throws Exception {
        byte[] content = way.prepare(this, new Random(8));
        Disk disk = way.open(this);
        try (DiskReader reader = disk.newReader(way.options())) {
            Chunk held = nextOf(reader);
            disk.close();
            assertHas(content, held);
            held.close();
            Throwable thrown = null;
            // What was read by then still comes.
            for (int i = 0; i < 10 && thrown == null; i++) {
                thrown = catchThrowable(() -> nextOf(reader).close());
            }
            assertThat(thrown).isInstanceOf(IllegalStateException.class).hasMessageContaining("is closed");
        }
        assertThatIllegalStateException().isThrownBy(() -> disk.newReader(SMALL));
    }

    @ParameterizedTest
    @EnumSource
    void aDiskThatIsClosedUnderneathEndsTheWaitForChunks(Way way) throws Exception {
        way.prepare(this, new Random(9));
        Disk disk = way.open(this);
        try (DiskReader reader = disk.newReader(way.options())) {
            for (int i = 0; i < 8; i++) {
                nextOf(reader);
            }
            Background<Chunk> next = Background.start(reader::next);
            disk.close();
            assertThatIllegalStateException().isThrownBy(next::join).withMessageContaining("is closed");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTheRangesThrowComesInItsPlaceAndTheNextOnesFollow(Way way) throws Exception {
        byte[] content = way.prepare(this, new Random(10));
        List<Supplier<SectorRange>> told = List.of(
                () -> new SectorRange(0, 40),
                () -> {
                    throw new UncheckedIOException(new IOException("cannot tell"));
                },
                () -> new SectorRange(40, 10),
                () -> new SectorRange(1000, 10),
                () -> new SectorRange(Long.MAX_VALUE - 5, 5),
                () -> {
                    throw new UnsupportedOperationException("no idea");
                },
                () -> new SectorRange(SECTORS_OF_DISK - 1, 1),
                () -> {
                    throw new StackOverflowError("too deep");
                });
        try (Disk disk = way.open(this);
                DiskReader reader =
                        disk.newReader(() -> told.stream().map(Supplier::get).iterator(), SMALL)) {
            byte[] seen = new byte[content.length];
            List<String> events = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                try (Chunk chunk = reader.next()) {
                    if (chunk == null) {
                        events.add("end");
                        continue;
                    }
                    put(chunk, seen);
                    events.add(chunk.startSector() + "+" + chunk.sectorCount());
                } catch (IOException | RuntimeException | StackOverflowError e) {
                    events.add(String.valueOf(e.getMessage()));
                }
            }
            String inside = " are not inside " + disk.name() + ", which has 1003 sectors";
            assertThat(events)
                    .startsWith(
                            "0+32",
                            "32+8",
                            "cannot tell",
                            "40+10",
                            "sectors 1000..1009" + inside,
                            new SectorRange(Long.MAX_VALUE - 5, 5) + inside,
                            "no idea");
            assertThat(events).contains("1002+1", "too deep").endsWith("end");
        }
    }

    @Test
    void theRangesMustNotUseTheReader() throws Exception {
        Way.FILE.prepare(this, new Random(11));
        DiskReader[] reader = new DiskReader[1];
        List<Throwable> thrown = new ArrayList<>();
        try (Disk disk = Way.FILE.open(this)) {
            reader[0] = disk.newReader(
                    () -> List.of(1, 2).stream()
                            .map(i -> {
                                thrown.add(catchThrowable(() -> reader[0].next()));
                                thrown.add(catchThrowable(() -> reader[0].close()));
                                return new SectorRange(i, 1);
                            })
                            .iterator(),
                    SMALL);
            nextOf(reader[0]).close();
            nextOf(reader[0]).close();
            assertThat(reader[0].next()).isNull();
            assertThat(thrown)
                    .hasSize(4)
                    .allSatisfy(e -> assertThat(e)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("must not use the reader of " + disk.name()));
            reader[0].close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerOfTheLogMustNotUseStreams(Way way) throws Exception {
        way.prepare(this, new Random(12));
        List<Throwable> thrown = new ArrayList<>();
        try (Disk disk = way.open(this);
                DiskReader reader = disk.newReader(way.options());
                DiskWriter writer = disk.newWriter(way.options());
                Chunk chunk = nextOf(reader)) {
            try (LogLines log = LogLines.of("dev.vixdisklib.native", line -> {
                for (ThrowingCallable call : List.<ThrowingCallable>of(
                        reader::next,
                        reader::close,
                        writer::chunk,
                        () -> writer.write(chunk),
                        () -> writer.zero(0, 1),
                        writer::finish,
                        writer::close)) {
                    thrown.add(catchThrowable(call));
                }
            })) {
                fake.logFromLibraryThread(true, "from the library's thread");
                assertThat(log.records()).isNotEmpty();
            }
            assertThat(thrown).hasSizeGreaterThanOrEqualTo(7).hasOnlyElementsOfType(IllegalStateException.class);
            assertThat(readAll(reader, new byte[SECTORS_OF_DISK * 512])).hasSize(31);
            writer.write(chunk);
        }
    }

    @Test
    void aChunkThatWasClosedTellsNothing() throws Exception {
        Way.FILE.prepare(this, new Random(13));
        try (Disk disk = Way.FILE.open(this);
                DiskReader reader = disk.newReader(SMALL)) {
            Chunk chunk = nextOf(reader);
            assertThat(chunk).hasToString("a chunk with sectors 0..31");
            chunk.close();
            for (ThrowingCallable call :
                    List.<ThrowingCallable>of(chunk::startSector, chunk::sectorCount, chunk::isZero, chunk::segment)) {
                assertThatIllegalStateException()
                        .isThrownBy(call)
                        .withMessage("the chunk was closed, and its memory has other sectors now");
            }
            assertThat(chunk).hasToString("a closed chunk");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPlanIsReadWithItsZerosAsChunksWithoutMemory(Way way) throws Exception {
        byte[] content = way.prepare(this, new Random(14));
        SectorSet.Builder allocated = SectorSet.builder();
        for (int i = 0; i < 100; i++) {
            allocated.add(new SectorRange(10L * i, 1 + i % 7));
        }
        SectorSet changed = SectorSet.of(new SectorRange(0, 500), new SectorRange(600, 403));
        CopyPlan plan = CopyPlan.incremental(SECTORS_OF_DISK, allocated.build(), changed);
        try (Disk disk = way.open(this);
                DiskReader reader = disk.newReader(plan, way.options())) {
            SectorSet.Builder copied = SectorSet.builder();
            SectorSet.Builder zeros = SectorSet.builder();
            for (Chunk next = reader.next(); next != null; next = reader.next()) {
                try (Chunk chunk = next) {
                    (chunk.isZero() ? zeros : copied).add(new SectorRange(chunk.startSector(), chunk.sectorCount()));
                    if (chunk.isZero()) {
                        assertThatIllegalStateException()
                                .isThrownBy(chunk::segment)
                                .withMessageContaining("ask isZero first");
                    } else {
                        assertHas(content, chunk);
                    }
                }
            }
            assertThat(copied.build()).isEqualTo(plan.sectors(CopyPlan.Kind.COPY));
            assertThat(zeros.build()).isEqualTo(plan.sectors(CopyPlan.Kind.ZERO));
        }
    }

    @Test
    void aHugeDiskIsReadToItsEnd() throws Exception {
        long capacity = (1L << 32) - 5;
        SectorSet last = SectorSet.of(new SectorRange(capacity - 13, 13));
        try (Disk disk = host.openDisk(disk("huge.vmdk", SPARSE, capacity));
                DiskReader reader = disk.newReader(CopyPlan.full(capacity, last), SMALL)) {
            try (Chunk zeros = nextOf(reader)) {
                assertThat(zeros.isZero()).isTrue();
                assertThat(zeros.sectorCount()).isEqualTo(capacity - 13);
            }
            try (Chunk chunk = nextOf(reader)) {
                assertThat(chunk.startSector()).isEqualTo(capacity - 13);
                assertThat(chunk.segment().byteSize()).isEqualTo(13 * 512);
                assertThat(bytes(chunk.segment())).containsOnly(0);
            }
            assertThat(reader.next()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aForgottenReaderIsReportedAndLeavesNothing(Way way) throws Exception {
        way.prepare(this, new Random(15));
        try (Disk disk = way.open(this);
                LogLines log = LogLines.of("dev.vixdisklib")) {
            MemorySegment memory = forget(disk, way.options());
            String report = "a reader of " + disk.name() + " was never closed; use try-with-resources";
            long deadline = System.nanoTime() + Background.PATIENCE.toNanos();
            while (!log.texts(Level.WARNING).contains(report)
                    || memory.scope().isAlive()
                    || Thread.getAllStackTraces().keySet().stream()
                            .anyMatch(thread -> thread.getName().equals("vixdisklib-stream"))) {
                assertThat(System.nanoTime()).as("is not reported").isLessThan(deadline);
                System.gc();
            }
        }
    }

    @Test
    void aForgottenChunkOfAReaderThatWasClosedIsReportedAndLeavesNothing() throws Exception {
        Way.NBDSSL.prepare(this, new Random(16));
        try (Disk disk = Way.NBDSSL.open(this);
                LogLines log = LogLines.of("dev.vixdisklib")) {
            MemorySegment memory = forgetChunk(disk);
            assertThat(memory.scope().isAlive()).isTrue();
            String report = "a chunk of a reader of " + disk.name() + " was never closed; use try-with-resources";
            long deadline = System.nanoTime() + Background.PATIENCE.toNanos();
            while (!log.texts(Level.WARNING).contains(report) || memory.scope().isAlive()) {
                assertThat(System.nanoTime()).as("is not reported").isLessThan(deadline);
                System.gc();
            }
        }
    }

    private static MemorySegment forgetChunk(Disk disk) throws Exception {
        try (DiskReader reader = disk.newReader(SMALL)) {
            nextOf(reader).close();
            return nextOf(reader).segment();
        }
    }

    /** In a method of its own, so that nothing on the stack holds the reader. */
    private static MemorySegment forget(Disk disk, StreamOptions options) throws Exception {
        DiskReader reader = disk.newReader(options);
        nextOf(reader).close();
        return nextOf(reader).segment();
    }

    @Test
    void aChecksumIsMadeOfAllSectors() throws Exception {
        byte[] content = Way.FILE.prepare(this, new Random(2));
        try (Disk disk = Way.FILE.open(this)) {
            // @start region="checksum"
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (DiskReader reader = disk.newReader(StreamOptions.defaults())) {
                reader.forEach(chunk -> digest.update(chunk.segment().asByteBuffer()));
            }
            // @end
            assertThat(digest.digest())
                    .isEqualTo(MessageDigest.getInstance("SHA-256").digest(content));
        }
    }

    @Test
    void aChunkGoesBackWhenAnActionThrows() throws Exception {
        byte[] content = Way.FILE.prepare(this, new Random(12));
        try (Disk disk = Way.FILE.open(this);
                DiskReader reader = disk.newReader(SMALL.withDepth(1))) {
            byte[] seen = new byte[content.length];
            AtomicInteger thrown = new AtomicInteger();
            // Many more than there are chunks.
            while (thrown.get() < 20) {
                assertThatExceptionOfType(TimeoutException.class)
                        .isThrownBy(() -> reader.forEach(chunk -> {
                            put(chunk, seen);
                            thrown.incrementAndGet();
                            throw new TimeoutException();
                        }));
            }
            reader.forEach(chunk -> put(chunk, seen));
            assertThat(seen).isEqualTo(content);
        }
    }
}
