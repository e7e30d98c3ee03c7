/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What stays behind: memory, threads, open files. */
class ResourcesTest extends TestDisks {

    ResourcesTest() throws IOException {}

    /** Opens, reads and closes again and again, in a JVM of its own, and prints what has become more. */
    static final class Rounds {

        private static final int BATCHES = 8;
        private static final int ROUNDS = 2_500;

        public static void main(String[] arguments) throws IOException, InterruptedException {
            Path path = Path.of(arguments[0]);
            FakeControl.of(FakeVddk.directory()).setAsync(1, 1);
            rounds(path, ROUNDS);
            long files = count("/proc/self/fd");
            long threads = count("/proc/self/task");
            long bytes = residentBytes();
            long least = Long.MAX_VALUE;
            for (int i = 0; i < BATCHES; i++) {
                rounds(path, ROUNDS);
                // Memory for compiled code is needed now and then, that of a leak in each batch.
                long now = residentBytes();
                least = Math.min(least, now - bytes);
                bytes = now;
            }
            System.out.println(count("/proc/self/fd") - files);
            System.out.println(count("/proc/self/task") - threads);
            System.out.println(least);
            FakeControl fake = FakeControl.of(FakeVddk.directory());
            for (FakeControl.Kind kind : FakeControl.Kind.values()) {
                System.out.println(fake.liveCount(kind));
            }
        }

        private static void readAsynchronously(Disk disk, BufferPool pool, long start) throws InterruptedException {
            try (PooledBuffer buffer = pool.lease()) {
                disk.readAsync(start, buffer).join();
            }
        }

        private static void rounds(Path path, int rounds) throws IOException, InterruptedException {
            // A pool is made once in a program, not for each request.
            try (Arena arena = Arena.ofConfined();
                    BufferPool pool = BufferPool.of(4096, 2)) {
                MemorySegment buffer = Sectors.allocate(arena, 8);
                ByteBuffer unaligned = ByteBuffer.allocate(100);
                for (int i = 0; i < rounds; i++) {
                    try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                            Connection host = i % 2 == 0 ? lib.connectLocal() : lib.connectLocalReadOnly();
                            Disk disk = host.openDisk(path)) {
                        disk.read(i % 900, buffer);
                        readAsynchronously(disk, pool, i % 900);
                        disk.newChannel().read(unaligned.clear());
                        if (!disk.allocatedBlocks().isKnown()) {
                            throw new AssertionError("the library cannot tell");
                        }
                    }
                }
            }
        }

        private static long count(String directory) throws IOException {
            try (Stream<Path> entries = Files.list(Path.of(directory))) {
                return entries.count();
            }
        }

        static long residentBytes() throws IOException {
            System.gc();
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("RssAnon:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void moreThanTenThousandRoundsLeaveNothingBehind() throws Exception {
        ChildJvm child = ChildJvm.run(Rounds.class, directory, disk("disk.vmdk"));
        assertThat(child.status()).as(child.log()).isZero();
        List<Long> more = child.out().stream().map(Long::valueOf).toList();
        assertThat(more.get(0)).as("open files").isLessThanOrEqualTo(0);
        assertThat(more.get(1)).as("threads, of which the JVM starts some").isLessThan(8);
        assertThat(more.get(2)).as("bytes; 100 bytes a round would be 250,000").isLessThan(200_000);
        assertThat(more.subList(3, more.size()))
                .as("handed out by the library")
                .isNotEmpty()
                .containsOnly(0L);
    }

    /** Prints what reads and writes allocate; in a JVM whose compiler has seen nothing else. */
    static final class Allocations {
        public static void main(String[] arguments) throws IOException {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                    Connection host = lib.connectLocal();
                    Disk disk = host.openDisk(Path.of(arguments[0]));
                    Arena arena = Arena.ofConfined()) {
                MemorySegment buffer = Sectors.allocate(arena, 8);
                long least = Long.MAX_VALUE;
                // The first rounds are interpreted, and compiling takes until then.
                for (int round = 0; round < 200 && least > 0; round++) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < 2_000; i++) {
                        disk.read(i % 900, buffer);
                        disk.write(i % 900, buffer);
                    }
                    least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                }
                System.out.println(least + " bytes");
            }
        }
    }

    @Test
    void readingAndWritingAllocatesNothing() throws Exception {
        ChildJvm child = ChildJvm.run(Allocations.class, directory, disk("disk.vmdk"));
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).containsExactly("0 bytes");
    }

    @Test
    void aForgottenDiskIsReported() throws Exception {
        Path path = disk("forgotten.vmdk");
        try (LogLines log = LogLines.of("dev.vixdisklib")) {
            forget(path);
            long deadline = System.nanoTime() + Background.PATIENCE.toNanos();
            String report = "the disk " + path + " was never closed; use try-with-resources";
            while (!log.texts(Level.WARNING).contains(report)) {
                assertThat(System.nanoTime()).as("is not reported").isLessThan(deadline);
                System.gc();
            }
        }
        assertThat(open()).containsExactly("1 CONNECTIONS", "1 DISKS");
        host.close();
        assertThat(open()).isEmpty();
    }

    /** In a method of its own, so that nothing on the stack holds the disk. */
    private void forget(Path path) throws IOException {
        host.openDisk(path).info();
    }
}
