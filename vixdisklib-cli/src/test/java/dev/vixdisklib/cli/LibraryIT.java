/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.shim.FakeVddk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource({
        "missing-companion, libcompanion.so.1: cannot open shared object file",
        "not-a-library, not a 64-bit",
        "lacks-required, lacks the function VixDiskLib_Open"
    })
    void theDoctorSaysWhyALibraryIsOfNoUse(String fixture, String words) throws Exception {
        Outcome outcome =
                Command.vixdisk("doctor", "--libdir", FIXTURES.resolve(fixture)).run();
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err()).isEmpty();
        String told = outcome.out().replaceAll("\\s+", " ");
        assertThat(told).contains("error library", words, "name the directory of a whole VDDK with --libdir");
        assertThat(told).contains("ok java " + Runtime.version(), "ok native access enabled");
    }

    @Test
    void theDoctorSaysWhatAnOldLibraryLacks() throws Exception {
        Path old = FakeVddk.directory(FakeVddk.Version.V6_5);
        String report = Command.vixdisk("doctor", "--libdir", old).run().succeeded();
        assertThat(report)
                .containsPattern("ok +library +VixDiskLib 6\\.5")
                .containsPattern("warning +functions +it lacks ");
    }

    @Test
    void theDoctorSaysThatServersNeedThePlugin() throws Exception {
        Path vddk = directory.resolve("vddk");
        FakeVddk.unpack(Files.createDirectory(vddk));
        try (Stream<Path> files = Files.list(vddk.resolve("lib64"))) {
            for (Path file :
                    files.filter(each -> each.toString().contains("Plugin")).toList()) {
                Files.delete(file);
            }
        }
        String report = Command.vixdisk("doctor", "--libdir", vddk).run().succeeded();
        assertThat(report.replaceAll("\\s+", " "))
                .contains("there is no", "libdiskLibPlugin.so, without which only files");
    }

    @Test
    void aShellWithoutALibraryEndsAtOnce() throws Exception {
        Command.of(Checkout.VIXSHELL)
                .environment("VIXDISKLIB_LIBDIR", directory)
                .run()
                .failed("no usable VixDiskLib", directory.toString());
    }
}
