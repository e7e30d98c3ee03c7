/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.vixdisklib.shim.FakeControl.Kind;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.FaultPlan;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Children: how they are made, and how they get another parent. */
class AttachTest extends StrictDisks {

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path base;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path child;

    AttachTest() throws IOException {}

    @BeforeEach
    void makeBase() throws IOException {
        base = filled("base.vmdk", SPARSE);
        child = directory.resolve("child.vmdk");
    }

    private void createChild(DiskType type) throws IOException {
        try (Disk parent = host.openDisk(base, OpenFlag.READ_ONLY)) {
            parent.createChild(child, type);
        }
    }

    /** A child with data of its own, and a copy of its parent with something else in grain 7. */
    private Path childAndOtherParent(DiskType type) throws IOException {
        createChild(SPARSE);
        fill(child, 2, 3);
        Path other = directory.resolve("other.vmdk");
        host.cloneDisk(other, CloneSpec.of(host, base, type));
        if (type != DiskType.STREAM_OPTIMIZED) {
            fill(other, 7, 1);
        }
        return other;
    }

    private static void assertEnded(Disk parent) throws IOException {
        assertThatIllegalStateException()
                .isThrownBy(parent::info)
                .withMessage(
                        "%s was given to attachTo as a parent, which has ended it; open it again to use it", parent);
        parent.close();
    }

    // ------------------------------------------------------------------------------------------------ children

    @ParameterizedTest
    @FieldSource("LOCAL")
    void aChildReadsAsItsParentUntilItIsWritten(DiskType type) throws Exception {
        Qemu.require();
        Path parent = directory.resolve("parent.vmdk");
        host.cloneDisk(parent, CloneSpec.of(host, base, type));
        try (Disk disk = host.openDisk(parent, OpenFlag.READ_ONLY)) {
            disk.createChild(child, SPARSE);
            disk.createChild(directory.resolve("split.vmdk"), DiskType.SPLIT_SPARSE);
        }
        byte[] before = content(base);
        assertThat(Qemu.content(child)).isEqualTo(before);
        assertThat(content(directory.resolve("split.vmdk"))).isEqualTo(before);
        fill(child, 2, 2);
        assertThat(content(child)).isNotEqualTo(before).isEqualTo(Qemu.content(child));
        assertThat(content(parent)).isEqualTo(before);
        try (Disk disk = host.openDisk(child)) {
            assertThat(disk.info().numLinks()).isEqualTo(2);
            assertThat(disk.info().parentFileNameHint()).contains("parent.vmdk");
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"MONOLITHIC_SPARSE", "SPLIT_SPARSE"})
    void aChildIsSparse(DiskType type) throws IOException {
        assertRefused(ErrorCode.INVALID_ARG, "CreateChild", child + " from " + base, () -> createChild(type));
        assertThat(child).doesNotExist();
    }

    @Test
    void aChildIsMadeWhereNothingIsYet() throws IOException {
        createChild(SPARSE);
        byte[] content = content(child);
        assertRefused(ErrorCode.FILE_ALREADY_EXISTS, "CreateChild", child + " from " + base, () -> createChild(SPARSE));
        assertThat(content(child)).isEqualTo(content);
    }

    @Test
    void aParentThatSomebodyWritesHasNoChildren() throws IOException {
        try (Disk writer = host.openDisk(base);
                Disk reader = host.openDisk(base, OpenFlag.READ_ONLY);
                Arena arena = Arena.ofConfined()) {
            assertRefused(
                    ErrorCode.FILE_ALREADY_LOCKED,
                    "CreateChild",
                    child + " from " + base,
                    () -> reader.createChild(child, SPARSE));
            writer.createChild(child, SPARSE);
            writer.write(0, Sectors.allocate(arena, 1));
        }
        assertRefused(ErrorCode.DISK_CID_MISMATCH, "Open", child, () -> host.openDisk(child));
    }

    @Test
    void progressOfAChildGoesFrom0To100() throws IOException {
        List<Integer> heard = new ArrayList<>();
        try (Disk parent = host.openDisk(base)) {
            parent.createChild(child, SPARSE, heard::add);
            assertThat(heard).isSorted().startsWith(0).endsWith(100);
            IllegalStateException stop = new IllegalStateException("stop");
            Path second = directory.resolve("second.vmdk");
            assertThatIllegalStateException()
                    .isThrownBy(() -> parent.createChild(second, SPARSE, percent -> {
                        throw stop;
                    }))
                    .isSameAs(stop);
            assertThat(content(second)).isEqualTo(content(base));
        }
    }

    @Test
    @SuppressWarnings("NullAway") // null is what it is about
    void whatIsNoChildIsRefusedWithoutATrace() throws IOException {
        try (Disk parent = host.openDisk(base)) {
            assertThatNullPointerException().isThrownBy(() -> parent.createChild(child, null));
            assertThatNullPointerException().isThrownBy(() -> parent.createChild(child, SPARSE, null));
            fake.failNext("CreateChild", ErrorCode.DISK_FULL.number());
            assertRefused(
                    ErrorCode.DISK_FULL,
                    "CreateChild",
                    child + " from " + base,
                    () -> parent.createChild(child, SPARSE));
        }
        assertThat(files()).containsExactly("", "base.vmdk");
    }

    // ------------------------------------------------------------------------------------------------ attaching

    @ParameterizedTest
    @FieldSource("LOCAL")
    void aChildGetsAnotherParent(DiskType type) throws Exception {
        Qemu.require();
        Path other = childAndOtherParent(type);
        byte[] before = content(other);
        try (Disk disk = host.openDisk(child, OpenFlag.SINGLE_LINK);
                Disk parent = host.openDisk(other, OpenFlag.READ_ONLY)) {
            assertThat(disk.attachProblem(parent)).isEmpty();
            assertThat(parent.info().numLinks()).isEqualTo(1);
            disk.attachTo(parent);
            assertEnded(parent);
            // It shows the whole chain from then on.
            assertThat(read(disk, 7 * 128, 128)).isEqualTo(Arrays.copyOfRange(before, 7 << 16, 8 << 16));
            assertThat(disk.info().numLinks()).isEqualTo(2);
            assertThat(disk.info().parentFileNameHint()).contains("other.vmdk");
            assertThat(open()).contains("1 DISKS");
        }
        host.deleteDisk(base);
        assertThat(content(child)).isEqualTo(Qemu.content(child)).isNotEqualTo(before);
        assertThat(content(other)).isEqualTo(before);
    }

    @Test
    void aChildOfAChildGetsAnotherParent() throws IOException {
        Path other = childAndOtherParent(SPARSE);
        Path grandchild = directory.resolve("grandchild.vmdk");
        try (Disk disk = host.openDisk(child)) {
            disk.createChild(grandchild, SPARSE);
        }
        try (Disk disk = host.openDisk(grandchild, OpenFlag.SINGLE_LINK);
                Disk parent = host.openDisk(other)) {
            disk.attachTo(parent);
            assertThat(disk.info().numLinks()).isEqualTo(2);
        }
        assertThat(content(grandchild)).isEqualTo(content(other));
    }

    private void assertNotPossible(ErrorCode code, Path childPath, Path parentPath, OpenFlag... flags)
            throws IOException {
        long before = fake.liveCount(Kind.DISKS);
        try (Disk disk = host.openDisk(childPath, flags);
                Disk parent = host.openDisk(parentPath, OpenFlag.READ_ONLY)) {
            Optional<VixError> problem = disk.attachProblem(parent);
            assertThat(problem).get().matches(error -> error.is(code), "is " + code);
            // Asking has changed nothing.
            assertThat(parent.info().numLinks()).isPositive();
            assertRefused(code, "Attach", childPath + " to " + parentPath, () -> disk.attachTo(parent));
            assertEnded(parent);
            assertThat(fake.liveCount(Kind.DISKS)).isEqualTo(before + 1);
            assertThat(disk.info().capacity()).isPositive();
        }
        assertThat(fake.liveCount(Kind.DISKS)).isEqualTo(before);
    }

    @Test
    void aDiskOfAnotherSizeBecomesNoParent() throws IOException {
        createChild(SPARSE);
        Path small = disk("small.vmdk", SPARSE, CAPACITY - 1);
        assertNotPossible(ErrorCode.DISK_CAPACITY_MISMATCH, child, small, OpenFlag.SINGLE_LINK);
        assertThat(content(child)).isEqualTo(content(base));
    }

    @Test
    void aDiskThatIsNoChildGetsNoParent() throws IOException {
        Path root = filled("root.vmdk", SPARSE);
        assertNotPossible(ErrorCode.DISK_ATTACH_ROOTLINK, root, base);
    }

    @Test
    void aDiskBecomesNoParentOfItsParent() throws IOException {
        createChild(SPARSE);
        Path grandchild = directory.resolve("grandchild.vmdk");
        try (Disk disk = host.openDisk(child)) {
            disk.createChild(grandchild, SPARSE);
        }
        assertNotPossible(ErrorCode.DISK_PARENT_NOTALLOWED, child, grandchild, OpenFlag.SINGLE_LINK);
    }

    @Test
    void aChildIsOpenedForWritingAndWithoutItsParents() throws IOException {
        Path other = childAndOtherParent(SPARSE);
        assertNotPossible(ErrorCode.INVALID_ARG, child, other);
        assertNotPossible(ErrorCode.FILE_READ_ONLY, child, other, OpenFlag.SINGLE_LINK, OpenFlag.READ_ONLY);
    }

    @Test
    void aParentThatSomebodyWritesIsNotAttached() throws IOException {
        Path other = childAndOtherParent(SPARSE);
        try (Disk writer = host.openDisk(other)) {
            assertThat(writer.capacity()).isEqualTo(CAPACITY);
            assertNotPossible(ErrorCode.FILE_ALREADY_LOCKED, child, other, OpenFlag.SINGLE_LINK);
        }
    }

    @Test
    void noDiskIsItsOwnParent() throws IOException {
        createChild(SPARSE);
        try (Disk disk = host.openDisk(child, OpenFlag.SINGLE_LINK)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> disk.attachTo(disk))
                    .withMessage(disk + " cannot be its own parent");
            assertThatIllegalArgumentException().isThrownBy(() -> disk.attachProblem(disk));
            assertThat(disk.info().capacity()).isEqualTo(CAPACITY);
        }
    }

    @Test
    void bothDisksHaveToBeOpen() throws Exception {
        Path other = childAndOtherParent(SPARSE);
        Connection second = lib.connectLocal();
        Disk disk = host.openDisk(child, OpenFlag.SINGLE_LINK);
        Disk parent = second.openDisk(other, OpenFlag.READ_ONLY);
        Disk closed = host.openDisk(other, OpenFlag.READ_ONLY);
        closed.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> disk.attachTo(closed))
                .withMessage(closed + " is closed");
        assertThatIllegalStateException()
                .isThrownBy(() -> disk.attachProblem(closed))
                .withMessage(closed + " is closed");
        assertThatIllegalStateException()
                .isThrownBy(() -> closed.attachTo(parent))
                .withMessage(closed + " is closed");
        assertThatIllegalStateException().isThrownBy(() -> closed.attachProblem(parent));
        // None of it has ended the others, or left them locked.
        assertThat(Background.start(() -> disk.attachProblem(parent)).join()).isEmpty();
        second.close();
        assertThatIllegalStateException().isThrownBy(() -> disk.attachTo(parent));
        assertThat(disk.info().numLinks()).isEqualTo(1);
    }

    @Test
    void aFailingAttachEndsTheParentAllTheSame() throws IOException {
        Path other = childAndOtherParent(SPARSE);
        byte[] content = content(child);
        try (Disk disk = host.openDisk(child, OpenFlag.SINGLE_LINK);
                Disk parent = host.openDisk(other, OpenFlag.READ_ONLY)) {
            fake.failNext("Attach", ErrorCode.FILE_ERROR.number());
            fake.failNext("Close", ErrorCode.HOST_CONNECTION_LOST.number());
            VixDiskLibException failure =
                    assertRefused(ErrorCode.FILE_ERROR, "Attach", child + " to " + other, () -> disk.attachTo(parent));
            assertThat(failure.getSuppressed())
                    .singleElement()
                    .satisfies(e -> assertThat(e).hasMessageStartingWith("Close of " + other));
            assertEnded(parent);
            fake.failNext("IsAttachPossible", ErrorCode.FILE_ERROR.number());
            try (Disk again = host.openDisk(other, OpenFlag.READ_ONLY)) {
                assertThat(disk.attachProblem(again)).contains(new VixError(ErrorCode.FILE_ERROR.number()));
            }
        }
        assertThat(content(child)).isEqualTo(content);
    }

    @Test
    void aParentThatCannotBeClosedIsToldOnceItIsAttached() throws IOException {
        Path other = childAndOtherParent(SPARSE);
        try (Disk disk = host.openDisk(child, OpenFlag.SINGLE_LINK);
                Disk parent = host.openDisk(other, OpenFlag.READ_ONLY)) {
            fake.failNext("Close", ErrorCode.HOST_CONNECTION_LOST.number());
            assertRefused(ErrorCode.HOST_CONNECTION_LOST, "Close", other, () -> disk.attachTo(parent));
            assertEnded(parent);
            assertThat(disk.info().numLinks()).isEqualTo(2);
        }
    }

    @Test
    void attachingWaitsForAReadOfTheParentAndWhoWaitsForThatIsTold() throws Exception {
        Path other = childAndOtherParent(SPARSE);
        Disk disk = host.openDisk(child, OpenFlag.SINGLE_LINK);
        Disk parent = host.openDisk(other, OpenFlag.READ_ONLY);
        fake.holdReads(true);
        Background<byte[]> reading = Background.start(() -> read(parent, 0, 1));
        fake.awaitHeldReads(1);
        Background<Boolean> attaching = Background.start(() -> {
                    disk.attachTo(parent);
                    return true;
                })
                .awaitWaiting();
        Background<DiskInfo> late = Background.start(parent::info).awaitWaiting();
        fake.holdReads(false);
        assertThat(reading.join()).hasSize(512);
        assertThat(attaching.join()).isTrue();
        try {
            assertThat(late.join().numLinks()).isEqualTo(1);
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("attachTo");
        }
        assertEnded(parent);
    }

    @Test
    void closingTheConnectionOfAParentThatIsBeingAttachedWaits() throws Exception {
        Path other = childAndOtherParent(SPARSE);
        Connection second = lib.connectLocal();
        Disk disk = host.openDisk(child, OpenFlag.SINGLE_LINK);
        Disk parent = second.openDisk(other, OpenFlag.READ_ONLY);
        fake.setFaultPlan(FaultPlan.of(Fault.on("Attach").hang()));
        Background<Boolean> attaching = Background.start(() -> {
            disk.attachTo(parent);
            return true;
        });
        fake.awaitHangs(1);
        Background<Boolean> closing = Background.start(() -> {
                    second.close();
                    return true;
                })
                .awaitWaiting();
        fake.releaseHangs();
        assertThat(attaching.join()).isTrue();
        assertThat(closing.join()).isTrue();
        assertThat(disk.info().numLinks()).isEqualTo(2);
    }

    @Test
    void twoThreadsMayNameTwoDisksTheOtherWayRound() throws Exception {
        Path other = childAndOtherParent(SPARSE);
        for (int round = 0; round < 20; round++) {
            Disk one = host.openDisk(child, OpenFlag.SINGLE_LINK);
            Disk two = host.openDisk(other);
            CyclicBarrier begin = new CyclicBarrier(4);
            List<Background<Boolean>> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Disk first = i % 2 == 0 ? one : two;
                Disk second = i % 2 == 0 ? two : one;
                boolean attach = i == 0;
                threads.add(Background.start(() -> {
                    begin.await();
                    for (int j = 0; j < 50; j++) {
                        assertThat(first.attachProblem(second).isPresent()).isEqualTo(first.equals(two));
                    }
                    if (attach) {
                        first.attachTo(second);
                    }
                    return true;
                }));
            }
            for (Background<Boolean> thread : threads) {
                try {
                    assertThat(thread.join()).isTrue();
                } catch (IllegalStateException e) {
                    // One can be through before the others are.
                    assertThat(e).hasMessageContaining("attachTo");
                }
            }
            assertEnded(two);
            one.close();
        }
    }
}
