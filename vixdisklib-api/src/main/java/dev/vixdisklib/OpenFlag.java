/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.raw.c.VixDiskLibNative;

/** How to open a disk (VDDK guide, "Open a Local or Remote Disk"). */
public enum OpenFlag {
    /** Bypass the host's disk cache. */
    UNBUFFERED(VixDiskLibNative.VIXDISKLIB_FLAG_OPEN_UNBUFFERED()),
    /**
     * Open this link only, not the chain that it belongs to. What is in its parents is not allocated, and cannot be read.
     * Hosted disks only.
     */
    SINGLE_LINK(VixDiskLibNative.VIXDISKLIB_FLAG_OPEN_SINGLE_LINK()),
    /** Refuse writes, and take no lock. */
    READ_ONLY(VixDiskLibNative.VIXDISKLIB_FLAG_OPEN_READ_ONLY());

    private final int bit;

    OpenFlag(int bit) {
        this.bit = bit;
    }

    int bit() {
        return bit;
    }
}
