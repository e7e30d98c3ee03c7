/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.FakeVddk.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CapabilitiesTest extends TestDisks {

    private static final List<String> SUSPECTS = List.of("libssl.so.3", "libstdc++.so.6");

    CapabilitiesTest() throws IOException {}

    @Test
    void tellWhatTheLibraryIsAndHas() throws IOException {
        Capabilities capabilities = lib.capabilities();
        assertThat(capabilities.libraryFile()).isEqualTo(lib.libraryFile());
        assertThat(capabilities.directory()).isEqualTo(FakeVddk.directory().toRealPath());
        assertThat(capabilities.version()).isEqualTo("8.0.3");
        assertThat(capabilities.interfaceLevel()).isEqualTo("8.0");
        assertThat(capabilities.advancedTransports()).isTrue();
        assertThat(capabilities.configuration()).isEqualTo("no configuration file");
        assertThat(capabilities.functions()).hasSize(43).contains("Open", "InitEx", "QueryAllocatedBlocks");
        assertThat(capabilities.missingFunctions()).isEmpty();
        assertThat(capabilities.structSizes())
                .containsExactly(
                        Map.entry("Block", 16L),
                        Map.entry("BlockList", 24L),
                        Map.entry("ConnectParams", 128L),
                        Map.entry("CreateParams", 32L),
                        Map.entry("Geometry", 12L),
                        Map.entry("Info", 64L));
        assertThat(capabilities.transportModes()).isEqualTo(lib.transportModes());
        assertThat(capabilities.companions()).containsExactly("libdiskLibPlugin.so", "libvddkFakeTexts.so");
        assertThat(capabilities.warnings()).isEmpty();
        assertThat(capabilities.has("Open")).isTrue();
        assertThat(capabilities.has("VixDiskLib_Open")).isTrue();
        assertThat(capabilities.has("OpenSesame")).isFalse();
    }

    @Test
    void areAReportForPeople() {
        Capabilities capabilities = lib.capabilities();
        assertThat(capabilities.toString().lines().toList())
                .startsWith(
                        "VixDiskLib 8.0.3",
                        "  file         " + lib.libraryFile(),
                        "  directory    " + capabilities.directory(),
                        "  initialised  InitEx, interface 8.0, with no configuration file",
                        "  transports   file:san:hotadd:nbdssl:nbd",
                        "  functions    43 of 43",
                        "  missing      none")
                .contains("  companions   libdiskLibPlugin.so, libvddkFakeTexts.so", "  warnings     none");
    }

    @Test
    void areAValueThatDoesNotChange() {
        Capabilities capabilities = lib.capabilities();
        assertThat(lib.capabilities()).isEqualTo(capabilities);
        assertThat(capabilities.functions()).isUnmodifiable();
        assertThat(capabilities.missingFunctions()).isUnmodifiable();
        assertThat(capabilities.transportModes()).isUnmodifiable();
        assertThat(capabilities.suspects()).isUnmodifiable();
    }

    @Test
    void errorsHaveTheTextsOfTheLibrary() {
        assertThat(lib.errorText(new VixError(ErrorCode.OK.number()))).isNotBlank();
        VixError missing = new VixError(ErrorCode.FILE_NOT_FOUND.number());
        Path path = directory.resolve("missing.vmdk");
        assertThat(lib.errorText(missing))
                .isEqualTo(assertRefused(ErrorCode.FILE_NOT_FOUND, "Open", path, () -> host.openDisk(path))
                        .libraryText());
        // Only the low bits are the code.
        assertThat(lib.errorText(new VixError(0x7_0000_0004L))).isEqualTo(lib.errorText(missing));
        assertThat(lib.errorText(new VixError(64999))).containsIgnoringCase("unknown");
    }

    @Test
    void nothingIsAskedOfALibraryThatIsClosed() throws IOException {
        VixDiskLib closed = VixDiskLib.open(FakeVddk.directory());
        closed.close();
        assertThatIllegalStateException().isThrownBy(closed::capabilities).withMessageContaining("closed");
        assertThatIllegalStateException()
                .isThrownBy(() -> closed.errorText(new VixError(1)))
                .withMessageContaining("closed");
    }

    /** Prints what the library of a version can do. */
    static final class Reports {
        public static void main(String[] arguments) throws IOException {
            try (VixDiskLib lib = VixDiskLib.open(Path.of(arguments[0]))) {
                Capabilities capabilities = lib.capabilities();
                System.out.println(capabilities.interfaceLevel());
                System.out.println(capabilities.structSizes());
                System.out.println(capabilities.functions().size() + " " + capabilities.missingFunctions());
                System.out.println(capabilities.suspects());
            }
        }
    }

    @Test
    void ofAnOldLibraryHaveItsStructs() throws Exception {
        ChildJvm child = ChildJvm.run(Reports.class, directory, FakeVddk.directory(Version.V6_5));
        assertThat(child.out())
                .startsWith(
                        "6.5",
                        "{ConnectParams=80, CreateParams=24, Geometry=12, Info=56}",
                        "40 [AllocateConnectParams, FreeBlockList, QueryAllocatedBlocks]");
        assertThat(ChildJvm.run(Reports.class, directory, FakeVddk.directory(Version.V6_7))
                        .out())
                .startsWith(
                        "6.5",
                        "{Block=16, BlockList=24, ConnectParams=128, CreateParams=24, Geometry=12, Info=56}",
                        "43 []");
    }

    /** Loads other libraries first. */
    static final class LoadsOthers {
        public static void main(String[] arguments) throws IOException {
            for (int i = 1; i < arguments.length; i++) {
                System.load(arguments[i]);
            }
            try (VixDiskLib lib = VixDiskLib.open(Path.of(arguments[0]))) {
                lib.capabilities().suspects().forEach(suspect -> System.out.println(suspect.file()));
                lib.capabilities().warnings().forEach(System.out::println);
                System.out.println(lib.capabilities().toString().contains("suspects     none"));
            }
        }
    }

    @Test
    void nameWhatWasLoadedBeforeAndMayClash() throws Exception {
        Path harmless = Path.of(System.getProperty("java.home"), "lib", "libprefs.so");
        Path tls = Files.copy(harmless, directory.resolve("libssl.so.3")).toRealPath();
        Path runtime = Files.copy(harmless, directory.resolve("libstdc++.so.6")).toRealPath();
        ChildJvm child = ChildJvm.run(LoadsOthers.class, directory, FakeVddk.directory(), tls, runtime);
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).contains(tls.toString(), runtime.toString(), "false");
        // The fake has no C++ library of its own to clash with.
        assertThat(child.log())
                .contains("this process has loaded " + tls + ": a TLS library")
                .doesNotContain("libstdc++");
    }

    @Test
    void nameALibraryPathThatLeadsIntoAVddk() throws Exception {
        Path libraries = FakeVddk.directory().resolve("lib64");
        ChildJvm child = ChildJvm.run(
                List.of(),
                Map.of("LD_LIBRARY_PATH", "/usr/lib:" + libraries),
                LoadsOthers.class,
                directory,
                FakeVddk.directory());
        String pitfall = "LD_LIBRARY_PATH has " + libraries + ", where a VDDK is";
        assertThat(child.out()).anySatisfy(line -> assertThat(line).startsWith(pitfall));
        assertThat(child.log()).containsOnlyOnce(pitfall);
    }

    @Test
    void haveNoSuspectsWhereThereAreNone() throws Exception {
        ChildJvm child = ChildJvm.run(LoadsOthers.class, directory, FakeVddk.directory());
        assertThat(child.log()).isEmpty();
        assertThat(child.out()).doesNotContainAnyElementsOf(SUSPECTS);
    }
}
