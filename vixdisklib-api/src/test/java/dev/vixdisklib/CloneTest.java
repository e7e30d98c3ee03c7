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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

class CloneTest extends StrictDisks {

    CloneTest() throws IOException {}

    private CloneSpec spec(Path source) {
        return CloneSpec.of(host, source, SPARSE);
    }

    private Path copy() {
        return directory.resolve("copy.vmdk");
    }

    private String both(Path source) {
        return source + " to " + copy();
    }

    static Stream<Arguments> conversions() {
        return WRITABLE.stream().flatMap(from -> LOCAL.stream().map(to -> Arguments.of(from, to)));
    }

    @ParameterizedTest(name = "from {0} to {1}")
    @MethodSource("conversions")
    void aCloneHasTheContentOfItsSource(DiskType from, DiskType to) throws Exception {
        Qemu.require();
        Path source = filled("disk.vmdk", from);
        byte[] content = content(source);
        host.cloneDisk(
                copy(),
                CloneSpec.of(host, source, to).withAdapter(AdapterType.IDE).withHardwareVersion(HardwareVersion.ESX50));
        assertThat(Qemu.content(copy())).isEqualTo(content);
        assertThat(content(source)).isEqualTo(content);
        try (Disk disk = host.openDisk(copy())) {
            assertThat(disk.capacity()).isEqualTo(CAPACITY);
            assertThat(disk.info().adapterType()).isEqualTo(AdapterType.IDE);
            assertThat(disk.metadata().get("virtualHWVersion")).contains("8");
        }
    }

    @Test
    void aCloneOfAChildHasAllThatItsParentsHave() throws IOException {
        Path base = filled("base.vmdk", FLAT);
        Path child = directory.resolve("child.vmdk");
        try (Disk disk = host.openDisk(base)) {
            disk.createChild(child, SPARSE);
        }
        fill(child, 2, 3);
        byte[] content = content(child);
        host.cloneDisk(copy(), spec(child));
        host.deleteDisk(child);
        host.deleteDisk(base);
        assertThat(content(copy())).isEqualTo(content);
        try (Disk disk = host.openDisk(copy())) {
            assertThat(disk.info().numLinks()).isEqualTo(1);
        }
    }

    @Test
    void aCloneCanTellAPhysicalSectorSize() throws IOException {
        Path source = disk("disk.vmdk");
        host.cloneDisk(copy(), spec(source).withPhysicalSectorSize(4096));
        try (Disk disk = host.openDisk(copy())) {
            assertThat(disk.info().physicalSectorSize()).isEqualTo(OptionalInt.of(4096));
            assertThat(disk.info().logicalSectorSize()).isEqualTo(OptionalInt.of(512));
        }
        assertRefused(
                ErrorCode.NOT_SUPPORTED,
                "Clone",
                both(source),
                () -> host.cloneDisk(copy(), spec(source).replacing().withLogicalSectorSize(4096)));
    }

    @Test
    void aDiskIsReplacedOnlyOnDemand() throws IOException {
        Path source = filled("disk.vmdk", SPARSE);
        Path copy = disk("copy.vmdk", DiskType.SPLIT_FLAT, 7);
        byte[] before = content(copy);
        assertRefused(ErrorCode.FILE_ALREADY_EXISTS, "Clone", both(source), () -> host.cloneDisk(copy, spec(source)));
        assertThat(content(copy)).isEqualTo(before);
        host.cloneDisk(copy, spec(source).replacing());
        assertThat(content(copy)).isEqualTo(content(source));
        assertThat(files()).containsExactly("", "copy.vmdk", "disk.vmdk");
    }

    @Test
    void whatIsNoDiskIsNotReplaced() throws IOException {
        Path source = filled("disk.vmdk", SPARSE);
        Files.writeString(copy(), "a text");
        assertRefused(
                ErrorCode.DISK_INVALIDDISK,
                "Clone",
                both(source),
                () -> host.cloneDisk(copy(), spec(source).replacing()));
        assertThat(copy()).hasContent("a text");
        byte[] content = content(source);
        assertRefused(
                ErrorCode.INVALID_ARG,
                "Clone",
                source + " to " + source,
                () -> host.cloneDisk(source, spec(source).replacing()));
        assertThat(content(source)).isEqualTo(content);
    }

    @Test
    void aCloneNeedsASource() throws IOException {
        Path missing = directory.resolve("missing.vmdk");
        assertRefused(ErrorCode.FILE_NOT_FOUND, "Clone", both(missing), () -> host.cloneDisk(copy(), spec(missing)));
        Path text = Files.writeString(directory.resolve("text.vmdk"), "a text");
        assertRefused(ErrorCode.DISK_INVALIDDISK, "Clone", both(text), () -> host.cloneDisk(copy(), spec(text)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CloneSpec.of(host, SPARSE))
                .withMessage(host + " can open more than one disk: say which one is to be cloned");
        assertThat(copy()).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(names = {"VMFS_THIN", "VMFS_SPARSE"})
    void typesOfServersAreNotMadeHere(DiskType type) throws IOException {
        Path source = filled("disk.vmdk", SPARSE);
        assertRefused(
                ErrorCode.NOT_SUPPORTED,
                "Clone",
                both(source),
                () -> host.cloneDisk(copy(), CloneSpec.of(host, source, type)));
        assertThat(files()).containsExactly("", "disk.vmdk");
    }

    @Test
    void aSourceMayBeReadOnlyAndATargetNot() throws IOException {
        Path source = filled("disk.vmdk", SPARSE);
        VixDiskLib other = VixDiskLib.open(lib.libraryFile());
        try (Connection readOnly = other.connectLocalReadOnly();
                Disk reader = readOnly.openDisk(source)) {
            assertRefused(
                    ErrorCode.FILE_READ_ONLY, "Clone", both(source), () -> readOnly.cloneDisk(copy(), spec(source)));
            host.cloneDisk(copy(), CloneSpec.of(readOnly, source, FLAT));
            assertThat(content(copy())).isEqualTo(read(reader, 0, CAPACITY));
        }
    }

    @Test
    void aFullFileSystemLeavesNoHalfOfAClone() throws IOException {
        Path source = filled("disk.vmdk", SPARSE);
        fake.setFaultPlan(FaultPlan.of(Fault.on("Clone").full()));
        assertRefused(ErrorCode.DISK_FULL, "Clone", both(source), () -> host.cloneDisk(copy(), spec(source)));
        assertThat(files()).containsExactly("", "disk.vmdk");
    }

    @ParameterizedTest
    @FieldSource("LOCAL")
    void progressGoesFrom0To100(DiskType type) throws IOException {
        Path source = filled("disk.vmdk", SPARSE);
        List<Integer> heard = new ArrayList<>();
        host.cloneDisk(copy(), CloneSpec.of(host, source, type), heard::add);
        assertThat(heard).isSorted().startsWith(0).endsWith(100).hasSizeGreaterThan(2);
    }

    @Test
    void whatAListenerThrowsIsThrownWhenTheCloneIsThere() throws IOException {
        Path source = filled("disk.vmdk", SPARSE);
        IllegalStateException stop = new IllegalStateException("stop");
        List<Integer> heard = new ArrayList<>();
        assertThatIllegalStateException()
                .isThrownBy(() -> host.cloneDisk(copy(), spec(source), percent -> {
                    heard.add(percent);
                    throw stop;
                }))
                .isSameAs(stop);
        assertThat(heard).containsExactly(0);
        assertThat(content(copy())).isEqualTo(content(source));
    }

    @Test
    void bothConnectionsHaveToBeOpen() throws IOException {
        Path source = filled("disk.vmdk", SPARSE);
        Connection closed = lib.connectLocal();
        closed.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> closed.cloneDisk(copy(), spec(source)))
                .withMessage(closed + " is closed");
        assertThatIllegalStateException()
                .isThrownBy(() -> host.cloneDisk(copy(), CloneSpec.of(closed, source, SPARSE)))
                .withMessage(closed + " is closed");
        VixDiskLib other = VixDiskLib.open(lib.libraryFile());
        Connection ofClosed = other.connectLocal();
        other.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> host.cloneDisk(copy(), CloneSpec.of(ofClosed, source, SPARSE)));
        assertThat(copy()).doesNotExist();
    }

    @Test
    void othersGoOnReadingWhileACloneIsMadeAndOpeningWaits() throws Exception {
        Path source = filled("disk.vmdk", SPARSE);
        Path path = disk("other.vmdk");
        Disk open = host.openDisk(disk("open.vmdk"));
        fake.setFaultPlan(FaultPlan.of(Fault.on("Clone").hang()));
        Background<Boolean> cloning = Background.start(() -> {
            host.cloneDisk(copy(), spec(source));
            return Thread.currentThread().isInterrupted();
        });
        fake.awaitHangs(1);
        cloning.thread().interrupt();
        Background<Long> opening = Background.start(() -> host.openDisk(path).capacity());
        opening.awaitWaiting();
        assertThat(read(open, 0, 1)).containsOnly(0);
        open.metadata().put("note", "while a clone is made");
        assertThat(cloning.isDone()).isFalse();
        assertThat(opening.isDone()).isFalse();
        fake.releaseHangs();
        assertThat(cloning.join()).as("keeps the interrupt").isTrue();
        assertThat(opening.join()).isEqualTo(1000);
        assertThat(content(copy())).isEqualTo(content(source));
    }

    @Test
    void aClosingConnectionWaitsForTheClone() throws Exception {
        Path source = filled("disk.vmdk", SPARSE);
        Connection other = lib.connectLocal();
        fake.setFaultPlan(FaultPlan.of(Fault.on("Clone").hang()));
        Background<Boolean> cloning = Background.start(() -> {
            host.cloneDisk(copy(), CloneSpec.of(other, source, SPARSE));
            return true;
        });
        fake.awaitHangs(1);
        Background<Boolean> closing = Background.start(() -> {
                    other.close();
                    return true;
                })
                .awaitWaiting();
        fake.releaseHangs();
        assertThat(cloning.join()).isTrue();
        assertThat(closing.join()).isTrue();
        assertThat(content(copy())).isEqualTo(content(source));
    }

    @Test
    @SuppressWarnings("NullAway") // null is what it is about
    void anImpossibleSpecificationIsRefusedAtOnce() throws IOException {
        Path source = disk("disk.vmdk");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec(source).withHardwareVersion(65536))
                .withMessageContaining("not 65536");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec(source).withPhysicalSectorSize(1024))
                .withMessageContaining("not 1024");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CloneSpec.of(host, "[ds] a\0b.vmdk", SPARSE))
                .withMessageContaining("a\\0b.vmdk");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> host.cloneDisk("[ds] a\0b.vmdk", spec(source)))
                .withMessageContaining("a\\0b.vmdk");
        assertThatIllegalArgumentException().isThrownBy(() -> CloneSpec.of(host, "", SPARSE));
        assertThatIllegalArgumentException().isThrownBy(() -> host.cloneDisk("", spec(source)));
        assertThatNullPointerException().isThrownBy(() -> CloneSpec.of(null, source, SPARSE));
        assertThatNullPointerException().isThrownBy(() -> CloneSpec.of(null, SPARSE));
        assertThatNullPointerException().isThrownBy(() -> CloneSpec.of(host, source, null));
        assertThatNullPointerException().isThrownBy(() -> host.cloneDisk(copy(), null));
        assertThatNullPointerException().isThrownBy(() -> host.cloneDisk(copy(), spec(source), null));
        assertThat(files()).containsExactly("", "disk.vmdk");
    }

    @Test
    void disksOfThisHostMayBeNamedByTexts() throws IOException {
        Path source = filled("disk.vmdk", SPARSE);
        host.cloneDisk(copy().toString(), CloneSpec.of(host, source.toString(), FLAT));
        assertThat(content(copy())).isEqualTo(content(source));
    }

    @Test
    void aSpecificationTellsWhatItIs() throws IOException {
        Path source = disk("disk.vmdk");
        CloneSpec spec = spec(source).replacing();
        assertThat(spec.source()).isSameAs(host);
        assertThat(spec.disk()).isEqualTo(source.toString());
        assertThat(spec.type()).isEqualTo(SPARSE);
        assertThat(spec.isReplacing()).isTrue();
        assertThat(spec(source).isReplacing()).isFalse();
        assertThat(spec).hasToString("a clone of " + source + " on " + host + " as MONOLITHIC_SPARSE, replacing");
    }

    @Test
    void theSpaceThatACloneNeedsIsEstimated() throws IOException {
        Path sparse = filled("sparse.vmdk", SPARSE);
        Path flat = filled("flat.vmdk", FLAT);
        for (Path path : new Path[] {sparse, flat}) {
            try (Disk disk = host.openDisk(path, OpenFlag.READ_ONLY)) {
                for (DiskType type : LOCAL) {
                    long needed = disk.spaceNeededForClone(type);
                    Path copy = directory.resolve(path.getFileName() + "-" + type + ".vmdk");
                    host.cloneDisk(copy, CloneSpec.of(host, path, type));
                    assertThat(needed)
                            .as("%s as %s", path, type)
                            .isBetween(sizeOf(copy) - 1024, Sectors.toBytes(2 * CAPACITY));
                }
            }
        }
        try (Disk disk = host.openDisk(flat)) {
            assertThat(disk.spaceNeededForClone()).isEqualTo(Sectors.toBytes(CAPACITY));
            assertRefused(
                    ErrorCode.INVALID_ARG,
                    "SpaceNeededForClone",
                    flat,
                    () -> disk.spaceNeededForClone(DiskType.VMFS_THIN));
            fake.failNext("SpaceNeededForClone", ErrorCode.HOST_CONNECTION_LOST.number());
            assertRefused(
                    ErrorCode.HOST_CONNECTION_LOST, "SpaceNeededForClone", flat, () -> disk.spaceNeededForClone());
            assertThat(disk.spaceNeededForClone(SPARSE)).isLessThan(Sectors.toBytes(CAPACITY));
        }
    }

    /** The size of a disk's data files; a descriptor of its own is little. */
    private long sizeOf(Path disk) throws IOException {
        String name = disk.getFileName().toString().replace(".vmdk", "");
        long size = 0;
        for (String file : files()) {
            if (file.startsWith(name)) {
                size += Files.size(directory.resolve(file));
            }
        }
        return size;
    }
}
