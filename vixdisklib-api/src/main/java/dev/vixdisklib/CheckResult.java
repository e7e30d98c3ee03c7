/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

/** What {@link Connection#checkDisk} came to. */
public enum CheckResult {
    /**
     * The library has examined the disk and says nothing against it. That is less than a promise: the VDDK guide has the
     * result tell only whether the examination took place. What was found can be in the log.
     */
    NO_DAMAGE_REPORTED,
    /** The disk is damaged; {@link Connection#repairDisk} may help. */
    NEEDS_REPAIR
}
