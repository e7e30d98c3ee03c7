/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.FakeVddk.Version;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API on every version of the library. A process can use one, so each has its own. */
class VersionsTest {

    private static final long CAPACITY = 1024;

    private final Path directory;

    VersionsTest(@TempDir Path directory) {
        this.directory = directory;
    }

    /** Uses the library of a version in all ways that there are, and prints what depends on the version. */
    static final class RoundTrip {
        public static void main(String[] arguments) throws IOException {
            ChildJvm.printLog();
            Path vddk = FakeVddk.directory(Version.valueOf(arguments[0]));
            Path path = Path.of(arguments[1]);
            try (VixDiskLib lib = VixDiskLib.open(vddk);
                    Connection host = lib.connectLocal()) {
                System.out.println(lib.version() + " " + lib.missingFunctions());
                System.out.println(lib.transportModes());
                host.createDisk(path, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, CAPACITY));
                try (Disk disk = host.openDisk(path)) {
                    use(disk);
                }
                try (Connection readOnly = lib.connectLocalReadOnly();
                        Disk disk = readOnly.openDisk(path)) {
                    disk.metadata().put("key", "value");
                } catch (VixDiskLibException e) {
                    System.out.println(e.error());
                }
                host.deleteDisk(path);
            }
            FakeControl fake = FakeControl.of(vddk);
            System.out.println(Stream.of(FakeControl.Kind.values())
                    .mapToLong(fake::liveCount)
                    .sum());
        }

        private static void use(Disk disk) throws IOException {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment written = Sectors.allocate(arena, 1).fill((byte) 0x5a);
                MemorySegment read = Sectors.allocate(arena, 1);
                disk.write(300, written);
                disk.flush();
                disk.read(300, read);
                System.out.println(written.mismatch(read));
            }
            DiskInfo info = disk.info();
            System.out.println(info.capacity() + " " + info.logicalSectorSize() + " " + info.physicalSectorSize());
            disk.metadata().put("key", "value");
            System.out.println(disk.metadata().get("key"));
            AllocatedBlocks blocks = disk.allocatedBlocks();
            System.out.print(blocks.isKnown());
            blocks.forEach(range -> System.out.print(" " + range));
            System.out.println();
            blocks.unknownReason().ifPresent(reason -> System.out.println(reason.substring(reason.indexOf("has no"))));
        }
    }

    private List<String> roundTrip(Version version) throws Exception {
        ChildJvm child = ChildJvm.run(RoundTrip.class, directory, version, directory.resolve("disk.vmdk"));
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.log()).contains("VixDiskLib: exit.").doesNotContain("FreeErrorText", "FreeInfo");
        return child.out();
    }

    @Test
    void everythingButAllocatedBlocksAndSectorSizesWorksWithTheOldest() throws Exception {
        assertThat(roundTrip(Version.V6_5))
                .containsExactly(
                        "6.5.4 [AllocateConnectParams, FreeBlockList, QueryAllocatedBlocks]",
                        "[file, san, hotadd, nbdssl, nbd]",
                        "-1",
                        "1024 OptionalInt.empty OptionalInt.empty",
                        "Optional[value]",
                        "false " + new SectorRange(0, CAPACITY),
                        "has no function VixDiskLib_QueryAllocatedBlocks, which VDDK 6.7 and later have",
                        "VIX_E_FILE_READ_ONLY (11)",
                        "0");
    }

    @ParameterizedTest
    @CsvSource({
        "V6_7, 6.7.3, OptionalInt.empty",
        "V7_0, 7.0.3, OptionalInt[512]",
        "V8_0, 8.0.3, OptionalInt[512]",
        "V9_0, 9.0.0, OptionalInt[512]"
    })
    void everythingWorksWithTheOthers(Version version, String number, String sectorSize) throws Exception {
        assertThat(roundTrip(version))
                .containsExactly(
                        number + " []",
                        "[file, san, hotadd, nbdssl, nbd]",
                        "-1",
                        "1024 " + sectorSize + " " + sectorSize,
                        "Optional[value]",
                        "true " + new SectorRange(256, 128),
                        "VIX_E_FILE_READ_ONLY (11)",
                        "0");
    }
}
