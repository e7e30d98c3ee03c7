/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.vixdisklib.shim.Fault;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams of sectors to disks, over transports of all kinds. */
class DiskWriterTest extends StreamedDisks {

    DiskWriterTest() throws IOException {}

    @ParameterizedTest
    @EnumSource
    void aDiskIsCopiedWithoutCopyingItsChunks(Way way) throws Exception {
        byte[] content = way.prepare(this, new Random(3));
        try (Disk source = way.open(this);
                Disk target = host.openDisk(disk("copy.vmdk", SPARSE, source.capacity()))) {
            // @start region="copy"
            StreamOptions options = StreamOptions.defaults().withChunkBytes(64 * 1024);
            try (DiskReader reader = source.newReader(options);
                    DiskWriter writer = target.newWriter(options)) {
                for (Chunk next = reader.next(); next != null; next = reader.next()) {
                    try (Chunk chunk = next) {
                        writer.write(chunk);
                    }
                }
                writer.finish();
            }
            // @end
            assertThat(read(target, 0, target.capacity())).isEqualTo(content);
        }
    }

    /** It would wait for ever for room that there never is. */
    @Test
    void aChunkOfAnotherStreamThatIsLargerThanTheLimitIsRefused() throws Exception {
        byte[] content = Way.NBDSSL.prepare(this, new Random(5));
        StreamOptions small = StreamOptions.defaults().withChunkBytes(4096);
        try (Disk source = Way.NBDSSL.open(this, OpenFlag.READ_ONLY);
                Disk target = Way.NBDSSL.open(this);
                DiskReader reader = source.newReader(SMALL);
                DiskWriter writer = target.newWriter(small.withLimit(InFlightLimit.ofBytes(4096)));
                Chunk chunk = Objects.requireNonNull(reader.next())) {
            Background<Boolean> writing = Background.start(() -> {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> writer.write(chunk))
                        .withMessageContainingAll("16384 bytes", "limit of 4096");
                writer.write(0, 8, chunk);
                writer.finish();
                return true;
            });
            assertThat(writing.join()).isTrue();
            assertThat(read(target, 0, target.capacity())).isEqualTo(content);
        }
    }

    @ParameterizedTest
    @EnumSource
    void zerosAreWritten(Way way) throws Exception {
        byte[] content = way.prepare(this, new Random(4));
        try (Disk disk = way.open(this);
                DiskWriter writer = disk.newWriter(way.options())) {
            writer.zero(3, 100);
            writer.finish();
            Arrays.fill(content, 3 * 512, 103 * 512, (byte) 0);
            assertThat(read(disk, 0, disk.capacity())).isEqualTo(content);
        }
    }

    @ParameterizedTest
    @EnumSource
    void severalThreadsWriteWhateverTimeRequestsTakeAndThoughSomeAreInterrupted(Way way) {
        atRandom(random -> {
            byte[] content = way.prepare(this, random);
            random.nextBytes(content);
            try (Disk disk = way.open(this)) {
                way.takeTime(this, random);
                try (DiskWriter writer = disk.newWriter(way.options().withDepth(1 + random.nextInt(4)))) {
                    AtomicInteger next = new AtomicInteger();
                    List<Background<Boolean>> threads = new ArrayList<>();
                    for (int i = 0; i < 5; i++) {
                        Callable<Boolean> work = () -> {
                            for (int at = next.getAndAdd(17); at < SECTORS_OF_DISK; at = next.getAndAdd(17)) {
                                int count = Math.min(17, SECTORS_OF_DISK - at);
                                while (!wrote(writer, content, at, count)) {
                                    Thread.onSpinWait();
                                }
                            }
                            return true;
                        };
                        threads.add(i % 2 == 0 ? Background.start(work) : Background.startVirtual(work));
                    }
                    for (int i = 0; i < 20; i++) {
                        threads.get(random.nextInt(5)).thread().interrupt();
                    }
                    for (Background<Boolean> thread : threads) {
                        assertThat(thread.join()).isTrue();
                    }
                    writer.finish();
                }
                assertThat(read(disk, 0, disk.capacity())).isEqualTo(content);
            }
        });
    }

    /** Writes some sectors; returns false if an interrupt came first. */
    private static boolean wrote(DiskWriter writer, byte[] content, int at, int count) throws IOException {
        try (Chunk chunk = writer.chunk()) {
            MemorySegment.copy(
                    content, at * Sectors.SIZE, chunk.segment(), ValueLayout.JAVA_BYTE, 0, count * Sectors.SIZE);
            writer.write(at, count, chunk);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCopyIsRightWhateverTimeRequestsTake(Way way) {
        atRandom(random -> {
            byte[] content = way.prepare(this, random);
            way.takeTime(this, random);
            try (Disk source = way.open(this);
                    Disk target = host.openDisk(disk("copy.vmdk", SPARSE, source.capacity()));
                    DiskWriter writer = target.newWriter(SMALL.readingAhead())) {
                try (DiskReader reader = source.newReader(way.options().withChunkBytes(4096))) {
                    for (Chunk next = reader.next(); next != null; next = reader.next()) {
                        try (Chunk chunk = next) {
                            writer.write(chunk);
                        }
                    }
                }
                // Chunks that are being written come back to a reader that is closed, too.
                writer.finish();
                assertThat(read(target, 0, target.capacity())).isEqualTo(content);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aFailureIsToldOnceWithItsSectorsAndEndsTheWriting(Way way) throws Exception {
        way.prepare(this, new Random(5));
        for (int round = 0; round < 2; round++) {
            try (Disk disk = way.open(this)) {
                Fault fault = Fault.on(way.writeFunction()).sectors(64, 64);
                plan(round == 0 ? fault.completesWith("VIX_E_FILE_ERROR") : fault.returns("VIX_E_FILE_ERROR"));
                try (DiskWriter writer = disk.newWriter(way.options())) {
                    ThrowingCallable writing = () -> {
                        for (int i = 0; i < 20; i++) {
                            try (Chunk chunk = writer.chunk()) {
                                writer.write(32L * i, 32, chunk);
                            }
                        }
                        writer.finish();
                    };
                    VixDiskLibException refusal =
                            assertRefused(ErrorCode.FILE_ERROR, way.writeFunction(), disk.name(), writing);
                    assertThat(refusal.sectors()).contains(new SectorRange(64, 32));
                    fake.forgetJournal();
                    for (ThrowingCallable call : List.<ThrowingCallable>of(
                            writing, writer::finish, writer::chunk, () -> writer.zero(0, 1))) {
                        assertThatIOException()
                                .isThrownBy(call)
                                .withMessage(
                                        "an earlier write to " + disk.name() + " has failed; nothing more is written")
                                .withCauseInstanceOf(VixDiskLibException.class);
                    }
                    assertThat(fake.journal())
                            .noneMatch(call -> call.function().equals(way.writeFunction())
                                    && call.sector().orElse(-1) == 0);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFailureThatNoCallHasToldIsToldByClose(Way way) throws Exception {
        way.prepare(this, new Random(6));
        try (Disk disk = way.open(this)) {
            plan(Fault.on(way.writeFunction()).completesWith("VIX_E_FILE_ERROR"));
            fake.holdAsync(way != Way.NBDSSL_AT_ONCE);
            DiskWriter writer = disk.newWriter(way.options());
            Throwable thrown = catchThrowable(() -> {
                writer.write(3, 2, writer.chunk());
                fake.holdAsync(false);
                writer.close();
            });
            fake.holdAsync(false);
            assertThat(thrown).isInstanceOf(VixDiskLibException.class).hasMessageContaining("sectors 3..4");
            writer.close();
            writer.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingWaitsForRequestsAndLeavesHeldChunksAsTheyAre(Way way) {
        atRandom(random -> {
            byte[] content = way.prepare(this, random);
            try (Disk disk = way.open(this)) {
                for (int round = 0; round < 10; round++) {
                    way.takeTime(this, random);
                    InFlightLimit limit = InFlightLimit.ofBytes(1 << 20);
                    DiskWriter writer = disk.newWriter(way.options().withLimit(limit));
                    Chunk held = writer.chunk();
                    held.segment().fill((byte) 5);
                    for (int i = random.nextInt(20); i >= 0; i--) {
                        int at = 32 * i;
                        assertThat(wrote(writer, content, at, 32)).isTrue();
                    }
                    writer.close();
                    assertThat(limit.inFlight()).isZero();
                    assertThat(bytes(held.segment())).containsOnly(5);
                    assertThatIllegalStateException()
                            .isThrownBy(writer::chunk)
                            .withMessage("the writer of " + disk.name() + " is closed");
                    assertThatIllegalStateException().isThrownBy(() -> writer.write(0, 1, held));
                    assertThatIllegalStateException().isThrownBy(writer::finish);
                    held.close();
                    assertThat(read(disk, 0, disk.capacity())).isEqualTo(content);
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aWriterThatIsWaitedForCanBeClosed(Way way) throws Exception {
        way.prepare(this, new Random(7));
        try (Disk disk = way.open(this)) {
            DiskWriter writer = disk.newWriter(way.options());
            for (int i = 0; i < 8; i++) {
                writer.chunk();
            }
            Background<Chunk> one = Background.start(writer::chunk).awaitWaiting();
            Background<Chunk> other = Background.startVirtual(writer::chunk).awaitWaiting();
            writer.close();
            assertThatIllegalStateException().isThrownBy(one::join);
            assertThatIllegalStateException().isThrownBy(other::join);
        }
    }

    @Test
    void aChunkIsNobodysWhileItIsWritten() throws Exception {
        byte[] content = Way.NBDSSL.prepare(this, new Random(8));
        fake.holdAsync(true);
        try (Disk disk = Way.NBDSSL.open(this);
                DiskWriter writer = disk.newWriter(SMALL.withDepth(1));
                Chunk chunk = writer.chunk();
                Chunk other = writer.chunk()) {
            chunk.segment().fill((byte) 1);
            other.segment().fill((byte) 2);
            writer.write(0, 32, chunk);
            assertThatIllegalStateException()
                    .isThrownBy(chunk::segment)
                    .withMessageStartingWith("the chunk is being written");
            assertThatIllegalStateException()
                    .isThrownBy(() -> writer.write(32, 32, chunk))
                    .withMessage("the chunk is being written already");
            // There is no room for a second request; who is interrupted has it back.
            for (Thread.Builder builder : List.of(Thread.ofPlatform(), Thread.ofVirtual())) {
                Background<Boolean> waiting = Background.start(builder, () -> isWritten(writer, other));
                waiting.awaitWaiting().thread().interrupt();
                assertThatExceptionOfType(InterruptedException.class).isThrownBy(waiting::join);
                assertThat(bytes(other.segment())).containsOnly(2);
            }
            Background<Boolean> waiting =
                    Background.start(() -> isWritten(writer, other)).awaitWaiting();
            fake.holdAsync(false);
            assertThat(waiting.join()).isTrue();
            writer.finish();
            assertThat(bytes(chunk.segment())).containsOnly(1);
            Arrays.fill(content, 0, 32 * 512, (byte) 1);
            Arrays.fill(content, 32 * 512, 64 * 512, (byte) 2);
            assertThat(read(disk, 0, disk.capacity())).isEqualTo(content);
        }
    }

    private static boolean isWritten(DiskWriter writer, Chunk chunk) throws IOException, InterruptedException {
        writer.write(32, 32, chunk);
        return true;
    }

    @Test
    void whoIsInterruptedSleepsUntilAStreamIsClosed() throws Exception {
        Way.NBDSSL.prepare(this, new Random(11));
        fake.holdAsync(true);
        try (Disk disk = Way.NBDSSL.open(this)) {
            DiskWriter writer = disk.newWriter(SMALL);
            writer.zero(0, 1);
            DiskReader reader = disk.newReader(SMALL);
            Background<Boolean> reading = Background.start(() -> reader.next() == null);
            reading.awaitWaiting().thread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(reading::join);
            List<Background<Boolean>> closing = new ArrayList<>();
            for (AutoCloseable stream : List.of(writer, reader)) {
                // One of them would keep its carrier otherwise.
                closing.add(Background.startVirtual(() -> {
                    Thread.currentThread().interrupt();
                    stream.close();
                    return Thread.interrupted();
                }));
            }
            try {
                closing.forEach(Background::awaitWaiting);
            } finally {
                fake.holdAsync(false);
            }
            for (Background<Boolean> each : closing) {
                assertThat(each.join()).isTrue();
            }
        }
    }

    @Test
    void wrongArgumentsAreRefusedAndHarmNothing() throws Exception {
        Way.FILE.prepare(this, new Random(9));
        SectorSet nothing = SectorSet.empty();
        try (Disk disk = Way.FILE.open(this);
                DiskWriter writer = disk.newWriter(SMALL);
                DiskReader reader = disk.newReader(CopyPlan.full(10, nothing), SMALL);
                Chunk chunk = writer.chunk();
                Chunk zeros = Objects.requireNonNull(reader.next())) {
            for (long[] range : new long[][] {
                {-1, 1},
                {Long.MIN_VALUE, 1},
                {0, 0},
                {0, -1},
                {SECTORS_OF_DISK, 1},
                {1000, 4},
                {Long.MAX_VALUE, 2},
                {1, Long.MAX_VALUE}
            }) {
                boolean isOne = range[1] == 1;
                for (ThrowingCallable call : List.<ThrowingCallable>of(
                        () -> writer.write(range[0], range[1], chunk), () -> writer.zero(range[0], range[1]))) {
                    assertThatExceptionOfType(IndexOutOfBoundsException.class)
                            .isThrownBy(call)
                            .withMessage(range[1] + (isOne ? " sector" : " sectors") + " from sector " + range[0]
                                    + (isOne ? " is" : " are") + " not inside " + disk.name() + ", which has 1003");
                }
            }
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> writer.write(0, 33, chunk))
                    .withMessage("the chunk has 32 sectors, and not 33 to write");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> writer.write(0, 1, zeros))
                    .withMessageContaining("stands for zeros: write it with write(chunk)");
            writer.write(zeros);
            writer.finish();
            assertThat(read(disk, 0, 10)).containsOnly(0);
            Chunk closed = writer.chunk();
            closed.close();
            assertThatIllegalStateException().isThrownBy(() -> writer.write(0, 1, closed));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReadOnlyDiskIsNotWrittenTo(Way way) throws Exception {
        way.prepare(this, new Random(10));
        try (Disk disk = way.open(this, OpenFlag.READ_ONLY);
                DiskWriter writer = disk.newWriter(way.options())) {
            assertRefused(ErrorCode.FILE_READ_ONLY, way.writeFunction(), disk.name(), () -> {
                writer.zero(0, 1);
                writer.finish();
            });
        }
    }
}
