/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.ClosedDisks;
import dev.vixdisklib.internal.ConnectTarget;
import dev.vixdisklib.internal.HostPaths;
import dev.vixdisklib.internal.Leaks;
import dev.vixdisklib.internal.NativeConnection;
import dev.vixdisklib.internal.Utf8;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A connection to this host or a server, through which disks are made and opened. May be used from any thread; calls are
 * carried out one after the other on the library's control thread.
 */
public final class Connection implements AutoCloseable {

    private final NativeConnection connection;
    private final InFlightLimit inFlightLimit = InFlightLimit.ofBytes(InFlightLimit.DEFAULT_BYTES);

    Connection(NativeConnection connection) {
        this.connection = connection;
        Leaks.watch(this, connection);
    }

    /**
     * What the library tells about this connection.
     *
     * @return the parameters that it was made with, without secrets
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code GetConnectParams} or {@code FreeConnectParams}
     * @throws IllegalStateException if this is closed
     */
    public ConnectionInfo info() throws IOException {
        return connection.info();
    }

    /**
     * What bounds the bytes that streams of all disks of this connection have in flight together, unless they are given
     * {@linkplain StreamOptions#withLimit another limit}.
     *
     * @return a limit of {@link InFlightLimit#DEFAULT_BYTES}
     */
    public InFlightLimit inFlightLimit() {
        return inFlightLimit;
    }

    /**
     * Opens a disk of this host, and the chain of its parents if it has some, unless {@link OpenFlag#SINGLE_LINK} is given.
     * Unless it is opened read-only, the library locks it against other writers; its parents are only read.
     *
     * @param path the disk; for a flat or split one the descriptor file
     * @param flags how to open it
     * @return the disk, for the caller to close
     * @throws VixDiskLibException if the library fails, for example because the file is missing, is no disk, or is locked
     * @throws IllegalArgumentException if the path is not of this host's file system, this is a connection to a server, or
     *     there are two kinds of compression
     * @throws IllegalStateException if this is closed
     */
    public Disk openDisk(Path path, OpenFlag... flags) throws IOException {
        if (!connection.isLocal()) {
            throw new IllegalArgumentException(
                    path + " is a file of this host, and " + this + " opens disks of a server: write " + example());
        }
        return new Disk(connection.open(name(path), OpenFlag.bits(flags)), inFlightLimit);
    }

    /**
     * Opens a disk by its name. One of a virtual machine is called {@code [datastore] folder/disk.vmdk}, one in a folder of
     * a datastore as its file there, and one of this host by its path. The library looks for a transport mode that works,
     * and checks the thumbprint of the server, only now.
     *
     * @param name the disk
     * @param flags how to open it
     * @return the disk, for the caller to close
     * @throws VixDiskLibException if the library fails, for example because the disk is missing, locked, or cannot be
     *     reached
     * @throws IllegalArgumentException if the name is empty or contains a NUL character or half a surrogate pair, this is
     *     a connection to a first-class disk, or there are two kinds of compression
     * @throws IllegalStateException if this is closed
     */
    public Disk openDisk(String name, OpenFlag... flags) throws IOException {
        if (connection.isLocal() && !name.isEmpty()) {
            return openDisk(Path.of(name), flags);
        }
        if (connection.target() instanceof ConnectTarget.FirstClassDisk) {
            throw new IllegalArgumentException(
                    this + " is to one disk, which needs no name such as \"" + name + "\": write " + example());
        }
        return new Disk(connection.open(name(name), OpenFlag.bits(flags)), inFlightLimit);
    }

    /**
     * Opens the first-class disk that this is a connection to; its id is its name.
     *
     * @param flags how to open it
     * @return the disk, for the caller to close
     * @throws VixDiskLibException if the library fails, for example because the disk cannot be reached
     * @throws IllegalArgumentException if this is no connection to a first-class disk, or there are two kinds of
     *     compression
     * @throws IllegalStateException if this is closed
     */
    public Disk openDisk(OpenFlag... flags) throws IOException {
        if (connection.target() instanceof ConnectTarget.FirstClassDisk disk) {
            return new Disk(connection.openOnly(disk.id(), OpenFlag.bits(flags)), inFlightLimit);
        }
        throw new IllegalArgumentException(this + " can open more than one disk: write " + example());
    }

    /** How to open a disk of this connection. */
    private String example() {
        if (connection.isLocal()) {
            return "openDisk(path)";
        }
        if (connection.target() instanceof ConnectTarget.FirstClassDisk) {
            return "openDisk()";
        }
        return connection.target() instanceof ConnectTarget.Datastore
                ? "openDisk(\"disk.vmdk\"), a name in that folder"
                : "openDisk(\"[datastore] folder/disk.vmdk\")";
    }

    /**
     * Creates a disk. It reads as zeros.
     *
     * @param path where; nothing must be there
     * @param spec what it is to be
     * @throws VixDiskLibException if the library fails, for example because the file exists or the type is not supported
     * @throws UnsupportedOperationException if the library lacks {@code Create}, or cannot be told the sector sizes
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
     * @throws UnsupportedOperationException if the library lacks {@code Create}, or cannot be told the sector sizes
     * @throws IllegalArgumentException if the path is not of this host's file system
     * @throws IllegalStateException if this is closed
     */
    public void createDisk(Path path, DiskSpec spec, ProgressListener listener) throws IOException {
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(listener, "listener");
        connection.create(name(path), spec, listener);
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
        connection.unlink(name(path));
    }

    /**
     * Copies a disk, with what is in its parents, into a new one without parents, which may be stored in another way. The
     * clone gets the content and the capacity of its source.
     *
     * <p>A clone of local disks is made as any disk. From a server to this host and from this host to a server is possible
     * as well; to a server, since VDDK 6.5, only in the place of a disk of a virtual machine that is off, and {@code spec}
     * must be {@link CloneSpec#replacing} (VDDK guide, "Clone a Virtual Disk").
     *
     * <p>This can take hours, and cannot be cancelled. The library opens and closes both disks on the one thread that opens
     * and closes, so until it has ended all that opens and closes in this process waits, also {@code close}. Where that is
     * too long, create a disk, open both, read and write.
     *
     * @param target the clone, on this connection
     * @param spec what is cloned, on a connection that stays open as this one does, and what the clone is to be
     * @throws VixDiskLibException if the library fails, for example because the target exists
     *     ({@link ErrorCode#FILE_ALREADY_EXISTS}), there is no source ({@link ErrorCode#FILE_NOT_FOUND}) or this connection
     *     is read-only; its target names both disks. There is no half of a clone then, but a disk that was to be replaced
     *     can be gone
     * @throws UnsupportedOperationException if the library lacks {@code Clone}, or cannot be told the sector sizes
     * @throws IllegalArgumentException if the path is not of this host's file system, or this is a connection to a server
     * @throws IllegalStateException if one of the two connections is closed
     */
    public void cloneDisk(Path target, CloneSpec spec) throws IOException {
        cloneDisk(target, spec, ProgressListener.NONE);
    }

    /**
     * Does what {@link #cloneDisk(Path, CloneSpec)} does, and tells how far it is.
     *
     * @param target the clone, on this connection
     * @param spec what is cloned, and what the clone is to be
     * @param listener hears of progress; what it throws is thrown when the disk has been cloned
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code Clone}, or cannot be told the sector sizes
     * @throws IllegalArgumentException if the path is not of this host's file system, or this is a connection to a server
     * @throws IllegalStateException if one of the two connections is closed
     */
    public void cloneDisk(Path target, CloneSpec spec, ProgressListener listener) throws IOException {
        cloneTo(clonedName(target), spec, listener);
    }

    /**
     * Does what {@link #cloneDisk(Path, CloneSpec)} does, to a server.
     *
     * @param target the disk to be replaced, such as {@code [datastore1] web/web.vmdk}; on this host, a path
     * @param spec what is cloned, and what the clone is to be
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code Clone}, or cannot be told the sector sizes
     * @throws IllegalArgumentException if the name is empty or contains a NUL character or half a surrogate pair
     * @throws IllegalStateException if one of the two connections is closed
     */
    public void cloneDisk(String target, CloneSpec spec) throws IOException {
        cloneDisk(target, spec, ProgressListener.NONE);
    }

    /**
     * Does what {@link #cloneDisk(Path, CloneSpec)} does, to a server, and tells how far it is.
     *
     * @param target the disk to be replaced, such as {@code [datastore1] web/web.vmdk}
     * @param spec what is cloned, and what the clone is to be
     * @param listener hears of progress; what it throws is thrown when the disk has been cloned
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code Clone}, or cannot be told the sector sizes
     * @throws IllegalArgumentException if the name is empty or contains a NUL character or half a surrogate pair
     * @throws IllegalStateException if one of the two connections is closed
     */
    public void cloneDisk(String target, CloneSpec spec, ProgressListener listener) throws IOException {
        cloneTo(clonedName(target), spec, listener);
    }

    private void cloneTo(String target, CloneSpec spec, ProgressListener listener) throws IOException {
        Objects.requireNonNull(listener, "listener");
        ClosedDisks.copy(
                connection, target, spec.source().connection, spec.disk(), spec.form(), spec.isReplacing(), listener);
    }

    /**
     * Makes a disk larger. What is new reads as zeros. The disk must not be open, and have neither a parent nor children,
     * which would no longer fit. Until it is done, all that opens and closes in this process waits.
     *
     * @param path the disk; for a flat or split one the descriptor file
     * @param capacity the new size in sectors, more than it has
     * @param updateGeometry whether the disk's geometry is to be calculated anew; guests that boot by it may want the old
     *     one
     * @throws VixDiskLibException if the library fails, for example because the disk is open
     *     ({@link ErrorCode#FILE_ALREADY_LOCKED}) or not smaller than the new size ({@link ErrorCode#INVALID_ARG})
     * @throws UnsupportedOperationException if the library lacks {@code Grow}
     * @throws IllegalArgumentException if the capacity is not positive, or the path is not of this host's file system
     * @throws IllegalStateException if this is closed
     */
    public void growDisk(Path path, long capacity, boolean updateGeometry) throws IOException {
        growDisk(path, capacity, updateGeometry, ProgressListener.NONE);
    }

    /**
     * Does what {@link #growDisk(Path, long, boolean)} does, and tells how far it is.
     *
     * @param path the disk; for a flat or split one the descriptor file
     * @param capacity the new size in sectors, more than it has
     * @param updateGeometry whether the disk's geometry is to be calculated anew
     * @param listener hears of progress; what it throws is thrown when the disk has grown
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code Grow}
     * @throws IllegalArgumentException if the capacity is not positive, or the path is not of this host's file system
     * @throws IllegalStateException if this is closed
     */
    public void growDisk(Path path, long capacity, boolean updateGeometry, ProgressListener listener)
            throws IOException {
        Objects.requireNonNull(listener, "listener");
        if (capacity < 1) {
            throw new IllegalArgumentException("a disk grows to more sectors than it has, not to " + capacity);
        }
        ClosedDisks.grow(connection, name(path), capacity, updateGeometry, listener);
    }

    /**
     * Has the library examine a sparse disk, which must not be open for writing. Until it is done, all that opens and
     * closes in this process waits.
     *
     * @param path the disk; for a split one the descriptor file
     * @return what the library says of the disk
     * @throws VixDiskLibException if the library fails, for example because the disk is locked, or so damaged that it is
     *     none ({@link ErrorCode#DISK_INVALIDDISK})
     * @throws UnsupportedOperationException if the library lacks {@code CheckRepair}
     * @throws IllegalArgumentException if the path is not of this host's file system
     * @throws IllegalStateException if this is closed
     */
    public CheckResult checkDisk(Path path) throws IOException {
        return ClosedDisks.checkRepair(connection, name(path), false)
                ? CheckResult.NEEDS_REPAIR
                : CheckResult.NO_DAMAGE_REPORTED;
    }

    /**
     * Has the library repair a sparse disk, which must not be open. What cannot be saved is lost: make a copy of the files
     * before. Until it is done, all that opens and closes in this process waits.
     *
     * @param path the disk; for a split one the descriptor file
     * @throws VixDiskLibException if the library fails, for example because the disk is open
     *     ({@link ErrorCode#FILE_ALREADY_LOCKED}), the connection is read-only, or the disk is beyond repair
     *     ({@link ErrorCode#DISK_CANTREPAIR})
     * @throws UnsupportedOperationException if the library lacks {@code CheckRepair}
     * @throws IllegalArgumentException if the path is not of this host's file system
     * @throws IllegalStateException if this is closed
     */
    public void repairDisk(Path path) throws IOException {
        ClosedDisks.checkRepair(connection, name(path), true);
    }

    /** How the library calls a disk to be cloned, or the place for a clone. */
    String clonedName(Path path) {
        if (!connection.isLocal()) {
            throw new IllegalArgumentException(path + " is a file of this host, and " + this
                    + " is to a server: give the name of a disk there, as a text");
        }
        return name(path);
    }

    /** How the library calls a disk to be cloned, or the place for a clone. */
    String clonedName(String disk) {
        String name = name(disk);
        return connection.isLocal() ? name(Path.of(name)) : name;
    }

    /** How the library calls the one disk that is here: not at all. */
    String clonedName() {
        if (!(connection.target() instanceof ConnectTarget.FirstClassDisk)) {
            throw new IllegalArgumentException(this + " can open more than one disk: say which one is to be cloned");
        }
        return "";
    }

    /** How the library calls a file of this host. */
    String name(Path path) {
        return HostPaths.absolute(path).toString();
    }

    /** How the library calls a disk of a server. */
    String name(String disk) {
        if (disk.isEmpty()) {
            throw new IllegalArgumentException("the name of the disk is empty");
        }
        return Utf8.requireText(disk, "the name of the disk");
    }

    /**
     * Closes the disks that were opened through this, and the connection. Waits for reads and writes that are under way, asynchronous ones too.
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
