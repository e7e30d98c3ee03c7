/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeControl.Kind;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.FakeVddk.Version;
import dev.vixdisklib.shim.Strictness;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is done to whole disks, on every version of the library. */
class DiskVersionsTest {

    private final Path directory;

    DiskVersionsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    /** Uses all that there is for whole disks, and prints what depends on the version. */
    static final class WholeDisks {

        private final VixDiskLib lib;
        private final Connection host;
        private final FakeControl fake;
        private final Path directory;

        private WholeDisks(VixDiskLib lib, Connection host, FakeControl fake, Path directory) {
            this.lib = lib;
            this.host = host;
            this.fake = fake;
            this.directory = directory;
        }

        public static void main(String[] arguments) throws IOException {
            Path vddk = FakeVddk.directory(Version.valueOf(arguments[0]));
            FakeControl fake = FakeControl.of(vddk);
            fake.setStrictness(Strictness.RECORD);
            try (VixDiskLib lib = VixDiskLib.open(vddk);
                    Connection host = lib.connectLocal()) {
                new WholeDisks(lib, host, fake, Path.of(arguments[1])).use();
            }
            fake.brokenRules().forEach(System.out::println);
            System.out.println(fake.liveCount(Kind.DISKS) + fake.liveCount(Kind.CONNECTIONS) + " open");
        }

        private Path at(String name) {
            return directory.resolve(name);
        }

        private void use() throws IOException {
            host.createDisk(
                    at("new.vmdk"), DiskSpec.of(DiskType.SPLIT_SPARSE, 1000).withPhysicalSectorSize(512));
            lib.renameDisk(at("new.vmdk"), at("base.vmdk"));
            host.growDisk(at("base.vmdk"), 2000, true);
            createWithLargeSectors();
            host.cloneDisk(at("copy.vmdk"), CloneSpec.of(host, at("base.vmdk"), DiskType.MONOLITHIC_FLAT));
            try (Disk base = host.openDisk(at("base.vmdk"))) {
                base.defragment();
                base.shrink();
                base.createChild(at("child.vmdk"), DiskType.MONOLITHIC_SPARSE);
            }
            attach("copy.vmdk");
            attach("4096.vmdk");
            System.out.println(host.checkDisk(at("child.vmdk")));
        }

        private void createWithLargeSectors() throws IOException {
            try {
                host.createDisk(
                        at("4096.vmdk"),
                        DiskSpec.of(DiskType.MONOLITHIC_SPARSE, 1).withPhysicalSectorSize(4096));
                try (Disk disk = host.openDisk(at("4096.vmdk"))) {
                    System.out.println(disk.info().physicalSectorSize());
                }
            } catch (UnsupportedOperationException e) {
                System.out.println(e.toString().replace(lib.toString(), "this"));
                host.createDisk(at("4096.vmdk"), DiskSpec.of(DiskType.MONOLITHIC_SPARSE, 1));
            }
        }

        private void attach(String parentName) throws IOException {
            try (Disk child = host.openDisk(at("child.vmdk"), OpenFlag.SINGLE_LINK);
                    Disk parent = host.openDisk(at(parentName), OpenFlag.READ_ONLY);
                    Arena arena = Arena.ofConfined()) {
                try {
                    child.attachTo(parent);
                    child.read(0, Sectors.allocate(arena, 2000));
                    System.out.print("attached");
                } catch (VixDiskLibException e) {
                    System.out.print(e.error().symbol());
                }
                System.out.println(", " + fake.liveCount(Kind.DISKS) + " open");
            }
        }
    }

    private ChildJvm run(Version version) throws Exception {
        ChildJvm child = ChildJvm.run(WholeDisks.class, directory, version, directory);
        assertThat(child.status()).as(child.log()).isZero();
        return child;
    }

    @ParameterizedTest
    @EnumSource(names = {"V7_0", "V8_0", "V9_0"})
    void everythingWorksSinceVersion7(Version version) throws Exception {
        assertThat(run(version).out())
                .containsExactly(
                        "OptionalInt[4096]",
                        "attached, 1 open",
                        "VIX_E_DISK_CAPACITY_MISMATCH, 1 open",
                        "NO_DAMAGE_REPORTED",
                        "0 open");
    }

    @ParameterizedTest
    @EnumSource(names = {"V6_5", "V6_7"})
    void everythingButSectorSizesWorksBefore(Version version) throws Exception {
        assertThat(run(version).out())
                .containsExactly(
                        UnsupportedOperationException.class.getName()
                                + ": this makes disks with sectors of 512 bytes only; VDDK 7.0 and later can be told another size",
                        "attached, 1 open",
                        "VIX_E_DISK_CAPACITY_MISMATCH, 1 open",
                        "NO_DAMAGE_REPORTED",
                        "0 open");
    }
}
