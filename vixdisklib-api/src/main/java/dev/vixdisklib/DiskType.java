/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

/** How a disk is stored. Disks on local files are of the first six types; the last two are made by servers only. */
public enum DiskType {
    /** One file that grows with what is written. */
    MONOLITHIC_SPARSE(1),
    /** A descriptor, and one file that has the disk's full size from the start. */
    MONOLITHIC_FLAT(2),
    /** Files of at most 2 GiB that grow with what is written. */
    SPLIT_SPARSE(3),
    /** Files of at most 2 GiB that have their full size from the start. */
    SPLIT_FLAT(4),
    /** ESX 3.0 and later, full size from the start. */
    VMFS_FLAT(5),
    /** One compressed file, written once from start to end: a disk that is open is only read. */
    STREAM_OPTIMIZED(6),
    /** ESX 3.0 and later, thin. */
    VMFS_THIN(7),
    /** ESX 3.0 and later, sparse. */
    VMFS_SPARSE(8);

    /** What the library takes for "as the source" where it asks for the type of a clone. */
    static final int UNKNOWN_VALUE = 256;

    private final int value;

    DiskType(int value) {
        this.value = value;
    }

    /**
     * The library's number for it.
     *
     * @return a value of {@code VixDiskLibDiskType}
     */
    public int value() {
        return value;
    }
}
