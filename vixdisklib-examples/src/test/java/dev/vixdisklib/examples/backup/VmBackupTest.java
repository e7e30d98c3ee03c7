/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vixdisklib.Connection;
import dev.vixdisklib.ConnectionSpec;
import dev.vixdisklib.Credentials;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.RetryPolicy;
import dev.vixdisklib.SectorSet;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.shim.FakeSession;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.Inventory;
import dev.vixdisklib.shim.JournalEntry;
import dev.vixdisklib.shim.junit.FakeVddkTest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@FakeVddkTest
final class VmBackupTest {

    private static final String DISK = "[ds1] web/web.vmdk";
    private static final int MEGABYTE = 1 << 20;

    private final long seed = new Random().nextLong();
    private final byte[] content = new byte[16 * MEGABYTE];
    private final List<String> deleted = new ArrayList<>();
    private Path file;
    private BackupSet set;

    @BeforeEach
    void aMachineThatRuns(FakeSession fake) {
        System.out.println("seed " + seed);
        new Random(seed).nextBytes(content);
        fake.setInventory(Inventory.builder()
                .vcenter("vcenter.example.com")
                .user("backup", "secret")
                .datastore("ds1", "datastore-11")
                .vm("vm-42", Inventory.Vm::poweredOn, DISK)
                .snapshot("snapshot-47", "vm-42")
                .snapshot("snapshot-48", "vm-42")
                .build());
        file = fake.createDisk(DISK, content);
        set = new BackupSet(fake.folder().resolve("set"), Duration.ZERO);
    }

    /** A snapshot whose change id is its name. */
    private final class NamedSnapshot implements VmBackup.Snapshot, ChangeTracker {

        private final String name;
        private final Optional<SectorSet> changed;

        NamedSnapshot(String name, Optional<SectorSet> changed) {
            this.name = name;
            this.changed = changed;
        }

        @Override
        public String reference() {
            return name;
        }

        @Override
        public ChangeTracker changesOf(String disk) {
            assertThat(disk).isEqualTo(DISK);
            return this;
        }

        @Override
        public String state() {
            return name;
        }

        @Override
        public Optional<SectorSet> changedSince(String earlier) {
            return changed;
        }

        @Override
        public void close() {
            deleted.add(name);
        }
    }

    private BackupPoint backup(FakeSession fake, VmBackup.Snapshots snapshots) throws Exception {
        try (VixDiskLib lib = VixDiskLib.open(fake.vddk(), fake.configuration())) {
            ConnectionSpec server = ConnectionSpec.server(
                    "vcenter.example.com", Credentials.password("backup", "secret".toCharArray()));
            return new VmBackup(lib, server, "vm-42", snapshots, new RetryPolicy(3, Duration.ZERO))
                    .run(DISK, set, progress -> {});
        }
    }

    private byte[] restored(FakeSession fake, int number) throws Exception {
        Path vmdk = fake.folder().resolve("restored-" + number + ".vmdk");
        try (VixDiskLib lib = VixDiskLib.open(fake.vddk(), fake.configuration());
                Connection host = lib.connectLocal()) {
            host.createDisk(vmdk, DiskSpec.of(DiskType.MONOLITHIC_FLAT, content.length / 512));
            try (Disk disk = host.openDisk(vmdk)) {
                set.restore(number, disk, progress -> {});
            }
        }
        return Files.readAllBytes(fake.folder().resolve("restored-" + number + "-flat.vmdk"));
    }

    @Test
    void aRunningMachineIsKeptInPlaceAndItsSnapshotIsRead(FakeSession fake) throws Exception {
        BackupPoint point = backup(fake, () -> new NamedSnapshot("snapshot-47", Optional.empty()));

        assertThat(point.full()).isTrue();
        assertThat(deleted).containsExactly("snapshot-47");
        assertThat(fake.control().callCount("PrepareForAccess")).isEqualTo(1);
        assertThat(fake.control().callCount("EndAccess")).isEqualTo(1);
        assertThat(restored(fake, 1)).isEqualTo(content);
    }

    @Test
    void incrementsReadWhatTheServerSaysHasChanged(FakeSession fake) throws Exception {
        backup(fake, () -> new NamedSnapshot("snapshot-47", Optional.empty()));
        byte[] later = "written later".getBytes(UTF_8);
        System.arraycopy(later, 0, content, 9 * MEGABYTE, later.length);
        write(9 * MEGABYTE, later);
        fake.control().forgetJournal();

        // Areas are in bytes, and have blocks of 64 KiB.
        SectorSet changed = SectorSet.builder().addBytes(9 * MEGABYTE, 65536).build();
        BackupPoint point = backup(fake, () -> new NamedSnapshot("snapshot-48", Optional.of(changed)));

        assertThat(point.full()).isFalse();
        assertThat(reads(fake).stream()
                        .mapToLong(call -> call.sectors().orElseThrow())
                        .sum())
                .isEqualTo(128);
        assertThat(restored(fake, 2)).isEqualTo(content);
    }

    private void write(int offset, byte[] bytes) throws IOException {
        try (RandomAccessFile flat = new RandomAccessFile(file.toFile(), "rw")) {
            flat.seek(offset);
            flat.write(bytes);
        }
    }

    private static List<JournalEntry> reads(FakeSession fake) {
        return fake.control().journal().stream()
                .filter(call -> call.function().equals("ReadAsync"))
                .toList();
    }

    @Test
    void aConnectionThatIsLostIsMadeAnewAndTheBackupGoesOn(FakeSession fake) throws Exception {
        fake.setFaults(Fault.on("ReadAsync").nth(11).drop());

        backup(fake, () -> new NamedSnapshot("snapshot-47", Optional.empty()));

        assertThat(fake.control().callCount("ConnectEx")).isEqualTo(2);
        assertThat(fake.control().callCount("PrepareForAccess")).isEqualTo(1);
        assertThat(deleted).containsExactly("snapshot-47");
        List<Long> second = reads(fake).stream()
                .filter(call -> call.connection().equals(last(fake).connection()))
                .map(call -> call.sector().orElseThrow())
                .toList();
        assertThat(second.get(0)).isGreaterThan(0);
        set.verify(1);
        assertThat(restored(fake, 1)).isEqualTo(content);
    }

    private static JournalEntry last(FakeSession fake) {
        List<JournalEntry> reads = reads(fake);
        return reads.get(reads.size() - 1);
    }

    @Test
    void aServerThatIsGoneEndsTheBackupAndWhatWasPrepared(FakeSession fake) {
        fake.setFaults(Fault.on("ConnectEx").returns("VIX_E_HOST_TCP_CONN_LOST"));

        assertThatThrownBy(() -> backup(fake, () -> new NamedSnapshot("snapshot-47", Optional.empty())))
                .hasMessageContaining("14011");

        assertThat(fake.control().callCount("ConnectEx")).isEqualTo(3);
        assertThat(deleted).containsExactly("snapshot-47");
    }
}
