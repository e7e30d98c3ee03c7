/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VixDiskLibTest extends TestDisks {

    private static final String FILE = "lib64/libvixDiskLib.so.8.0.3";

    VixDiskLibTest() throws IOException {}

    @Test
    void tellsWhatWasLoaded() throws IOException {
        assertThat(lib.version()).isEqualTo("8.0.3");
        assertThat(lib.libraryFile())
                .isAbsolute()
                .isEqualTo(FakeVddk.directory().resolve(FILE).toRealPath());
        assertThat(lib.missingFunctions()).isEmpty();
        assertThat(lib).hasToString("VixDiskLib 8.0.3 (" + lib.libraryFile() + ")");
        assertThat(lib.transportModes())
                .containsExactly(
                        TransportMode.FILE,
                        TransportMode.SAN,
                        TransportMode.HOTADD,
                        TransportMode.NBDSSL,
                        TransportMode.NBD);
    }

    @Test
    void opensTheSameLibraryAgainByAnyOfItsNames() throws IOException {
        Path vddk = FakeVddk.directory();
        for (Path location : new Path[] {vddk, vddk.resolve("lib64"), vddk.resolve("lib64/libvixDiskLib.so")}) {
            try (VixDiskLib again = VixDiskLib.open(location);
                    Connection connection = again.connectLocal();
                    Disk disk = connection.openDisk(disk("disk" + location.getNameCount() + ".vmdk"))) {
                assertThat(again.libraryFile()).isEqualTo(lib.libraryFile());
                assertThat(disk.capacity()).isEqualTo(1000);
            }
        }
    }

    @Test
    void closingOneLeavesTheOthersAlone() throws IOException {
        VixDiskLib other = VixDiskLib.open(FakeVddk.directory());
        Connection others = other.connectLocal();
        Path path = disk("disk.vmdk");
        try (Disk mine = host.openDisk(path, OpenFlag.READ_ONLY)) {
            Disk foreign = others.openDisk(path, OpenFlag.READ_ONLY);
            other.close();
            assertThatIllegalStateException()
                    .isThrownBy(foreign::transportMode)
                    .withMessageContaining(path.toString())
                    .withMessageContaining("closed");
            assertThat(read(mine, 0, 1)).containsOnly(0);
        }
    }

    @Test
    void anotherLibraryIsRefused() {
        Path other = FakeVddk.directory(FakeVddk.Version.V6_5);
        assertThat(other).isDirectory();
        assertThatIllegalStateException()
                .isThrownBy(() -> VixDiskLib.open(other))
                .withMessageContaining(lib.libraryFile().toString())
                .withMessageContaining(other.toString());
    }

    @Test
    void aDirectoryWithoutLibraryIsRefusedAlsoWhenALibraryIsLoaded() {
        assertThatIllegalStateException()
                .isThrownBy(() -> VixDiskLib.open(directory))
                .withMessageContaining(lib.libraryFile().toString())
                .withMessageContaining(directory.toString());
    }

    @Test
    void aPlaceThatDoesNotExistIsSaidToBeMissingAlsoWhenALibraryIsLoaded() {
        Path missing = directory.resolve("missing");
        assertThatIOException()
                .isThrownBy(() -> VixDiskLib.open(missing))
                .withMessageContaining(missing + ": does not exist");
    }

    @Test
    void pathsOfAnotherFileSystemAreRefused() throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(directory.resolve("a.zip"), Map.of("create", "true"))) {
            Path inside = zip.getPath("/vddk");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> VixDiskLib.open(inside))
                    .withMessageContaining(inside.toUri().toString());
            assertThatIllegalArgumentException().isThrownBy(() -> VixDiskLib.open(FakeVddk.directory(), inside));
        }
    }

    @Test
    void anotherConfigurationIsRefused() throws IOException {
        Path configuration = Files.createFile(directory.resolve("vddk.conf"));
        assertThatIllegalStateException()
                .isThrownBy(() -> VixDiskLib.open(FakeVddk.directory(), configuration))
                .withMessageContaining(lib.libraryFile().toString())
                .withMessageContaining("no configuration file")
                .withMessageContaining(configuration.toString());
    }

    @Test
    void afterClosingItStillTellsWhatItWas() throws IOException {
        VixDiskLib closed = VixDiskLib.open(FakeVddk.directory());
        closed.close();
        closed.close();
        assertThat(closed.version()).isEqualTo("8.0.3");
        assertThat(closed.libraryFile()).isEqualTo(lib.libraryFile());
        assertThat(closed.missingFunctions()).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(closed::connectLocal)
                .withMessageContaining(closed.toString())
                .withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(closed::connectLocalReadOnly);
        assertThatIllegalStateException().isThrownBy(closed::transportModes);
    }

    @Test
    void aFailingConnectIsReported() {
        fake.failNext("Connect", ErrorCode.HOST_NOT_CONNECTED.number());
        fake.failNext("ConnectEx", ErrorCode.LICENSE.number());
        assertThatExceptionOfType(VixDiskLibException.class)
                .isThrownBy(lib::connectLocal)
                .withMessageStartingWith("Connect: ")
                .satisfies(e ->
                        assertThat(e.error().is(ErrorCode.HOST_NOT_CONNECTED)).isTrue())
                .satisfies(e -> assertThat(e.target()).isEmpty());
        assertThatExceptionOfType(VixDiskLibException.class)
                .isThrownBy(lib::connectLocalReadOnly)
                .withMessageStartingWith("ConnectEx: ")
                .satisfies(e -> assertThat(e.error().is(ErrorCode.LICENSE)).isTrue());
    }

    @Test
    void theFailureOfACallShowsWhoCalled() {
        fake.failNext("Connect", ErrorCode.FAIL.number());
        assertThatExceptionOfType(VixDiskLibException.class)
                .isThrownBy(lib::connectLocal)
                .satisfies(e -> assertThat(e.getStackTrace())
                        .anySatisfy(
                                frame -> assertThat(frame.getMethodName()).isEqualTo("theFailureOfACallShowsWhoCalled"))
                        .anySatisfy(frame -> assertThat(frame.getClassName()).endsWith(".NativeCalls"))
                        .noneSatisfy(frame -> assertThat(frame.getClassName()).contains("ThreadPoolExecutor")));
    }
}
