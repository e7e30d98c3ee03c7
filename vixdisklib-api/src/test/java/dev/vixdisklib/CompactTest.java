/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.FaultPlan;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Shrinking and defragmenting. */
class CompactTest extends StrictDisks {

    CompactTest() throws IOException {}

    enum Operation {
        SHRINK("Shrink") {
            @Override
            void run(Disk disk, ProgressListener listener) throws IOException {
                disk.shrink(listener);
            }

            @Override
            void run(Disk disk) throws IOException {
                disk.shrink();
            }
        },
        DEFRAGMENT("Defragment") {
            @Override
            void run(Disk disk, ProgressListener listener) throws IOException {
                disk.defragment(listener);
            }

            @Override
            void run(Disk disk) throws IOException {
                disk.defragment();
            }
        };

        private final String function;

        Operation(String function) {
            this.function = function;
        }

        abstract void run(Disk disk, ProgressListener listener) throws IOException;

        abstract void run(Disk disk) throws IOException;
    }

    /** A disk with data from its end to its start, and zeros in some grains. */
    private Path scattered(DiskType type) throws IOException {
        Path path = disk("disk.vmdk", type, CAPACITY);
        for (int grain = 19; grain >= 0; grain -= 2) {
            fill(path, grain, 1);
        }
        try (Disk disk = host.openDisk(path);
                Arena arena = Arena.ofConfined()) {
            for (long grain : new long[] {3, 7, 15}) {
                disk.write(128 * grain, Sectors.allocate(arena, 128));
            }
        }
        return path;
    }

    @ParameterizedTest
    @EnumSource(names = {"MONOLITHIC_SPARSE", "SPLIT_SPARSE"})
    void zerosTakeNoSpaceAfterShrinking(DiskType type) throws Exception {
        Qemu.require();
        Path path = scattered(type);
        Path data = type == SPARSE ? path : directory.resolve("disk-s001.vmdk");
        byte[] before = content(path);
        long size = Files.size(data);
        try (Disk disk = host.openDisk(path)) {
            disk.defragment();
            disk.shrink();
            assertThat(disk.capacity()).isEqualTo(CAPACITY);
            assertThat(read(disk, 0, CAPACITY)).isEqualTo(before);
        }
        assertThat(Files.size(data)).isEqualTo(size - 3 * 128 * 512);
        assertThat(content(path)).isEqualTo(before).isEqualTo(Qemu.content(path));
    }

    @Test
    void grainsAreInOrderAfterDefragmenting() throws Exception {
        Qemu.require();
        Path path = scattered(SPARSE);
        byte[] before = content(path);
        assertThat(firstPosition(path, before, 19)).isLessThan(firstPosition(path, before, 1));
        try (Disk disk = host.openDisk(path)) {
            disk.defragment();
        }
        assertThat(firstPosition(path, before, 19)).isGreaterThan(firstPosition(path, before, 1));
        assertThat(content(path)).isEqualTo(before).isEqualTo(Qemu.content(path));
    }

    /** Where in the file the content of a grain begins; random data is there once. */
    private static int firstPosition(Path path, byte[] content, int grain) throws IOException {
        byte[] file = Files.readAllBytes(path);
        byte[] sector = Arrays.copyOfRange(content, grain << 16, (grain << 16) + 512);
        for (int at = 0; at < file.length; at += 512) {
            if (Arrays.equals(file, at, at + 512, sector, 0, 512)) {
                return at;
            }
        }
        throw new AssertionError("grain " + grain + " is not in " + path);
    }

    @Test
    void flatDisksHaveNothingToGiveBack() throws IOException {
        Path path = filled("disk.vmdk", FLAT);
        byte[] before = content(path);
        try (Disk disk = host.openDisk(path)) {
            disk.defragment();
            assertRefused(ErrorCode.DISK_CANTSHRINK, "Shrink", path, disk::shrink);
        }
        assertThat(content(path)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void progressGoesFrom0To100OnTheCallingThread(Operation operation) throws IOException {
        Path path = scattered(SPARSE);
        List<Integer> heard = new ArrayList<>();
        try (Disk disk = host.openDisk(path)) {
            Thread caller = Thread.currentThread();
            operation.run(disk, percent -> {
                heard.add(percent);
                assertThat(Thread.currentThread()).isSameAs(caller);
            });
        }
        assertThat(heard).isSorted().startsWith(0).endsWith(100);
    }

    @ParameterizedTest
    @EnumSource
    void aVirtualThreadHearsOfItsProgress(Operation operation) throws Exception {
        Path path = scattered(SPARSE);
        byte[] before = content(path);
        List<Integer> heard = new ArrayList<>();
        assertThat(Background.startVirtual(() -> {
                            try (Disk disk = host.openDisk(path)) {
                                operation.run(disk, heard::add);
                            }
                            return true;
                        })
                        .join())
                .isTrue();
        assertThat(heard).isSorted().startsWith(0).endsWith(100);
        assertThat(content(path)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    @SuppressWarnings("NullAway") // null is what it is about
    void whatAListenerThrowsIsThrownWhenItIsDone(Operation operation) throws IOException {
        Path path = scattered(SPARSE);
        byte[] before = content(path);
        IllegalStateException stop = new IllegalStateException("stop");
        try (Disk disk = host.openDisk(path)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> operation.run(disk, percent -> {
                        throw stop;
                    }))
                    .isSameAs(stop);
            assertThat(read(disk, 0, CAPACITY)).isEqualTo(before);
            assertThatNullPointerException().isThrownBy(() -> operation.run(disk, null));
        }
        assertThat(content(path)).isEqualTo(before);
    }

    /** A listener that uses the API is refused, and hears the rest all the same. */
    @ParameterizedTest
    @EnumSource
    void aListenerThatIsRefusedGoesOnHearing(Operation operation) throws IOException {
        Path path = scattered(SPARSE);
        Path second = filled("second.vmdk", SPARSE);
        List<Integer> heard = new ArrayList<>();
        try (Disk disk = host.openDisk(path);
                Disk other = host.openDisk(second)) {
            operation.run(disk, percent -> {
                heard.add(percent);
                assertThatIllegalStateException().isThrownBy(() -> operation.run(other, heard::add));
                assertThatIllegalStateException().isThrownBy(() -> lib.renameDisk(path, second));
            });
        }
        assertThat(heard).startsWith(0).endsWith(100);
    }

    @ParameterizedTest
    @EnumSource
    void aDiskIsOpenForWritingAndOnlyOnce(Operation operation) throws IOException {
        Path path = scattered(SPARSE);
        byte[] before = content(path);
        try (Disk reader = host.openDisk(path, OpenFlag.READ_ONLY)) {
            assertRefused(ErrorCode.FILE_READ_ONLY, operation.function, path, () -> operation.run(reader));
            try (Disk disk = host.openDisk(path)) {
                assertRefused(ErrorCode.FILE_ALREADY_LOCKED, operation.function, path, () -> operation.run(disk));
            }
        }
        Disk disk = host.openDisk(path);
        fake.failNext(operation.function, ErrorCode.FILE_ERROR.number());
        assertRefused(ErrorCode.FILE_ERROR, operation.function, path, () -> operation.run(disk));
        disk.close();
        assertThatIllegalStateException().isThrownBy(() -> operation.run(disk)).withMessage(disk + " is closed");
        assertThat(content(path)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void otherDisksAreOpenedMeanwhileAndThisOneWaits(Operation operation) throws Exception {
        Path path = scattered(SPARSE);
        Path second = disk("second.vmdk");
        Disk disk = host.openDisk(path);
        fake.setFaultPlan(FaultPlan.of(Fault.on(operation.function).hang()));
        Background<Boolean> compacting = Background.start(() -> {
            operation.run(disk);
            return true;
        });
        fake.awaitHangs(1);
        try (Disk other = host.openDisk(second)) {
            assertThat(read(other, 0, 1)).containsOnly(0);
        }
        Background<byte[]> reading = Background.start(() -> read(disk, 0, 1)).awaitWaiting();
        Background<Boolean> closing = Background.start(() -> {
                    host.close();
                    return true;
                })
                .awaitWaiting();
        assertThat(compacting.isDone()).isFalse();
        fake.releaseHangs();
        assertThat(compacting.join()).isTrue();
        try {
            assertThat(Objects.requireNonNull(reading.join())).hasSize(512);
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage(disk + " is closed");
        }
        assertThat(closing.join()).isTrue();
    }
}
