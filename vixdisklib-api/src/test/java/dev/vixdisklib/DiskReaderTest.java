/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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

    @Test
    void aChecksumIsMadeOfAllSectors() throws Exception {
        byte[] content = Way.FILE.prepare(this, new Random(2));
        try (Disk disk = Way.FILE.open(this)) {
            // @start region="checksum"
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (DiskReader reader = disk.newReader(StreamOptions.defaults())) {
                for (Chunk next = reader.next(); next != null; next = reader.next()) {
                    try (Chunk chunk = next) {
                        digest.update(chunk.segment().asByteBuffer());
                    }
                }
            }
            // @end
            assertThat(digest.digest())
                    .isEqualTo(MessageDigest.getInstance("SHA-256").digest(content));
        }
    }
}
