/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * What a new disk is to be. Whether a type can have a capacity is for the library to say: VDDK refuses local disks of more
 * than 2 TiB in one file ({@link ErrorCode#DISK_INVAL}), and takes {@link DiskType#SPLIT_SPARSE} for those.
 *
 * @param type how it is stored
 * @param adapter the adapter that it is made for
 * @param hardwareVersion the version of the virtual hardware, 0 to 65535; {@link HardwareVersion} has names
 * @param capacity the size in sectors, at least 1
 * @param logicalSectorSize the sector size that a guest sees, in bytes: 512 or 4096; empty for the library's default, 512.
 *     Capacities and positions count sectors of {@value Sectors#SIZE} bytes in any case
 * @param physicalSectorSize the size in bytes of what a guest should write as a whole: 512 or 4096, not less than the
 *     logical one; empty for the library's default
 */
public record DiskSpec(
        DiskType type,
        AdapterType adapter,
        int hardwareVersion,
        long capacity,
        OptionalInt logicalSectorSize,
        OptionalInt physicalSectorSize) {

    private static final int LARGE_SECTOR = 4096;

    /**
     * What a new disk is to be.
     *
     * @throws IllegalArgumentException if a number is out of its range
     */
    public DiskSpec {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(adapter, "adapter");
        if (hardwareVersion < 0 || hardwareVersion > 0xffff) {
            throw new IllegalArgumentException("the hardware version is 0 to 65535, not " + hardwareVersion);
        }
        if (capacity < 1) {
            throw new IllegalArgumentException("a disk needs at least one sector, not " + capacity);
        }
        requireSectorSize(logicalSectorSize, "logical");
        requireSectorSize(physicalSectorSize, "physical");
        if (isLarge(logicalSectorSize) && physicalSectorSize.isPresent() && !isLarge(physicalSectorSize)) {
            throw new IllegalArgumentException(
                    "logical sectors of 4096 bytes need physical ones of 4096, not " + physicalSectorSize.getAsInt());
        }
    }

    /**
     * A disk with the sector sizes that are the library's default.
     *
     * @param type how it is stored
     * @param adapter the adapter that it is made for
     * @param hardwareVersion the version of the virtual hardware, 0 to 65535
     * @param capacity the size in sectors, at least 1
     * @throws IllegalArgumentException if a number is out of its range
     */
    public DiskSpec(DiskType type, AdapterType adapter, int hardwareVersion, long capacity) {
        this(type, adapter, hardwareVersion, capacity, OptionalInt.empty(), OptionalInt.empty());
    }

    private static void requireSectorSize(OptionalInt bytes, String which) {
        if (bytes.isPresent() && bytes.getAsInt() != Sectors.SIZE && !isLarge(bytes)) {
            throw new IllegalArgumentException("a " + which + " sector has 512 or 4096 bytes, not " + bytes.getAsInt());
        }
    }

    private static boolean isLarge(OptionalInt bytes) {
        return bytes.isPresent() && bytes.getAsInt() == LARGE_SECTOR;
    }

    /**
     * A disk with an LSI Logic adapter and the newest hardware version that VixDiskLib names.
     *
     * @param type how it is stored
     * @param capacity the size in sectors, at least 1
     * @return the specification
     * @throws IllegalArgumentException if the capacity is not positive
     */
    public static DiskSpec of(DiskType type, long capacity) {
        return new DiskSpec(type, AdapterType.LSILOGIC, HardwareVersion.CURRENT, capacity);
    }

    /**
     * The same with another adapter.
     *
     * @param other the adapter
     * @return a new specification
     */
    public DiskSpec withAdapter(AdapterType other) {
        return new DiskSpec(type, other, hardwareVersion, capacity, logicalSectorSize, physicalSectorSize);
    }

    /**
     * The same with another hardware version.
     *
     * @param version 0 to 65535; {@link HardwareVersion} has names
     * @return a new specification
     * @throws IllegalArgumentException if the version is out of its range
     */
    public DiskSpec withHardwareVersion(int version) {
        return new DiskSpec(type, adapter, version, capacity, logicalSectorSize, physicalSectorSize);
    }

    /**
     * The same with another logical sector size, which VDDK 7.0 and later can be told. Local disks have 512.
     *
     * @param bytes 512 or 4096
     * @return a new specification
     * @throws IllegalArgumentException if it is another size, or more than the physical one
     */
    public DiskSpec withLogicalSectorSize(int bytes) {
        return new DiskSpec(type, adapter, hardwareVersion, capacity, OptionalInt.of(bytes), physicalSectorSize);
    }

    /**
     * The same with another physical sector size, which VDDK 7.0 and later can be told.
     *
     * @param bytes 512 or 4096
     * @return a new specification
     * @throws IllegalArgumentException if it is another size, or less than the logical one
     */
    public DiskSpec withPhysicalSectorSize(int bytes) {
        return new DiskSpec(type, adapter, hardwareVersion, capacity, logicalSectorSize, OptionalInt.of(bytes));
    }
}
