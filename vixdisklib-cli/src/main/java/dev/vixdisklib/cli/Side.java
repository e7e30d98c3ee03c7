/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskCopy;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.Sectors;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** One of two things that are compared: a disk, or a raw image. */
record Side(String name, DiskCopy.Source contents, long bytes, Closeable resource) implements Closeable {

    /** Whether a name stands for a disk, and not for a raw image. */
    static boolean isDisk(String name, ServerOptions server) {
        return server.isOnServer(name) || hasNameOfDisk(name);
    }

    /** Whether a file of this name is taken for a disk of the library. */
    static boolean hasNameOfDisk(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(".vmdk");
    }

    /** Opens a disk, or an image, of which nothing is said to the library. */
    static Side open(Disks disks, String name, ServerOptions server) throws IOException {
        if (isDisk(name, server)) {
            Disk disk = disks.open(name, OpenFlag.READ_ONLY);
            return new Side(name, DiskCopy.from(disk), Sectors.toBytes(disk.capacity()), disk::close);
        }
        Path path = Path.of(name);
        FileKind kind = FileKind.of(path);
        if (kind == FileKind.STREAM) {
            throw new FileSystemException(name, null, "is a pipe or character device, and has no size to compare");
        }
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        return new Side(name, DiskCopy.fromFile(file), file.size(), file);
    }

    @Override
    public void close() throws IOException {
        resource.close();
    }
}
