/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.zip.CRC32;

/** The program in the documentation of the package, which a test runs. */
final class ReadmeExample {

    private ReadmeExample() {}

    static void run(Path vddk, Path vmdk, PrintStream out) throws IOException, InterruptedException {
        // @start region="example"
        try (VixDiskLib lib = VixDiskLib.open(vddk);
                Connection host = lib.connectLocal();
                Disk disk = host.openDisk(vmdk, OpenFlag.READ_ONLY);
                DiskReader reader = disk.newReader(StreamOptions.defaults())) {
            CRC32 crc = new CRC32();
            // Chunks are native memory that the library has read into; over a network, the next ones are on their way.
            reader.forEach(chunk -> crc.update(chunk.segment().asByteBuffer()));
            out.printf("%d sectors, CRC-32 %08x%n", disk.capacity(), crc.getValue());
        }
        // @end
    }
}
