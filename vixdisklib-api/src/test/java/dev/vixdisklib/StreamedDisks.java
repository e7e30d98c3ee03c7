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
        NBD_AS_COMPLETED("nbd");

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
            if (this == NBDSSL || this == NBD_AS_COMPLETED) {
                test.fake.setAsync(4, random.nextLong());
            }
            return content;
        }

        Disk open(StreamedDisks test, OpenFlag... flags) throws IOException {
            Disk disk = mode.equals("file")
                    ? test.host.openDisk(test.path(), flags)
                    : test.lib
                            .connect(vcenter().vm("vm-42").transportModes(TransportMode.of(mode)))
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
