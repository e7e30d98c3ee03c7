/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskCopy;
import dev.vixdisklib.ErrorCode;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.VixDiskLibException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk of the library. */
record DiskSource(Disk disk) implements Source {

    /**
     * Opens a disk to read it.
     *
     * @throws IOException if it cannot be opened; says so where another name would do, or which file is missing
     */
    static DiskSource open(Connection host, Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new FileSystemException(path.toString(), null, "is a directory");
        }
        try {
            return new DiskSource(host.openDisk(path, OpenFlag.READ_ONLY));
        } catch (VixDiskLibException e) {
            Path descriptor = Extents.descriptorOf(path).orElse(null);
            if (descriptor != null) {
                throw new IOException(path + " is a part of the disk " + descriptor + "; name that", e);
            }
            if (e.error().is(ErrorCode.FILE_NOT_FOUND) && Files.isReadable(path)) {
                for (Path file : Chain.files(path)) {
                    if (!Files.exists(file)) {
                        throw new IOException(path + " needs " + file + ", which was not found", e);
                    }
                }
            }
            throw e;
        }
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
