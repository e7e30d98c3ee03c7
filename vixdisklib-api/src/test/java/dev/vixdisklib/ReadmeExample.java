/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.zip.CRC32;

/** The program in the README, which a test runs. */
final class ReadmeExample {

    private ReadmeExample() {}

    static void run(Path vddk, Path vmdk, PrintStream out) throws IOException {
        // @start region="example"
        try (VixDiskLib lib = VixDiskLib.open(vddk);
                Connection host = lib.connectLocal();
                Disk disk = host.openDisk(vmdk, OpenFlag.READ_ONLY);
                Arena arena = Arena.ofConfined()) {
            CRC32 crc = new CRC32();
            MemorySegment buffer = Sectors.allocate(arena, 2048); // 1 MiB of native memory
            for (long sector = 0; sector < disk.capacity(); sector += 2048) {
                MemorySegment part = buffer.asSlice(0, Sectors.toBytes(Math.min(2048, disk.capacity() - sector)));
                disk.read(sector, part);
                crc.update(part.asByteBuffer());
            }
            out.printf("%d sectors, CRC-32 %08x%n", disk.capacity(), crc.getValue());
        }
        // @end
    }
}
