/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.HostPaths;
import dev.vixdisklib.internal.Leaks;
import dev.vixdisklib.internal.NativeConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A connection, through which disks are made and opened. May be used from any thread; calls are carried out one after the
 * other on the library's control thread.
 */
public final class Connection implements AutoCloseable {

    private final NativeConnection connection;

    Connection(NativeConnection connection) {
        this.connection = connection;
        Leaks.watch(this, connection);
    }

    /**
     * Opens a disk, and the chain of its parents if it has some, unless {@link OpenFlag#SINGLE_LINK} is given. Unless it is
     * opened read-only, the library locks it against other writers; its parents are only read.
     *
     * @param path the disk; for a flat or split one the descriptor file
     * @param flags how to open it
     * @return the disk, for the caller to close
     * @throws VixDiskLibException if the library fails, for example because the file is missing, is no disk, or is locked
     * @throws IllegalArgumentException if the path is not of this host's file system
     * @throws IllegalStateException if this is closed
     */
    public Disk openDisk(Path path, OpenFlag... flags) throws IOException {
        return new Disk(connection.open(HostPaths.absolute(path).toString(), OpenFlag.bits(flags)));
    }

    /**
     * Creates a disk. It reads as zeros.
     *
     * @param path where; nothing must be there
     * @param spec what it is to be
     * @throws VixDiskLibException if the library fails, for example because the file exists or the type is not supported
     * @throws UnsupportedOperationException if the library lacks {@code Create}
     * @throws IllegalArgumentException if the path is not of this host's file system
     * @throws IllegalStateException if this is closed
     */
    public void createDisk(Path path, DiskSpec spec) throws IOException {
        createDisk(path, spec, ProgressListener.NONE);
    }

    /**
     * Creates a disk and tells how far it is.
     *
     * @param path where; nothing must be there
     * @param spec what it is to be
     * @param listener hears of progress; what it throws is thrown when the disk has been created
     * @throws VixDiskLibException if the library fails, for example because the file exists or the type is not supported
     * @throws UnsupportedOperationException if the library lacks {@code Create}
     * @throws IllegalArgumentException if the path is not of this host's file system
     * @throws IllegalStateException if this is closed
     */
    public void createDisk(Path path, DiskSpec spec, ProgressListener listener) throws IOException {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(listener, "listener");
        connection.create(HostPaths.absolute(path).toString(), spec, listener);
    }

    /**
     * Deletes a disk: its descriptor and all its extents, but no other link of a chain. It must not be open.
     *
     * @param path the disk; for a flat or split one the descriptor file
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code Unlink}
     * @throws IllegalArgumentException if the path is not of this host's file system
     * @throws IllegalStateException if this is closed
     */
    public void deleteDisk(Path path) throws IOException {
        connection.unlink(HostPaths.absolute(path).toString());
    }

    /**
     * Closes the disks that were opened through this, and the connection. Waits for reads and writes that are under way.
     * Everything is closed in any case; what failed is thrown at the end. Closing twice does nothing.
     *
     * @throws VixDiskLibException if the library reports a failure, such as data that could not be written
     */
    @Override
    public void close() throws IOException {
        connection.close();
    }

    @Override
    public String toString() {
        return connection.toString();
    }
}
