/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeControl.Kind;
import dev.vixdisklib.shim.FakeDisk;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.FaultPlan;
import dev.vixdisklib.shim.Timing;
import dev.vixdisklib.shim.Transport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What streams take: memory of both kinds, threads, and the carriers of virtual threads; in JVMs of their own. */
class StreamResourcesTest {

    /** How long the soak goes on; a few seconds find what is wrong with each stream, ten minutes what is rare. */
    private static final int SOAK_SECONDS = Integer.getInteger("vixdisklib.soakSeconds", 4);

    private static final StreamOptions SMALL =
            StreamOptions.defaults().withChunkBytes(4096).withDepth(4);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path directory;

    private static FakeControl fake() {
        return FakeControl.of(FakeVddk.directory());
    }

    /** Opens a disk in a child. */
    private static Disk open(VixDiskLib lib, Path directory, String mode, long sectors) throws IOException {
        // Disks of their own, since one that is written to is open once.
        String name = mode.equals("hotadd") ? "fcd/one.vmdk" : mode.equals("file") ? "own.vmdk" : "web/web.vmdk";
        TestServers.useInventory(
                directory,
                fake(),
                server -> {},
                datastore -> datastore.transports(Transport.NBDSSL, Transport.NBD, Transport.HOTADD));
        Path path = directory.resolve("ds1").resolve(name);
        if (Files.notExists(path)) {
            FakeDisk.create(path, sectors);
        }
        if (mode.equals("file")) {
            return lib.connectLocal().openDisk(path);
        }
        return lib.connect(TestServers.vcenter().vm("vm-42", "snapshot-47").transportModes(TransportMode.of(mode)))
                .openDisk("[ds1] " + name);
    }

    private static long count(String folder) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of(folder))) {
            return entries.count();
        }
    }

    /** Prints what a thousand chunks allocate on all threads together, of a reader and of a writer. */
    static final class Allocations {

        private static final int CHUNKS = 1000;
        private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        private interface Round {
            void run() throws IOException, InterruptedException;
        }

        public static void main(String[] arguments) throws Exception {
            StreamOptions options = arguments[2].equals("ordered") ? SMALL : SMALL.asCompleted();
            if (arguments[3].equals("ahead")) {
                options = options.readingAhead();
            }
            fake().setAsync(Integer.parseInt(arguments[4]), 1);
            try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                    Disk disk = open(lib, Path.of(arguments[0]), arguments[1], 1L << 26);
                    DiskReader reader = disk.newReader(options);
                    DiskWriter writer = disk.newWriter(options)) {
                System.out.println(least(() -> read(reader)) + " bytes");
                System.out.println(least(() -> write(writer)) + " bytes");
            }
        }

        private static void read(DiskReader reader) throws IOException, InterruptedException {
            for (int i = 0; i < CHUNKS; i++) {
                try (Chunk chunk = Objects.requireNonNull(reader.next())) {
                    chunk.segment();
                }
            }
        }

        private static void write(DiskWriter writer) throws IOException, InterruptedException {
            for (int i = 0; i < CHUNKS; i++) {
                try (Chunk chunk = writer.chunk()) {
                    chunk.segment();
                    writer.write(8L * i, 8, chunk);
                }
            }
        }

        private static long least(Round round) throws IOException, InterruptedException {
            long least = Long.MAX_VALUE;
            // The first rounds are interpreted, and compiling takes until then.
            for (int i = 0; i < 500 && least > 0; i++) {
                long before = THREADS.getTotalThreadAllocatedBytes();
                round.run();
                least = Math.min(least, THREADS.getTotalThreadAllocatedBytes() - before);
            }
            return least;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "file, ordered, calling, 0",
        "file, ordered, ahead, 0",
        "nbd, ordered, calling, 0",
        "nbd, ordered, calling, 2",
        "nbd, as completed, calling, 2"
    })
    void aChunkAllocatesNothingInTheLongRun(String mode, String order, String way, int threads) throws Exception {
        ChildJvm child = ChildJvm.run(Allocations.class, directory, directory, mode, order, way, threads);
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).containsExactly("0 bytes", "0 bytes");
    }

    /** Holds all chunks that a stream has, in a JVM that has as much native memory or less; prints what came of it. */
    static final class Bounds {

        static final int CHUNK = 1 << 20;

        public static void main(String[] arguments) throws Exception {
            try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                    Disk disk = open(lib, Path.of(arguments[0]), arguments[1], 1 << 16)) {
                StreamOptions options = StreamOptions.defaults().withDepth(4);
                try (DiskReader reader = disk.newReader(options)) {
                    tryAll(() -> Objects.requireNonNull(reader.next()));
                }
                try (DiskWriter writer = disk.newWriter(options)) {
                    tryAll(writer::chunk);
                }
            }
        }

        private interface Source {
            Chunk next() throws IOException, InterruptedException;
        }

        private static void tryAll(Source source) throws IOException, InterruptedException {
            List<Chunk> held = new ArrayList<>();
            try {
                while (held.size() < 8) {
                    held.add(source.next());
                }
                System.out.println("enough");
            } catch (OutOfMemoryError e) {
                System.out.println("too little");
            }
            held.forEach(Chunk::close);
            // What there is can still be used.
            source.next().close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "nbd", "hotadd"})
    void aStreamTakesItsChunksAndNoMoreNativeMemory(String mode) throws Exception {
        // Each is aligned to a page, and the rest of the program needs a little.
        int all = 8 * (Bounds.CHUNK / 1024 + 4) + 64;
        assertThat(bounds(mode, all)).containsExactly("enough", "enough");
        assertThat(bounds(mode, all - Bounds.CHUNK / 1024)).containsExactly("too little", "too little");
    }

    private List<String> bounds(String mode, int kilobytes) throws Exception {
        ChildJvm child = ChildJvm.run(
                List.of(
                        "-Xlog:disable",
                        "-XX:NativeMemoryTracking=summary",
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:MallocLimit=other:" + kilobytes + "k:oom"),
                Map.of(),
                Bounds.class,
                directory,
                directory,
                mode);
        assertThat(child.status()).as(child.log()).isZero();
        return child.out();
    }

    /** Has a call hang that a virtual thread has asked for, and tells whether the only carrier can be had meanwhile. */
    static final class Carriers {

        public static void main(String[] arguments) throws Exception {
            FakeControl fake = fake();
            try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                    Disk disk = open(lib, Path.of(arguments[0]), arguments[1], 1000);
                    DiskReader reader = disk.newReader(SMALL);
                    DiskWriter writer = disk.newWriter(SMALL)) {
                fake.setFaultPlan(FaultPlan.of(Fault.on(arguments[2]).hang()));
                Thread user = Thread.ofVirtual().start(() -> {
                    try {
                        if (arguments[2].startsWith("Read")) {
                            Objects.requireNonNull(reader.next()).close();
                        } else {
                            writer.zero(0, 100);
                            writer.finish();
                        }
                    } catch (IOException | InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
                fake.awaitHangs(1);
                CountDownLatch done = new CountDownLatch(1);
                Thread.ofVirtual().start(done::countDown);
                System.out.println(done.await(20, TimeUnit.SECONDS) ? "goes on" : "is blocked");
                fake.setFaultPlan(FaultPlan.NONE);
                fake.releaseHangs();
                user.join();
            }
        }
    }

    /** Over nbd, the fake carries out the request within the call that makes it, which so takes as long as it likes. */
    @ParameterizedTest
    @CsvSource({"nbd, ReadAsync", "nbd, WriteAsync", "hotadd, Read", "hotadd, Write"})
    void aCallThatTakesLongKeepsNoCarrierOfAVirtualThread(String mode, String function) throws Exception {
        ChildJvm child = ChildJvm.run(
                List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1"),
                Map.of(),
                Carriers.class,
                directory,
                directory,
                mode,
                function);
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).containsExactly("goes on");
    }

    /** Streams at random for a while, and prints what has become more. */
    static final class Soak {

        private static final int BATCHES = 8;
        private static final int SECTORS = 4000;

        private final Random random;
        private final List<Disk> disks = new ArrayList<>();
        private long streams;

        Soak(Random random) {
            this.random = random;
        }

        public static void main(String[] arguments) throws Exception {
            long nanos = TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[1])) / (BATCHES + 2);
            Soak soak = new Soak(new Random(Long.parseLong(arguments[2])));
            try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory())) {
                for (String mode : List.of("file", "nbd", "hotadd")) {
                    soak.disks.add(open(lib, Path.of(arguments[0]), mode, SECTORS));
                }
                soak.run(2 * nanos);
                long files = count("/proc/self/fd");
                long threads = count("/proc/self/task");
                long bytes = ResourcesTest.Rounds.residentBytes();
                long least = Long.MAX_VALUE;
                for (int i = 0; i < BATCHES; i++) {
                    soak.run(nanos);
                    // Memory for compiled code is needed now and then, that of a leak in each batch.
                    long now = ResourcesTest.Rounds.residentBytes();
                    least = Math.min(least, now - bytes);
                    bytes = now;
                }
                System.out.println(count("/proc/self/fd") - files);
                System.out.println(count("/proc/self/task") - threads);
                System.out.println(least);
            }
            for (Kind kind : Kind.values()) {
                System.out.println(fake().liveCount(kind));
            }
            System.err.println(soak.streams + " streams");
        }

        private void run(long nanos) throws Exception {
            long end = System.nanoTime() + nanos;
            while (System.nanoTime() < end) {
                FakeControl fake = fake();
                fake.setAsync(random.nextInt(4), random.nextLong(Long.MAX_VALUE));
                Duration latency = Duration.ofNanos(1000L * random.nextInt(100));
                fake.setTiming(Transport.NBD, random.nextBoolean() ? Timing.NONE : Timing.latency(latency));
                fake.setFaultPlan(FaultPlan.of(
                        fault("ReadAsync").completesWith("VIX_E_FILE_ERROR"),
                        fault("WriteAsync").returns("VIX_E_FILE_ERROR"),
                        fault("Read").returns("VIX_E_FILE_ERROR"),
                        fault("Write").returns("VIX_E_FILE_ERROR")));
                stream(disks.get(random.nextInt(disks.size())), disks.get(random.nextInt(disks.size())));
                streams++;
            }
        }

        private Fault fault(String function) {
            return Fault.on(function).chance(0.02, random.nextInt(1000));
        }

        private StreamOptions options() {
            StreamOptions options = StreamOptions.defaults()
                    .withChunkBytes(4096 * (1 + random.nextInt(16)))
                    .withDepth(1 + random.nextInt(8));
            options = random.nextBoolean() ? options.asCompleted() : options;
            return random.nextBoolean() ? options.readingAhead() : options;
        }

        /** Copies a disk to itself, as far as it goes. */
        private void stream(Disk source, Disk target) throws Exception {
            StreamOptions options = options();
            int most = random.nextInt(200);
            int held = random.nextInt(2);
            List<Chunk> late = new ArrayList<>();
            try (DiskReader reader = source.newReader(options)) {
                try (DiskWriter writer = target.newWriter(options())) {
                    for (int i = 0; i < most; i++) {
                        Chunk chunk = reader.next();
                        if (chunk == null) {
                            break;
                        }
                        boolean isLate = late.size() < held;
                        try {
                            writer.write(chunk);
                        } finally {
                            if (isLate) {
                                late.add(chunk);
                            } else {
                                chunk.close();
                            }
                        }
                    }
                    if (random.nextBoolean()) {
                        writer.finish();
                    }
                } catch (VixDiskLibException e) {
                    // As planned.
                }
            }
            late.forEach(Chunk::close);
        }
    }

    @Test
    void manyStreamsLeaveNothingBehind() throws Exception {
        long seed = Long.getLong("vixdisklib.seed", System.nanoTime());
        ChildJvm child = ChildJvm.runFor(SOAK_SECONDS, Soak.class, directory, directory, SOAK_SECONDS, seed);
        assertThat(child.status())
                .as("-Dvixdisklib.seed=" + seed + " " + child.log())
                .isZero();
        List<Long> more = child.out().stream().map(Long::valueOf).toList();
        assertThat(more.get(0)).as("open files").isLessThanOrEqualTo(0);
        assertThat(more.get(1)).as("threads, of which the JVM starts some").isLessThan(8);
        assertThat(more.get(2)).as("bytes").isLessThan(200_000);
        assertThat(more.subList(3, more.size()))
                .as("handed out by the library")
                .isNotEmpty()
                .containsOnly(0L);
    }
}
