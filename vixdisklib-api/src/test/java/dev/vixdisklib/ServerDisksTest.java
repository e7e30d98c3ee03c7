/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.vixdisklib.shim.Fault;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

/** Whole disks of servers: what is cloned from and to them, and what works on this host only. */
class ServerDisksTest extends TestServers {

    ServerDisksTest() throws IOException {}

    private static ConnectionSpec machine() {
        return vcenter().vm("vm-42");
    }

    private Path copy() {
        return directory.resolve("copy.vmdk");
    }

    /** A disk of this host that is full of a byte. */
    private Path source(int content) throws IOException {
        Path path = disk("source" + content + ".vmdk", SPARSE, SECTORS);
        try (Disk disk = host.openDisk(path);
                Arena arena = Arena.ofConfined()) {
            disk.write(0, Sectors.allocate(arena, SECTORS).fill((byte) content));
        }
        return path;
    }

    private void assertCopyIsFullOf(int content) throws IOException {
        try (Disk disk = host.openDisk(copy())) {
            assertFullOf(content, disk);
        }
    }

    // --------------------------------------------------------------------------------------------- from servers

    @ParameterizedTest
    @FieldSource("LOCAL")
    void aDiskOfAMachineIsClonedToThisHost(DiskType type) throws IOException {
        List<Integer> heard = new ArrayList<>();
        try (Connection connection = lib.connect(machine().readOnly())) {
            host.cloneDisk(copy(), CloneSpec.of(connection, DISK, type), heard::add);
            assertCopyIsFullOf(42);
            assertThat(heard).isSorted().startsWith(0).endsWith(100);
            assertRefused(
                    ErrorCode.FILE_ALREADY_EXISTS,
                    "Clone",
                    DISK + " to " + copy(),
                    () -> host.cloneDisk(copy(), CloneSpec.of(connection, DISK, type)));
        }
    }

    @Test
    void aFirstClassDiskIsClonedWithoutAName() throws IOException {
        try (Connection disk = lib.connect(vcenter().firstClassDisk(DISK_ID, "datastore-11"));
                Connection snapshot = lib.connect(vcenter().firstClassDisk(DISK_ID, "datastore-11", DISK_SNAPSHOT))) {
            host.cloneDisk(copy(), CloneSpec.of(disk, SPARSE));
            assertCopyIsFullOf(1);
            host.cloneDisk(copy(), CloneSpec.of(snapshot, FLAT).replacing());
            assertCopyIsFullOf(2);
            fake.failNext("Clone", ErrorCode.HOST_CONNECTION_LOST.number());
            assertRefused(
                    ErrorCode.HOST_CONNECTION_LOST,
                    "Clone",
                    disk + " to " + copy(),
                    () -> host.cloneDisk(copy(), CloneSpec.of(disk, SPARSE).replacing()));
        }
    }

    @Test
    void aDiskThatCannotBeOpenedIsNotCloned() throws IOException {
        try (Connection connection = lib.connect(machine());
                Connection running = lib.connect(vcenter().vm("vm-43"))) {
            assertRefused(
                    ErrorCode.FILE_NOT_FOUND,
                    "Clone",
                    RUNNING_DISK + " to " + copy(),
                    () -> host.cloneDisk(copy(), CloneSpec.of(connection, RUNNING_DISK, SPARSE)));
            assertRefused(
                    ErrorCode.FILE_ACCESS_ERROR,
                    "Clone",
                    RUNNING_DISK + " to " + copy(),
                    () -> host.cloneDisk(copy(), CloneSpec.of(running, RUNNING_DISK, SPARSE)));
            assertRefused(
                    ErrorCode.NOT_SUPPORTED_ON_REMOTE_OBJECT,
                    "Clone",
                    DISK + " to " + DISK,
                    () -> connection.cloneDisk(
                            DISK, CloneSpec.of(connection, DISK, SPARSE).replacing()));
        }
        assertThat(copy()).doesNotExist();
    }

    @Test
    void aConnectionThatIsLostLeavesNoHalfOfAClone() throws IOException {
        try (Connection connection = lib.connect(machine())) {
            plan(Fault.on("Clone").drop());
            assertRefused(
                    ErrorCode.HOST_TCP_CONN_LOST,
                    "Clone",
                    DISK + " to " + copy(),
                    () -> host.cloneDisk(copy(), CloneSpec.of(connection, DISK, SPARSE)));
        }
        assertThat(copy()).doesNotExist();
    }

    // ----------------------------------------------------------------------------------------------- to servers

    @ParameterizedTest
    @EnumSource(names = {"VMFS_FLAT", "VMFS_THIN"})
    void aDiskOfAMachineIsReplaced(DiskType type) throws IOException {
        Path source = source(7);
        List<Integer> heard = new ArrayList<>();
        try (Connection connection = lib.connect(machine())) {
            connection.cloneDisk(DISK, CloneSpec.of(host, source, type).replacing(), heard::add);
            try (Disk disk = connection.openDisk(DISK)) {
                assertFullOf(7, disk);
                assertThat(disk.metadata().get("thinProvisioned").isPresent()).isEqualTo(type == DiskType.VMFS_THIN);
            }
        }
        assertThat(heard).isSorted().startsWith(0).endsWith(100);
    }

    @Test
    void nothingElseIsReplacedOnAServer() throws IOException {
        Path source = source(7);
        CloneSpec spec = CloneSpec.of(host, source, DiskType.VMFS_FLAT);
        try (Connection connection = lib.connect(machine())) {
            assertNotCloned(ErrorCode.FILE_ALREADY_EXISTS, connection, DISK, spec);
            assertNotCloned(ErrorCode.FILE_NOT_FOUND, connection, "[ds1] web/new.vmdk", spec.replacing());
            assertNotCloned(ErrorCode.FILE_NOT_FOUND, connection, RUNNING_DISK, spec.replacing());
        }
        try (Connection running = lib.connect(vcenter().vm("vm-43"))) {
            assertNotCloned(ErrorCode.FILE_ACCESS_ERROR, running, RUNNING_DISK, spec.replacing());
        }
        try (Connection readOnly = lib.connect(machine().readOnly())) {
            assertNotCloned(ErrorCode.FILE_READ_ONLY, readOnly, DISK, spec.replacing());
        }
        try (Connection reader = lib.connect(as("reader", PASSWORD).vm("vm-42"))) {
            assertNotCloned(ErrorCode.HOST_USER_PERMISSIONS, reader, DISK, spec.replacing());
        }
        try (Connection disk = lib.connect(vcenter().firstClassDisk(DISK_ID, "datastore-11"))) {
            assertNotCloned(ErrorCode.NOT_SUPPORTED, disk, "[ds1] fcd/one.vmdk", spec.replacing());
        }
        try (Connection folder = lib.connect(vcenter().datastore("datastore-11", "web"))) {
            assertNotCloned(ErrorCode.NOT_SUPPORTED, folder, "web.vmdk", spec.replacing());
        }
        assertReads(42, machine(), DISK);
    }

    private static void assertNotCloned(ErrorCode code, Connection connection, String target, CloneSpec spec) {
        assertRefused(code, "Clone", spec.disk() + " to " + target, () -> connection.cloneDisk(target, spec));
    }

    @Test
    void filesOfThisHostAreNotLookedForOnServers() throws IOException {
        Path source = source(7);
        try (Connection connection = lib.connect(machine())) {
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> connection.cloneDisk(copy(), CloneSpec.of(host, source, SPARSE)),
                    () -> host.cloneDisk(copy(), CloneSpec.of(connection, copy(), SPARSE)))) {
                assertThatIllegalArgumentException()
                        .isThrownBy(call)
                        .withMessage(copy() + " is a file of this host, and " + connection
                                + " is to a server: give the name of a disk there, as a text");
            }
            assertThatIllegalArgumentException().isThrownBy(() -> CloneSpec.of(connection, SPARSE));
        }
    }

    // -------------------------------------------------------------------------------------- local disks' functions

    @Test
    void aDiskOfAServerBecomesTheParentOfALocalOne() throws IOException {
        Path child = directory.resolve("child.vmdk");
        try (Connection connection = lib.connect(machine().readOnly())) {
            host.cloneDisk(copy(), CloneSpec.of(connection, DISK, SPARSE));
            try (Disk base = host.openDisk(copy())) {
                base.createChild(child, SPARSE);
            }
            try (Disk disk = host.openDisk(child, OpenFlag.SINGLE_LINK);
                    Disk parent = connection.openDisk(DISK)) {
                assertThat(disk.attachProblem(parent)).isEmpty();
                disk.attachTo(parent);
                assertFullOf(42, disk);
                assertThat(open()).contains("1 DISKS");
            }
        }
    }

    @Test
    void whatIsForLocalDisksIsRefusedOnServers() throws IOException {
        Path path = directory.resolve("disk.vmdk");
        try (Connection connection = lib.connect(machine());
                Disk disk = connection.openDisk(DISK);
                Disk parent = host.openDisk(source(7))) {
            ErrorCode code = ErrorCode.NOT_SUPPORTED_ON_REMOTE_OBJECT;
            assertRefused(code, "Grow", path, () -> connection.growDisk(path, 1000, true));
            assertRefused(code, "CheckRepair", path, () -> connection.checkDisk(path));
            assertRefused(code, "CheckRepair", path, () -> connection.repairDisk(path));
            assertRefused(code, "CreateChild", path + " from " + DISK, () -> disk.createChild(path, SPARSE));
            assertRefused(code, "Shrink", DISK, disk::shrink);
            assertRefused(code, "Defragment", DISK, disk::defragment);
            assertThat(disk.attachProblem(parent)).contains(new VixError(code.number()));
            assertThat(disk.spaceNeededForClone(FLAT)).isEqualTo(Sectors.toBytes(SECTORS));
            assertThat(disk.metadata().asMap()).containsEntry("adapterType", "lsilogic");
            assertFullOf(42, disk);
        }
    }
}
