/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.ErrorCode;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.VixDiskLibException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The library, and its disks by the names that users give them. Closing it closes them too. */
final class Disks implements Closeable {

    private final VixDiskLib lib;
    private final ServerOptions server;
    private final boolean isReadOnly;
    private @Nullable Connection local;
    private @Nullable Connection remote;

    Disks(VixDiskLib lib, ServerOptions server, boolean isReadOnly) {
        this.lib = lib;
        this.server = server;
        this.isReadOnly = isReadOnly;
    }

    VixDiskLib lib() {
        return lib;
    }

    /** The connection to the files of this host. */
    Connection local() throws IOException {
        if (local == null) {
            local = lib.connectLocal();
        }
        return local;
    }

    /** The connection to the server, which the user has named. */
    Connection remote() throws IOException {
        if (remote == null) {
            remote = lib.connect(server.spec(isReadOnly));
        }
        return remote;
    }

    /** The connection for a disk of that name. */
    Connection hostOf(String name) throws IOException {
        return server.isOnServer(name) ? remote() : local();
    }

    /**
     * Opens a disk.
     *
     * @throws IOException if it cannot be opened; says so where another name would do, or which file is missing
     */
    Disk open(String name, OpenFlag... flags) throws IOException {
        if (!server.isOnServer(name)) {
            return openFile(local(), Path.of(name), flags);
        }
        String there = server.nameOnServer(name).orElse(null);
        return there == null ? remote().openDisk(flags) : remote().openDisk(there, flags);
    }

    /**
     * Makes sure that a file of this host is a disk, whose parents need not be there.
     *
     * @return its size in sectors
     */
    long requireDisk(Path path) throws IOException {
        try (Disk disk = openFile(local(), path, OpenFlag.READ_ONLY, OpenFlag.SINGLE_LINK)) {
            return disk.capacity();
        }
    }

    /** Opens a disk of this host. */
    static Disk openFile(Connection local, Path path, OpenFlag... flags) throws IOException {
        if (Files.isDirectory(path)) {
            throw new FileSystemException(path.toString(), null, "is a directory");
        }
        try {
            return local.openDisk(path, flags);
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
    public void close() throws IOException {
        lib.close();
    }
}
