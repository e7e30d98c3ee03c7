/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package example.consumer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.VixDiskLib;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Makes a disk that begins with a text, and reads that. */
public final class FirstSector {

    private static final int SECTOR_BYTES = 512;

    private FirstSector() {}

    /**
     * Does so and prints the text, and on which path the library is.
     *
     * @param args the directory of VixDiskLib, and the disk to make
     * @throws IOException if the library or the disk does not work
     */
    public static void main(String[] args) throws IOException {
        try (VixDiskLib lib = VixDiskLib.open(Path.of(args[0]))) {
            Path vmdk = Path.of(args[1]);
            write(lib, vmdk, "read");
            String path = VixDiskLib.class.getModule().isNamed() ? "module path" : "class path";
            System.out.println(read(lib, vmdk) + " on the " + path);
        }
    }

    static void write(VixDiskLib lib, Path vmdk, String text) throws IOException {
        try (Connection host = lib.connectLocal();
                Arena arena = Arena.ofConfined()) {
            host.createDisk(vmdk, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, 2048));
            MemorySegment sector = arena.allocate(SECTOR_BYTES);
            sector.setString(0, text, US_ASCII);
            try (Disk disk = host.openDisk(vmdk)) {
                disk.write(0, sector);
            }
        }
    }

    static String read(VixDiskLib lib, Path vmdk) throws IOException {
        try (Connection host = lib.connectLocal();
                Disk disk = host.openDisk(vmdk, OpenFlag.READ_ONLY);
                Arena arena = Arena.ofConfined()) {
            MemorySegment sector = arena.allocate(SECTOR_BYTES);
            disk.read(0, sector);
            return sector.getString(0, US_ASCII);
        }
    }
}
