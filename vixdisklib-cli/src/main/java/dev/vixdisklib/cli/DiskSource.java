/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Disk;
import dev.vixdisklib.SectorRange;
import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A disk of the library. */
record DiskSource(Disk disk) implements Source {

    @Override
    public long bytes() {
        return Sectors.toBytes(disk.capacity());
    }

    @Override
    public Iterable<SectorRange> allocated() {
        return disk.allocatedBlocks();
    }

    @Override
    public void read(long startSector, MemorySegment buffer) throws IOException {
        disk.read(startSector, buffer);
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
