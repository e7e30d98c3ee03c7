/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.SectorRange;
import dev.vixdisklib.SectorSet;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.VixDiskLibException;
import dev.vixdisklib.shim.FakeSession;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.JournalEntry;
import dev.vixdisklib.shim.junit.FakeVddkTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@FakeVddkTest
final class BackupSetTest {

    private static final int MEGABYTE = 1 << 20;
    private static final int BYTES = 8 * MEGABYTE + 7 * Sectors.SIZE;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    /** What is on the disk. */
    private byte[] content = new byte[BYTES];

    /** What has changed since the last backup. */
    private SectorSet changed = SectorSet.empty();

    private int generation = 1;

    private VixDiskLib lib;
    private Connection host;
    private Path vmdk;
    private BackupSet set;

    @BeforeEach
    void aDisk(FakeSession fake) throws IOException {
        System.out.println("seed " + seed);
        lib = VixDiskLib.open(fake.vddk(), fake.configuration());
        host = lib.connectLocal();
        vmdk = fake.folder().resolve("disk.vmdk");
        // A checkpoint after each chunk.
        set = new BackupSet(fake.folder().resolve("set"), Duration.ZERO);
        host.createDisk(vmdk, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, BYTES / Sectors.SIZE));
    }

    @AfterEach
    void theLibraryIsClosed() throws IOException {
        host.close();
        lib.close();
    }

    /** Knows of what {@link #write} has written; a state is a generation. */
    private final class Journal implements ChangeTracker {

        @Override
        public String state() {
            return "generation " + generation;
        }

        @Override
        public Optional<SectorSet> changedSince(String earlier) {
            assertThat(earlier).isEqualTo("generation " + (generation - 1));
            return Optional.of(changed);
        }
    }

    private void write(int offset, byte[] bytes) throws IOException {
        try (Disk disk = host.openDisk(vmdk)) {
            disk.newChannel().write(ByteBuffer.wrap(bytes), offset);
        }
        System.arraycopy(bytes, 0, content, offset, bytes.length);
        changed =
                changed.union(SectorSet.builder().addBytes(offset, bytes.length).build());
    }

    private void writeSomewhere() throws IOException {
        byte[] bytes = new byte[1 + random.nextInt(300_000)];
        random.nextBytes(bytes);
        write(random.nextInt(BYTES - bytes.length), bytes);
    }

    /** Has nothing allocated any more where there was something, as after a guest has trimmed its file system. */
    private void release() throws IOException {
        host.deleteDisk(vmdk);
        host.createDisk(vmdk, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, BYTES / Sectors.SIZE));
        content = new byte[BYTES];
        changed = SectorSet.of(new SectorRange(0, BYTES / Sectors.SIZE));
    }

    private BackupPoint backup() throws Exception {
        try (Disk disk = host.openDisk(vmdk, OpenFlag.READ_ONLY)) {
            return set.backup(disk, new Journal(), progress -> {});
        }
    }

    private void nextGeneration() {
        generation++;
        changed = SectorSet.empty();
    }

    private byte[] restored(int number, Path target) throws Exception {
        try (Disk disk = host.openDisk(target)) {
            set.restore(number, disk, progress -> {});
        }
        return bytes(target);
    }

    private byte[] bytes(Path target) throws IOException {
        try (Disk disk = host.openDisk(target, OpenFlag.READ_ONLY)) {
            ByteBuffer bytes = ByteBuffer.allocate(BYTES);
            disk.newChannel().read(bytes, 0);
            return bytes.array();
        }
    }

    private Path newDisk(String name) throws IOException {
        Path path = vmdk.resolveSibling(name);
        host.createDisk(path, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, BYTES / Sectors.SIZE));
        return path;
    }

    @Test
    void eachPointInTimeIsRestoredToTheByte() throws Exception {
        List<byte[]> then = new ArrayList<>();
        for (int point = 1; point <= 7; point++) {
            if (point == 4) {
                release();
            }
            for (int i = 0; i < random.nextInt(12); i++) {
                writeSomewhere();
            }
            assertThat(backup().number()).isEqualTo(point);
            then.add(content.clone());
            nextGeneration();
        }
        Path used = newDisk("used.vmdk");
        for (int point : List.of(7, 2, 5, 1, 3, 6, 4)) {
            set.verify(point);
            byte[] expected = then.get(point - 1);
            assertThat(Arrays.equals(restored(point, newDisk("new-" + point + ".vmdk")), expected))
                    .as("point %d, to a new disk", point)
                    .isTrue();
            assertThat(Arrays.equals(restored(point, used), expected))
                    .as("point %d, over another one", point)
                    .isTrue();
        }
    }

    @Test
    void incrementsReadWhatHasChangedAndTakeNoMoreSpace(FakeSession fake) throws Exception {
        writeSomewhere();
        backup();
        nextGeneration();
        write(5 * MEGABYTE, new byte[] {1, 2, 3});
        fake.control().forgetJournal();

        BackupPoint point = backup();

        assertThat(point.full()).isFalse();
        assertThat(point.changed()).isEqualTo(SectorSet.of(new SectorRange(5 * MEGABYTE / Sectors.SIZE, 1)));
        assertThat(reads(fake)).containsExactly(new SectorRange(5 * MEGABYTE / Sectors.SIZE, 1));
    }

    private static List<SectorRange> reads(FakeSession fake) {
        return fake.control().journal().stream()
                .filter(call -> call.function().equals("Read") && call.result() == 0)
                .map(BackupSetTest::sectors)
                .toList();
    }

    private static long sectorsOf(String function, FakeSession fake) {
        return fake.control().journal().stream()
                .filter(call -> call.function().equals(function) && call.result() == 0)
                .mapToLong(call -> call.sectors().orElseThrow())
                .sum();
    }

    private static SectorRange sectors(JournalEntry call) {
        return new SectorRange(call.sector().orElseThrow(), call.sectors().orElseThrow());
    }

    @Test
    void theHashOfAFullBackupIsThatOfTheDisk() throws Exception {
        writeSomewhere();
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        assertThat(backup().sha256()).contains(HexFormat.of().formatHex(digest.digest(content)));
    }

    @Test
    void aBackupThatFailsIsNotThereAndGoesOnWhereItWas(FakeSession fake) throws Exception {
        byte[] all = new byte[BYTES];
        random.nextBytes(all);
        write(0, all);
        fake.setFaults(Fault.on("Read").nth(4).returns("VIX_E_FILE_ERROR"));

        assertThatThrownBy(this::backup).isInstanceOf(VixDiskLibException.class);
        assertThat(set.points()).isEmpty();
        fake.control().forgetJournal();
        BackupPoint point = backup();

        assertThat(reads(fake).get(0).start()).isEqualTo(3 * MEGABYTE / Sectors.SIZE);
        assertThat(sectorsOf("Read", fake)).isEqualTo((BYTES - 3 * MEGABYTE) / Sectors.SIZE);
        assertThat(set.points()).containsExactly(point);
        set.verify(1);
        assertThat(Arrays.equals(restored(1, newDisk("new.vmdk")), all)).isTrue();
    }

    @Test
    void anIncrementThatFailsGoesOnWhereItWas(FakeSession fake) throws Exception {
        backup();
        nextGeneration();
        byte[] most = new byte[BYTES - 2 * MEGABYTE];
        random.nextBytes(most);
        write(MEGABYTE, most);
        fake.setFaults(Fault.on("Read").nth(4).returns("VIX_E_FILE_ERROR"));

        assertThatThrownBy(this::backup).isInstanceOf(VixDiskLibException.class);
        assertThat(set.points()).hasSize(1);
        fake.control().forgetJournal();
        backup();

        assertThat(reads(fake).get(0).start()).isEqualTo(4 * MEGABYTE / Sectors.SIZE);
        set.verify(2);
        assertThat(Arrays.equals(restored(2, newDisk("new.vmdk")), content)).isTrue();
    }

    @Test
    void backupsThatFailNowAndThenAreRightInTheEnd(FakeSession fake) throws Exception {
        List<byte[]> then = new ArrayList<>();
        for (int point = 1; point <= 4; point++) {
            for (int i = 0; i < 20; i++) {
                writeSomewhere();
            }
            fake.setFaults(
                    Fault.on("Read").chance(0.2, random.nextInt(1_000_000)).returns("VIX_E_FILE_ERROR"));
            Throwable failure = catchThrowable(this::backup);
            while (failure != null) {
                assertThat(failure).isInstanceOf(VixDiskLibException.class);
                assertThat(set.points()).hasSize(point - 1);
                failure = catchThrowable(this::backup);
            }
            fake.setFaults();
            then.add(content.clone());
            nextGeneration();
        }
        for (int point = 1; point <= 4; point++) {
            set.verify(point);
            assertThat(Arrays.equals(restored(point, newDisk("new-" + point + ".vmdk")), then.get(point - 1)))
                    .as("point %d", point)
                    .isTrue();
        }
    }

    @Test
    void aProcessThatDiesLeavesNoBackupAndTheNextOneGoesOn(FakeSession fake) throws Exception {
        byte[] all = new byte[BYTES];
        random.nextBytes(all);
        write(0, all);

        assertThat(DyingBackup.run(vmdk, fake.folder().resolve("set"), new Journal().state()))
                .isEqualTo(DyingBackup.STATUS);
        assertThat(set.points()).isEmpty();
        fake.control().forgetJournal();
        backup();

        assertThat(reads(fake).get(0).start()).isEqualTo(4 * MEGABYTE / Sectors.SIZE);
        set.verify(1);
        assertThat(Arrays.equals(restored(1, newDisk("new.vmdk")), all)).isTrue();
    }

    @Test
    void aDiskThatHasChangedSinceAFailureIsBackedUpFromTheBeginning(FakeSession fake) throws Exception {
        byte[] all = new byte[BYTES];
        random.nextBytes(all);
        write(0, all);
        fake.setFaults(Fault.on("Read").nth(4).returns("VIX_E_FILE_ERROR"));
        assertThatThrownBy(this::backup).isInstanceOf(VixDiskLibException.class);
        nextGeneration();
        writeSomewhere();
        fake.control().forgetJournal();

        backup();

        assertThat(reads(fake).get(0).start()).isZero();
        assertThat(Arrays.equals(restored(1, newDisk("new.vmdk")), content)).isTrue();
    }

    @Test
    void restoringWritesEachSectorOnce(FakeSession fake) throws Exception {
        byte[] all = new byte[BYTES];
        random.nextBytes(all);
        for (int point = 1; point <= 3; point++) {
            write(0, point == 1 ? all : new byte[point * MEGABYTE]);
            backup();
            nextGeneration();
        }
        Path target = newDisk("new.vmdk");
        fake.control().forgetJournal();

        restored(3, target);

        assertThat(sectorsOf("Write", fake)).isEqualTo(BYTES / Sectors.SIZE);
    }

    @Test
    void imagesThatAreDamagedAreFound() throws Exception {
        writeSomewhere();
        backup();
        Path image = vmdk.resolveSibling("set").resolve("1").resolve("image.raw");
        byte[] bytes = Files.readAllBytes(image);
        bytes[random.nextInt(bytes.length)] ^= 1;
        Files.write(image, bytes);

        assertThatThrownBy(() -> set.verify(1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(image + " is damaged");
    }

    @Test
    void oneBackupIsMadeAtATime() throws Exception {
        writeSomewhere();
        List<Throwable> second = new ArrayList<>();
        try (Disk disk = host.openDisk(vmdk, OpenFlag.READ_ONLY)) {
            set.backup(disk, new Journal(), progress -> {
                if (second.isEmpty()) {
                    second.add(catchThrowable(() -> set.backup(disk, new Journal(), ignored -> {})));
                }
            });
        }
        assertThat(second.get(0)).hasMessageContaining("another backup is being made in");
    }

    @Test
    void localDisksAreComparedWithTheirLastBackup() throws Exception {
        writeSomewhere();
        try (Disk disk = host.openDisk(vmdk, OpenFlag.READ_ONLY)) {
            set.backup(disk, new ComparingTracker(host, disk, set), progress -> {});
        }
        write(3 * MEGABYTE, "something else".getBytes(US_ASCII));
        try (Disk disk = host.openDisk(vmdk, OpenFlag.READ_ONLY)) {
            BackupPoint point = set.backup(disk, new ComparingTracker(host, disk, set), progress -> {});
            assertThat(point.copied()).isEqualTo(SectorSet.of(new SectorRange(3 * MEGABYTE / Sectors.SIZE, 1)));
        }
        assertThat(Arrays.equals(restored(2, newDisk("new.vmdk")), content)).isTrue();
        assertThat(set.scratch()).doesNotExist();
    }

    @Test
    void aBackupThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> set.verify(3)).hasMessageContaining("there is no backup 3");
    }
}
