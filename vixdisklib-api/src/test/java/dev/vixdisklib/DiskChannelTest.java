/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.FaultPlan;
import dev.vixdisklib.shim.JournalEntry;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DiskChannelTest extends StrictDisks {

    private static final int MIB = 1 << 20;

    /** Of the disk that {@link #openDisk} opens, in bytes. */
    private static final int SIZE = 1000 * 512;

    private final Arena arena = Arena.ofShared();

    DiskChannelTest() throws IOException {}

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private Disk openDisk(OpenFlag... flags) throws IOException {
        return host.openDisk(disk("disk.vmdk"), flags);
    }

    /** Where bytes can be. */
    enum Memory {
        HEAP {
            @Override
            ByteBuffer allocate(int size, Arena arena, Path file) {
                return ByteBuffer.allocate(size);
            }
        },
        DIRECT {
            @Override
            ByteBuffer allocate(int size, Arena arena, Path file) {
                return ByteBuffer.allocateDirect(size);
            }
        },
        SEGMENT {
            @Override
            ByteBuffer allocate(int size, Arena arena, Path file) {
                return arena.allocate(size).asByteBuffer();
            }
        },
        MAPPED {
            @Override
            ByteBuffer allocate(int size, Arena arena, Path file) throws IOException {
                try (FileChannel channel = FileChannel.open(
                        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                    return channel.map(MapMode.READ_WRITE, 0, size, arena).asByteBuffer();
                }
            }
        };

        abstract ByteBuffer allocate(int size, Arena arena, Path file) throws IOException;
    }

    private ByteBuffer allocate(Memory memory, int size) throws IOException {
        return memory.allocate(size, arena, directory.resolve("mapped"));
    }

    private static ByteBuffer buffer(byte... bytes) {
        return ByteBuffer.wrap(bytes);
    }

    /** Sectors with random content, also on the disk. */
    private static byte[] fill(Disk disk, Random random) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment content = randomSectors(arena, disk.capacity(), random);
            disk.write(0, content);
            return bytes(content);
        }
    }

    /** The function and the sectors of each call since the journal was forgotten. */
    private List<String> requests() {
        return fake.journal().stream().map(DiskChannelTest::request).toList();
    }

    private static String request(JournalEntry call) {
        return call.function() + " " + call.sector().orElse(-1) + "+"
                + call.sectors().orElse(-1);
    }

    /** What a channel answers, whether it is a result or a refusal. */
    private static String outcome(String name, ThrowingOperation operation) {
        try {
            return name + ": " + operation.run();
        } catch (IllegalArgumentException | ClosedChannelException e) {
            return name + ": "
                    + (e instanceof ClosedChannelException ? ClosedChannelException.class : e.getClass()).getName();
        } catch (Exception e) {
            throw new AssertionError(name, e);
        }
    }

    private interface ThrowingOperation {
        Object run() throws Exception;
    }

    /** A channel to a disk or to a file, and what the test knows about both. */
    private record Sut(SeekableByteChannel channel) {

        int read(ByteBuffer target, long position) throws IOException {
            return channel instanceof FileChannel file
                    ? file.read(target, position)
                    : ((DiskChannel) channel).read(target, position);
        }

        int write(ByteBuffer source, long position) throws IOException {
            return channel instanceof FileChannel file
                    ? file.write(source, position)
                    : ((DiskChannel) channel).write(source, position);
        }

        /** Does one thing, and tells all that can be seen of it. */
        String step(Random random, ByteBuffer memory) {
            int kind = random.nextInt(12);
            long position = position(random);
            int offset = random.nextInt(3) == 0 ? 0 : random.nextInt(1024);
            int length = random.nextBoolean() ? 512 * random.nextInt(130) : random.nextInt(2000);
            ByteBuffer buffer = memory.duplicate().position(offset).limit(offset + length);
            if (random.nextBoolean()) {
                buffer = buffer.slice();
            }
            if (kind >= 6 && kind < 10) {
                byte[] content = new byte[length];
                random.nextBytes(content);
                buffer.duplicate().put(content);
                // A file would grow.
                buffer.limit(buffer.position() + (int) Math.max(0, Math.min(length, SIZE - Math.max(0, position))));
                buffer = random.nextBoolean() ? buffer.asReadOnlyBuffer() : buffer;
            } else if (random.nextInt(20) == 0) {
                buffer = buffer.asReadOnlyBuffer();
            }
            String answer = step(kind, position, buffer);
            return answer + " " + buffer + " " + buffer.duplicate().flip().hashCode();
        }

        private static long position(Random random) {
            return switch (random.nextInt(8)) {
                case 0 -> 512L * random.nextInt(1000);
                case 1 -> SIZE - random.nextInt(2000);
                case 2 -> SIZE + random.nextInt(100);
                case 3 -> random.nextInt(20) == 0 ? random.nextInt() : 0;
                default -> random.nextInt(SIZE);
            };
        }

        private String step(int kind, long position, ByteBuffer buffer) {
            return switch (kind) {
                case 0, 1, 2 -> outcome("read at " + position, () -> read(buffer, position));
                case 3, 4 -> outcome("read", () -> channel.read(buffer));
                case 5 -> outcome("position", channel::position);
                case 6, 7 -> outcome("write at " + position, () -> write(buffer, position));
                case 8, 9 ->
                    outcome("write", () -> {
                        // In a file, nothing has to fit.
                        long start = Math.min(channel.position(), SIZE);
                        buffer.limit(buffer.position() + (int) Math.min(buffer.remaining(), SIZE - start));
                        return channel.write(buffer);
                    });
                case 10 ->
                    outcome(
                            "position " + position,
                            () -> channel.position(position).position());
                default -> {
                    long size = position < 0 ? position : Math.max(SIZE, position);
                    yield outcome(
                            "truncate " + size, () -> channel.truncate(size).size() + " " + channel.position());
                }
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void answersAsTheChannelOfAFileDoes(Memory memory) throws IOException {
        Path image = directory.resolve("image");
        atRandom(random -> {
            try (Disk disk = openDisk();
                    DiskChannel channel = disk.newChannel();
                    FileChannel file = FileChannel.open(
                            Files.write(image, fill(disk, random)),
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE)) {
                ByteBuffer ours = allocate(memory, 200_000);
                ByteBuffer others = ByteBuffer.allocate(200_000);
                for (int i = 0; i < 3000; i++) {
                    long seed = random.nextLong();
                    assertThat(new Sut(channel).step(new Random(seed), ours).replace("Direct", "Heap"))
                            .isEqualTo(new Sut(file).step(new Random(seed), others));
                    if (i % 500 == 0) {
                        assertThat(read(disk, 0, 1000)).isEqualTo(Files.readAllBytes(image));
                    }
                }
                assertThat(ours.mismatch(others)).isEqualTo(-1);
                assertThat(read(disk, 0, 1000)).isEqualTo(Files.readAllBytes(image));
            }
        });
    }

    @Test
    void segmentsOfAnySizeGoToAnyPosition() throws IOException {
        atRandom(random -> {
            Disk disk = host.openDisk(disk("large.vmdk", FLAT, 3 * 2048 + 77));
            byte[] content = fill(disk, random);
            DiskChannel channel = disk.newChannel();
            for (int i = 0; i < 300; i++) {
                int position = random.nextInt(content.length);
                int length = random.nextInt(i % 10 == 0 ? content.length : 70_000);
                int odd = random.nextInt(3);
                MemorySegment memory = (random.nextBoolean()
                                ? arena.allocate(length + odd)
                                : MemorySegment.ofArray(new byte[length + odd]))
                        .asSlice(odd);
                int expected = Math.min(length, content.length - position);
                if (random.nextBoolean()) {
                    assertThat(channel.read(memory, position)).isEqualTo(expected);
                    assertThat(bytes(memory.asSlice(0, expected)))
                            .isEqualTo(Arrays.copyOfRange(content, position, position + expected));
                } else {
                    byte[] written = new byte[expected];
                    random.nextBytes(written);
                    memory.copyFrom(MemorySegment.ofArray(written));
                    assertThat(channel.write(memory.asSlice(0, expected), position))
                            .isEqualTo(expected);
                    System.arraycopy(written, 0, content, position, expected);
                }
            }
            assertThat(read(disk, 0, disk.capacity())).isEqualTo(content);
            disk.close();
        });
    }

    @Test
    void requestsAreNeitherManyNorLarge() throws IOException {
        Disk disk = host.openDisk(disk("disk.vmdk", FLAT, 10_000));
        DiskChannel channel = disk.newChannel();
        MemorySegment memory = arena.allocate(4 * MIB);
        Map<String, List<String>> expected = new LinkedHashMap<>();
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();

        calls.put("one byte", () -> channel.read(memory.asSlice(0, 1), 512));
        expected.put("one byte", List.of("Read 1+1"));
        calls.put("two sectors in part", () -> channel.read(memory.asSlice(0, 2), 511));
        expected.put("two sectors in part", List.of("Read 0+2"));
        calls.put("whole sectors", () -> channel.read(memory.asSlice(0, 1024), 1024));
        expected.put("whole sectors", List.of("Read 2+2"));
        calls.put("small, over a multiple of 1 MiB", () -> channel.read(memory.asSlice(0, 1024), MIB - 512));
        expected.put("small, over a multiple of 1 MiB", List.of("Read 2047+2"));
        calls.put("large", () -> channel.read(memory, 0));
        expected.put("large", List.of("Read 0+2048", "Read 2048+2048", "Read 4096+2048", "Read 6144+2048"));
        calls.put("large in the heap", () -> channel.read(ByteBuffer.allocate(2 * MIB), 0));
        expected.put("large in the heap", List.of("Read 0+2048", "Read 2048+2048"));
        calls.put("odd", () -> channel.read(memory.asSlice(0, MIB), 5));
        expected.put("odd", List.of("Read 0+1", "Read 1+2047", "Read 2048+1"));
        calls.put("odd in the heap", () -> channel.read(ByteBuffer.allocate(MIB), 5));
        expected.put("odd in the heap", List.of("Read 0+2048", "Read 2048+1"));
        calls.put("written in a sector", () -> channel.write(memory.asSlice(0, 1), 512));
        expected.put("written in a sector", List.of("Read 1+1", "Write 1+1"));
        calls.put("written from a start", () -> channel.write(memory.asSlice(0, 1025), 512));
        expected.put("written from a start", List.of("Read 3+1", "Write 1+3"));
        calls.put("written to an end", () -> channel.write(memory.asSlice(0, 1025), 511));
        expected.put("written to an end", List.of("Read 0+1", "Write 0+3"));
        calls.put("written between", () -> channel.write(memory.asSlice(0, 1024), 511));
        expected.put("written between", List.of("Read 0+3", "Write 0+3"));
        calls.put("written as it is", () -> channel.write(memory.asSlice(0, 1024), 512));
        expected.put("written as it is", List.of("Write 1+2"));
        calls.put("much written between in the heap", () -> channel.write(ByteBuffer.allocate(MIB - 512), 5));
        expected.put("much written between in the heap", List.of("Read 0+1", "Read 2047+1", "Write 0+2048"));

        calls.forEach((name, call) -> {
            fake.forgetJournal();
            assertThat(catchThrowable(call)).as(name).isNull();
            assertThat(requests()).as(name).isEqualTo(expected.get(name));
        });
    }

    @Test
    void eachChannelHasAPositionOfItsOwn() throws IOException {
        Disk disk = openDisk();
        DiskChannel first = disk.newChannel();
        DiskChannel second = disk.newChannel().position(3);
        assertThat(first.write(buffer((byte) 1, (byte) 2, (byte) 3, (byte) 4, (byte) 5)))
                .isEqualTo(5);
        ByteBuffer read = ByteBuffer.allocate(2);
        assertThat(second.read(read)).isEqualTo(2);
        assertThat(read.array()).containsExactly(4, 5);
        assertThat(first.position()).isEqualTo(5);
        assertThat(second.position()).isEqualTo(5);
        first.read(read.clear(), 0);
        assertThat(first.position()).isEqualTo(5);
        assertThat(read.array()).containsExactly(1, 2);
        assertThat(first.size()).isEqualTo(SIZE);
        assertThat(first).hasToString("the channel to the disk " + disk.name());
    }

    @Test
    void whatDoesNotFitIsNotWrittenAtAll() throws IOException {
        Disk disk = openDisk();
        DiskChannel channel = disk.newChannel().position(SIZE - 4);
        ByteBuffer five = buffer(new byte[] {1, 2, 3, 4, 5});
        String text = "no space for 5 bytes at byte " + (SIZE - 4) + " of the disk " + disk.name() + ", which has "
                + SIZE + " bytes";
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> channel.write(five),
                () -> channel.write(five, SIZE - 4),
                () -> channel.write(MemorySegment.ofBuffer(five), SIZE - 4))) {
            assertThatExceptionOfType(IOException.class).isThrownBy(call).withMessageContaining(text);
        }
        assertThat(channel.position()).isEqualTo(SIZE - 4);
        assertThat(five.position()).isZero();
        assertThat(read(disk, 999, 1)).containsOnly(0);

        assertThat(channel.write(five.limit(4))).isEqualTo(4);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> channel.write(five.limit(5)));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> channel.write(five, Long.MAX_VALUE));
        assertThat(channel.write(ByteBuffer.allocate(0), Long.MAX_VALUE)).isZero();
        assertThat(channel.write(ByteBuffer.allocate(0))).isZero();
    }

    @Test
    void reliesOnNoTruncation() throws IOException {
        Disk disk = openDisk();
        DiskChannel channel = disk.newChannel().position(SIZE + 7L);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> channel.truncate(SIZE - 1))
                .withMessage(disk + " has " + SIZE + " bytes; a disk cannot be truncated, here to " + (SIZE - 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> channel.truncate(-1))
                .withMessage("a negative size: -1");
        assertThat(channel.position()).isEqualTo(SIZE + 7);
        assertThat(channel.truncate(SIZE).position()).isEqualTo(SIZE);
    }

    @Test
    void refusesNegativeNumbers() throws IOException {
        DiskChannel channel = openDisk().newChannel();
        ByteBuffer one = ByteBuffer.allocate(1);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> channel.read(one, -1),
                () -> channel.read(MemorySegment.ofBuffer(one), -1),
                () -> channel.write(one, -1),
                () -> channel.write(MemorySegment.ofBuffer(one), -1),
                () -> channel.position(-1),
                () -> channel.transferTo(-1, 1, channel),
                () -> channel.transferFrom(channel, -1, 1))) {
            assertThatIllegalArgumentException().isThrownBy(call).withMessage("a negative position: -1");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> channel.transferTo(0, -1, channel))
                .withMessage("a negative count: -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> channel.transferFrom(channel, 0, Long.MIN_VALUE))
                .withMessage("a negative count: " + Long.MIN_VALUE);
    }

    @Test
    void readOnlyDisksAreNotWritten() throws IOException {
        Disk disk = openDisk(OpenFlag.READ_ONLY);
        Disk other = lib.connectLocalReadOnly().openDisk(disk("other.vmdk"));
        for (Disk each : List.of(disk, other)) {
            DiskChannel channel = each.newChannel();
            ByteBuffer one = buffer((byte) 1);
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> channel.write(one),
                    () -> channel.write(one, 0),
                    () -> channel.write(arena.allocate(512), 0),
                    () -> channel.write(ByteBuffer.allocate(0)),
                    () -> channel.truncate(SIZE),
                    () -> channel.transferFrom(Channels.newChannel(new ByteArrayInputStream(new byte[1])), 0, 1))) {
                assertThatExceptionOfType(NonWritableChannelException.class)
                        .isThrownBy(call)
                        .withMessageContaining(each + " is read-only");
            }
            assertThat(one.position()).isZero();
            assertThat(channel.position()).isZero();
            assertThat(channel.read(ByteBuffer.allocate(3))).isEqualTo(3);
        }
    }

    @Test
    void aSectorWhoseRestIsInAParentIsNotWrittenInPart() throws IOException {
        Path base = disk("base.vmdk");
        Path child = directory.resolve("child.vmdk");
        try (Disk disk = host.openDisk(base)) {
            fill(disk, new Random(1));
            disk.createChild(child, SPARSE);
        }
        try (Disk link = host.openDisk(child, OpenFlag.SINGLE_LINK)) {
            DiskChannel channel = link.newChannel();
            ByteBuffer one = buffer((byte) 1);
            assertRefused(ErrorCode.DISK_PARTIALCHAIN, "Read", link.name(), () -> channel.write(one));
            assertThat(one.position()).isZero();
            // A grain, as the link has nothing yet.
            assertThat(channel.write(ByteBuffer.allocate(65_536), 65_536)).isEqualTo(65_536);
            assertThat(channel.write(one, 65_536)).isEqualTo(1);
        }
        try (Disk chain = host.openDisk(child)) {
            chain.newChannel().write(buffer((byte) 1), 3);
            byte[] expected = read(host.openDisk(base, OpenFlag.READ_ONLY), 0, 1);
            expected[3] = 1;
            assertThat(read(chain, 0, 1)).isEqualTo(expected);
            assertThat(read(chain, 129, 127)).containsOnly(0);
        }
    }

    @Test
    void readOnlyBuffersAreNotReadInto() throws IOException {
        DiskChannel channel = openDisk().newChannel();
        for (ByteBuffer buffer :
                List.of(ByteBuffer.allocate(3), ByteBuffer.allocateDirect(3), ByteBuffer.allocate(0))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> channel.read(buffer.asReadOnlyBuffer()))
                    .withMessageContaining("read-only");
            channel.write(buffer.asReadOnlyBuffer());
        }
    }

    @Test
    void buffersOfClosedAndForeignArenasAreRefused() throws Exception {
        DiskChannel channel = openDisk().newChannel();
        Arena closed = Arena.ofConfined();
        ByteBuffer dead = closed.allocate(700).asByteBuffer();
        closed.close();
        ByteBuffer foreign = Background.start(
                        () -> Arena.ofConfined().allocate(700).asByteBuffer())
                .join();
        for (int bytes : new int[] {1, 512, 700}) {
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> channel.read(dead.limit(bytes)),
                    () -> channel.read(dead.limit(bytes), 0),
                    () -> channel.write(dead.limit(bytes)),
                    () -> channel.write(dead.limit(bytes), 0))) {
                assertThatIllegalStateException()
                        .isThrownBy(call)
                        .withMessageContaining("arena of the buffer is closed");
            }
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> channel.read(foreign.limit(bytes)),
                    () -> channel.read(foreign.limit(bytes), 0),
                    () -> channel.write(foreign.limit(bytes)),
                    () -> channel.write(foreign.limit(bytes), 0))) {
                assertThatExceptionOfType(WrongThreadException.class)
                        .isThrownBy(call)
                        .withMessageContaining("another thread");
            }
        }
        assertThat(channel.position()).isZero();
    }

    private static Map<String, ThrowingCallable> everything(DiskChannel channel) {
        ByteBuffer one = ByteBuffer.allocate(1);
        MemorySegment segment = MemorySegment.ofArray(new byte[1]);
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("read", () -> channel.read(one));
        calls.put("read at", () -> channel.read(one, 0));
        calls.put("read at the end", () -> channel.read(one, SIZE));
        calls.put("read a segment", () -> channel.read(segment, 0));
        calls.put("write", () -> channel.write(one));
        calls.put("write at", () -> channel.write(one, 0));
        calls.put("write nothing", () -> channel.write(ByteBuffer.allocate(0), 0));
        calls.put("write a segment", () -> channel.write(segment, 0));
        calls.put("position", channel::position);
        calls.put("set position", () -> channel.position(1));
        calls.put("size", channel::size);
        calls.put("truncate", () -> channel.truncate(SIZE));
        calls.put("transferTo", () -> channel.transferTo(0, 1, Channels.newChannel(System.err)));
        calls.put(
                "transferFrom",
                () -> channel.transferFrom(Channels.newChannel(new ByteArrayInputStream(new byte[1])), 0, 1));
        return calls;
    }

    private static void assertAllClosed(DiskChannel channel, Object what) {
        assertThat(channel.isOpen()).isFalse();
        everything(channel)
                .forEach((name, call) -> assertThatExceptionOfType(ClosedChannelException.class)
                        .as(name)
                        .isThrownBy(call)
                        .withMessage(what + " is closed"));
    }

    @Test
    void aClosedChannelRefusesAndLeavesTheDiskOpen() throws IOException {
        Disk disk = openDisk();
        DiskChannel closed = disk.newChannel();
        DiskChannel open = disk.newChannel();
        assertThat(closed.isOpen()).isTrue();
        closed.close();
        closed.close();
        assertAllClosed(closed, "the channel to " + disk);
        assertThat(open.isOpen()).isTrue();
        assertThat(open.read(ByteBuffer.allocate(3))).isEqualTo(3);
        assertThat(disk.info().capacity()).isEqualTo(1000);
    }

    @Test
    void theChannelsOfAClosedDiskAreClosed() throws IOException {
        Connection connection = lib.connectLocal();
        Disk disk = connection.openDisk(disk("disk.vmdk"));
        DiskChannel channel = disk.newChannel();
        channel.read(ByteBuffer.allocate(3));
        connection.close();
        assertAllClosed(channel, disk);
        channel.close();
        assertAllClosed(channel, "the channel to " + disk);
        assertThatIllegalStateException().isThrownBy(disk::newChannel).withMessage(disk + " is closed");
    }

    @Test
    void aTransferRefusesAClosedPartner() throws IOException {
        Disk disk = openDisk();
        DiskChannel channel = disk.newChannel();
        DiskChannel closed = disk.newChannel();
        closed.close();
        assertThatExceptionOfType(ClosedChannelException.class)
                .isThrownBy(() -> channel.transferTo(0, 1, closed))
                .withMessage("the target of the transfer is closed");
        assertThatExceptionOfType(ClosedChannelException.class)
                .isThrownBy(() -> channel.transferFrom(closed, 0, 1))
                .withMessage("the source of the transfer is closed");
    }

    @Test
    void aFirstRequestThatFailsChangesNothing() throws IOException {
        Disk disk = openDisk();
        DiskChannel channel = disk.newChannel().position(700);
        ByteBuffer buffer = ByteBuffer.allocate(10).position(3);
        fake.failNext("Read", ErrorCode.HOST_TCP_CONN_LOST.number());
        assertRefused(ErrorCode.HOST_TCP_CONN_LOST, "Read", disk.name(), () -> channel.read(buffer));
        fake.failNext("Write", ErrorCode.DISK_FULL.number());
        assertRefused(ErrorCode.DISK_FULL, "Write", disk.name(), () -> channel.write(buffer));
        fake.failNext("Read", ErrorCode.HOST_TCP_CONN_LOST.number());
        assertRefused(ErrorCode.HOST_TCP_CONN_LOST, "Read", disk.name(), () -> channel.write(buffer));
        assertThat(buffer).isEqualTo(ByteBuffer.allocate(10).position(3));
        assertThat(channel.position()).isEqualTo(700);
        assertThat(channel.write(buffer)).isEqualTo(7);
        assertThat(channel.position()).isEqualTo(707);
    }

    @ParameterizedTest
    @EnumSource
    void aLaterRequestThatFailsLeavesThePositionsWhereItBegan(Memory memory) throws IOException {
        Disk disk = host.openDisk(disk("disk.vmdk", FLAT, 10_000));
        DiskChannel channel = disk.newChannel();
        ByteBuffer buffer = allocate(memory, 3 * MIB);
        fake.setFaultPlan(FaultPlan.of(
                Fault.on("Read").sectors(4096, 4096).returns(14011),
                Fault.on("Write").sectors(2048, 2048).returns(8)));

        assertRefused(ErrorCode.HOST_TCP_CONN_LOST, "Read", disk.name(), () -> channel.read(buffer));
        assertThat(buffer.position()).isEqualTo(2 * MIB);
        assertThat(channel.position()).isEqualTo(2 * MIB);

        assertRefused(ErrorCode.DISK_FULL, "Write", disk.name(), () -> channel.write(buffer.clear(), 0));
        assertThat(buffer.position()).isEqualTo(MIB);
        assertThat(channel.position()).isEqualTo(2 * MIB);

        fake.setFaultPlan(FaultPlan.NONE);
        assertThat(channel.read(buffer)).isEqualTo(2 * MIB);
        assertThat(channel.position()).isEqualTo(4 * MIB);
    }

    @Test
    void servesWhateverTakesAChannel() throws IOException {
        Disk disk = openDisk();
        String text = "caf\u00e9\n".repeat(20_000) + "\0";
        disk.newChannel().write(StandardCharsets.UTF_8.encode(text));
        try (BufferedReader reader =
                new BufferedReader(Channels.newReader(disk.newChannel(), StandardCharsets.UTF_8))) {
            assertThat(reader.lines().limit(20_000).collect(Collectors.toSet())).containsExactly("caf\u00e9");
        }
        byte[] all = Channels.newInputStream(disk.newChannel()).readAllBytes();
        assertThat(all).isEqualTo(read(disk, 0, 1000));
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "DIRECT"})
    void hardlyBurdensTheHeap(Memory memory) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        DiskChannel channel = openDisk().newChannel();
        ByteBuffer buffer = allocate(memory, 100_000);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 20 && least > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100; i++) {
                channel.read(buffer.clear(), 77);
                channel.write(buffer.clear(), 77);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least / 200).as("bytes a call").isLessThan(2_000);
    }
}
