/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import java.util.Locale;

/** A way to the sectors of a disk. */
public enum Transport {
    /** Files of this host. */
    FILE,
    /** Over the network, through a host. */
    NBD,
    /** As {@link #NBD}, encrypted. */
    NBDSSL,
    /** From the storage network. */
    SAN,
    /** Disks that a virtual machine attaches to itself. */
    HOTADD;

    /**
     * The name that VixDiskLib has for it.
     *
     * @return such as {@code nbdssl}
     */
    public String mode() {
        return name().toLowerCase(Locale.ROOT);
    }
}
