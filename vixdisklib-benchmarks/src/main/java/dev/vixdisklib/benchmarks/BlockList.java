/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.SectorRange;
import dev.vixdisklib.VixDiskLib;
import java.io.IOException;
import java.nio.file.Path;

/** Finds out what is allocated. Its arguments are the directory of a VDDK and a local disk. */
final class BlockList {

    private BlockList() {}

    /** Does it as a program does that has just begun, and tells how long it took. */
    public static void main(String[] arguments) throws IOException {
        try (VixDiskLib lib = VixDiskLib.open(Path.of(arguments[0]));
                Connection host = lib.connectLocal();
                Disk disk = host.openDisk(Path.of(arguments[1]), OpenFlag.READ_ONLY)) {
            long begin = System.nanoTime();
            long extents = 0;
            long sectors = 0;
            for (SectorRange range : disk.allocatedBlocks()) {
                extents++;
                sectors += range.count();
            }
            long nanoseconds = System.nanoTime() - begin;
            System.out.println(Figures.of(
                            "extents",
                            extents,
                            "sectors",
                            sectors,
                            "nanoseconds",
                            nanoseconds,
                            "heap",
                            MemoryUse.heapPeak(),
                            "highest",
                            MemoryUse.residentBytes("VmHWM"))
                    .line());
        }
    }
}
