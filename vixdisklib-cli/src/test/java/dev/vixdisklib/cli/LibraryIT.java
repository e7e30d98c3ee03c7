/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --libdir}: a process can use one library only, so each has its own. */
class LibraryIT {

    private static final Path FIXTURES = Checkout.PROJECT.resolve("vixdisklib-test-shim/target/fixtures");

    @TempDir
    Path directory;

    @Test
    void aDirectoryWithoutAUsableLibraryIsRefused() throws Exception {
        refuses(directory.resolve("missing"), "missing: does not exist");
        refuses(directory, "has no libvixDiskLib.so");
        refuses(FIXTURES.resolve("lacks-required"), "lacks the function VixDiskLib_Open");
        refuses(FIXTURES.resolve("not-a-library"), "not a 64-bit");
        refuses(FIXTURES.resolve("missing-companion"), "libcompanion.so.1: cannot open shared object file");
        assertThat(directory).isEmptyDirectory();
    }

    private void refuses(Path libdir, String words) throws Exception {
        Path target = directory.resolve("b.raw");
        Command.vixdisk("copy", "--libdir", libdir, "a.vmdk", target).run().failed("no usable VixDiskLib", words);
    }

    @Test
    void theEnvironmentNamesOneToo() throws Exception {
        Command.vixdisk("info", "a.vmdk")
                .environment("VIXDISKLIB_LIBDIR", directory)
                .run()
                .failed("no usable VixDiskLib", directory.toString());
    }

    @Test
    void theOptionIsStrongerThanTheEnvironmentAndTakesLib64() throws Exception {
        Path vddk = Checkout.ROOT.resolve("vixdisklib-test-shim/target/vddk/lib64");
        String out = Command.vixdisk("demo", "--size", "1M", "--data", "1M", "--libdir", vddk)
                .environment("VIXDISKLIB_LIBDIR", directory)
                .run()
                .succeeded();
        assertThat(out).startsWith("VixDiskLib 8.0.3: " + vddk.toRealPath());
    }

    @Test
    void aShellWithoutALibraryEndsAtOnce() throws Exception {
        Command.of(Checkout.VIXSHELL)
                .environment("VIXDISKLIB_LIBDIR", directory)
                .run()
                .failed("no usable VixDiskLib", directory.toString());
    }
}
