/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.FakeVddk.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the library is initialised: with configurations, and without advanced transports. */
class StartupTest {

    private final Path directory;

    StartupTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private static List<Path> temporaryFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".conf")).toList();
        }
    }

    /** Runs a program whose temporary files are in a folder, which it gets as its first argument. */
    private ChildJvm runIn(Path folder, Class<?> program, Object... arguments) throws Exception {
        Object[] all = Stream.concat(Stream.of(folder), Stream.of(arguments)).toArray();
        return ChildJvm.run(List.of("-Djava.io.tmpdir=" + folder), Map.of(), program, directory, all);
    }

    private Path folder() throws IOException {
        return Files.createDirectory(directory.resolve("temporary"));
    }

    /** Sets every key. */
    static final class SetsAll {
        public static void main(String[] arguments) throws IOException {
            ChildJvm.printLog();
            Configuration.Builder builder = Configuration.builder().pass("vddkFake.strict.openThread", "0");
            SampleConfiguration.fill(builder);
            Configuration configuration = builder.build();
            try (VixDiskLib lib = VixDiskLib.open(Path.of(arguments[1]), configuration)) {
                for (Path file : temporaryFiles(Path.of(arguments[0]))) {
                    System.out.println(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
                    System.out.println(Configuration.read(file).equals(configuration));
                }
                System.out.println(lib.capabilities().configuration().equals("the configuration " + configuration));
            }
        }
    }

    @Test
    void theLibraryUnderstandsEveryKey() throws Exception {
        Path folder = folder();
        ChildJvm child = runIn(folder, SetsAll.class, FakeVddk.directory());
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).containsExactly("rw-------", "true", "true");
        assertThat(child.log())
                .contains("\" has " + (ConfigKey.all().size() + 1) + " lines.")
                .doesNotContain("of the configuration", "has no effect");
        assertThat(temporaryFiles(folder)).isEmpty();
    }

    @Test
    void anOldLibraryIsToldWhatItUnderstandsAndTheUserWhatItDoesNot() throws Exception {
        ChildJvm child = runIn(folder(), SetsAll.class, FakeVddk.directory(Version.V6_7));
        assertThat(child.status()).as(child.log()).isZero();
        for (ConfigKey<?> key : List.of(ConfigKey.NFC_BUFFER_SIZE, ConfigKey.NFC_BUFFER_COUNT)) {
            assertThat(child.log())
                    .contains(key + " has no effect: VDDK 7.0.3 and later have it, and this is VixDiskLib 6.7.3");
        }
        assertThat(child.log())
                .contains(ConfigKey.ENABLE_SSL_FIPS + " has no effect: VDDK 7.0.1")
                .contains("\"vixDiskLib.transport.san.blacklist\" is called")
                .doesNotContain("denyList has no effect");
    }

    /** Opens with configurations that are equal, and others. */
    static final class OpensWithOthers {
        public static void main(String[] arguments) throws IOException {
            Path vddk = FakeVddk.directory();
            Configuration configuration = configuration("4").build();
            VixDiskLib.open(vddk, configuration).close();
            VixDiskLib.open(vddk, configuration("4").build()).close();
            System.out.println("equal");
            refuses(() -> VixDiskLib.open(
                    vddk, configuration("3").set(ConfigKey.ENABLE_CACHE, true).build()));
            refuses(() -> VixDiskLib.open(vddk));
            refuses(() -> VixDiskLib.open(vddk, Configuration.builder().build()));
            refuses(() -> VixDiskLib.open(vddk, Files.createTempFile("vddk", ".conf")));
            refuses(() -> VixDiskLib.openWithoutAdvancedTransports(vddk));
        }

        private static Configuration.Builder configuration(String level) {
            return Configuration.builder().set("vixDiskLib.nfc.LogLevel", level);
        }
    }

    /** Something that is to fail. */
    private interface Opening {
        VixDiskLib open() throws IOException;
    }

    private static void refuses(Opening opening) throws IOException {
        try (VixDiskLib lib = opening.open()) {
            System.out.println("opened " + lib);
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
    }

    @Test
    void anotherConfigurationIsRefusedWithTheDifference() throws Exception {
        ChildJvm child = ChildJvm.run(OpensWithOthers.class, directory);
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).hasSize(6).startsWith("equal");
        assertThat(child.out().get(1))
                .contains("with the configuration {vixDiskLib.nfc.LogLevel=4}, and")
                .endsWith(": vixDiskLib.disklib.EnableCache is not set and 1; vixDiskLib.nfc.LogLevel is 4 and 3");
        assertThat(child.out().subList(2, 4))
                .allSatisfy(line -> assertThat(line)
                        .endsWith("again with no configuration file: vixDiskLib.nfc.LogLevel is 4 and not set"));
        assertThat(child.out().get(4))
                .contains("again with the configuration file /")
                .endsWith(".conf");
        assertThat(child.out().get(5)).endsWith("again with no configuration file and no advanced transports");
    }

    /** Has nothing to say, is interrupted, and fails. */
    static final class OpensAfterAFailure {
        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            FakeControl fake = FakeControl.of(FakeVddk.directory());
            fake.failNext("InitEx", ErrorCode.OUT_OF_MEMORY.number());
            Configuration configuration =
                    Configuration.builder().pass("vddkFake.strict", "1").build();
            try {
                VixDiskLib.open(FakeVddk.directory(), configuration);
            } catch (VixDiskLibException e) {
                System.out.println(e.operation() + " " + e.error().symbol() + " " + temporaryFiles(folder));
            }
            Thread.currentThread().interrupt();
            VixDiskLib.open(FakeVddk.directory(), configuration);
            System.out.println(
                    Thread.interrupted() + " " + temporaryFiles(folder).size());
        }
    }

    @Test
    void theFileIsDeletedIfTheLibraryDoesNotTakeIt() throws Exception {
        Path folder = folder();
        ChildJvm child = runIn(folder, OpensAfterAFailure.class);
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).containsExactly("InitEx VIX_E_OUT_OF_MEMORY []", "true 1");
        assertThat(temporaryFiles(folder)).isEmpty();
    }

    /** Opens with an empty configuration, which is none. */
    static final class OpensWithNothing {
        public static void main(String[] arguments) throws IOException {
            Path vddk = FakeVddk.directory();
            Configuration nothing = Configuration.builder().build();
            VixDiskLib lib = VixDiskLib.open(vddk, nothing);
            VixDiskLib.open(vddk).close();
            System.out.println(temporaryFiles(Path.of(arguments[0])) + " "
                    + lib.capabilities().configuration());
        }
    }

    @Test
    void aConfigurationThatSaysNothingNeedsNoFile() throws Exception {
        ChildJvm child = runIn(folder(), OpensWithNothing.class);
        assertThat(child.out()).containsExactly("[] no configuration file");
    }

    /** Cannot write. */
    static final class HasNoTemporaryFolder {
        public static void main(String[] arguments) throws IOException {
            Path vddk = FakeVddk.directory();
            try {
                VixDiskLib.open(
                        vddk,
                        Configuration.builder()
                                .set(ConfigKey.ENABLE_CACHE, true)
                                .build());
            } catch (IOException e) {
                System.out.println(e);
            }
            VixDiskLib.open(vddk).close();
            System.out.println("opened");
        }
    }

    @Test
    void aFolderForTemporaryFilesThatIsMissingIsToldAndHindersNothing() throws Exception {
        ChildJvm child = runIn(directory.resolve("missing"), HasNoTemporaryFolder.class);
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).hasSize(2).endsWith("opened");
        assertThat(child.out().get(0)).contains(directory.resolve("missing").toString());
    }

    /** Uses what there is without advanced transports. */
    static final class OpensTheOldWay {
        public static void main(String[] arguments) throws IOException {
            ChildJvm.printLog();
            Path vddk = Path.of(arguments[0]);
            Path path = Path.of(arguments[1]);
            try (VixDiskLib lib = VixDiskLib.openWithoutAdvancedTransports(vddk);
                    VixDiskLib again = VixDiskLib.openWithoutAdvancedTransports(vddk);
                    Connection host = again.connectLocal()) {
                host.createDisk(path, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, 8));
                try (Disk disk = host.openDisk(path)) {
                    System.out.println(disk.capacity());
                }
                System.out.println(lib.transportModes());
                System.out.println(lib.capabilities().advancedTransports());
            }
            refuses(() -> VixDiskLib.open(vddk));
        }
    }

    @Test
    void withoutAdvancedTransportsThereAreFilesAndTheNetwork() throws Exception {
        ChildJvm child =
                ChildJvm.run(OpensTheOldWay.class, directory, FakeVddk.directory(), directory.resolve("disk.vmdk"));
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).hasSize(4).startsWith("8", "[file, nbdssl, nbd]", "false");
        assertThat(child.out().get(3))
                .contains("with no configuration file and no advanced transports, and")
                .endsWith("again with no configuration file");
        assertThat(child.log()).containsOnlyOnce("VixDiskLib: exit.");
    }

    /** Makes a library that lacks a function, by changing the last letter of the function's name. */
    private Path vddkWithout(String function) throws IOException {
        Path vddk = Files.createDirectory(directory.resolve("vddk-without-" + function));
        FakeVddk.unpack(vddk);
        Path library = vddk.resolve("lib64/libvixDiskLib.so.8.0.3");
        String name = "VixDiskLib_" + function + "\0";
        String bytes = Files.readString(library, ISO_8859_1);
        assertThat(bytes).contains(name);
        Files.writeString(library, bytes.replace(name, name.substring(0, name.length() - 2) + "_\0"), ISO_8859_1);
        return vddk;
    }

    @Test
    void aLibraryWithoutInitExCanBeUsedTheOldWayOnly() throws Exception {
        Path vddk = vddkWithout("InitEx");
        ChildJvm child = ChildJvm.run(OpensTheOldWay.class, directory, vddk, directory.resolve("disk.vmdk"));
        assertThat(child.out()).as(child.log()).startsWith("8", "[file, nbdssl, nbd]", "false");
        assertThat(child.log()).contains("lacks the function VixDiskLib_InitEx, without which it cannot be used");
    }

    /** Uses what the library may lack. */
    static final class UsesAll {
        public static void main(String[] arguments) throws IOException {
            Path path = Path.of(arguments[1]);
            try (VixDiskLib lib = VixDiskLib.open(Path.of(arguments[0]));
                    Connection host = lib.connectLocal()) {
                System.out.println(lib.missingFunctions());
                System.out.println(host);
                host.createDisk(path, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, 8));
                try (Disk disk = host.openDisk(path)) {
                    System.out.println(disk.metadata().keys());
                }
            } catch (UnsupportedOperationException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void aFunctionThatTheLibraryLacksIsNamedWithTheVersionThatHasIt() throws Exception {
        Path vddk = vddkWithout("GetMetadataKeys");
        ChildJvm child = ChildJvm.run(UsesAll.class, directory, vddk, directory.resolve("disk.vmdk"));
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).hasSize(3).startsWith("[GetMetadataKeys]");
        assertThat(child.out().get(2))
                .startsWith("VixDiskLib 8.0.3 (")
                .endsWith(") has no function VixDiskLib_GetMetadataKeys, which VDDK 6.5 and later have");
    }

    @Test
    void whatTheLibraryCouldNotTakeBackItIsNotAskedFor() throws Exception {
        Path vddk = vddkWithout("FreeConnectParams");
        ChildJvm child = ChildJvm.run(UsesAll.class, directory, vddk, directory.resolve("disk.vmdk"));
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).hasSize(3).startsWith("[FreeConnectParams]", "the connection to this host");
    }
}
