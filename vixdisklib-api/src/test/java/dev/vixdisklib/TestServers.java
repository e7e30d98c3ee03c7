/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeDisk;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.FaultPlan;
import dev.vixdisklib.shim.Inventory;
import dev.vixdisklib.shim.Inventory.Privilege;
import dev.vixdisklib.shim.Strictness;
import dev.vixdisklib.shim.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.util.Throwables;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * For tests on servers of the fake library: a vCenter, an ESXi host, and what is on them. No rule of the library may be
 * broken in a test, and nothing may be left prepared.
 */
abstract class TestServers extends TestDisks {

    static final String VCENTER = "vcenter.example.com";
    static final String ESXI = "esxi.example.com";
    static final String USER = "backup";
    static final String PASSWORD = "p\u00e4ss \u20ac \ud83d\udd11 word";
    static final String COOKIE = "vmware_soap_session=\"52a8c0-1\"";
    static final String THUMBPRINT = "5A:7B:00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11";

    /** A disk of the machine that is off. */
    static final String DISK = "[ds1] web/web.vmdk";
    /** A disk of the machine that runs. */
    static final String RUNNING_DISK = "[ds1] run/run.vmdk";

    static final String DISK_ID = "6f0b2c4e-1";
    static final String DISK_SNAPSHOT = "8c1d-1";

    static final long SECTORS = 64;

    TestServers() throws IOException {}

    @BeforeEach
    final void aVsphere() throws IOException {
        useInventory(directory, fake, server -> {});
        makeDisks(directory);
        fake.forgetBrokenRules();
        fake.forgetJournal();
        fake.setStrictness(Strictness.RECORD);
    }

    @AfterEach
    final void noRuleIsBrokenAndNothingIsPrepared() throws Exception {
        fake.releaseHangs();
        fake.setFaultPlan(FaultPlan.NONE);
        closeLibrary();
        useInventory(directory, fake, server -> {});
        assertThat(Background.start(this::cleanup).join()).isEqualTo(new CleanupResult(0, 0));
        fake.setStrictness(Strictness.OFF);
        assertThat(fake.brokenRules()).isEmpty();
    }

    private CleanupResult cleanup() throws IOException {
        try (VixDiskLib again = VixDiskLib.open(lib.libraryFile())) {
            return again.cleanup(vcenter());
        }
    }

    /** What the servers have; also for child processes, with {@link #makeDisks}. */
    static void useInventory(Path directory, FakeControl fake, Consumer<Inventory.Server> more) throws IOException {
        useInventory(directory, fake, more, datastore -> {});
    }

    /** As above, with more to be said of the datastore, too. */
    static void useInventory(
            Path directory,
            FakeControl fake,
            Consumer<Inventory.Server> more,
            Consumer<Inventory.Datastore> moreOfDatastore)
            throws IOException {
        Path file = directory.resolve("inventory.ini");
        inventory(more, moreOfDatastore).write(file);
        fake.setInventory(file);
    }

    private static Inventory inventory(Consumer<Inventory.Server> more, Consumer<Inventory.Datastore> moreOfDatastore) {
        return Inventory.builder()
                .vcenter(VCENTER, more)
                .esxi(ESXI)
                .user(USER, PASSWORD, user -> user.session(COOKIE))
                .user("reader", PASSWORD, user -> user.privileges(Privilege.READ))
                .user("nobody", PASSWORD, user -> user.privileges(Privilege.PREPARE))
                .datastore("ds1", "datastore-11", moreOfDatastore)
                .datastore("lun", "datastore-12", lun -> lun.transports(Transport.SAN, Transport.NBD))
                .vm("vm-42", DISK, "[lun] web.vmdk", "[ds1] fcd/one.vmdk")
                .vm("vm-43", vm -> vm.poweredOn().servers(VCENTER), RUNNING_DISK)
                .snapshot("snapshot-47", "vm-42")
                .snapshot("snapshot-48", "vm-43")
                .firstClassDisk(DISK_ID, "datastore-11", "fcd/one.vmdk", Map.of(DISK_SNAPSHOT, "fcd/one-000001.vmdk"))
                .build();
    }

    /** Makes the disks, each full of a byte of its own. */
    static void makeDisks(Path directory) throws IOException {
        makeDisk(directory.resolve("ds1/web/web.vmdk"), 42);
        makeDisk(directory.resolve("ds1/run/run.vmdk"), 43);
        makeDisk(directory.resolve("ds1/fcd/one.vmdk"), 1);
        makeDisk(directory.resolve("ds1/fcd/one-000001.vmdk"), 2);
        makeDisk(directory.resolve("lun/web.vmdk"), 12);
    }

    private static void makeDisk(Path path, int content) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(Sectors.toBytes(SECTORS))];
        Arrays.fill(bytes, (byte) content);
        FakeDisk.create(path, bytes);
    }

    final void change(Consumer<Inventory.Server> more) throws IOException {
        useInventory(directory, fake, more);
    }

    final void plan(Fault... faults) {
        fake.setFaultPlan(FaultPlan.of(faults));
    }

    static ConnectionSpec server(String name) {
        return ConnectionSpec.server(name, Credentials.password(USER, PASSWORD.toCharArray()));
    }

    static ConnectionSpec vcenter() {
        return server(VCENTER);
    }

    static ConnectionSpec as(String user, String password) {
        return ConnectionSpec.server(VCENTER, Credentials.password(user, password.toCharArray()));
    }

    /** Asserts that a connection can be made, and that a disk read through it is full of a byte. */
    final void assertReads(int content, ConnectionSpec spec, String name) throws IOException {
        try (Connection connection = lib.connect(spec);
                Disk disk = connection.openDisk(name, OpenFlag.READ_ONLY)) {
            assertThat(disk.name()).isEqualTo(name);
            assertFullOf(content, disk);
        }
    }

    static void assertFullOf(int content, Disk disk) throws IOException {
        assertThat(disk.capacity()).isEqualTo(SECTORS);
        assertThat(read(disk, 0, SECTORS)).containsOnly(content);
    }

    /** Asserts that the library refuses a connection, and says which one. */
    final VixDiskLibException assertConnectFails(ErrorCode code, ConnectionSpec spec) {
        return assertRefused(code, "ConnectEx", spec.request().toString(), () -> lib.connect(spec));
    }

    /** Asserts that the library refuses to open a disk. */
    final VixDiskLibException assertOpenFails(ErrorCode code, ConnectionSpec spec, String name, OpenFlag... flags)
            throws IOException {
        try (Connection connection = lib.connect(spec)) {
            return assertRefused(code, "Open", name, () -> connection.openDisk(name, flags));
        }
    }

    /** Asserts that no text of an exception, nor of those that belong to it, has a secret in it. */
    static Throwable assertTellsNoSecret(String secret, ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isNotNull();
        assertThat(Throwables.getStackTrace(thrown)).doesNotContain(secret);
        return thrown;
    }
}
