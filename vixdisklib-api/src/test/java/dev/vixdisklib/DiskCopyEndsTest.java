/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.FaultPlan;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies over transports of all kinds, and how they end: well, with a failure, cancelled, killed. */
class DiskCopyEndsTest extends StreamedDisks {

    DiskCopyEndsTest() throws IOException {}

    /** A copy has its chunks in order. */
    private static StreamOptions options(Way way) {
        return way == Way.FILE_AHEAD ? SMALL.readingAhead() : SMALL;
    }

    private FileChannel file() throws IOException {
        return FileChannel.open(
                directory.resolve("copy.raw"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    private byte[] copied() throws IOException {
        return Files.readAllBytes(directory.resolve("copy.raw"));
    }

    /** Interrupts the thread that waits for a copy, and waits until it has told the copy, and waits for its end. */
    private static void interrupt(Background<CopyResult> running) {
        running.thread().interrupt();
        long deadline = System.nanoTime() + Background.PATIENCE.toNanos();
        while (Arrays.stream(running.thread().getStackTrace())
                .noneMatch(call -> call.getMethodName().equals("awaitUninterruptibly"))) {
            assertThat(running.isDone()).as("has ended").isFalse();
            assertThat(System.nanoTime()).as("does not come to wait").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private void end() {
        fake.setFaultPlan(FaultPlan.NONE);
        fake.holdReads(false);
        fake.holdAsync(false);
    }

    @ParameterizedTest
    @EnumSource
    void fromAnywhereToAFileAndADisk(Way way) {
        atRandom(random -> {
            byte[] content = way.prepare(this, random);
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            try (Disk source = way.open(this, OpenFlag.READ_ONLY);
                    FileChannel file = file();
                    Disk target = host.openDisk(disk("copy.vmdk", SPARSE, SECTORS_OF_DISK))) {
                DiskCopy copy = DiskCopy.from(source)
                        .toFile(file)
                        .withOptions(options(way))
                        .verifying()
                        .hashing("SHA-256");
                assertThat(copy.run().hash()).contains(hash);
                assertThat(copied()).isEqualTo(content);
                DiskCopy.from(source).to(target).withOptions(options(way)).run();
                assertThat(read(target, 0, SECTORS_OF_DISK)).isEqualTo(content);
            }
        });
    }

    /** Content with zeros in it goes over what a disk has, which is read back over the same transport. */
    @ParameterizedTest
    @EnumSource
    void fromAFileToAnywhere(Way way) {
        atRandom(random -> {
            way.prepare(this, random);
            byte[] content = new byte[SECTORS_OF_DISK * Sectors.SIZE];
            random.nextBytes(content);
            Arrays.fill(content, 100_000, 400_000, (byte) 0);
            Path raw = Files.write(directory.resolve("raw"), content);
            try (FileChannel source = FileChannel.open(raw);
                    Disk target = way.open(this)) {
                DiskCopy.fromFile(source)
                        .to(target)
                        .skippingZeros()
                        .verifying()
                        .withOptions(options(way))
                        .run();
                assertThat(read(target, 0, SECTORS_OF_DISK)).isEqualTo(content);
            }
        });
    }

    /** Where it fails is anywhere; the last checkpoint is never ahead of the target, and the copy goes on from there. */
    @ParameterizedTest
    @EnumSource
    void aCopyThatFailsGoesOnFromItsLastCheckpoint(Way way) {
        atRandom(random -> {
            byte[] content = way.prepare(this, random);
            for (int round = 0; round < 8; round++) {
                Files.deleteIfExists(directory.resolve("copy.raw"));
                int bad = random.nextInt(SECTORS_OF_DISK);
                String function = way.name().startsWith("NBD") ? "ReadAsync" : "Read";
                List<CopyCheckpoint> checkpoints = new ArrayList<>();
                try (Disk source = way.open(this, OpenFlag.READ_ONLY);
                        FileChannel file = file()) {
                    Duration every = random.nextBoolean() ? Duration.ZERO : Duration.ofDays(1);
                    DiskCopy copy = DiskCopy.from(source)
                            .toFile(file)
                            .withOptions(options(way))
                            .withCheckpoints(every, checkpoints::add);
                    Fault fault = Fault.on(function).sectors(bad, bad);
                    plan(function.equals("Read") ? fault.returns("VIX_E_DISK_INVAL") : fault.completesWith(1));
                    assertThatThrownBy(copy::run)
                            .isInstanceOf(VixDiskLibException.class)
                            .hasMessageStartingWith(function)
                            .hasMessageContaining("sector");
                    fake.setFaultPlan(FaultPlan.NONE);

                    CopyCheckpoint last = checkpoints.get(checkpoints.size() - 1);
                    assertThat(last.sector()).isEqualTo(bad - bad % 32);
                    int length = (int) Sectors.toBytes(last.sector());
                    assertThat(Arrays.copyOf(copied(), length)).isEqualTo(Arrays.copyOf(content, length));
                    copy.resumingFrom(CopyCheckpoint.parse(last.toString())).run();
                    assertThat(checkpoints.get(checkpoints.size() - 1).isComplete())
                            .isTrue();
                }
                assertThat(copied()).isEqualTo(content);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aTargetThatFailsIsNotSaidToHaveMoreThanItHas(Way way) {
        atRandom(random -> {
            byte[] content = new byte[SECTORS_OF_DISK * Sectors.SIZE];
            random.nextBytes(content);
            Path raw = Files.write(directory.resolve("raw"), content);
            for (int round = 0; round < 8; round++) {
                way.prepare(this, random);
                int bad = random.nextInt(SECTORS_OF_DISK);
                String function = way.name().startsWith("NBD") ? "WriteAsync" : "Write";
                List<CopyCheckpoint> checkpoints = new ArrayList<>();
                try (FileChannel source = FileChannel.open(raw);
                        Disk target = way.open(this)) {
                    Duration every = random.nextBoolean() ? Duration.ZERO : Duration.ofDays(1);
                    DiskCopy copy = DiskCopy.fromFile(source)
                            .to(target)
                            .withOptions(options(way))
                            .withCheckpoints(every, checkpoints::add);
                    Fault fault = Fault.on(function).sectors(bad, bad);
                    plan(function.equals("Write") ? fault.full() : fault.completesWith(8));
                    Throwable thrown = catchThrowable(copy::run);
                    assertThat(thrown).isInstanceOf(VixDiskLibException.class).hasMessageStartingWith(function);
                    assertThat(((VixDiskLibException) thrown).error().is(ErrorCode.DISK_FULL))
                            .isTrue();
                    fake.setFaultPlan(FaultPlan.NONE);

                    CopyCheckpoint last = checkpoints.isEmpty()
                            ? new CopyCheckpoint(SECTORS_OF_DISK, 0)
                            : checkpoints.get(checkpoints.size() - 1);
                    assertThat(last.sector()).isLessThanOrEqualTo(bad);
                    if (last.sector() > 0) {
                        int length = (int) Sectors.toBytes(last.sector());
                        assertThat(read(target, 0, last.sector())).isEqualTo(Arrays.copyOf(content, length));
                    }
                    copy.resumingFrom(last).run();
                    assertThat(read(target, 0, SECTORS_OF_DISK)).isEqualTo(content);
                }
            }
        });
    }

    @Test
    void aFileOrChannelThatFailsIsNamed() throws Exception {
        byte[] content = Way.FILE.prepare(this, new Random(1));
        try (Disk source = Way.FILE.open(this, OpenFlag.READ_ONLY);
                FileChannel full = FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
            for (DiskCopy copy : List.of(
                    DiskCopy.from(source).toChannel(full).withOptions(SMALL),
                    DiskCopy.from(source).toFile(full).withOptions(SMALL).withoutSync())) {
                Throwable thrown = catchThrowable(copy::run);
                assertThat(thrown)
                        .isInstanceOf(CopyException.class)
                        .hasMessageContainingAll("writing sectors 0..31 of the target failed", "No space");
                assertThat(((CopyException) thrown).side()).isEqualTo(CopyException.Side.TARGET);
                assertThat(((CopyException) thrown).sectors()).contains(new SectorRange(0, 32));
            }
        }
        try (Disk source = Way.FILE.open(this, OpenFlag.READ_ONLY);
                FileChannel device = FileChannel.open(Path.of("/dev/null"), StandardOpenOption.WRITE)) {
            assertThatThrownBy(DiskCopy.from(source).toFile(device)::run)
                    .isInstanceOf(CopyException.class)
                    .hasMessageContaining("stable storage");
        }
        Path raw = Files.write(directory.resolve("raw"), content);
        try (FileChannel source = FileChannel.open(raw, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileChannel file = file()) {
            List<CopyCheckpoint> checkpoints = new ArrayList<>();
            DiskCopy copy = DiskCopy.fromFile(source)
                    .toFile(file)
                    .withOptions(SMALL)
                    .withCheckpoints(Duration.ZERO, checkpoint -> {
                        checkpoints.add(checkpoint);
                        source.truncate(100 * 512);
                    });
            assertThatThrownBy(copy::run)
                    .isInstanceOf(CopyException.class)
                    .hasMessageContainingAll("reading sectors 96..127 of the source failed", "shorter");
            assertThat(checkpoints.get(checkpoints.size() - 1).sector()).isEqualTo(96);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptEndsACopyThatCanGoOn(Way way) throws Exception {
        byte[] content = way.prepare(this, new Random(2));
        boolean isAsynchronous = way == Way.NBDSSL || way == Way.NBD_AS_COMPLETED;
        if (way == Way.NBDSSL_AT_ONCE) {
            return;
        }
        List<CopyCheckpoint> checkpoints = new ArrayList<>();
        try (Disk source = way.open(this, OpenFlag.READ_ONLY);
                FileChannel file = file()) {
            DiskCopy copy = DiskCopy.from(source)
                    .toFile(file)
                    .withOptions(options(way))
                    .withCheckpoints(Duration.ofDays(1), checkpoints::add);
            if (isAsynchronous) {
                fake.holdAsync(true);
            } else {
                fake.holdReads(true);
            }
            Background<CopyResult> running = Background.start(copy::run);
            if (isAsynchronous) {
                fake.awaitHeldAsync(1);
            } else {
                fake.awaitHeldReads(1);
            }
            interrupt(running);
            end();
            assertThatThrownBy(running::join).isInstanceOf(InterruptedException.class);
            assertThat(file.isOpen()).isTrue();
            assertThat(checkpoints).hasSize(1);
            copy.resumingFrom(checkpoints.get(0)).run();
        }
        assertThat(copied()).isEqualTo(content);
    }

    @Test
    void anInterruptThatWasThereBeforeBeginsNothing() throws Exception {
        Way.FILE.prepare(this, new Random(3));
        try (Disk source = Way.FILE.open(this, OpenFlag.READ_ONLY);
                FileChannel file = file()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(DiskCopy.from(source).toFile(file)::run).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
            assertThat(source.statistics().of("Read").calls()).isZero();
        }
    }

    /** A channel that takes nothing blocks for ever, or until it is interrupted. */
    @Test
    void anInterruptReachesAChannelThatBlocks() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        interruptCopyTo(called, source -> {
            called.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IOException("stopped", e);
            }
            return 0;
        });
    }

    /** A channel that takes nothing, and does not wait until it can, hears of no interrupt. */
    @Test
    void anInterruptEndsACopyToAChannelThatNeverTakesAnything() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        interruptCopyTo(called, source -> {
            called.countDown();
            return 0;
        });
    }

    /** Interrupts a copy when its target has been called, which ends it and leaves the disk as it is. */
    private void interruptCopyTo(CountDownLatch called, OpenChannels.Target target) throws Exception {
        Way.FILE.prepare(this, new Random(4));
        try (Disk source = Way.FILE.open(this, OpenFlag.READ_ONLY)) {
            Background<CopyResult> running =
                    Background.start(DiskCopy.from(source).toChannel(target)::run);
            called.await();
            running.thread().interrupt();
            assertThatThrownBy(running::join).isInstanceOf(InterruptedException.class);
            assertThat(read(source, 0, 1)).hasSize(512);
        }
    }

    @Test
    void aListenerThatThrowsEndsTheCopy() throws Exception {
        byte[] content = Way.FILE.prepare(this, new Random(5));
        List<CopyCheckpoint> checkpoints = new ArrayList<>();
        RuntimeException thrown = new RuntimeException("enough");
        try (Disk source = Way.FILE.open(this, OpenFlag.READ_ONLY);
                FileChannel file = file()) {
            fake.holdReads(true);
            DiskCopy copy = DiskCopy.from(source)
                    .toFile(file)
                    .withOptions(SMALL)
                    .withCheckpoints(Duration.ofDays(1), checkpoints::add);
            assertThatThrownBy(copy.withProgress(progress -> {
                        end();
                        throw thrown;
                    })::run)
                    .isSameAs(thrown);
            assertThat(checkpoints).hasSize(1);
            copy.resumingFrom(checkpoints.get(0)).run();
        }
        assertThat(copied()).isEqualTo(content);
    }

    /** Holes are at the end of the file most of the time, and nothing is written there. */
    @Test
    void atACheckpointTheFileIsAsLongAsItSays() throws Exception {
        Way.FILE.prepare(this, new Random(7));
        List<Long> sizes = new ArrayList<>();
        List<Long> sectors = new ArrayList<>();
        Path sparse = disk("sparse.vmdk", SPARSE, 1000);
        try (Disk source = host.openDisk(sparse);
                Arena arena = Arena.ofConfined();
                FileChannel file = file()) {
            source.write(0, randomSectors(arena, 5, new Random(8)));
            DiskCopy.from(source)
                    .toFile(file)
                    .withCheckpoints(Duration.ZERO, checkpoint -> {
                        sectors.add(Sectors.toBytes(checkpoint.sector()));
                        sizes.add(file.size());
                    })
                    .run();
        }
        assertThat(sectors).contains(Sectors.toBytes(1000));
        assertThat(sizes).isEqualTo(sectors);
    }

    @Test
    void aCopyIsNotResumedToAFileThatLacksWhatWasCopied() throws Exception {
        byte[] content = Way.FILE.prepare(this, new Random(9));
        try (Disk source = Way.FILE.open(this, OpenFlag.READ_ONLY);
                FileChannel file = file()) {
            DiskCopy copy = DiskCopy.from(source).toFile(file);
            DiskCopy resumed = copy.resumingFrom(new CopyCheckpoint(SECTORS_OF_DISK, 500));
            assertThatThrownBy(resumed::run)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("has 0 bytes", "had 256000 at the checkpoint");
            copy.run();
            resumed.run();
        }
        assertThat(copied()).isEqualTo(content);
    }

    @Test
    void checkpointsCanBeAsFarApartAsIsWanted() throws Exception {
        byte[] content = Way.FILE.prepare(this, new Random(10));
        List<CopyCheckpoint> checkpoints = new ArrayList<>();
        try (Disk source = Way.FILE.open(this, OpenFlag.READ_ONLY);
                FileChannel file = file()) {
            DiskCopy.from(source)
                    .toFile(file)
                    .withCheckpoints(ChronoUnit.FOREVER.getDuration(), checkpoints::add)
                    .run();
        }
        assertThat(checkpoints).containsExactly(new CopyCheckpoint(SECTORS_OF_DISK, SECTORS_OF_DISK));
        assertThat(copied()).isEqualTo(content);
    }

    /** The keeper is called once more after the listener has thrown. */
    @Test
    void aListenerAndAKeeperThatThrowTheSameEndTheCopy() throws Exception {
        Way.FILE.prepare(this, new Random(5));
        RuntimeException thrown = new RuntimeException("enough of both");
        try (Disk source = Way.FILE.open(this, OpenFlag.READ_ONLY);
                FileChannel file = file()) {
            fake.holdReads(true);
            DiskCopy copy = DiskCopy.from(source)
                    .toFile(file)
                    .withCheckpoints(Duration.ofDays(1), checkpoint -> {
                        throw thrown;
                    })
                    .withProgress(progress -> {
                        end();
                        throw thrown;
                    });
            assertThatThrownBy(copy::run).isSameAs(thrown);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aKeeperThatThrowsEndsTheCopyAndIsNotCalledAgain(boolean virtual) throws Exception {
        Way.FILE.prepare(this, new Random(6));
        List<CopyCheckpoint> checkpoints = new ArrayList<>();
        RuntimeException thrown = new RuntimeException("no space for checkpoints");
        try (Disk source = Way.FILE.open(this, OpenFlag.READ_ONLY);
                FileChannel file = file()) {
            DiskCopy copy = DiskCopy.from(source)
                    .toFile(file)
                    .withOptions(SMALL)
                    .withCheckpoints(Duration.ZERO, checkpoint -> {
                        checkpoints.add(checkpoint);
                        if (checkpoints.size() == 3) {
                            throw thrown;
                        }
                    });
            Background<CopyResult> running = virtual ? Background.startVirtual(copy::run) : Background.start(copy::run);
            assertThatThrownBy(running::join).isSameAs(thrown);
        }
        assertThat(checkpoints).extracting(CopyCheckpoint::sector).containsExactly(32L, 64L, 96L);
    }

    /** What a file throws in which checkpoints are kept. */
    @Test
    void aKeeperThatCannotKeepACheckpointEndsTheCopyWithItsException() throws Exception {
        byte[] content = Way.FILE.prepare(this, new Random(11));
        IOException thrown = new IOException("no space for checkpoints");
        List<CopyCheckpoint> kept = new ArrayList<>();
        try (Disk source = Way.FILE.open(this, OpenFlag.READ_ONLY);
                FileChannel file = file()) {
            DiskCopy copy = DiskCopy.from(source).toFile(file).withOptions(SMALL);
            assertThatThrownBy(copy.withCheckpoints(Duration.ZERO, checkpoint -> {
                        if (checkpoint.sector() > 200) {
                            throw thrown;
                        }
                        kept.add(checkpoint);
                    })::run)
                    .isSameAs(thrown);
            assertThat(kept).hasSize(6);
            assertThat(file.isOpen()).isTrue();
            copy.resumingFrom(kept.get(kept.size() - 1)).run();
        }
        assertThat(copied()).isEqualTo(content);
    }

    @Test
    void copiesOfManyDisksAreUnderOneLimit() throws Exception {
        byte[] content = Way.NBDSSL.prepare(this, new Random(7));
        InFlightLimit limit = InFlightLimit.ofBytes(5 * 16 * 1024);
        List<Disk> sources = new ArrayList<>();
        List<FileChannel> files = new ArrayList<>();
        List<Background<CopyResult>> running = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                Disk source = Way.NBDSSL.open(this, OpenFlag.READ_ONLY);
                FileChannel file = FileChannel.open(
                        directory.resolve(i + ".raw"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                sources.add(source);
                files.add(file);
                running.add(
                        Background.start(DiskCopy.from(source).toFile(file).withOptions(SMALL.withLimit(limit))::run));
            }
            for (Background<CopyResult> copy : running) {
                assertThat(copy.join().readBytes()).isEqualTo(content.length);
            }
        } finally {
            for (FileChannel file : files) {
                file.close();
            }
            for (Disk source : sources) {
                source.close();
            }
        }
        assertThat(limit.inFlight()).isZero();
        assertThat(limit.mostInFlight()).isPositive().isLessThanOrEqualTo(limit.bytes());
        for (int i = 0; i < 8; i++) {
            assertThat(Files.readAllBytes(directory.resolve(i + ".raw"))).isEqualTo(content);
        }
    }

    @Test
    void aCopyWhoseProcessIsKilledGoesOnFromTheCheckpointInAFile() throws Exception {
        byte[] content = Way.FILE.prepare(this, new Random(8));
        ChildJvm killed = ChildJvm.run(Killed.class, directory, path(), directory);
        assertThat(killed.status()).as(killed.log()).isEqualTo(9);
        CopyCheckpoint checkpoint = CopyCheckpoint.parse(Files.readString(directory.resolve("checkpoint")));
        assertThat(checkpoint.sector()).isEqualTo(4 * 32);
        try (Disk source = Way.FILE.open(this, OpenFlag.READ_ONLY);
                FileChannel file = file()) {
            CopyResult result =
                    DiskCopy.from(source).toFile(file).resumingFrom(checkpoint).run();
            assertThat(result.readBytes()).isEqualTo(content.length - 4 * 32 * 512);
        }
        assertThat(copied()).isEqualTo(content);
    }

    /** Copies until the fourth checkpoint. */
    static final class Killed {
        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[1]);
            try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                    Connection host = lib.connectLocal();
                    Disk source = host.openDisk(Path.of(arguments[0]), OpenFlag.READ_ONLY);
                    FileChannel file = FileChannel.open(
                            directory.resolve("copy.raw"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                DiskCopy.from(source)
                        .toFile(file)
                        .withOptions(SMALL)
                        .withCheckpoints(Duration.ZERO, checkpoint -> keep(checkpoint, directory))
                        .run();
            }
        }

        private static void keep(CopyCheckpoint checkpoint, Path directory) throws IOException {
            Path next = Files.writeString(directory.resolve("checkpoint.new"), checkpoint.toString());
            Files.move(next, directory.resolve("checkpoint"), StandardCopyOption.ATOMIC_MOVE);
            if (checkpoint.sector() >= 4 * 32) {
                Runtime.getRuntime().halt(9);
            }
        }
    }

    /** More chunks of the same disk take no more heap. */
    @Test
    void aChunkTakesNoHeap() throws Exception {
        Path large = disk("large.vmdk", FLAT, 80_000);
        ChildJvm child = ChildJvm.run(Allocations.class, directory, large, directory);
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out())
                .hasSize(3)
                .allSatisfy(line -> assertThat(Long.parseLong(line))
                        .as("bytes for 7500 chunks")
                        .isLessThan(7500));
    }

    /** Prints how much more heap a copy of many chunks takes than one of few; to a file, a disk, a channel. */
    static final class Allocations {
        public static void main(String[] arguments) throws Exception {
            Path directory = Path.of(arguments[1]);
            Path copy = directory.resolve("allocations.vmdk");
            StreamOptions pages = StreamOptions.defaults().withChunkBytes(4096);
            try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                    Connection host = lib.connectLocal();
                    Disk source = host.openDisk(Path.of(arguments[0]), OpenFlag.READ_ONLY);
                    FileChannel file = FileChannel.open(
                            directory.resolve("allocations.raw"),
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.WRITE);
                    FileChannel nowhere = FileChannel.open(Path.of("/dev/null"), StandardOpenOption.WRITE)) {
                host.createDisk(copy, DiskSpec.of(DiskType.MONOLITHIC_FLAT, source.capacity()));
                try (Disk target = host.openDisk(copy)) {
                    DiskCopy.Source from = DiskCopy.from(source);
                    for (DiskCopy each : List.of(from.toFile(file), from.to(target), from.toChannel(nowhere))) {
                        DiskCopy copying = each.withOptions(pages).withoutSync().ontoZeros();
                        System.out.println(least(copying, source, 10_000) - least(copying, source, 2500));
                    }
                }
            }
        }

        private static long least(DiskCopy copy, Disk source, long chunks) throws Exception {
            SectorSet part = SectorSet.of(new SectorRange(0, 8 * chunks));
            CopyPlan plan = CopyPlan.full(source.capacity(), part);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 20; round++) {
                long before = threads.getTotalThreadAllocatedBytes();
                copy.withPlan(plan).run();
                least = Math.min(least, threads.getTotalThreadAllocatedBytes() - before);
            }
            return least;
        }
    }
}
