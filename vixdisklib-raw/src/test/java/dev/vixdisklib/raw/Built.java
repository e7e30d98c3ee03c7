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

    /** Of version 6.5, which lacks three functions. */
    static final Path OLD_LIBRARY = SHIM.resolve("vddk-6.5/lib64/libvixDiskLib.so.6.5.4");

    /** What the libraries cannot be loaded without. */
    static final String COMPANION = "libvddkFakeTexts.so";

    private Built() {}

    /** A directory laid out like a VDDK, with a library that something is wrong with. */
    static Path fixture(String name) {
        return SHIM.resolve("fixtures").resolve(name);
    }
}
