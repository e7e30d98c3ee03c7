/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

class AllocatedBlocksTest extends TestDisks {

    private static final String QUERY = "QueryAllocatedBlocks";
    private static final long CHUNK = 128;

    /** What the library tells in one query: 524288 chunks, which is 32 GiB. */
    private static final long QUERIED = 524_288 * CHUNK;

    private static final long THREE_TIB = 3L << 31;

    AllocatedBlocksTest() throws IOException {}

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
            assertThat(blocks).containsExactly(new SectorRange(0, 1000));
            assertThat(log.texts(Level.FINE)).singleElement().asString().contains(disk.name());
        }
        assertThat(disk.allocatedBlocks().isKnown()).isTrue();
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
