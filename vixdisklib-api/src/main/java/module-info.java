/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
/**
 * Reads and writes VMware virtual disks through VixDiskLib, the C library of VMware's VDDK.
 *
 * <p>Start at {@link dev.vixdisklib.VixDiskLib}. An application allows native access to one module only:
 * {@code --enable-native-access=dev.vixdisklib.raw}, or {@code ALL-UNNAMED} on the class path.
 */
module dev.vixdisklib {
    requires dev.vixdisklib.raw;
    requires jdk.jfr;
    requires static org.jspecify;

    exports dev.vixdisklib;
}
