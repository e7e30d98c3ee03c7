/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

/**
 * The versions of virtual hardware that VixDiskLib has names for (fact sheet, paragraph 3.1). Later hardware has higher
 * numbers, which can be given as well; the library passes them on.
 */
public final class HardwareVersion {

    /** VMware Workstation 4. */
    public static final int WORKSTATION_4 = 3;

    /** VMware Workstation 5. */
    public static final int WORKSTATION_5 = 4;

    /** ESX 3.0, the same as {@link #WORKSTATION_5}. */
    public static final int ESX30 = WORKSTATION_5;

    /** VMware Workstation 6. */
    public static final int WORKSTATION_6 = 6;

    /** ESX 4. */
    public static final int ESX4X = 7;

    /** ESX 5.0. */
    public static final int ESX50 = 8;

    /** ESX 5.1. */
    public static final int ESX51 = 9;

    /** ESX 5.5. */
    public static final int ESX55 = 10;

    /** ESX 6.0. */
    public static final int ESX60 = 11;

    /** ESX 6.5. */
    public static final int ESX65 = 13;

    /** The newest that has a name, which {@link DiskSpec#of} takes. */
    public static final int CURRENT = ESX65;

    private HardwareVersion() {}
}
