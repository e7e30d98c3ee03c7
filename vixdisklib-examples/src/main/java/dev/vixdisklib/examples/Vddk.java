/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples;

import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.nio.file.Path;

/** The library that the examples use. */
public final class Vddk {

    private static final String VARIABLE = "VIXDISKLIB_LIBDIR";

    private Vddk() {}

    /**
     * Opens the VDDK that the environment variable VIXDISKLIB_LIBDIR names, or the fake one, which serves local disks.
     *
     * @return the library, for the caller to close
     * @throws IOException if it cannot be opened
     */
    public static VixDiskLib open() throws IOException {
        String directory = System.getenv(VARIABLE);
        return VixDiskLib.open(directory == null ? FakeVddk.directory() : Path.of(directory));
    }
}
