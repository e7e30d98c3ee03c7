/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.shim.FakeDisk;
import dev.vixdisklib.shim.FaultPlan;
import dev.vixdisklib.shim.Timing;
import dev.vixdisklib.shim.Transport;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;

/** For tests of streams: a disk with random content that can be reached in several ways. */
abstract class StreamedDisks extends TestServers {

    /** Chunks that a small disk has many of. */
    static final StreamOptions SMALL =
            StreamOptions.defaults().withChunkBytes(16 * 1024).withDepth(4);

    /** No multiple of a chunk. */
    static final int SECTORS_OF_DISK = 1003;

    StreamedDisks() throws IOException {}

    /** How a disk is reached, and how requests are made that way. */
    enum Way {
        /** On the thread of the stream's user. */
        FILE("file"),
        /** On a thread of the stream. */
        FILE_AHEAD("file"),
        /** Within the call, by a library that says it is asynchronous. */
        NBDSSL_AT_ONCE("nbdssl"),
        /** On threads of the library, in random order. */
        NBDSSL("nbdssl"),
        /** The same, as they are complete. */
        NBD_AS_COMPLETED("nbd"),
        /** On a thread of the stream, since the library has none for it. */
        HOTADD("hotadd");

        private final String mode;

        Way(String mode) {
            this.mode = mode;
        }

        StreamOptions options() {
            return switch (this) {
                case FILE_AHEAD -> SMALL.readingAhead();
                case NBD_AS_COMPLETED -> SMALL.asCompleted();
                default -> SMALL;
            };
        }

        /** Makes the disk; returns its content. */
        byte[] prepare(StreamedDisks test, Random random) throws IOException {
            byte[] content = new byte[SECTORS_OF_DISK * Sectors.SIZE];
            random.nextBytes(content);
            test.host.deleteDisk(test.path());
            FakeDisk.create(test.path(), content);
            if (isReordering()) {
                test.fake.setAsync(4, random.nextLong());
            }
            return content;
        }

        private boolean isReordering() {
            return this == NBDSSL || this == NBD_AS_COMPLETED;
        }

        /** Has requests take some time, if they are carried out by threads of the library or of the stream. */
        void takeTime(StreamedDisks test, Random random) {
            if (isReordering() || this == HOTADD) {
                Duration latency = Duration.ofNanos(1000L * random.nextInt(300));
                test.fake.setTiming(Transport.valueOf(mode.toUpperCase(Locale.ROOT)), Timing.latency(latency));
            }
        }

        /** The function that reads. */
        String readFunction() {
            return mode.startsWith("nbd") ? "ReadAsync" : "Read";
        }

        /** The function that writes. */
        String writeFunction() {
            return mode.startsWith("nbd") ? "WriteAsync" : "Write";
        }

        /** To write over hotadd, a machine has to have a snapshot. */
        private ConnectionSpec machine() {
            return this == HOTADD
                    ? vcenter().vm("vm-42", "snapshot-47")
                    : vcenter().vm("vm-42");
        }

        Disk open(StreamedDisks test, OpenFlag... flags) throws IOException {
            useInventory(
                    test.directory,
                    test.fake,
                    server -> {},
                    datastore -> datastore.transports(Transport.NBDSSL, Transport.NBD, Transport.HOTADD));
            Disk disk = mode.equals("file")
                    ? test.host.openDisk(test.path(), flags)
                    : test.lib
                            .connect(machine().transportModes(TransportMode.of(mode)))
                            .openDisk(DISK, flags);
            assertThat(disk.transportMode()).contains(TransportMode.of(mode));
            return disk;
        }
    }

    /** The file of the disk. */
    final Path path() {
        return directory.resolve("ds1/web/web.vmdk");
    }

    @AfterEach
    final void requestsEnd() {
        fake.setFaultPlan(FaultPlan.NONE);
        fake.holdAsync(false);
        closeLibrary();
        fake.setAsync(0, 0);
        for (Transport transport : Transport.values()) {
            fake.setTiming(transport, Timing.NONE);
        }
    }

    /**
     * What has come of a stream.
     *
     * @param failed whether that was an exception, which says of which sectors
     */
    record Piece(long start, long count, boolean failed) {}

    /** Reads all that comes, and puts the sectors where they are on the disk. */
    static List<Piece> readAll(DiskReader reader, byte[] content) throws IOException, InterruptedException {
        List<Piece> pieces = new ArrayList<>();
        while (true) {
            try (Chunk chunk = reader.next()) {
                if (chunk == null) {
                    return pieces;
                }
                put(chunk, content);
                pieces.add(new Piece(chunk.startSector(), chunk.sectorCount(), false));
            } catch (VixDiskLibException e) {
                SectorRange sectors = e.sectors().orElseThrow();
                pieces.add(new Piece(sectors.start(), sectors.count(), true));
            }
        }
    }

    /** Asserts that pieces are a whole disk, and in order if they should be. */
    static void assertWhole(long capacity, boolean ordered, List<Piece> pieces) {
        List<Piece> sorted = new ArrayList<>(pieces);
        sorted.sort(Comparator.comparingLong(Piece::start));
        if (ordered) {
            assertThat(pieces).isEqualTo(sorted);
        }
        long at = 0;
        for (Piece piece : sorted) {
            assertThat(piece.start()).isEqualTo(at);
            at += piece.count();
        }
        assertThat(at).isEqualTo(capacity);
    }

    /** Puts the sectors of a chunk where they are on the disk. */
    static void put(Chunk chunk, byte[] content) {
        MemorySegment.copy(
                chunk.segment(),
                ValueLayout.JAVA_BYTE,
                0,
                content,
                Math.toIntExact(Sectors.toBytes(chunk.startSector())),
                Math.toIntExact(chunk.segment().byteSize()));
    }
}
