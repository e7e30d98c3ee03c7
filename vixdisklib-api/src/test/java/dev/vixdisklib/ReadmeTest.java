/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.shim.FakeVddk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class ReadmeTest extends TestDisks {

    ReadmeTest() throws IOException {}

    @Test
    void theExampleReadsAllOfADisk() throws Exception {
        // Not a multiple of the example's buffer.
        int capacity = 5000;
        Path path = disk("disk.vmdk", SPARSE, capacity);
        byte[] content = new byte[(int) Sectors.toBytes(capacity)];
        new Random(5).nextBytes(content);
        try (Disk disk = host.openDisk(path);
                Arena arena = Arena.ofConfined()) {
            disk.write(0, randomSectors(arena, capacity, new Random(5)));
        }
        CRC32 crc = new CRC32();
        crc.update(content);

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ReadmeExample.run(FakeVddk.directory(), path, new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8))
                .isEqualTo(String.format("5000 sectors, CRC-32 %08x%n", crc.getValue()));
    }
}
