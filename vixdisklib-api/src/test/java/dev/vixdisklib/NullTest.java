/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.vixdisklib.shim.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A library that gives NULL out: as its way to fail, or though it says that it has worked. */
class NullTest extends TestServers {

    NullTest() throws IOException {}

    @Test
    void noTransportModesAreNone() {
        plan(Fault.on("ListTransportModes").givesNull());
        assertThat(lib.transportModes()).isEmpty();
        assertThat(lib.capabilities().transportModes()).isEmpty();
        plan();
        assertThat(lib.transportModes()).isNotEmpty();
    }

    @Test
    void aSnapshotIsConnectedToWithoutTransportModesWhereThereAreNone() throws IOException {
        plan(Fault.on("ListTransportModes").givesNull());
        assertReads(42, vcenter().vm("vm-42", "snapshot-47"), DISK);
    }

    @Test
    void noTransportModeIsNone() throws IOException {
        Path path = disk("disk.vmdk");
        try (Disk disk = host.openDisk(path)) {
            plan(Fault.on("GetTransportMode").givesNull());
            assertThat(disk.transportMode()).isEmpty();
            plan();
            assertThat(disk.transportMode()).contains(TransportMode.FILE);
        }
    }

    @Test
    void anErrorWithoutTextIsToldAllTheSame() {
        Path path = directory.resolve("missing.vmdk");
        plan(Fault.on("GetErrorText").givesNull());
        assertThat(lib.errorText(new VixError(1))).isEqualTo("(the library has no text for it)");
        VixDiskLibException thrown = assertRefused(ErrorCode.FILE_NOT_FOUND, "Open", path, () -> host.openDisk(path));
        assertThat(thrown.libraryText()).isEqualTo("(the library has no text for it)");
        assertThat(fake.callCount("FreeErrorText")).isZero();
    }

    @Test
    void noMemoryForParametersIsAnError() throws IOException {
        ConnectionSpec spec = vcenter().vm("vm-42");
        RetryPolicy once = new RetryPolicy(1, Duration.ZERO);
        plan(Fault.on("AllocateConnectParams").givesNull());
        assertHasNoMemory(() -> lib.connect(spec));
        assertHasNoMemory(() -> lib.connectLocal());
        assertHasNoMemory(() -> lib.cleanup(vcenter()));
        assertHasNoMemory(() -> lib.prepareForAccess(spec, "test", once));
        assertHasNoMemory(() -> lib.endAccess(spec, "test", once));
        plan();
        assertReads(42, spec, DISK);
        assertThat(fake.callCount("FreeConnectParams")).isOne();
    }

    private static void assertHasNoMemory(ThrowingCallable call) {
        assertThatExceptionOfType(VixDiskLibException.class).isThrownBy(call).satisfies(thrown -> {
            assertThat(thrown.operation()).isEqualTo("AllocateConnectParams");
            assertThat(thrown.error().is(ErrorCode.OUT_OF_MEMORY)).isTrue();
        });
    }

    @Test
    void nothingGivenIsAFailureWhateverTheLibrarySays() throws IOException {
        Path path = disk("disk.vmdk");
        ConnectionSpec spec = vcenter().vm("vm-42");
        assertGetsNothing("Connect", () -> lib.connectLocal());
        assertGetsNothing("ConnectEx", () -> lib.connect(spec));
        assertGetsNothing("Open", () -> host.openDisk(path));
        assertGetsNothing("GetInfo", () -> host.openDisk(path));
        try (Connection connection = lib.connect(spec)) {
            assertGetsNothing("GetConnectParams", connection::info);
            assertThat(connection.info().server()).contains(VCENTER);
        }
        try (Disk disk = host.openDisk(path)) {
            assertGetsNothing("GetInfo", disk::info);
            assertThat(disk.info().capacity()).isEqualTo(disk.capacity());
        }
        assertThat(open()).containsExactly("1 CONNECTIONS");
    }

    private void assertGetsNothing(String function, ThrowingCallable call) {
        plan(Fault.on(function).givesNull());
        assertThatExceptionOfType(VixDiskLibException.class)
                .isThrownBy(call)
                .withMessageStartingWith(function)
                .withMessageContaining("says that it has worked, and has given nothing")
                .satisfies(thrown -> assertThat(thrown.operation()).isEqualTo(function));
        plan();
    }

    @Test
    void noListOfBlocksIsNoSignThatNothingIsAllocated() throws IOException {
        Path path = disk("disk.vmdk", SPARSE, 1280);
        try (Disk disk = host.openDisk(path)) {
            plan(Fault.on("QueryAllocatedBlocks").givesNull());
            AllocatedBlocks blocks = disk.allocatedBlocks();
            assertThat(blocks.isKnown()).isFalse();
            assertThat(blocks.toSet()).containsExactly(new SectorRange(0, 1280));
            plan(Fault.on("QueryAllocatedBlocks").nth(2).givesNull());
            assertThatExceptionOfType(VixDiskLibException.class)
                    .isThrownBy(() -> disk.allocatedBlocks().toSet())
                    .withMessageContaining("has given nothing");
        }
    }
}
