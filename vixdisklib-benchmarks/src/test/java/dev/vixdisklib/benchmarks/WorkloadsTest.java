/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.Strictness;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Both programs do the same work, and do it right. The fake ends a program that breaks one of its rules. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
final class WorkloadsTest {

    private static final long SECTOR = 512;
    private static final long DISK = 1 << 20;

    /** Some passes, and a part of one. */
    private static final Task READS = new Task("read", 12 * SECTOR, 1, 500, true);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Laboratory laboratory;

    @BeforeEach
    void openLaboratory() {
        laboratory = new Laboratory(folder, yardstick(), tool(), Strictness.ABORT);
    }

    static Path yardstick() {
        return Path.of(System.getProperty("vixdisklib.yardstick"));
    }

    /** As {@code bin/vixdisk} starts it, but for what that does to be quick. */
    static List<String> tool() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dvixdisklib.fake=" + FakeVddk.directory(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.vixdisklib.cli.Main");
    }

    private static Path data(Path disk) {
        return disk.resolveSibling(disk.getFileName().toString().replace(".vmdk", "-flat.vmdk"));
    }

    /** What a task reads, found out without a library. */
    private static long expected(Path disk, Task task) throws IOException {
        long perPass = DISK / task.bytes();
        long sum = 0;
        try (FileChannel file = FileChannel.open(data(disk));
                Arena arena = Arena.ofConfined()) {
            MemorySegment content = file.map(FileChannel.MapMode.READ_ONLY, 0, DISK, arena);
            for (long i = 0; i < task.requests(); i++) {
                long sector = i % perPass * (task.bytes() / SECTOR);
                sum += Content.checksum(sector, content.asSlice(sector * SECTOR, task.bytes()));
            }
        }
        return sum;
    }

    private static void assertRight(Measurement measurement, Path disk, Task task) throws IOException {
        assertThat(measurement.bytes()).isEqualTo(task.bytes() * task.requests());
        assertThat(measurement.requests()).isEqualTo(task.requests());
        assertThat(measurement.nanoseconds()).isPositive();
        assertThat(measurement.checksum()).isEqualTo(expected(disk, task));
    }

    @Test
    void bothReadTheWholeDiskAgainAndAgain() throws IOException {
        Path disk = laboratory.flatDisk("disk.vmdk", DISK);
        try (Contestant c = laboratory.c(disk, Route.FILE);
                Contestant java = laboratory.java(disk, Route.FILE)) {
            assertRight(c.run(READS), disk, READS);
            assertRight(java.run(READS), disk, READS);
            assertRight(c.run(READS), disk, READS);
        }
    }

    @Test
    void bothReadWithManyRequestsInFlight() throws IOException {
        Path disk = laboratory.flatDisk("disk.vmdk", DISK);
        for (Duration latency : new Duration[] {Duration.ZERO, Duration.ofMillis(1)}) {
            try (Contestant c = laboratory.c(disk, Route.san(latency));
                    Contestant java = laboratory.java(disk, Route.san(latency))) {
                for (int depth : new int[] {1, 16, 64}) {
                    Task task = new Task("readAsync", 24 * SECTOR, depth, 200, true);
                    assertRight(c.run(task), disk, task);
                    assertRight(java.run(task.with("stream")), disk, task);
                }
            }
        }
    }

    @Test
    void aStreamIsReadInTheOrderInWhichRequestsEnd() throws IOException {
        Path disk = laboratory.flatDisk("disk.vmdk", DISK);
        try (Contestant java = laboratory.java(disk, Route.san(Duration.ofMillis(1)))) {
            // With more than one in flight, those that are late are not among the first so many.
            Task task = new Task("streamAsCompleted", 24 * SECTOR, 1, 100, true);
            assertRight(java.run(task), disk, task);
        }
    }

    @Test
    void aStreamIsReadWhereRequestsBlock() throws IOException {
        Path disk = laboratory.flatDisk("disk.vmdk", DISK);
        try (Contestant java = laboratory.java(disk, Route.FILE)) {
            assertRight(java.run(READS.with("stream").with(8 * SECTOR)), disk, READS.with(8 * SECTOR));
        }
    }

    @Test
    void cReadsFewerRequestsThanFitIn() throws IOException {
        Path disk = laboratory.flatDisk("disk.vmdk", DISK);
        try (Contestant c = laboratory.c(disk, Route.FILE)) {
            Task task = new Task("readAsync", SECTOR, 64, 3, true);
            assertRight(c.run(task), disk, task);
        }
    }

    @Test
    void aLatencyMakesRequestsTakeTheirTime() throws IOException {
        Path disk = laboratory.flatDisk("disk.vmdk", DISK);
        try (Contestant c = laboratory.c(disk, Route.file(Duration.ofMillis(2)));
                Contestant java = laboratory.java(disk, Route.file(Duration.ofMillis(2)))) {
            Task task = new Task("read", SECTOR, 1, 5, false);
            assertThat(c.run(task).nanoseconds()).isGreaterThanOrEqualTo(10_000_000);
            assertThat(java.run(task).nanoseconds()).isGreaterThanOrEqualTo(10_000_000);
        }
    }

    @Test
    void allWriteTheSame() throws IOException {
        Task task = new Task("write", 8 * SECTOR, 1, DISK / SECTOR / 8 / 2, false);
        byte[] content = writtenBy("c.vmdk", false, Route.FILE, task);
        int size = Math.toIntExact(task.bytes());
        for (int at = 0; at < DISK / 2; at += size) {
            assertThat(Arrays.copyOfRange(content, at, at + size))
                    .as("from %d", at)
                    .isEqualTo(written());
        }
        Task deep = new Task("writeAsync", task.bytes(), 16, task.requests(), false);
        for (Duration latency : new Duration[] {Duration.ZERO, Duration.ofMillis(1)}) {
            String name = latency.toMillis() + ".vmdk";
            assertThat(writtenBy("async-" + name, false, Route.san(latency), deep))
                    .isEqualTo(content);
            assertThat(writtenBy("stream-" + name, true, Route.san(latency), deep.with("streamWrite")))
                    .isEqualTo(content);
        }
        assertThat(writtenBy("java.vmdk", true, Route.FILE, task)).isEqualTo(content);
    }

    private byte[] writtenBy(String name, boolean inJava, Route route, Task task) throws IOException {
        Path disk = laboratory.flatDisk(name, DISK);
        try (Contestant contestant =
                inJava ? laboratory.java(disk, route.toWrite()) : laboratory.c(disk, route.toWrite())) {
            contestant.run(task);
        }
        return Files.readAllBytes(data(disk));
    }

    private static byte[] written() {
        MemorySegment content = MemorySegment.ofArray(new long[Math.toIntExact(8 * SECTOR / Long.BYTES)]);
        Content.fill(content);
        return content.toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void javaReadsAndWritesWithoutAskingTheHeap() throws IOException {
        Path disk = laboratory.flatDisk("disk.vmdk", DISK);
        assertAsksNothing(disk, Route.FILE, new Task("read", SECTOR, 1, 100_000, false));
        assertAsksNothing(disk, Route.FILE, new Task("write", SECTOR, 1, 100_000, false));
    }

    @Test
    void streamsDoNotAskTheHeap() throws IOException {
        Path disk = laboratory.flatDisk("disk.vmdk", DISK);
        for (String workload : new String[] {"stream", "streamAsCompleted", "streamWrite"}) {
            assertAsksNothing(disk, Route.san(Duration.ZERO), new Task(workload, 8 * SECTOR, 16, 50_000, false));
            assertAsksNothing(disk, Route.san(Duration.ofMillis(1)), new Task(workload, 8 * SECTOR, 64, 10_000, false));
        }
    }

    /** Once its code is compiled, which is some runs later. */
    private void assertAsksNothing(Path disk, Route route, Task task) throws IOException {
        List<Double> allocated = new ArrayList<>();
        try (Contestant java = laboratory.java(disk, route.toWrite())) {
            for (int i = 0; i < 5; i++) {
                allocated.add(java.run(task).allocatedPerRequest());
            }
        }
        assertThat(Collections.min(allocated)).as("%s: %s", task, allocated).isLessThan(1);
    }

    @Test
    void aProgramThatFailsIsTold() throws IOException {
        Path disk = laboratory.flatDisk("disk.vmdk", DISK);
        Contestant c = laboratory.c(disk, Route.FILE);
        assertThatExceptionOfType(EOFException.class)
                .isThrownBy(() -> c.run(new Task("dance", SECTOR, 1, 1, false)))
                .withMessageContaining("dance 512 1 1");
        assertThatIOException().isThrownBy(c::close);
    }

    @Test
    void tasksAndMeasurementsAreLines() {
        Task task = new Task("read", 4096, 3, 77, true);
        assertThat(Task.parse(task.line())).isEqualTo(task);
        Measurement measurement = new Measurement(1, 2, 3, 4, -5);
        assertThat(Measurement.parse(measurement.line())).isEqualTo(measurement);
        assertThatIllegalArgumentException().isThrownBy(() -> Task.parse("read 4096"));
        assertThatIllegalArgumentException().isThrownBy(() -> Measurement.parse("bytes=1"));
    }
}
