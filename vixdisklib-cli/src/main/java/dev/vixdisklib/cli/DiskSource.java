/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskCopy;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.nio.file.Path;

/** A disk of the library. */
record DiskSource(Disk disk) implements Source {

    /**
     * Opens a disk to read it.
     *
     * @throws IOException if it cannot be opened; says so where another name would do, or which file is missing
     */
    static DiskSource open(Connection host, Path path) throws IOException {
        return new DiskSource(Disks.openFile(host, path, OpenFlag.READ_ONLY));
    }

    @Override
    public long bytes() {
        return Sectors.toBytes(disk.capacity());
    }

    @Override
    public DiskCopy.Source contents() {
        return DiskCopy.from(disk);
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
