/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.nio.file.Path;

/**
 * What is to be cloned, and what the clone is to be. The clone has the capacity of its source; for one on a server, only
 * {@link DiskType#VMFS_THIN} makes a difference (VDDK guide, "Clone a Virtual Disk"). Immutable.
 */
public final class CloneSpec {

    private final Connection source;
    private final String disk;
    private final DiskSpec form;
    private final boolean replacing;

    private CloneSpec(Connection source, String disk, DiskSpec form, boolean replacing) {
        this.source = source;
        this.disk = disk;
        this.form = form;
        this.replacing = replacing;
    }

    private static CloneSpec ofName(Connection source, String disk, DiskType type) {
        // Its capacity does not count.
        return new CloneSpec(source, disk, DiskSpec.of(type, 1), false);
    }

    /**
     * A clone of a disk in a file of this host, with an LSI Logic adapter and the newest hardware version that VixDiskLib
     * names, where nothing is yet.
     *
     * @param source a connection to this host; it is neither used before the cloning nor closed by it
     * @param disk the disk, whose parents are read as well
     * @param type how the clone is to be stored
     * @return the specification
     * @throws IllegalArgumentException if the path is not of this host's file system, or the connection is to a server
     */
    public static CloneSpec of(Connection source, Path disk, DiskType type) {
        return ofName(source, source.clonedName(disk), type);
    }

    /**
     * A clone of a disk on a server, with an LSI Logic adapter and the newest hardware version that VixDiskLib names, where
     * nothing is yet.
     *
     * @param source a connection to the server; it is neither used before the cloning nor closed by it
     * @param disk the disk, such as {@code [datastore1] web/web.vmdk}
     * @param type how the clone is to be stored
     * @return the specification
     * @throws IllegalArgumentException if the name is empty or contains a NUL character or half a surrogate pair
     */
    public static CloneSpec of(Connection source, String disk, DiskType type) {
        return ofName(source, source.clonedName(disk), type);
    }

    /**
     * A clone of the first-class disk that a connection is to, with an LSI Logic adapter and the newest hardware version
     * that VixDiskLib names, where nothing is yet.
     *
     * @param source a connection to the disk; it is neither used before the cloning nor closed by it
     * @param type how the clone is to be stored
     * @return the specification
     * @throws IllegalArgumentException if it is no connection to a first-class disk
     */
    public static CloneSpec of(Connection source, DiskType type) {
        return ofName(source, source.clonedName(), type);
    }

    /**
     * The same with another adapter.
     *
     * @param adapter what the clone is made for
     * @return a new specification
     */
    public CloneSpec withAdapter(AdapterType adapter) {
        return withForm(form.withAdapter(adapter));
    }

    /**
     * The same with another hardware version.
     *
     * @param version 0 to 65535; {@link HardwareVersion} has names
     * @return a new specification
     * @throws IllegalArgumentException if the version is out of its range
     */
    public CloneSpec withHardwareVersion(int version) {
        return withForm(form.withHardwareVersion(version));
    }

    /**
     * The same with another logical sector size, which VDDK 7.0 and later can be told.
     *
     * @param bytes 512 or 4096
     * @return a new specification
     * @throws IllegalArgumentException if it is another size, or more than the physical one
     */
    public CloneSpec withLogicalSectorSize(int bytes) {
        return withForm(form.withLogicalSectorSize(bytes));
    }

    /**
     * The same with another physical sector size, which VDDK 7.0 and later can be told.
     *
     * @param bytes 512 or 4096
     * @return a new specification
     * @throws IllegalArgumentException if it is another size, or less than the logical one
     */
    public CloneSpec withPhysicalSectorSize(int bytes) {
        return withForm(form.withPhysicalSectorSize(bytes));
    }

    private CloneSpec withForm(DiskSpec other) {
        return new CloneSpec(source, disk, other, replacing);
    }

    /**
     * The same, and a disk that is in the clone's place is replaced. On a server there has to be one.
     *
     * @return a new specification
     */
    public CloneSpec replacing() {
        return new CloneSpec(source, disk, form, true);
    }

    /**
     * The connection to what is cloned.
     *
     * @return the connection
     */
    public Connection source() {
        return source;
    }

    /**
     * What is cloned.
     *
     * @return the disk, as the library takes it; empty if the connection says it all
     */
    public String disk() {
        return disk;
    }

    /**
     * How the clone is to be stored.
     *
     * @return the type
     */
    public DiskType type() {
        return form.type();
    }

    /**
     * Whether a disk that is in the clone's place is replaced.
     *
     * @return whether it is
     */
    public boolean isReplacing() {
        return replacing;
    }

    /** What the clone is to be; its capacity has no meaning. */
    DiskSpec form() {
        return form;
    }

    /**
     * The specification in a form for messages.
     *
     * @return source, type, and whether a disk is replaced
     */
    @Override
    public String toString() {
        return "a clone of " + (disk.isEmpty() ? "the disk" : disk) + " on " + source + " as " + form.type()
                + (replacing ? ", replacing" : "");
    }
}
