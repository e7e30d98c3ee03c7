/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.util.Arrays;
import java.util.stream.Collectors;

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
    READ_ONLY(VixDiskLibNative.VIXDISKLIB_FLAG_OPEN_READ_ONLY()),
    /** Compress with zlib what goes over {@link TransportMode#NBDSSL}; without effect on others. VDDK 6.5 and later. */
    COMPRESSION_ZLIB(VixDiskLibNative.VIXDISKLIB_FLAG_OPEN_COMPRESSION_ZLIB()),
    /** Compress with FastLZ what goes over {@link TransportMode#NBDSSL}; without effect on others. VDDK 6.5 and later. */
    COMPRESSION_FASTLZ(VixDiskLibNative.VIXDISKLIB_FLAG_OPEN_COMPRESSION_FASTLZ()),
    /**
     * Leave out zeros from what goes over {@link TransportMode#NBDSSL}, which costs the least; without effect on others.
     * VDDK 6.5 and later.
     */
    COMPRESSION_SKIPZ(VixDiskLibNative.VIXDISKLIB_FLAG_OPEN_COMPRESSION_SKIPZ());

    private final int bit;

    OpenFlag(int bit) {
        this.bit = bit;
    }

    /**
     * Flags as the library takes them.
     *
     * @throws IllegalArgumentException if there are two kinds of compression among them, which the library takes for none
     *     that it knows
     */
    static int bits(OpenFlag... flags) {
        int bits = 0;
        for (OpenFlag flag : flags) {
            bits |= flag.bit;
        }
        if (Integer.bitCount(bits & VixDiskLibNative.VIXDISKLIB_FLAG_OPEN_COMPRESSION_MASK()) > 1) {
            throw new IllegalArgumentException("a disk is opened with one kind of compression at most, not with "
                    + Arrays.stream(flags).distinct().map(OpenFlag::name).collect(Collectors.joining(", ")));
        }
        return bits;
    }
}
