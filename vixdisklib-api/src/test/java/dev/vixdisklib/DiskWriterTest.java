/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
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
}
