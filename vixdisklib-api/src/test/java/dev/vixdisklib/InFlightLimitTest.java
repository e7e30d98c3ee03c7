/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.vixdisklib.shim.FakeControl.Kind;
import dev.vixdisklib.shim.JournalEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many streams under one limit. */
class InFlightLimitTest extends StreamedDisks {

    private static final int CHUNK = 16 * 1024;

    InFlightLimitTest() throws IOException {}

    private List<Disk> open(Way way, int count) throws IOException {
        List<Disk> disks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            disks.add(way.open(this, OpenFlag.READ_ONLY));
        }
        return disks;
    }

    private static byte[] readAll(Disk disk, StreamOptions options) throws Exception {
        byte[] seen = new byte[SECTORS_OF_DISK * Sectors.SIZE];
        try (DiskReader reader = disk.newReader(options)) {
            assertWhole(SECTORS_OF_DISK, options.isOrdered(), readAll(reader, seen));
        }
        return seen;
    }

    @ParameterizedTest
    @EnumSource(names = {"NBDSSL", "NBD_AS_COMPLETED"})
    void thirtyTwoDisksAtOnceKeepToTheLimitAndAllAreRead(Way way) {
        atRandom(random -> {
            byte[] content = way.prepare(this, random);
            InFlightLimit limit = InFlightLimit.ofBytes(8 * CHUNK);
            StreamOptions options = way.options().withLimit(limit);
            List<Disk> disks = open(way, 32);
            fake.holdAsync(true);
            fake.forgetJournal();
            List<Background<byte[]>> readers = new ArrayList<>();
            for (Disk disk : disks) {
                readers.add(
                        readers.size() % 2 == 0
                                ? Background.start(() -> readAll(disk, options))
                                : Background.startVirtual(() -> readAll(disk, options)));
            }
            fake.awaitHeldAsync(8);
            for (Background<byte[]> reader : readers) {
                reader.awaitWaiting();
            }
            assertThat(fake.liveCount(Kind.ASYNC_REQUESTS)).isEqualTo(8);
            assertThat(limit.inFlight()).isEqualTo(limit.bytes());
            way.takeTime(this, random);
            fake.holdAsync(false);
            long most = 0;
            while (!readers.stream().allMatch(Background::isDone)) {
                most = Math.max(most, fake.liveCount(Kind.ASYNC_REQUESTS));
                assertThat(limit.inFlight()).isLessThanOrEqualTo(limit.bytes());
            }
            // The last request of a disk is shorter, so that more of them are within the limit; and each of the four
            // threads
            // of the library can be in a callback, of a request that has ended.
            long shortest = Sectors.toBytes(SECTORS_OF_DISK) % CHUNK;
            assertThat(most).isLessThanOrEqualTo(limit.bytes() / shortest + 4);
            for (Background<byte[]> reader : readers) {
                assertThat(reader.join()).isEqualTo(content);
            }
            assertThat(limit.mostInFlight()).isEqualTo(limit.bytes());
            assertThat(limit.inFlight()).isZero();
        });
    }

    @Test
    void theLimitOfAConnectionIsForAllOfItsDisks() throws Exception {
        Way.NBDSSL.prepare(this, new Random(1));
        fake.holdAsync(true);
        StreamOptions options = StreamOptions.defaults().withChunkBytes(4096).withDepth(StreamOptions.MAX_DEPTH);
        try (Disk disk = Way.NBDSSL.open(this);
                DiskReader reader = disk.newReader(options.withChunkBytes(1 << 20))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> disk.newReader(options.withLargeChunkBytes(64 << 20)))
                    .withMessageContaining("67108864 bytes")
                    .withMessageContaining("the limit of 33554432 bytes in flight");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> disk.newWriter(options.withLargeChunkBytes(64 << 20)));
            Background<Chunk> next = Background.start(reader::next).awaitWaiting();
            fake.awaitHeldAsync(1);
            fake.holdAsync(false);
            next.join().close();
        }
    }

    @Test
    void whoWaitsForItsTurnGetsItInOrder() throws Exception {
        Way.NBDSSL.prepare(this, new Random(2));
        InFlightLimit limit = InFlightLimit.ofBytes(CHUNK);
        List<Disk> disks = open(Way.NBDSSL, 5);
        fake.holdAsync(true);
        fake.forgetJournal();
        List<DiskReader> readers = new ArrayList<>();
        List<Background<Chunk>> waiting = new ArrayList<>();
        for (Disk disk : disks) {
            DiskReader reader = disk.newReader(SMALL.withDepth(1).withLimit(limit));
            readers.add(reader);
            waiting.add(Background.start(reader::next).awaitWaiting());
            fake.awaitHeldAsync(1);
        }
        // One that gives up, and one that is closed, keep nobody waiting.
        waiting.get(1).thread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(waiting.get(1)::join);
        readers.get(3).close();
        assertThatIllegalStateException().isThrownBy(waiting.get(3)::join);
        fake.holdAsync(false);
        for (int i : new int[] {0, 2, 4}) {
            waiting.get(i).join().close();
        }
        List<Long> order = fake.journal().stream()
                .filter(call -> call.function().equals("ReadAsync"))
                .map(JournalEntry::disk)
                .map(disk -> disk.orElseThrow())
                .toList();
        assertThat(order.subList(0, 3)).isSorted().doesNotHaveDuplicates();
        for (DiskReader reader : readers) {
            reader.close();
        }
        assertThat(limit.inFlight()).isZero();
        assertThat(limit.mostInFlight()).isEqualTo(CHUNK);
    }

    @ParameterizedTest
    @EnumSource
    void oneThreadUsesTwoReadersAndAWriterUnderALimitOfOneChunk(Way way) {
        atRandom(random -> {
            byte[] content = way.prepare(this, random);
            way.takeTime(this, random);
            StreamOptions options = SMALL.withLimit(InFlightLimit.ofBytes(CHUNK));
            try (Disk disk = way.open(this);
                    DiskReader one = disk.newReader(options);
                    DiskReader other = disk.newReader(options);
                    DiskWriter writer = disk.newWriter(options)) {
                while (true) {
                    try (Chunk first = one.next();
                            Chunk second = other.next()) {
                        if (first == null || second == null) {
                            break;
                        }
                        assertThat(first.startSector()).isEqualTo(second.startSector());
                        assertThat(first.segment().mismatch(second.segment())).isEqualTo(-1);
                        writer.write(first);
                    }
                }
                writer.finish();
                assertThat(read(disk, 0, disk.capacity())).isEqualTo(content);
            }
            assertThat(options.limit().orElseThrow().inFlight()).isZero();
        });
    }

    @Test
    void requestsThatFailCountNoLonger() throws Exception {
        Way.NBDSSL.prepare(this, new Random(3));
        InFlightLimit limit = InFlightLimit.ofBytes(CHUNK);
        try (Disk disk = Way.NBDSSL.open(this);
                DiskReader reader = disk.newReader(SMALL.withLimit(limit))) {
            fake.failNext("ReadAsync", ErrorCode.FILE_ERROR.number());
            fake.failNextAsync("ReadAsync", ErrorCode.FILE_ERROR.number());
            byte[] seen = new byte[SECTORS_OF_DISK * Sectors.SIZE];
            assertThat(readAll(reader, seen)).filteredOn(Piece::failed).hasSize(2);
        }
        assertThat(limit.inFlight()).isZero();
    }

    @Test
    void aLimitHasRoomForTheSmallestChunk() {
        assertThat(InFlightLimit.ofBytes(4096)).hasToString("the limit of 4096 bytes in flight");
        assertThat(InFlightLimit.ofBytes(Long.MAX_VALUE).bytes()).isEqualTo(Long.MAX_VALUE);
        for (long bytes : new long[] {4095, 0, -1, Long.MIN_VALUE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> InFlightLimit.ofBytes(bytes))
                    .withMessage("a limit has to allow 4096 bytes, not " + bytes);
        }
        assertThat(Objects.requireNonNull(StreamOptions.defaults()).limit()).isEmpty();
    }
}
