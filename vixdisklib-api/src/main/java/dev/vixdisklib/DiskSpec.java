/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.util.Objects;

/**
 * What a new disk is to be.
 *
 * @param type how it is stored
 * @param adapter the adapter that it is made for
 * @param hardwareVersion the version of the virtual hardware, 0 to 65535
 * @param capacity the size in sectors, at least 1
 */
public record DiskSpec(DiskType type, AdapterType adapter, int hardwareVersion, long capacity) {

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
        return new DiskSpec(type, AdapterType.LSILOGIC, VixDiskLibNative.VIXDISKLIB_HWVERSION_CURRENT(), capacity);
    }

    /**
     * The same with another adapter.
     *
     * @param other the adapter
     * @return a new specification
     */
    public DiskSpec withAdapter(AdapterType other) {
        return new DiskSpec(type, other, hardwareVersion, capacity);
    }

    /**
     * The same with another hardware version.
     *
     * @param version 0 to 65535
     * @return a new specification
     * @throws IllegalArgumentException if the version is out of its range
     */
    public DiskSpec withHardwareVersion(int version) {
        return new DiskSpec(type, adapter, version, capacity);
    }
}
