/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.FakeVddk.Version;
import dev.vixdisklib.shim.Strictness;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections to servers with every version of the library. */
class ConnectVersionsTest {

    private final Path directory;

    ConnectVersionsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void disks() throws IOException {
        TestServers.makeDisks(directory);
    }

    /** Connects in all ways that there are, and prints what becomes of it. */
    static final class Connects {
        public static void main(String[] arguments) throws IOException {
            Path vddk = FakeVddk.directory(Version.valueOf(arguments[0]));
            FakeControl fake = FakeControl.of(vddk);
            fake.setStrictness(Strictness.RECORD);
            TestServers.useInventory(Path.of(arguments[1]), fake, server -> {});
            ConnectionSpec vcenter = TestServers.vcenter();
            try (VixDiskLib lib = VixDiskLib.open(vddk)) {
                print(lib, vcenter.vm("vm-42", "snapshot-47").readOnly(), TestServers.DISK);
                print(lib, vcenter.firstClassDisk(TestServers.DISK_ID, "datastore-11"), null);
                print(lib, vcenter.datastore("datastore-11", "web"), "web.vmdk");
                lib.prepareForAccess(vcenter.vm("vm-42"), "test").close();
                print(() -> lib.prepareForAccess(vcenter.firstClassDisk(TestServers.DISK_ID, "datastore-11"), "test")
                        .close());
                System.out.println(lib.cleanup(vcenter));
                System.out.println(lib.connectLocal().info().server());
            }
            System.out.println(fake.brokenRules());
            System.out.println(Stream.of(FakeControl.Kind.values())
                    .mapToLong(fake::liveCount)
                    .sum());
        }

        private static void print(VixDiskLib lib, ConnectionSpec spec, @Nullable String name) {
            print(() -> {
                try (Connection connection = lib.connect(spec);
                        Disk disk = name == null ? connection.openDisk() : connection.openDisk(name)) {
                    ConnectionInfo info = connection.info();
                    System.out.println(disk.name() + " " + TestDisks.read(disk, 0, 1)[0] + " "
                            + info.userName().orElse("") + info.vmxSpec() + info.firstClassDisk() + info.folder());
                }
            });
        }

        private interface Action {
            void run() throws IOException;
        }

        private static void print(Action action) {
            try {
                action.run();
            } catch (UnsupportedOperationException | IOException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private List<String> connect(Version version) throws Exception {
        ChildJvm child = ChildJvm.run(Connects.class, directory, version, directory);
        assertThat(child.status()).as(child.log()).isZero();
        return child.out().stream()
                .map(line -> line.replaceAll("VixDiskLib ([0-9.]+) \\(.*?\\)", "$1"))
                .toList();
    }

    private static final String VM = TestServers.DISK + " 42 backupOptional[moref=vm-42]Optional.emptyOptional.empty";
    private static final String FIRST_CLASS_DISK =
            TestServers.DISK_ID + " 1 backupOptional.emptyOptional[" + TestServers.DISK_ID + "]Optional.empty";
    private static final String FOLDER = "web.vmdk 42 backupOptional.emptyOptional.emptyOptional[web]";
    private static final List<String> END =
            List.of("CleanupResult[cleanedUp=0, remaining=0]", "Optional.empty", "[]", "0");

    private static List<String> lines(String... first) {
        return Stream.concat(Stream.of(first), END.stream()).toList();
    }

    @Test
    void theOldestKnowsMachinesOnly() throws Exception {
        String noDisk = "6.5.4 knows no first-class disks, which VDDK 6.7 and later know";
        assertThat(connect(Version.V6_5)).isEqualTo(lines(VM, noDisk, noFolder("6.5.4"), noDisk));
    }

    private static String noFolder(String version) {
        return version + " opens no disks by their datastore and folder, which VDDK 8.0.1 and later do; connect to a"
                + " virtual machine that has the disk";
    }

    @ParameterizedTest
    @CsvSource({"V6_7, 6.7.3", "V7_0, 7.0.3"})
    void olderOnesKnowNoFolders(Version version, String number) throws Exception {
        assertThat(connect(version)).isEqualTo(lines(VM, FIRST_CLASS_DISK, noFolder(number)));
    }

    @ParameterizedTest
    @CsvSource({"V8_0", "V9_0"})
    void newerOnesKnowAll(Version version) throws Exception {
        assertThat(connect(version)).isEqualTo(lines(VM, FIRST_CLASS_DISK, FOLDER));
    }
}
