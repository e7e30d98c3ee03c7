/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@link Disk#read} and {@link Disk#write} refuse before the library sees it. */
class BufferTest extends TestDisks {

    private final Arena arena = Arena.ofShared();

    BufferTest() throws IOException {}

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private Disk openDisk() throws IOException {
        return host.openDisk(disk("disk.vmdk"));
    }

    private static List<ThrowingCallable> readAndWrite(Disk disk, long start, MemorySegment buffer) {
        return List.of(() -> disk.read(start, buffer), () -> disk.write(start, buffer));
    }

    @Test
    void heapSegments() throws IOException {
        Disk disk = openDisk();
        for (ThrowingCallable call : readAndWrite(disk, 0, MemorySegment.ofArray(new byte[512]))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(call)
                    .withMessageContaining("heap segment")
                    .withMessageContaining("Sectors.allocate");
        }
    }

    @Test
    void mappedFiles() throws IOException {
        Disk disk = openDisk();
        Path file = Files.write(directory.resolve("mapped"), new byte[512]);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (ThrowingCallable call : readAndWrite(disk, 0, channel.map(MapMode.READ_WRITE, 0, 512, arena))) {
                assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining("mapped file");
            }
        }
    }

    @Test
    void readOnlySegmentsAsTargetOnly() throws IOException {
        Disk disk = openDisk();
        MemorySegment buffer = Sectors.allocate(arena, 1).fill((byte) 3).asReadOnly();
        disk.write(0, buffer);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> disk.read(0, buffer))
                .withMessageContaining("read-only");
        assertThat(read(disk, 0, 1)).containsOnly(3);
    }

    @Test
    void segmentsOfAClosedArena() throws IOException {
        Disk disk = openDisk();
        Arena closed = Arena.ofConfined();
        MemorySegment buffer = Sectors.allocate(closed, 1);
        closed.close();
        for (ThrowingCallable call : readAndWrite(disk, 0, buffer)) {
            assertThatIllegalStateException()
                    .isThrownBy(call)
                    .withMessageContaining("arena")
                    .withMessageContaining("closed");
        }
    }

    @Test
    void segmentsConfinedToAnotherThread() throws Exception {
        Disk disk = openDisk();
        MemorySegment foreign =
                Background.start(() -> Sectors.allocate(Arena.ofConfined(), 1)).join();
        for (ThrowingCallable call : readAndWrite(disk, 0, foreign)) {
            assertThatExceptionOfType(WrongThreadException.class)
                    .isThrownBy(call)
                    .withMessageContaining("another thread")
                    .withMessageContaining("ofShared");
        }
    }

    @Test
    void buffersThatAreNoWholeSectors() throws IOException {
        Disk disk = openDisk();
        MemorySegment memory = Sectors.allocate(arena, 4);
        for (long bytes : new long[] {0, 1, 511, 513, 1023, 2047}) {
            for (ThrowingCallable call : readAndWrite(disk, 0, memory.asSlice(0, bytes))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(call)
                        .withMessageContaining("the buffer has " + bytes + (bytes == 1 ? " byte;" : " bytes;"))
                        .withMessageContaining("512");
            }
        }
        for (ThrowingCallable call : readAndWrite(disk, 0, MemorySegment.NULL)) {
            assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining("0 bytes");
        }
    }

    @Test
    void sectorsOutsideTheDisk() throws IOException {
        Disk disk = openDisk();
        MemorySegment two = Sectors.allocate(arena, 2);
        for (long start : new long[] {
            -1, -2, Long.MIN_VALUE, 999, 1000, 1001, 1L << 32, (1L << 55) - 1, Long.MAX_VALUE - 1, Long.MAX_VALUE
        }) {
            for (ThrowingCallable call : readAndWrite(disk, start, two)) {
                assertThatExceptionOfType(IndexOutOfBoundsException.class)
                        .isThrownBy(call)
                        .withMessageContaining("2 sectors from sector " + start + " ")
                        .withMessageContaining(disk.name())
                        .withMessageContaining("1000 sectors");
            }
        }
        disk.write(998, two);
        MemorySegment tooMuch = Sectors.allocate(arena, 1001);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> disk.read(0, tooMuch));
        MemorySegment one = Sectors.allocate(arena, 1);
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> disk.read(1000, one))
                .withMessage("1 sector from sector 1000 is not inside " + disk.name() + ", which has 1000 sectors");
    }

    @Test
    void whatIsRefusedTouchesNeitherDiskNorBuffer() throws IOException {
        Disk disk = openDisk();
        MemorySegment buffer = Sectors.allocate(arena, 1001).fill((byte) 9);
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> disk.write(0, buffer));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> disk.read(0, buffer));
        assertThat(read(disk, 0, 1000)).containsOnly(0);
        assertThat(bytes(buffer)).containsOnly(9);
    }

    @Test
    void anyKindOfArenaWillDo() throws Exception {
        Disk disk = openDisk();
        try (Arena confined = Arena.ofConfined()) {
            for (Arena kind : new Arena[] {confined, arena, Arena.ofAuto(), Arena.global()}) {
                MemorySegment buffer = kind.allocate(1024, 1).asSlice(0, 512);
                disk.write(3, buffer.fill((byte) 5));
                disk.read(3, buffer.fill((byte) 0));
                assertThat(bytes(buffer)).containsOnly(5);
            }
        }
        MemorySegment shared = Sectors.allocate(arena, 1);
        Background.start(() -> {
                    disk.read(3, shared);
                    return true;
                })
                .join();
        assertThat(bytes(shared)).containsOnly(5);
    }

    @Test
    void oddAddressesWork() throws IOException {
        Disk disk = openDisk();
        MemorySegment odd = arena.allocate(1025, 1).asSlice(1, 1024);
        disk.write(0, odd.fill((byte) 4));
        disk.read(100, odd);
        assertThat(bytes(odd)).containsOnly(0);
        disk.read(0, odd);
        assertThat(bytes(odd)).containsOnly(4);
    }

    @Test
    void anArenaCannotBeClosedUnderARead() throws Exception {
        Disk disk = openDisk();
        Arena closing = Arena.ofShared();
        MemorySegment buffer = Sectors.allocate(closing, 1);
        fake.holdReads(true);
        Background<Boolean> reading = Background.start(() -> {
            disk.read(0, buffer);
            return true;
        });
        fake.awaitHeldReads(1);
        assertThatIllegalStateException().isThrownBy(closing::close);
        fake.holdReads(false);
        assertThat(reading.join()).isTrue();
        closing.close();
    }

    @Test
    void anArenaThatIsClosedWhileACallWaitsForItsTurn() throws Exception {
        Disk disk = openDisk();
        MemorySegment mine = Sectors.allocate(arena, 1);
        Arena closing = Arena.ofShared();
        MemorySegment buffer = Sectors.allocate(closing, 1);
        fake.holdReads(true);
        Background<Boolean> first = Background.start(() -> {
            disk.read(0, mine);
            return true;
        });
        fake.awaitHeldReads(1);
        Background<Boolean> reading = Background.start(() -> {
            disk.read(0, buffer);
            return true;
        });
        Background<Boolean> writing = Background.start(() -> {
            disk.write(0, buffer);
            return true;
        });
        reading.awaitWaiting();
        writing.awaitWaiting();
        closing.close();
        fake.holdReads(false);
        assertThat(first.join()).isTrue();
        assertThatIllegalStateException().isThrownBy(reading::join).withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(writing::join).withMessageContaining("closed");
    }
}
