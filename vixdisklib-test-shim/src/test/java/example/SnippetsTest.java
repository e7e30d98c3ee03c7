/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vixdisklib.shim.FakeSession;
import dev.vixdisklib.shim.FakeSetup;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.Inventory;
import dev.vixdisklib.shim.Inventory.State;
import dev.vixdisklib.shim.Timing;
import dev.vixdisklib.shim.Transport;
import dev.vixdisklib.shim.junit.FakeVddkExtension;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The short pieces of code in docs/how-to/test-a-backup.md, which the test of all pages compares. */
class SnippetsTest {

    @RegisterExtension
    static final FakeVddkExtension FAKE = FakeVddkExtension.with(FakeSetup.create()
            .withTiming(Transport.NBDSSL, Timing.latency(Duration.ofMillis(2)).withBytesPerSecond(100_000_000)));

    private static final String DISK = "[ds1] web/web.vmdk";
    private static final int SECTORS = 5 * 2048;

    @BeforeEach
    void a_machine(FakeSession fake) {
        fake.setInventory(vsphere(builder -> builder.vcenter("vcenter.example.com")));
        fake.createDisk(DISK, new byte[SECTORS * Vddk.SECTOR]);
    }

    private static Inventory vsphere(Consumer<Inventory.Builder> server) {
        Inventory.Builder builder = Inventory.builder();
        server.accept(builder);
        return builder.user("backup", "secret")
                .datastore("ds1", "datastore-11")
                .vm("vm-42", DISK)
                .snapshot("snapshot-47", "vm-42")
                .build();
    }

    private static void backUp(FakeSession fake) throws IOException {
        new Backup(fake.vddk(), fake.configuration()).run("vm-42", "snapshot-47", DISK, fake.file("[ds1] raw"));
    }

    @Test
    void theJournalTellsWhatTheProgramDid(FakeSession fake) throws IOException {
        backUp(fake);
        assertThat(fake.control().callCount("Open")).isEqualTo(1);
        assertThat(fake.control().journal())
                .filteredOn(call -> call.function().equals("Read"))
                .allSatisfy(call -> assertThat(call.sectors()).hasValue(2048));
        assertThat(fake.control().callCount("Read")).isEqualTo(5);
    }

    @Test
    void readsTakeTheirTime(FakeSession fake) throws IOException {
        backUp(fake);
        assertThat(fake.control().journal())
                .filteredOn(call -> call.function().equals("Read"))
                .allSatisfy(call -> assertThat(call.duration()).isGreaterThanOrEqualTo(Duration.ofMillis(12)));
    }

    private static void assertFails(FakeSession fake, long error) {
        assertThatThrownBy(() -> backUp(fake)).hasMessageEndingWith(" failed with error " + error);
    }

    @Test
    void calls_fail(FakeSession fake) throws IOException {
        fake.setFaults(Fault.on("Open").nth(2).returns("VIX_E_FILE_ACCESS_ERROR"));
        try (Vddk library = new Vddk(fake.vddk(), fake.configuration());
                Vddk.Connection connection = library.connect(Vddk.Params.vm("vm-42"))) {
            connection.open(DISK, Vddk.READ_ONLY).close();
            assertThatThrownBy(() -> connection.open(DISK, Vddk.READ_ONLY)).hasMessageEndingWith("error 13");
        }
        fake.setFaults(Fault.on("Read").disk("*web.vmdk").sectors(2048, 4095).returns("VIX_E_FILE_ERROR"));
        assertFails(fake, 7);
        fake.setFaults(Fault.on("Read").nth(3).drop());
        assertFails(fake, 14011);
    }

    @Test
    void asynchronous_requests_fail_late(FakeSession fake) {
        fake.setFaults(Fault.on("ReadAsync").completesWith("VIX_E_HOST_TCP_CONN_LOST"));
        AtomicLong result = new AtomicLong();
        try (Arena arena = Arena.ofShared();
                Vddk library = new Vddk(fake.vddk(), fake.configuration());
                Vddk.Connection connection = library.connect(Vddk.Params.vm("vm-42"));
                Vddk.Disk disk = connection.open(DISK, Vddk.READ_ONLY)) {
            disk.readAsync(arena, 0, 1, result::set);
            disk.await();
        }
        assertThat(result).hasValue(14011);
    }

    @Test
    void calls_take_longer_at_times(FakeSession fake) throws IOException {
        fake.setFaults(Fault.on("Read").chance(0.5, 7).delay(Duration.ofMillis(20)));
        backUp(fake);
        assertThat(fake.control().journal())
                .filteredOn(call -> call.function().equals("Read"))
                .anySatisfy(call -> assertThat(call.duration()).isGreaterThanOrEqualTo(Duration.ofMillis(32)));
    }

    @Test
    void calls_hang(FakeSession fake) throws Exception {
        fake.setFaults(Fault.on("Read").nth(5).hang());
        FutureTask<Boolean> backup = new FutureTask<>(() -> {
            backUp(fake);
            return true;
        });
        new Thread(backup).start();
        fake.control().awaitHangs(1);
        assertThat(backup).isNotDone();
        fake.control().releaseHangs();
        assertThat(backup.get()).isTrue();
    }

    @Test
    void datastores_are_full(FakeSession fake) {
        fake.setFaults(Fault.on("Write").afterBytes(1 << 20).full());
        try (Vddk library = new Vddk(fake.vddk(), fake.configuration());
                Vddk.Connection connection = library.connect(Vddk.Params.vm("vm-42"));
                Vddk.Disk disk = connection.open(DISK, 0)) {
            disk.write(0, new byte[1 << 20]);
            assertThatThrownBy(() -> disk.write(2048, new byte[Vddk.SECTOR])).hasMessageEndingWith("error 8");
        }
    }

    @Test
    void hosts_are_in_maintenance(FakeSession fake) {
        fake.setInventory(
                vsphere(builder -> builder.vcenter("vcenter.example.com", server -> server.state(State.MAINTENANCE))));
        assertFails(fake, 14015);
    }

    @Test
    void servers_have_little(FakeSession fake) {
        fake.setInventory(vsphere(builder -> builder.vcenter(
                "vcenter.example.com", server -> server.connections(2).nfcMemory(4 << 20))));
        try (Vddk library = new Vddk(fake.vddk(), fake.configuration());
                Vddk.Connection first = library.connect(Vddk.Params.vm("vm-42"));
                Vddk.Connection second = library.connect(Vddk.Params.vm("vm-42"))) {
            assertThat(first).isNotSameAs(second);
            assertThatThrownBy(() -> library.connect(Vddk.Params.vm("vm-42"))).hasMessageEndingWith("error 3046");
            try (Vddk.Disk disk = second.open(DISK, Vddk.READ_ONLY)) {
                assertThatThrownBy(() -> disk.read(0, SECTORS)).hasMessageEndingWith("error 2");
            }
        }
    }
}
