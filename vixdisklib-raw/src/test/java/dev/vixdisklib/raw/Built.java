/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.raw;

import java.nio.file.Path;

/** What the build of the other module leaves for these tests. */
final class Built {

    static final Path ROOT = Path.of(System.getProperty("vixdisklib.root"));
    static final Path SHIM = ROOT.resolve("vixdisklib-test-shim/target");
    static final Path VDDK = SHIM.resolve("vddk");
    static final Path LIBRARY = VDDK.resolve("lib64/libvixDiskLib.so.8.0.3");

    private Built() {}

    /** A directory laid out like a VDDK, with a library that something is wrong with. */
    static Path fixture(String name) {
        return SHIM.resolve("fixtures").resolve(name);
    }
}
