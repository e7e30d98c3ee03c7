/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Channels of a disk under many threads. */
class DiskChannelThreadsTest extends StrictDisks {

    private static final int SIZE = 1000 * 512;

    DiskChannelThreadsTest() throws IOException {}

    /** Begins a read-modify-write that stops in its read, and then a second write; both change the same sector. */
    private byte[] secondWhileFirstHasRead(Disk disk, Callable<?> second) throws Exception {
        DiskChannel channel = disk.newChannel();
        fake.holdReads(true);
        Background<Integer> first = Background.start(() -> channel.write(ByteBuffer.wrap(new byte[] {1}), 0));
        fake.awaitHeldReads(1);
        Background<?> other = Background.start(second).awaitWaiting();
        fake.holdReads(false);
        first.join();
        other.join();
        return read(disk, 0, 1);
    }

    @Test
    void aByteIsNotLostToAWriteOfSectors() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        byte[] sector = secondWhileFirstHasRead(disk, () -> {
            disk.write(0, Sectors.allocate(Arena.ofAuto(), 1).fill((byte) 7));
            return true;
        });
        assertThat(sector).containsOnly(7);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void neighbouringBytesAreNotLost(boolean positional) throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        DiskChannel other = disk.newChannel().position(1);
        ByteBuffer two = ByteBuffer.wrap(new byte[] {2});
        byte[] sector = secondWhileFirstHasRead(disk, () -> positional ? other.write(two, 1) : other.write(two));
        assertThat(sector).startsWith(1, 2, 0);
    }

    /** What a thread writes and reads: bytes at its own distance of all positions that are the same modulo the threads. */
    private static boolean interleaved(DiskChannel channel, int thread, int threads, byte[] expected, Random random)
            throws IOException {
        for (int i = 0; i < 500; i++) {
            int position = random.nextInt(SIZE / threads) * threads + thread;
            byte value = (byte) random.nextInt();
            channel.write(ByteBuffer.wrap(new byte[] {value}), position);
            expected[position] = value;
            int first = random.nextInt(SIZE / threads) * threads + thread;
            ByteBuffer buffer = random.nextBoolean() ? ByteBuffer.allocate(1500) : ByteBuffer.allocateDirect(1500);
            int count = channel.read(buffer, first);
            for (int at = 0; at < count; at += threads) {
                assertThat(buffer.get(at)).isEqualTo(expected[first + at]);
            }
        }
        return true;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void manyThreadsShareSectors(boolean oneChannel) {
        atRandom(random -> {
            Disk disk = host.openDisk(disk("disk.vmdk"));
            DiskChannel shared = disk.newChannel();
            int threads = 8;
            byte[] expected = new byte[SIZE];
            List<Background<Boolean>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                DiskChannel channel = oneChannel ? shared : disk.newChannel();
                Random own = new Random(random.nextLong());
                Callable<Boolean> work = () -> interleaved(channel, thread, threads, expected, own);
                running.add(i % 2 == 0 ? Background.start(work) : Background.startVirtual(work));
            }
            for (Background<Boolean> thread : running) {
                assertThat(thread.join()).isTrue();
            }
            assertThat(read(disk, 0, 1000)).isEqualTo(expected);
        });
    }

    @Test
    void sequentialWritesOfManyThreadsFollowEachOther() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        DiskChannel channel = disk.newChannel();
        int[] counts = new int[8];
        List<Background<Boolean>> running = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            byte[] record = new byte[100];
            Arrays.fill(record, (byte) (i + 1));
            running.add(Background.start(() -> {
                for (int round = 0; round < 100; round++) {
                    channel.write(ByteBuffer.wrap(record));
                }
                return true;
            }));
        }
        for (Background<Boolean> thread : running) {
            thread.join();
        }
        assertThat(channel.position()).isEqualTo(80_000);
        DiskChannel reading = disk.newChannel();
        ByteBuffer record = ByteBuffer.allocate(100);
        for (int i = 0; i < 800; i++) {
            reading.read(record.clear());
            assertThat(record.array()).containsOnly(record.get(0));
            counts[record.get(0) - 1]++;
        }
        assertThat(counts).containsOnly(100);
    }

    @Test
    void aPositionOfItsOwnDoesNotWaitForThePositionOfTheChannel() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk", FLAT, 8192));
        DiskChannel channel = disk.newChannel();
        fake.holdReads(true);
        Background<Integer> first = Background.start(() -> channel.read(ByteBuffer.allocate(1)));
        fake.awaitHeldReads(1);
        Background<Integer> second =
                Background.start(() -> channel.read(ByteBuffer.allocate(1))).awaitWaiting();
        // Neither waits for a lock that is held during a read.
        assertThat(channel.position()).isZero();
        assertThat(channel.size()).isEqualTo(8192 * 512);
        assertThat(channel.read(ByteBuffer.allocate(1), 8192 * 512)).isEqualTo(-1);
        fake.holdReads(false);
        assertThat(first.join() + second.join()).isEqualTo(2);
        assertThat(channel.position()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void wholeSectorsInNativeMemoryAreReadWithoutACopy(boolean segment) throws Exception {
        DiskChannel channel = host.openDisk(disk("disk.vmdk")).newChannel();
        Arena closing = Arena.ofShared();
        MemorySegment memory = closing.allocate(2048);
        fake.holdReads(true);
        Background<Number> reading = Background.start(
                () -> segment ? channel.read(memory, 512) : (Number) channel.read(memory.asByteBuffer(), 512));
        fake.awaitHeldReads(1);
        // The library has it, and not a copy of it.
        assertThatIllegalStateException().isThrownBy(closing::close);
        fake.holdReads(false);
        assertThat(reading.join().intValue()).isEqualTo(2048);
        closing.close();
    }

    @Test
    void closingTheChannelEndsWhatIsUnderWayBeforeItsNextRequest() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk", FLAT, 8192));
        DiskChannel channel = disk.newChannel();
        ByteBuffer buffer = ByteBuffer.allocate(2 << 20);
        fake.holdReads(true);
        Background<Integer> reading = Background.start(() -> channel.read(buffer, 0));
        fake.awaitHeldReads(1);
        channel.close();
        assertThat(reading.isDone()).isFalse();
        fake.holdReads(false);
        assertThatExceptionOfType(ClosedChannelException.class)
                .isThrownBy(reading::join)
                .withMessage(channel + " is closed");
        assertThat(buffer.position()).isEqualTo(1 << 20);
    }

    @Test
    void manyReadersOfAChannelWhoseDiskIsClosedAllEnd() throws Exception {
        for (int round = 0; round < 20; round++) {
            Disk disk = host.openDisk(disk("disk" + round + ".vmdk"));
            DiskChannel channel = disk.newChannel();
            CountDownLatch busy = new CountDownLatch(4);
            List<Background<Boolean>> users = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ByteBuffer buffer = i % 2 == 0 ? ByteBuffer.allocate(1000) : ByteBuffer.allocateDirect(1024);
                users.add(Background.start(() -> {
                    channel.write(buffer, 5);
                    busy.countDown();
                    while (true) {
                        channel.read(buffer.clear(), 0);
                        channel.write(buffer.clear(), 3);
                    }
                }));
            }
            busy.await();
            disk.close();
            for (Background<Boolean> user : users) {
                assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(user::join);
            }
        }
    }

    @Test
    void anArenaThatIsClosedUnderAnOperationDoesNoHarm() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        DiskChannel channel = disk.newChannel();
        AtomicInteger refused = new AtomicInteger();
        for (int round = 0; round < 30; round++) {
            Arena closing = Arena.ofShared();
            MemorySegment memory = closing.allocate(3000);
            CountDownLatch go = new CountDownLatch(2);
            List<Background<Boolean>> users = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                boolean direct = i == 0;
                users.add(Background.start(() -> {
                    go.countDown();
                    try {
                        while (true) {
                            channel.read(direct ? memory.asSlice(0, 1024) : memory, 0);
                            channel.write((direct ? memory.asSlice(0, 1024) : memory).asByteBuffer(), 512);
                        }
                    } catch (IllegalStateException e) {
                        refused.incrementAndGet();
                        return true;
                    }
                }));
            }
            go.await();
            boolean open = true;
            while (open) {
                try {
                    closing.close();
                    open = false;
                } catch (IllegalStateException e) {
                    // A native call has it at the moment.
                    Thread.onSpinWait();
                }
            }
            for (Background<Boolean> user : users) {
                user.join();
            }
        }
        assertThat(refused).hasValue(60);
        assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(1);
    }

    @Test
    void anInterruptIsKeptAndClosesNothing() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        DiskChannel channel = disk.newChannel();
        boolean interrupted = Background.start(() -> {
                    Thread.currentThread().interrupt();
                    channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
                    channel.read(ByteBuffer.allocate(3), 0);
                    channel.transferTo(0, SIZE, disk.newChannel());
                    return Thread.currentThread().isInterrupted();
                })
                .join();
        assertThat(interrupted).isTrue();
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void otherUsersHaveTheirTurnDuringATransfer() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk", FLAT, 8192));
        DiskChannel channel = disk.newChannel();
        CountDownLatch inTarget = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        OpenChannels.Target target = source -> {
            inTarget.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            int count = source.remaining();
            source.position(source.limit());
            return count;
        };
        Background<Long> transfer = Background.start(() -> channel.transferTo(0, 8192 * 512, target));
        inTarget.await();
        assertThat(read(disk, 0, 1)).hasSize(512);
        assertThat(channel.read(ByteBuffer.allocate(5))).isEqualTo(5);
        goOn.countDown();
        assertThat(transfer.join()).isEqualTo(8192 * 512);
    }

    @Test
    void aChannelIsNoWayForACallbackToWaitForItself() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        DiskChannel channel = disk.newChannel();
        List<Throwable> thrown = new ArrayList<>();
        fake.holdReads(true);
        Background<Integer> reading = Background.start(() -> channel.read(ByteBuffer.allocate(1)));
        fake.awaitHeldReads(1);
        // The reader holds the position now.
        try (LogLines log = LogLines.of("dev.vixdisklib.native", line -> {
            try {
                channel.position(5);
            } catch (IOException | RuntimeException e) {
                thrown.add(e);
            }
        })) {
            Background.start(() -> {
                        fake.logFromLibraryThread(true, "a line");
                        return true;
                    })
                    .join();
            assertThat(log.records()).isNotEmpty();
        }
        fake.holdReads(false);
        reading.join();
        assertThat(thrown)
                .singleElement()
                .satisfies(e ->
                        assertThat(e).isInstanceOf(IllegalStateException.class).hasMessageContaining("a log handler"));
    }
}
