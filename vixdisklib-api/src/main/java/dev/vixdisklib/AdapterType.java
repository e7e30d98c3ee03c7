/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

/** The storage adapter that a disk was made for. */
public enum AdapterType {
    /** IDE. */
    IDE(1),
    /** SCSI, BusLogic. */
    BUSLOGIC(2),
    /** SCSI, LSI Logic; what most disks have, whatever adapter they are attached to. */
    LSILOGIC(3),
    /** An adapter that VixDiskLib does not know. */
    UNKNOWN(256);

    private final int value;

    AdapterType(int value) {
        this.value = value;
    }

    /**
     * The library's number for it.
     *
     * @return a value of {@code VixDiskLibAdapterType}
     */
    public int value() {
        return value;
    }

    /**
     * The adapter of a number.
     *
     * @param value a value of {@code VixDiskLibAdapterType}
     * @return the adapter, {@link #UNKNOWN} for a number that is not known
     */
    public static AdapterType ofValue(int value) {
        for (AdapterType type : values()) {
            if (type.value == value) {
                return type;
            }
        }
        return UNKNOWN;
    }
}
