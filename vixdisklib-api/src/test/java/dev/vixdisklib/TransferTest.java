/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Transfers between disks and channels of other kinds. */
class TransferTest extends StrictDisks {

    private static final int MIB = 1 << 20;
    private static final int CAPACITY = 3 * 2048 + 100;
    private static final int SIZE = CAPACITY * 512;

    private byte[] content = {};

    TransferTest() throws IOException {}

    private DiskChannel randomDisk() throws IOException {
        Disk disk = host.openDisk(disk("random.vmdk", FLAT, CAPACITY));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sectors = randomSectors(arena, CAPACITY, new Random(1));
            disk.write(0, sectors);
            content = bytes(sectors);
        }
        return disk.newChannel();
    }

    private DiskChannel emptyDisk(String name) throws IOException {
        return host.openDisk(disk(name, SPARSE, CAPACITY)).newChannel();
    }

    private static byte[] bytes(DiskChannel channel) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) channel.size());
        channel.read(all, 0);
        return all.array();
    }

    private byte[] part(long start, long end) {
        return Arrays.copyOfRange(content, (int) start, (int) end);
    }

    @Test
    void aWholeDiskGoesToAFileAndBack() throws IOException {
        DiskChannel disk = randomDisk();
        DiskChannel copy = emptyDisk("copy.vmdk");
        Path path = directory.resolve("image");
        try (FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            assertThat(disk.transferTo(0, Long.MAX_VALUE, file)).isEqualTo(SIZE);
            assertThat(Files.readAllBytes(path)).isEqualTo(content);
            assertThat(copy.transferFrom(file.position(0), 0, Long.MAX_VALUE)).isEqualTo(SIZE);
        }
        assertThat(bytes(copy)).isEqualTo(content);
        assertThat(disk.position()).isZero();
        assertThat(copy.position()).isZero();
    }

    @Test
    void anyPartGoesToADiskOrAFile() throws IOException {
        DiskChannel disk = randomDisk();
        DiskChannel copy = emptyDisk("copy.vmdk");
        Path path = Files.write(directory.resolve("image"), content);
        atRandom(random -> {
            byte[] expected = bytes(copy);
            try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
                for (int i = 0; i < 50; i++) {
                    long start = random.nextInt(SIZE + 10);
                    long count = random.nextInt(random.nextBoolean() ? 3000 : SIZE);
                    long end = Math.max(start, Math.min(SIZE, start + count));
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    assertThat(disk.transferTo(start, count, Channels.newChannel(out)))
                            .isEqualTo(end - start);
                    if (end > start) {
                        assertThat(out.toByteArray()).isEqualTo(part(start, end));
                    }
                    assertThat(copy.transferFrom(file.position(start), start, count))
                            .isEqualTo(end - start);
                    assertThat(file.position()).isEqualTo(end);
                    if (end > start) {
                        System.arraycopy(content, (int) start, expected, (int) start, (int) (end - start));
                    }
                }
            }
            assertThat(bytes(copy)).isEqualTo(expected);
        });
    }

    @Test
    void aDiskGoesToAnotherOne() throws IOException {
        DiskChannel disk = randomDisk();
        DiskChannel copy = emptyDisk("copy.vmdk");
        assertThat(disk.transferTo(0, SIZE, copy)).isEqualTo(SIZE);
        assertThat(bytes(copy)).isEqualTo(content);
        assertThat(copy.position()).isEqualTo(SIZE);
        assertThat(copy.transferFrom(disk.position(100), 0, 50)).isEqualTo(50);
        assertThat(Arrays.copyOf(bytes(copy), 50)).isEqualTo(part(100, 150));
    }

    @Test
    void allocatedBlocksGoToAFileWithHoles() throws IOException {
        DiskChannel copy = emptyDisk("sparse.vmdk");
        copy.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 5 * 65536 + 7);
        Disk disk = host.openDisk(directory.resolve("sparse.vmdk"), OpenFlag.READ_ONLY);
        Path path = directory.resolve("image");
        try (DiskChannel channel = disk.newChannel();
                FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (SectorRange range : disk.allocatedBlocks()) {
                long position = Sectors.toBytes(range.start());
                channel.transferTo(position, Sectors.toBytes(range.count()), file.position(position));
            }
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(bytes(copy));
    }

    @Test
    void whatIsBehindTheEndDoesNotCount() throws IOException {
        DiskChannel disk = randomDisk();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayInputStream in = new ByteArrayInputStream(new byte[10]);
        for (long position : new long[] {SIZE, SIZE + 1, Long.MAX_VALUE}) {
            assertThat(disk.transferTo(position, 5, Channels.newChannel(out))).isZero();
            assertThat(disk.transferFrom(Channels.newChannel(in), position, 5)).isZero();
        }
        assertThat(disk.transferTo(SIZE - 3, 5, Channels.newChannel(out))).isEqualTo(3);
        assertThat(disk.transferFrom(Channels.newChannel(in), SIZE - 3, 5)).isEqualTo(3);
        // What there was no space for, is left to the source.
        assertThat(in.available()).isEqualTo(7);
        assertThat(disk.transferTo(0, 0, Channels.newChannel(out))).isZero();
        assertThat(disk.transferFrom(Channels.newChannel(in), 0, 0)).isZero();
    }

    @Test
    void aTargetThatDoesNotBlockGetsWhatItTakes() throws IOException {
        DiskChannel disk = randomDisk();
        Pipe pipe = Pipe.open();
        try (Pipe.SinkChannel sink = pipe.sink();
                Pipe.SourceChannel source = pipe.source()) {
            sink.configureBlocking(false);
            source.configureBlocking(false);
            ByteBuffer got = ByteBuffer.allocate(SIZE);
            long next = 0;
            int rounds = 0;
            while (next < SIZE) {
                long count = disk.transferTo(next, SIZE, sink);
                assertThat(count).isPositive().isLessThan(MIB);
                next += count;
                while (source.read(got) > 0) {
                    rounds++;
                }
            }
            assertThat(rounds).isGreaterThan(2);
            assertThat(got.array()).isEqualTo(content);
        }
    }

    @Test
    void aTargetThatTakesLittleAtATimeGetsAll() throws IOException {
        DiskChannel disk = randomDisk();
        ByteBuffer got = ByteBuffer.allocate(SIZE);
        OpenChannels.Target target = source -> {
            int count = Math.min(source.remaining(), 1000);
            got.put(source.slice().limit(count));
            source.position(source.position() + count);
            return count;
        };
        assertThat(disk.transferTo(0, SIZE, target)).isEqualTo(SIZE);
        assertThat(got.array()).isEqualTo(content);
    }

    @Test
    void aSourceThatDoesNotBlockGivesWhatItHas() throws IOException {
        DiskChannel copy = emptyDisk("copy.vmdk");
        Pipe pipe = Pipe.open();
        try (Pipe.SinkChannel sink = pipe.sink();
                Pipe.SourceChannel source = pipe.source()) {
            source.configureBlocking(false);
            assertThat(copy.transferFrom(source, 3, 1000)).isZero();
            sink.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            assertThat(copy.transferFrom(source, 3, 1000)).isEqualTo(3);
            assertThat(Arrays.copyOf(bytes(copy), 8)).containsExactly(0, 0, 0, 1, 2, 3, 0, 0);
        }
    }

    @Test
    void aSourceOfSmallPiecesIsWrittenInLargeOnes() throws IOException {
        randomDisk();
        DiskChannel copy = emptyDisk("copy.vmdk");
        ByteArrayInputStream all = new ByteArrayInputStream(content);
        fake.forgetJournal();
        OpenChannels.Source source = target -> {
            byte[] piece = new byte[Math.min(target.remaining(), 1000)];
            int count = all.read(piece, 0, piece.length);
            if (count > 0) {
                target.put(piece, 0, count);
            }
            return count;
        };
        assertThat(copy.transferFrom(source, 0, Long.MAX_VALUE)).isEqualTo(SIZE);
        assertThat(fake.callCount("Write")).isEqualTo(4);
        assertThat(fake.callCount("Read")).isZero();
        assertThat(bytes(copy)).isEqualTo(content);
    }

    @Test
    void aFailingPartnerFailsTheTransfer() throws IOException {
        DiskChannel disk = randomDisk();
        IOException failure = new IOException("a test");
        OpenChannels.Target badTarget = source -> {
            throw failure;
        };
        OpenChannels.Source badSource = target -> {
            target.put((byte) 5);
            throw failure;
        };
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> disk.transferTo(0, 5, badTarget))
                .isSameAs(failure);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> disk.transferFrom(badSource, 0, 5))
                .isSameAs(failure);
        Path path = Files.createFile(directory.resolve("file"));
        try (FileChannel writing = FileChannel.open(path, StandardOpenOption.WRITE);
                FileChannel reading = FileChannel.open(path, StandardOpenOption.READ)) {
            assertThatExceptionOfType(NonWritableChannelException.class)
                    .isThrownBy(() -> disk.transferTo(0, 5, reading));
            assertThatExceptionOfType(NonReadableChannelException.class)
                    .isThrownBy(() -> disk.transferFrom(writing, 0, 5));
        }
        assertThat(bytes(disk)).isEqualTo(content);
    }

    @Test
    void aFailingDiskFailsTheTransfer() throws IOException {
        DiskChannel disk = randomDisk();
        Path path = directory.resolve("random.vmdk");
        fake.failNext("Read", ErrorCode.HOST_TCP_CONN_LOST.number());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertRefused(
                ErrorCode.HOST_TCP_CONN_LOST, "Read", path, () -> disk.transferTo(0, SIZE, Channels.newChannel(out)));
        assertThat(out.size()).isZero();
        fake.failNext("Write", ErrorCode.DISK_FULL.number());
        assertRefused(
                ErrorCode.DISK_FULL,
                "Write",
                path,
                () -> disk.transferFrom(Channels.newChannel(new ByteArrayInputStream(content)), 0, SIZE));
        assertThat(disk.transferTo(0, SIZE, Channels.newChannel(out))).isEqualTo(SIZE);
    }

    @Test
    void theMemoryOfATransferCannotBeUsedAfterIt() throws IOException {
        DiskChannel disk = randomDisk();
        ByteBuffer[] kept = new ByteBuffer[1];
        OpenChannels.Target keeping = source -> {
            kept[0] = source;
            return 0;
        };
        disk.transferTo(0, 5, keeping);
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> kept[0].get(0));
    }

    @Test
    void nothingGoesOverTheHeap() throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        DiskChannel disk = randomDisk();
        try (FileChannel file = FileChannel.open(
                directory.resolve("image"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 20; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                disk.transferTo(0, SIZE, file.position(0));
                disk.transferFrom(file.position(0), 0, SIZE);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least).isLessThan(20_000);
        }
    }
}
