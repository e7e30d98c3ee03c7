/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.FaultPlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is done to disks that are not open: growing, renaming, examining and repairing. */
class WholeDiskTest extends StrictDisks {

    private static final long LARGER = CAPACITY + 5000;

    WholeDiskTest() throws IOException {}

    // ------------------------------------------------------------------------------------------------- growing

    @ParameterizedTest
    @FieldSource("WRITABLE")
    void aDiskGrowsByZeros(DiskType type) throws Exception {
        Qemu.require();
        Path path = filled("disk.vmdk", type);
        byte[] before = content(path);
        List<Integer> heard = new ArrayList<>();
        host.growDisk(path, LARGER, false, heard::add);
        assertThat(heard).isSorted().startsWith(0).endsWith(100);
        byte[] after = Arrays.copyOf(before, Math.toIntExact(Sectors.toBytes(LARGER)));
        assertThat(content(path)).isEqualTo(after);
        assertThat(Qemu.content(path)).isEqualTo(after);
        fill(path, 40, 10);
        assertThat(content(path)).isEqualTo(Qemu.content(path));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theGeometryFollowsOnDemand(boolean update) throws IOException {
        Path path = disk("disk.vmdk");
        Geometry before = geometry(path);
        host.growDisk(path, 1 << 22, update);
        Geometry after = geometry(path);
        if (update) {
            assertThat(after).isNotEqualTo(before);
            assertThat(after.coveredSectors()).isBetween((1L << 22) - (long) after.heads() * after.sectors(), 1L << 22);
        } else {
            assertThat(after).isEqualTo(before);
        }
    }

    private Geometry geometry(Path path) throws IOException {
        try (Disk disk = host.openDisk(path)) {
            return disk.info().physicalGeometry();
        }
    }

    @Test
    @SuppressWarnings("NullAway") // null is what it is about
    void aDiskGrowsNeitherByNothingNorWhileItIsOpen() throws IOException {
        Path path = disk("disk.vmdk");
        for (long capacity : new long[] {1, 999, 1000}) {
            assertRefused(ErrorCode.INVALID_ARG, "Grow", path, () -> host.growDisk(path, capacity, true));
        }
        for (long capacity : new long[] {0, -1, Long.MIN_VALUE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> host.growDisk(path, capacity, true))
                    .withMessageContaining("not to " + capacity);
        }
        assertThatNullPointerException().isThrownBy(() -> host.growDisk(path, 2000, true, null));
        try (Disk disk = host.openDisk(path, OpenFlag.READ_ONLY)) {
            assertRefused(ErrorCode.FILE_ALREADY_LOCKED, "Grow", path, () -> host.growDisk(path, 2000, true));
            assertThat(disk.capacity()).isEqualTo(1000);
        }
        Path missing = directory.resolve("missing.vmdk");
        assertRefused(ErrorCode.FILE_NOT_FOUND, "Grow", missing, () -> host.growDisk(missing, 2000, true));
        try (Connection readOnly = lib.connectLocalReadOnly()) {
            assertRefused(ErrorCode.FILE_READ_ONLY, "Grow", path, () -> readOnly.growDisk(path, 2000, true));
        }
        assertThat(content(path)).hasSize(512_000);
    }

    @Test
    void childrenAndStreamsDoNotGrow() throws IOException {
        Path base = filled("base.vmdk", SPARSE);
        Path child = directory.resolve("child.vmdk");
        Path stream = directory.resolve("stream.vmdk");
        try (Disk disk = host.openDisk(base)) {
            disk.createChild(child, SPARSE);
        }
        host.cloneDisk(stream, CloneSpec.of(host, base, DiskType.STREAM_OPTIMIZED));
        for (Path path : new Path[] {child, stream}) {
            assertRefused(ErrorCode.NOT_SUPPORTED, "Grow", path, () -> host.growDisk(path, LARGER, true));
            assertThat(content(path)).isEqualTo(content(base));
        }
    }

    @Test
    void aFullFileSystemLeavesADiskAsItWas() throws IOException {
        Path path = filled("disk.vmdk", FLAT);
        byte[] before = content(path);
        fake.setFaultPlan(FaultPlan.of(Fault.on("Grow").full()));
        IllegalStateException stop = new IllegalStateException("stop");
        assertRefused(
                ErrorCode.DISK_FULL,
                "Grow",
                path,
                () -> host.growDisk(path, LARGER, true, percent -> {
                    throw stop;
                }));
        assertThat(content(path)).isEqualTo(before);
        fake.setFaultPlan(FaultPlan.NONE);
        assertThatIllegalStateException()
                .isThrownBy(() -> host.growDisk(path, LARGER, true, percent -> {
                    throw stop;
                }))
                .isSameAs(stop);
        assertThat(content(path)).hasSize(Math.toIntExact(Sectors.toBytes(LARGER)));
    }

    // ------------------------------------------------------------------------------------------------ renaming

    @ParameterizedTest
    @FieldSource("LOCAL")
    void aDiskIsTheSameUnderAnotherName(DiskType type) throws Exception {
        Qemu.require();
        Path base = filled("base.vmdk", SPARSE);
        Path path = directory.resolve("disk.vmdk");
        host.cloneDisk(path, CloneSpec.of(host, base, type));
        Path folder = Files.createDirectory(directory.resolve("folder"));
        for (Path name : new Path[] {directory.resolve("name.vmdk"), folder.resolve("disk.vmdk")}) {
            int files = files().size();
            lib.renameDisk(path, name);
            assertThat(path).doesNotExist();
            assertThat(files()).hasSize(files);
            assertThat(content(name)).isEqualTo(content(base)).isEqualTo(Qemu.content(name));
            path = name;
        }
    }

    @Test
    void aDiskIsRenamedToWhatIsFreeAndWhileItIsNotOpen() throws IOException {
        Path path = filled("disk.vmdk", FLAT);
        Path taken = disk("taken.vmdk");
        Path missing = directory.resolve("missing.vmdk");
        byte[] content = content(path);
        assertRefused(
                ErrorCode.FILE_ALREADY_EXISTS, "Rename", path + " to " + taken, () -> lib.renameDisk(path, taken));
        assertRefused(ErrorCode.FILE_NOT_FOUND, "Rename", missing + " to " + path, () -> lib.renameDisk(missing, path));
        Path nowhere = directory.resolve("no-folder").resolve("disk.vmdk");
        assertRefused(ErrorCode.FILE_NOT_FOUND, "Rename", path + " to " + nowhere, () -> lib.renameDisk(path, nowhere));
        try (Disk disk = host.openDisk(path, OpenFlag.READ_ONLY)) {
            assertRefused(
                    ErrorCode.FILE_ALREADY_LOCKED,
                    "Rename",
                    path + " to " + missing,
                    () -> lib.renameDisk(path, missing));
            assertThat(disk.capacity()).isEqualTo(CAPACITY);
        }
        fake.failNext("Rename", ErrorCode.FILE_ERROR.number());
        assertRefused(ErrorCode.FILE_ERROR, "Rename", path + " to " + missing, () -> lib.renameDisk(path, missing));
        assertThat(content(path)).isEqualTo(content);
        VixDiskLib closed = VixDiskLib.open(lib.libraryFile());
        closed.close();
        assertThatIllegalStateException().isThrownBy(() -> closed.renameDisk(path, missing));
        assertThat(files()).containsExactly("", "disk-flat.vmdk", "disk.vmdk", "taken.vmdk");
    }

    // ------------------------------------------------------------------------------------ checking and repairing

    /** Changes the first entry of the first grain table: the main one, or the redundant one as well. */
    private static void damage(Path path, boolean both) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            // The header has the sectors of the redundant directory and of the main one.
            ByteBuffer header = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
            file.read(header, 0);
            for (int field : both ? new int[] {48, 56} : new int[] {56}) {
                ByteBuffer table = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
                file.read(table, Sectors.toBytes(header.getLong(field)));
                ByteBuffer entry = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
                file.write(entry.putInt(0, 0x7fff_0000), Sectors.toBytes(table.getInt(0)));
            }
        }
    }

    @ParameterizedTest
    @FieldSource("LOCAL")
    void nothingIsReportedOfADiskThatIsFine(DiskType type) throws IOException {
        Path path = directory.resolve("disk.vmdk");
        host.cloneDisk(path, CloneSpec.of(host, filled("base.vmdk", SPARSE), type));
        byte[] before = content(path);
        assertThat(host.checkDisk(path)).isEqualTo(CheckResult.NO_DAMAGE_REPORTED);
        host.repairDisk(path);
        assertThat(content(path)).isEqualTo(before);
    }

    @Test
    void damageToOneTableIsFoundAndRepaired() throws Exception {
        Qemu.require();
        Path path = filled("disk.vmdk", SPARSE);
        byte[] before = content(path);
        damage(path, false);
        assertThat(host.checkDisk(path)).isEqualTo(CheckResult.NEEDS_REPAIR);
        assertThat(host.checkDisk(path)).isEqualTo(CheckResult.NEEDS_REPAIR);
        try (Connection readOnly = lib.connectLocalReadOnly()) {
            assertThat(readOnly.checkDisk(path)).isEqualTo(CheckResult.NEEDS_REPAIR);
            assertRefused(ErrorCode.FILE_READ_ONLY, "CheckRepair", path, () -> readOnly.repairDisk(path));
        }
        host.repairDisk(path);
        assertThat(host.checkDisk(path)).isEqualTo(CheckResult.NO_DAMAGE_REPORTED);
        assertThat(content(path)).isEqualTo(before).isEqualTo(Qemu.content(path));
        Qemu.img("check", path);
    }

    @Test
    void whatBothTablesHaveLostIsAHoleAfterwards() throws IOException {
        Path path = filled("disk.vmdk", SPARSE);
        byte[] before = content(path);
        damage(path, true);
        assertThat(host.checkDisk(path)).isEqualTo(CheckResult.NEEDS_REPAIR);
        host.repairDisk(path);
        Arrays.fill(before, 0, 128 * 512, (byte) 0);
        assertThat(content(path)).isEqualTo(before);
    }

    @Test
    void whatIsMissingInAFlatDiskCannotBeRepaired() throws IOException {
        Path path = filled("disk.vmdk", FLAT);
        try (FileChannel file = FileChannel.open(directory.resolve("disk-flat.vmdk"), StandardOpenOption.WRITE)) {
            file.truncate(1000);
        }
        assertThat(host.checkDisk(path)).isEqualTo(CheckResult.NEEDS_REPAIR);
        assertRefused(ErrorCode.DISK_CANTREPAIR, "CheckRepair", path, () -> host.repairDisk(path));
    }

    @Test
    void whatCannotBeExaminedIsAFailure() throws IOException {
        Path missing = directory.resolve("missing.vmdk");
        assertRefused(ErrorCode.FILE_NOT_FOUND, "CheckRepair", missing, () -> host.checkDisk(missing));
        Path text = Files.writeString(directory.resolve("text.vmdk"), "a text");
        assertRefused(ErrorCode.DISK_INVALIDDISK, "CheckRepair", text, () -> host.checkDisk(text));
        Path path = disk("disk.vmdk");
        try (Disk disk = host.openDisk(path)) {
            assertRefused(ErrorCode.FILE_ALREADY_LOCKED, "CheckRepair", path, () -> host.repairDisk(path));
            assertRefused(ErrorCode.FILE_ALREADY_LOCKED, "CheckRepair", path, () -> host.checkDisk(path));
            assertThat(disk.capacity()).isEqualTo(1000);
        }
        // The library may say so of a repair as well, and then it is one that has failed.
        fake.failNext("CheckRepair", ErrorCode.DISK_NEEDSREPAIR.number());
        assertRefused(ErrorCode.DISK_NEEDSREPAIR, "CheckRepair", path, () -> host.repairDisk(path));
        fake.failNext("CheckRepair", 0x0001_0000_0000L + ErrorCode.DISK_NEEDSREPAIR.number());
        assertThat(host.checkDisk(path)).isEqualTo(CheckResult.NEEDS_REPAIR);
    }
}
