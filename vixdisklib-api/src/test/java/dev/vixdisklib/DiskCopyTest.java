/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vixdisklib.CopyProgress.Phase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.Pipe;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies of disks of this host, to and from disks, files and channels. */
class DiskCopyTest extends StrictDisks {

    /** No multiple of a granule. */
    private static final int SIZE = 12 * 128 + 5;

    private static final int GRANULE = 128 * Sectors.SIZE;

    /** Less than a granule, so that many chunks are copied. */
    private static final StreamOptions SMALL = StreamOptions.defaults().withChunkBytes(16 * 1024);

    DiskCopyTest() throws IOException {}

    static Stream<Arguments> pairsOfTypes() {
        return LOCAL.stream().flatMap(from -> WRITABLE.stream().map(to -> Arguments.of(from, to)));
    }

    /** Content with granules of zeros, and with some that end with zeros. */
    private static byte[] content(Random random, int sectors) {
        byte[] content = new byte[sectors * Sectors.SIZE];
        for (int at = 0; at < content.length; at += GRANULE) {
            if (random.nextInt(3) > 0) {
                byte[] data = new byte[Math.min(GRANULE, content.length - at)];
                random.nextBytes(data);
                System.arraycopy(data, 0, content, at, random.nextInt(data.length) + 1);
            }
        }
        return content;
    }

    /** Makes a disk with content; where that has zeros, nothing is allocated. */
    private Path disk(String name, DiskType type, byte[] content) throws IOException {
        if (type == DiskType.STREAM_OPTIMIZED) {
            host.cloneDisk(directory.resolve(name), CloneSpec.of(host, disk("of-" + name, SPARSE, content), type));
            return directory.resolve(name);
        }
        Path path = disk(name, type, (long) content.length / Sectors.SIZE);
        try (Disk disk = host.openDisk(path);
                Arena arena = Arena.ofConfined()) {
            MemorySegment all = Sectors.allocate(arena, disk.capacity()).copyFrom(MemorySegment.ofArray(content));
            for (long at = 0; at < content.length; at += GRANULE) {
                long length = Math.min(GRANULE, content.length - at);
                if (!CopyWork.isZero(all, at, at + length)) {
                    disk.write(Sectors.ofBytes(at), all.asSlice(at, length));
                }
            }
        }
        return path;
    }

    private FileChannel file(String name, StandardOpenOption... more) throws IOException {
        List<StandardOpenOption> options = new ArrayList<>(List.of(more));
        options.addAll(List.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE));
        return FileChannel.open(directory.resolve(name), options.toArray(StandardOpenOption[]::new));
    }

    private FileChannel reading(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.READ);
    }

    private static String sha256(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private static long written(Disk disk) {
        return disk.statistics().of("Write").bytes();
    }

    private static long read(Disk disk) {
        return disk.statistics().of("Read").bytes();
    }

    @Test
    void aBackupInAFile() throws Exception {
        byte[] content = content(new Random(1), SIZE);
        Path path = disk("disk.vmdk", SPARSE, content);
        Path target = directory.resolve("disk.raw");
        // @start region="copy"
        try (Disk disk = host.openDisk(path, OpenFlag.READ_ONLY);
                FileChannel file = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            CopyResult result = DiskCopy.from(disk)
                    .toFile(file)
                    .hashing("SHA-256")
                    .withProgress(progress -> System.out.println(progress.doneBytes()))
                    .run();
            System.out.println(result.hash().orElseThrow());
            // @end
            assertThat(result.hash()).contains(sha256(content));
            assertThat(result.totalBytes()).isEqualTo(content.length);
        }
        assertThat(Files.readAllBytes(target)).isEqualTo(content);
    }

    @ParameterizedTest
    @MethodSource("pairsOfTypes")
    void anyDiskIsCopiedToAnyOther(DiskType from, DiskType to) {
        atRandom(random -> {
            byte[] content = content(random, SIZE);
            Path copy = disk("copy.vmdk", to, SIZE);
            try (Disk source = host.openDisk(disk("disk.vmdk", from, content), OpenFlag.READ_ONLY);
                    Disk target = host.openDisk(copy)) {
                CopyResult result = DiskCopy.from(source)
                        .to(target)
                        .verifying()
                        .hashing("SHA-256")
                        .run();
                assertThat(result.hash()).contains(sha256(content));
            }
            assertThat(content(copy)).isEqualTo(content);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 512, 1000, GRANULE - 1, GRANULE + 1, 5 * GRANULE + 700})
    void anImageOfAnySizeIsCopiedFromAnywhereToAnywhere(int bytes) throws Exception {
        byte[] content = Arrays.copyOf(content(new Random(bytes), 1000), bytes);
        Path raw = Files.write(directory.resolve("raw"), content);
        try (FileChannel source = reading(raw);
                FileChannel copy = file("copy", StandardOpenOption.READ)) {
            CopyResult result = DiskCopy.fromFile(source)
                    .toFile(copy)
                    .skippingZeros()
                    .verifying()
                    .hashing("SHA-256")
                    .withOptions(SMALL)
                    .run();
            assertThat(result.hash()).contains(sha256(content));
            assertThat(result.totalBytes()).isEqualTo(bytes);
            assertThat(source.position()).isZero();
        }
        assertThat(Files.readAllBytes(directory.resolve("copy"))).isEqualTo(content);

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (FileChannel source = reading(raw)) {
            DiskCopy.fromFile(source).toChannel(Channels.newChannel(out)).run();
        }
        assertThat(out.toByteArray()).isEqualTo(content);

        try (FileChannel copy = file("piped")) {
            CopyResult result = DiskCopy.fromChannel(Channels.newChannel(new ByteArrayInputStream(content)))
                    .toFile(copy)
                    .skippingZeros()
                    .hashing("SHA-256")
                    .withOptions(SMALL)
                    .run();
            assertThat(result.hash()).contains(sha256(content));
            assertThat(result.totalBytes()).isEqualTo(bytes);
        }
        assertThat(Files.readAllBytes(directory.resolve("piped"))).isEqualTo(content);

        out.reset();
        DiskCopy.fromChannel(Channels.newChannel(new ByteArrayInputStream(content)))
                .toChannel(Channels.newChannel(out))
                .withOptions(SMALL)
                .run();
        assertThat(out.toByteArray()).isEqualTo(content);

        if (bytes > 0) {
            long sectors = Math.ceilDiv(bytes, Sectors.SIZE);
            Path path = disk("disk.vmdk", SPARSE, sectors);
            try (FileChannel source = reading(raw);
                    Disk disk = host.openDisk(path)) {
                DiskCopy.fromFile(source).to(disk).skippingZeros().verifying().run();
            }
            assertThat(content(path)).isEqualTo(Arrays.copyOf(content, (int) Sectors.toBytes(sectors)));
        }
    }

    @ParameterizedTest
    @MethodSource("pairsOfTypes")
    void qemuReadsTheSame(DiskType from, DiskType to) throws Exception {
        Qemu.require();
        byte[] content = content(new Random(2), SIZE);
        Path path = disk("disk.vmdk", from, content);
        Path copy = disk("copy.vmdk", to, SIZE);
        try (Disk source = host.openDisk(path, OpenFlag.READ_ONLY);
                Disk target = host.openDisk(copy);
                FileChannel file = file("copy.raw")) {
            DiskCopy.from(source).to(target).skippingZeros().run();
            DiskCopy.from(source).toFile(file).run();
        }
        assertThat(Qemu.content(copy)).isEqualTo(content);
        assertThat(Files.readAllBytes(directory.resolve("copy.raw"))).isEqualTo(Qemu.content(path));
    }

    /** Plans, targets, options and places to go on, all at random; each beside what an array has then. */
    @Test
    void plansAreCarriedOut() {
        atRandom(random -> {
            for (int round = 0; round < 60; round++) {
                byte[] content = content(random, SIZE);
                byte[] old = content(random, SIZE);
                boolean isNew = random.nextInt(4) == 0;
                byte[] expected = isNew ? new byte[content.length] : old.clone();
                CopyPlan plan = CopyPlan.incremental(SIZE, sectors(random), sectors(random));
                boolean fromDisk = random.nextBoolean();
                boolean toDisk = random.nextBoolean();
                long start = random.nextInt(3) == 0 ? random.nextInt(SIZE + 1) : 0;
                for (CopyPlan.Step step : plan) {
                    apply(step, start, content, expected);
                }
                Path from = fromDisk
                        ? disk(round + "-from.vmdk", SPARSE, content)
                        : Files.write(directory.resolve(round + "-from.raw"), content);
                DiskType type = random.nextBoolean() ? SPARSE : FLAT;
                Path to = toDisk
                        ? isNew ? disk(round + "-to.vmdk", type, SIZE) : disk(round + "-to.vmdk", type, old)
                        : Files.write(
                                directory.resolve(round + "-to.raw"),
                                isNew ? new byte[(int) start * Sectors.SIZE] : old);
                try (Ends ends = new Ends(from, fromDisk, to, toDisk)) {
                    DiskCopy copy = ends.copy().withPlan(plan).resumingFrom(new CopyCheckpoint(SIZE, start));
                    copy = random.nextBoolean() ? copy.skippingZeros() : copy;
                    copy = isNew && random.nextBoolean() ? copy.ontoZeros() : copy;
                    copy = start == 0 ? copy.verifying() : copy;
                    copy = random.nextBoolean() ? copy.withOptions(SMALL) : copy;
                    List<CopyCheckpoint> checkpoints = new ArrayList<>();
                    copy = random.nextBoolean() ? copy.withCheckpoints(Duration.ZERO, checkpoints::add) : copy;
                    copy.run();
                    assertThat(checkpoints).isSortedAccordingTo((a, b) -> Long.compare(a.sector(), b.sector()));
                }
                assertThat(toDisk ? content(to) : Files.readAllBytes(to))
                        .as("round %s, %s, from %s, %s", round, plan, start, isNew ? "new" : "old")
                        .isEqualTo(expected);
            }
        });
    }

    /** What is on the target is read for it, whatever it is, whether or not the same process has put it there. */
    @Test
    void aCopyThatIsResumedHasTheHashOfTheWholeContent() {
        atRandom(random -> {
            for (int round = 0; round < 40; round++) {
                boolean fromDisk = random.nextBoolean();
                boolean toDisk = random.nextBoolean();
                byte[] content = content(random, SIZE);
                if (!fromDisk) {
                    content = Arrays.copyOf(content, content.length - random.nextInt(Sectors.SIZE));
                }
                Path from = fromDisk
                        ? disk(round + "-from.vmdk", SPARSE, content)
                        : Files.write(directory.resolve(round + "-from.raw"), content);
                Path to = toDisk
                        ? disk(round + "-to.vmdk", random.nextBoolean() ? SPARSE : FLAT, SIZE)
                        : Files.createFile(directory.resolve(round + "-to.raw"));
                int start = random.nextBoolean() ? SIZE : 1 + random.nextInt(SIZE);
                SectorSet before = SectorSet.of(new SectorRange(0, start));
                CopyPlan first = CopyPlan.incremental(SIZE, before, before);
                Ends ends = new Ends(from, fromDisk, to, toDisk);
                try {
                    ends.copy().withPlan(first).run();
                    if (random.nextBoolean()) {
                        ends.close();
                        ends = new Ends(from, fromDisk, to, toDisk);
                    }
                    CopyResult result = ends.copy()
                            .resumingFrom(new CopyCheckpoint(SIZE, start))
                            .withOptions(random.nextBoolean() ? SMALL : StreamOptions.defaults())
                            .hashing("SHA-256")
                            .run();
                    assertThat(result.hash())
                            .as("round %s from %s", round, start)
                            .contains(sha256(content));
                    assertThat(result.readBytes()).isLessThanOrEqualTo((long) (SIZE - start) * Sectors.SIZE);
                } finally {
                    ends.close();
                }
            }
        });
    }

    @Test
    void aPartOfADiskIsCopiedAsIfItWasAllOfOne() {
        atRandom(random -> {
            byte[] content = content(random, SIZE);
            try (Disk disk = host.openDisk(disk("disk.vmdk", SPARSE, content), OpenFlag.READ_ONLY)) {
                for (int round = 0; round < 20; round++) {
                    int first = random.nextInt(SIZE);
                    int count = 1 + random.nextInt(SIZE - first);
                    byte[] part = Arrays.copyOfRange(content, first * 512, (first + count) * 512);
                    DiskCopy.Source source = DiskCopy.from(disk, new SectorRange(first, count));
                    StreamOptions options = random.nextBoolean() ? SMALL : StreamOptions.defaults();

                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    CopyResult result = source.toChannel(Channels.newChannel(out))
                            .hashing("SHA-256")
                            .withOptions(options)
                            .run();
                    assertThat(out.toByteArray()).as("%s", source).isEqualTo(part);
                    assertThat(result.hash()).contains(sha256(part));
                    assertThat(result.totalBytes()).isEqualTo(part.length);

                    List<CopyCheckpoint> checkpoints = new ArrayList<>();
                    Path copy = directory.resolve(round + ".raw");
                    try (FileChannel file = file(round + ".raw", StandardOpenOption.READ)) {
                        DiskCopy toFile = source.toFile(file).withOptions(options);
                        toFile.withCheckpoints(Duration.ZERO, checkpoints::add)
                                .verifying()
                                .run();
                        assertThat(Files.readAllBytes(copy)).as("%s", source).isEqualTo(part);
                        CopyCheckpoint some = checkpoints.get(random.nextInt(checkpoints.size()));
                        file.write(
                                ByteBuffer.allocate((int) Sectors.toBytes(count - some.sector())), some.sector() * 512);
                        assertThat(toFile.resumingFrom(some)
                                        .hashing("SHA-256")
                                        .run()
                                        .hash())
                                .contains(sha256(part));
                        assertThat(Files.readAllBytes(copy)).as("%s", source).isEqualTo(part);
                    }

                    Path target = disk(round + ".vmdk", SPARSE, count);
                    try (Disk opened = host.openDisk(target)) {
                        source.to(opened).skippingZeros().verifying().run();
                    }
                    assertThat(content(target)).as("%s", source).isEqualTo(part);
                }
            }
        });
    }

    @Test
    void aPlanForAPartOfADiskCountsFromItsFirstSector() throws Exception {
        byte[] content = content(new Random(8), SIZE);
        byte[] old = content(new Random(9), 500);
        CopyPlan plan =
                CopyPlan.incremental(500, SectorSet.of(new SectorRange(3, 200)), SectorSet.of(new SectorRange(0, 300)));
        Path copy = Files.write(directory.resolve("copy"), old);
        try (Disk disk = host.openDisk(disk("disk.vmdk", FLAT, content), OpenFlag.READ_ONLY);
                FileChannel file = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            DiskCopy.from(disk, new SectorRange(777, 500))
                    .toFile(file)
                    .withPlan(plan)
                    .run();
            assertThat(read(disk)).isEqualTo(200 * Sectors.SIZE);
        }
        byte[] expected = old.clone();
        for (CopyPlan.Step step : plan) {
            apply(step, 0, Arrays.copyOfRange(content, 777 * 512, 1277 * 512), expected);
        }
        assertThat(Files.readAllBytes(copy)).isEqualTo(expected);
    }

    @Test
    void holesOfAPartAreNotRead() throws Exception {
        byte[] content = new byte[8 * GRANULE];
        content[2 * GRANULE + 5] = 1;
        content[6 * GRANULE] = 1;
        try (Disk disk = host.openDisk(disk("disk.vmdk", SPARSE, content), OpenFlag.READ_ONLY);
                FileChannel file = file("copy")) {
            CopyResult result = DiskCopy.from(disk, new SectorRange(128, 4 * 128))
                    .toFile(file)
                    .run();
            assertThat(result.readBytes()).isEqualTo(GRANULE);
            assertThat(result.totalBytes()).isEqualTo(4 * GRANULE);
        }
    }

    @Test
    void aPartThatIsNotInsideTheDiskIsRefused() throws Exception {
        try (Disk disk = host.openDisk(disk("disk.vmdk", SPARSE, SIZE))) {
            assertThatThrownBy(() -> DiskCopy.from(disk, new SectorRange(SIZE - 1, 2)))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContainingAll("sectors 1540..1541", "disk.vmdk", "1541 sectors");
            refuses(DiskCopy.from(disk, new SectorRange(5, 2)).to(disk), "is the source and the target");
        }
    }

    private static SectorSet sectors(Random random) {
        SectorSet.Builder sectors = SectorSet.builder();
        for (int i = random.nextInt(6); i > 0; i--) {
            int start = random.nextInt(SIZE);
            sectors.add(start, 1 + random.nextInt(Math.min(500, SIZE - start)));
        }
        return sectors.build();
    }

    private static void apply(CopyPlan.Step step, long start, byte[] content, byte[] target) {
        for (long sector = Math.max(start, step.range().start());
                sector < step.range().end();
                sector++) {
            int at = (int) Sectors.toBytes(sector);
            switch (step.kind()) {
                case COPY -> System.arraycopy(content, at, target, at, Sectors.SIZE);
                case ZERO -> Arrays.fill(target, at, at + Sectors.SIZE, (byte) 0);
                default -> {}
            }
        }
    }

    /** What is open during a copy. */
    private final class Ends implements Closeable {

        private final List<Closeable> open = new ArrayList<>();
        private final DiskCopy copy;

        Ends(Path from, boolean fromDisk, Path to, boolean toDisk) throws IOException {
            DiskCopy.Source source = fromDisk
                    ? DiskCopy.from(keepDisk(host.openDisk(from, OpenFlag.READ_ONLY)))
                    : DiskCopy.fromFile(keep(reading(from)));
            copy = toDisk
                    ? source.to(keepDisk(host.openDisk(to)))
                    : source.toFile(keep(FileChannel.open(to, StandardOpenOption.READ, StandardOpenOption.WRITE)));
        }

        private <T extends Closeable> T keep(T opened) {
            open.add(opened);
            return opened;
        }

        private Disk keepDisk(Disk disk) {
            open.add(disk::close);
            return disk;
        }

        DiskCopy copy() {
            return copy;
        }

        @Override
        public void close() throws IOException {
            for (Closeable opened : open) {
                opened.close();
            }
        }
    }

    /** What was in use at the backup before, and is not any more, must not show its old bytes. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anIncrementOverAnOldTargetZerosWhatWasReleased(boolean toDisk) throws Exception {
        byte[] before = new byte[4 * GRANULE];
        Arrays.fill(before, (byte) 1);
        byte[] now = before.clone();
        Arrays.fill(now, GRANULE, 2 * GRANULE, (byte) 0);
        Arrays.fill(now, 2 * GRANULE, 3 * GRANULE, (byte) 2);
        Path from = disk("now.vmdk", SPARSE, now);
        Path to = toDisk ? disk("old.vmdk", SPARSE, before) : Files.write(directory.resolve("old.raw"), before);
        SectorSet changed = SectorSet.of(new SectorRange(128, 256));
        try (Disk source = host.openDisk(from, OpenFlag.READ_ONLY);
                Ends ends = new Ends(from, true, to, toDisk)) {
            CopyPlan plan = CopyPlan.incremental(source.allocatedBlocks(), changed);
            CopyResult result = ends.copy().withPlan(plan).verifying().run();
            assertThat(result.readBytes()).isEqualTo(GRANULE);
            assertThat(result.writtenBytes()).isEqualTo(2 * GRANULE);
        }
        assertThat(toDisk ? content(to) : Files.readAllBytes(to)).isEqualTo(now);
    }

    @Test
    void anOldTargetDoesNotShowItsBytes() throws Exception {
        byte[] old = new byte[SIZE * Sectors.SIZE];
        Arrays.fill(old, (byte) 1);
        byte[] content = content(new Random(3), SIZE);
        Path from = disk("disk.vmdk", SPARSE, content);
        for (DiskType type : WRITABLE) {
            Path to = disk(type + ".vmdk", type, old);
            try (Ends ends = new Ends(from, true, to, true)) {
                ends.copy().skippingZeros().run();
            }
            assertThat(content(to)).as("%s", type).isEqualTo(content);
        }
        Path file = Files.write(directory.resolve("old.raw"), old);
        try (Ends ends = new Ends(from, true, file, false)) {
            ends.copy().skippingZeros().run();
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(content);
    }

    /** The library may not know what was written since a disk was opened. */
    @Test
    void aTargetThatWasWrittenToSinceItWasOpenedDoesNotShowItsBytes() throws Exception {
        Path from = disk("disk.vmdk", SPARSE, SIZE);
        Path to = disk("copy.vmdk", SPARSE, SIZE);
        try (Disk source = host.openDisk(from, OpenFlag.READ_ONLY);
                Disk target = host.openDisk(to);
                Arena arena = Arena.ofConfined()) {
            target.write(500, Sectors.allocate(arena, 3).fill((byte) 7));
            CopyResult result = DiskCopy.from(source).to(target).run();
            assertThat(result.writtenBytes()).isEqualTo(Sectors.toBytes(SIZE));
        }
        assertThat(content(to)).containsOnly(0);
    }

    @Test
    void holesAreNeitherReadNorWritten() throws Exception {
        byte[] content = new byte[SIZE * Sectors.SIZE];
        Arrays.fill(content, 3 * GRANULE, 5 * GRANULE, (byte) 1);
        Path from = disk("disk.vmdk", SPARSE, content);
        Path to = disk("copy.vmdk", SPARSE, SIZE);
        try (Disk source = host.openDisk(from, OpenFlag.READ_ONLY);
                Disk target = host.openDisk(to)) {
            long end = SIZE % 128 * Sectors.SIZE;
            CopyResult result = DiskCopy.from(source).to(target).skippingZeros().run();
            // The library does not tell about an incomplete chunk at the end, so that is read.
            assertThat(result.readBytes()).isEqualTo(2 * GRANULE + end);
            assertThat(read(source)).isEqualTo(result.readBytes());
            assertThat(written(target)).isEqualTo(result.writtenBytes()).isBetween(2L * GRANULE, 2L * GRANULE + end);
            assertThat(target.allocatedBlocks().toSet())
                    .isEqualTo(source.allocatedBlocks().toSet());
        }
    }

    @Test
    void zerosThatAreAllocatedAreLeftOutIfAskedFor() throws Exception {
        byte[] content = new byte[8 * GRANULE];
        content[2 * GRANULE + 5] = 1;
        content[6 * GRANULE - 1] = 1;
        Path from = disk("disk.vmdk", FLAT, 8 * 128);
        try (Disk disk = host.openDisk(from);
                Arena arena = Arena.ofConfined()) {
            disk.write(0, Sectors.allocate(arena, 8 * 128).copyFrom(MemorySegment.ofArray(content)));
        }
        for (boolean skips : new boolean[] {false, true}) {
            Path to = disk(skips + ".vmdk", SPARSE, 8 * 128);
            try (Ends ends = new Ends(from, true, to, true)) {
                DiskCopy copy = skips ? ends.copy().skippingZeros() : ends.copy();
                assertThat(copy.run().writtenBytes()).isEqualTo((skips ? 2L : 8L) * GRANULE);
            }
            assertThat(content(to)).isEqualTo(content);
        }
    }

    /** Not even where nothing tells that there are zeros already. */
    @Test
    void onlyWhatIsReadIsWrittenToATargetThatIsSaidToBeZeros() throws Exception {
        Path from = disk("disk.vmdk", SPARSE, new byte[SIZE * Sectors.SIZE]);
        try (RandomAccessFile longer =
                new RandomAccessFile(directory.resolve("longer").toFile(), "rw")) {
            longer.setLength(Sectors.toBytes(SIZE));
        }
        try (Disk source = host.openDisk(from, OpenFlag.READ_ONLY);
                FileChannel file = file("longer")) {
            DiskCopy copy = DiskCopy.from(source).toFile(file).skippingZeros();
            assertThat(copy.run().writtenBytes()).isEqualTo(Sectors.toBytes(SIZE));
            assertThat(copy.ontoZeros().run().writtenBytes()).isZero();
        }
    }

    @Test
    void whatIsBehindTheEndOfTheSourceStays() throws Exception {
        byte[] content = content(new Random(4), 200);
        byte[] old = new byte[SIZE * Sectors.SIZE];
        Arrays.fill(old, (byte) 1);
        Path from = disk("disk.vmdk", SPARSE, content);
        Path to = disk("copy.vmdk", SPARSE, old);
        try (Ends ends = new Ends(from, true, to, true)) {
            ends.copy().verifying().run();
        }
        System.arraycopy(content, 0, old, 0, content.length);
        assertThat(content(to)).isEqualTo(old);
    }

    @Test
    void aDifferenceOnTheTargetIsFoundByVerifying() throws Exception {
        byte[] content = content(new Random(5), SIZE);
        Path from = disk("disk.vmdk", SPARSE, content);
        for (boolean toDisk : new boolean[] {true, false}) {
            for (int sector : new int[] {0, 700, SIZE - 1}) {
                Path to = directory.resolve("copy-" + toDisk + sector + ".vmdk");
                if (toDisk) {
                    host.createDisk(to, DiskSpec.of(FLAT, SIZE));
                } else {
                    Files.createFile(to);
                }
                try (Disk source = host.openDisk(from, OpenFlag.READ_ONLY);
                        Ends ends = new Ends(from, true, to, toDisk);
                        FileChannel data = FileChannel.open(
                                toDisk ? directory.resolve("copy-true" + sector + "-flat.vmdk") : to,
                                StandardOpenOption.WRITE)) {
                    assertThat(source.capacity()).isEqualTo(SIZE);
                    byte other = (byte) (content[sector * 512 + 511] + 1);
                    DiskCopy copy = ends.copy().verifying().withCheckpoints(Duration.ofDays(1), checkpoint -> {
                        assertThat(checkpoint.isComplete()).isTrue();
                        data.write(ByteBuffer.wrap(new byte[] {other}), sector * 512L + 511);
                    });
                    assertThatThrownBy(copy::run)
                            .isInstanceOf(IOException.class)
                            .hasMessageContaining("not the same")
                            .hasMessageContaining("sector " + sector + " ");
                }
            }
        }
    }

    @Test
    void progressEndsWithAllOfIt() throws Exception {
        byte[] content = content(new Random(6), SIZE);
        Path from = disk("disk.vmdk", SPARSE, content);
        List<CopyProgress> heard = new ArrayList<>();
        Path to = disk("copy.vmdk", SPARSE, SIZE);
        try (Ends ends = new Ends(from, true, to, true)) {
            CopyResult result = ends.copy().withProgress(heard::add).run();
            CopyProgress last = heard.get(heard.size() - 1);
            assertThat(last.phase()).isEqualTo(Phase.COPYING);
            assertThat(last.totalBytes()).hasValue(content.length);
            assertThat(last.doneBytes()).isEqualTo(content.length);
            assertThat(last.readBytes()).isEqualTo(result.readBytes());
            assertThat(last.writtenBytes() + last.skippedBytes()).isEqualTo(content.length);
        }
    }

    @Test
    void checkpointsHaveAText() {
        CopyCheckpoint checkpoint = new CopyCheckpoint(1L << 40, 12345);
        assertThat(CopyCheckpoint.parse(checkpoint + "\n")).isEqualTo(checkpoint);
        for (String text : List.of("", "vixdisklib copy 1: 5 of 4 sectors", "vixdisklib copy 2: 1 of 4 sectors")) {
            assertThatThrownBy(() -> CopyCheckpoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** Refusals, before anything is written. */
    @Test
    void whatCannotBeCopiedIsRefusedWithAReason() throws Exception {
        Path path = disk("disk.vmdk", SPARSE, SIZE);
        Path small = disk("small.vmdk", SPARSE, SIZE - 1);
        Path other = disk("other.vmdk", SPARSE, SIZE);
        try (Disk disk = host.openDisk(path);
                Disk smaller = host.openDisk(small);
                Disk readOnly = host.openDisk(other, OpenFlag.READ_ONLY);
                FileChannel file = file("file");
                FileChannel unwritable = reading(directory.resolve("file"))) {
            DiskCopy.Source from = DiskCopy.from(disk);
            WritableByteChannel sink = Channels.newChannel(new ByteArrayOutputStream());
            refuses(from.to(disk), "disk.vmdk is the source and the target");
            refuses(from.to(smaller), "small.vmdk has 1540 sectors", "has 1541");
            refuses(from.to(readOnly), "other.vmdk was opened to be read only");
            refuses(from.toFile(unwritable), "not opened to be written");
            refuses(DiskCopy.fromFile(file).to(disk), "not opened to be read");
            refuses(from.toFile(file).verifying(), "not opened to be read");
            refuses(DiskCopy.fromFile(unwritable).toFile(unwritable), "the same file");
            refuses(DiskCopy.fromChannel(unwritable).to(disk), "does not tell its size");
            CopyPlan plan = CopyPlan.full(SIZE + 1, SectorSet.empty());
            refuses(from.toFile(file).withPlan(plan), "the plan is for 1542 sectors", "1541");
            CopyPlan keeping = CopyPlan.incremental(SIZE, SectorSet.empty(), SectorSet.empty());
            refuses(from.toChannel(sink).withPlan(keeping), "the plan keeps sectors");
            refuses(from.toFile(file).withPlan(keeping).hashing("MD5"), "hash");
            refuses(DiskCopy.fromChannel(unwritable).toFile(file).withPlan(plan), "not by a plan");
            refuses(from.toFile(file).resumingFrom(new CopyCheckpoint(7, 3)), "7 sectors", "1541");
            refuses(
                    from.toFile(file).resumingFrom(new CopyCheckpoint(SIZE, 3)).hashing("MD5"),
                    "target file",
                    "not opened to be read");
            refuses(from.toChannel(sink).withCheckpoints(Duration.ZERO, c -> {}), "a channel cannot go back");
            refuses(from.toChannel(sink).verifying(), "cannot be read again");
            Pipe pipe = Pipe.open();
            pipe.sink().configureBlocking(false);
            refuses(from.toChannel(pipe.sink()), "target channel does not block");
            pipe.source().configureBlocking(false);
            refuses(DiskCopy.fromChannel(pipe.source()).toFile(file), "source channel does not block");
            pipe.sink().close();
            pipe.source().close();
            assertThatThrownBy(() -> from.toFile(file).hashing("SHA-257"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("SHA-257");
            assertThat(written(disk) + written(smaller)).isZero();
        }
        assertThat(directory.resolve("file")).isEmptyFile();
    }

    /** What is written there goes behind the end, wherever it belongs. */
    @Test
    void aFileThatIsOpenForAppendingIsRefused() throws Exception {
        Path old = Files.write(directory.resolve("old"), new byte[5000]);
        try (Disk disk = host.openDisk(disk("disk.vmdk", SPARSE, content(new Random(7), SIZE)));
                FileChannel full = FileChannel.open(old, StandardOpenOption.APPEND);
                FileChannel empty = file("empty", StandardOpenOption.APPEND)) {
            refuses(DiskCopy.from(disk).toFile(full), "opened for appending");
            assertThatThrownBy(DiskCopy.from(disk).toFile(empty)::run)
                    .isInstanceOf(CopyException.class)
                    .hasMessageContaining("opened for appending");
        }
        assertThat(old).hasSize(5000);
    }

    private static void refuses(DiskCopy copy, String... words) {
        assertThatThrownBy(copy::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(words);
    }
}
