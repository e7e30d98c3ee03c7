/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.JournalEntry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PrepareForAccess, EndAccess and Cleanup. */
class AccessTest extends TestServers {

    private static final String MACHINE = "moref=vm-42 on " + VCENTER;
    private static final RetryPolicy THRICE = new RetryPolicy(3, Duration.ZERO);
    private static final RetryPolicy PATIENT = new RetryPolicy(10, Duration.ofHours(1));

    AccessTest() throws IOException {}

    /** How many machines are prepared, all of them by this process. */
    private int prepared() {
        try {
            return lib.cleanup(vcenter()).remaining();
        } catch (CleanupException e) {
            assertThat(e.error().is(ErrorCode.OBJECT_IS_BUSY)).isTrue();
            return e.result().remaining();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aMachineIsPreparedUntilTheAccessIsClosed() throws IOException {
        ConnectionSpec spec = vcenter().vm("vm-42", "snapshot-47");
        try (PreparedAccess access = lib.prepareForAccess(spec, "backup of web")) {
            assertThat(access)
                    .hasToString("the access to moref=vm-42 at snapshot-47 on " + VCENTER + " by backup of web");
            assertThat(prepared()).isOne();
            assertReads(42, spec, DISK);
        }
        assertThat(prepared()).isZero();
        assertThat(fake.callCount("EndAccess")).isOne();
    }

    @Test
    void closingAnAccessTwiceDoesNothing() throws IOException {
        PreparedAccess access = lib.prepareForAccess(vcenter().vm("vm-42"), "test");
        access.close();
        access.close();
        assertThat(fake.callCount("EndAccess")).isOne();
    }

    @Test
    void anAccessThatIsLeftIsEndedBySomebodyElse() throws IOException {
        ConnectionSpec spec = vcenter().vm("vm-42");
        try (PreparedAccess access = lib.prepareForAccess(spec, "test")) {
            access.leave();
            assertThatIllegalStateException().isThrownBy(access::leave);
        }
        assertThat(fake.callCount("EndAccess")).isZero();
        assertThat(prepared()).isOne();
        lib.endAccess(spec, "test");
        assertThat(prepared()).isZero();

        PreparedAccess ended = lib.prepareForAccess(spec, "test");
        ended.close();
        assertThatIllegalStateException().isThrownBy(ended::leave);
        assertThat(prepared()).isZero();
    }

    @Test
    void itRunsOnTheThreadOfTheCaller() throws IOException {
        lib.prepareForAccess(vcenter().vm("vm-42"), "test").close();
        List<String> threads = fake.journal().stream()
                .filter(call -> call.function().endsWith("Access"))
                .map(JournalEntry::thread)
                .distinct()
                .toList();
        assertThat(threads).hasSize(1).doesNotContain(connectingThread());
    }

    private String connectingThread() throws IOException {
        lib.connect(vcenter().vm("vm-42")).close();
        return fake.journal().stream()
                .filter(call -> call.function().equals("ConnectEx"))
                .findFirst()
                .orElseThrow()
                .thread();
    }

    @Test
    void itIsTriedUntilItWorks() throws IOException {
        plan(
                Fault.on("PrepareForAccess").times(2).returns(1),
                Fault.on("EndAccess").times(2).returns(31));
        try (LogLines log = LogLines.of("dev.vixdisklib")) {
            lib.prepareForAccess(vcenter().vm("vm-42"), "test", THRICE).close();
            assertThat(log.texts(Level.INFO))
                    .hasSize(4)
                    .anySatisfy(line -> assertThat(line)
                            .startsWith("PrepareForAccess of " + MACHINE)
                            .endsWith("; attempt 2 of 3 in PT0S"))
                    .anySatisfy(line -> assertThat(line)
                            .startsWith("EndAccess of " + MACHINE)
                            .endsWith("; attempt 3 of 3 in PT0S"));
        }
        assertThat(fake.callCount("PrepareForAccess")).isEqualTo(3);
        assertThat(fake.callCount("EndAccess")).isEqualTo(3);
    }

    @Test
    void itIsNotTriedMoreOftenThanAllowed() {
        plan(Fault.on("PrepareForAccess").returns(1));
        assertRefused(
                ErrorCode.FAIL,
                "PrepareForAccess",
                MACHINE,
                () -> lib.prepareForAccess(vcenter().vm("vm-42"), "test", THRICE));
        assertThat(fake.callCount("PrepareForAccess")).isEqualTo(3);
        assertThat(fake.callCount("EndAccess")).isZero();
        assertRefused(
                ErrorCode.FAIL,
                "PrepareForAccess",
                MACHINE,
                () -> lib.prepareForAccess(vcenter().vm("vm-42"), "test", RetryPolicy.NONE));
        assertThat(fake.callCount("PrepareForAccess")).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "INVALID_ARG",
                "NOT_SUPPORTED",
                "AUTHENTICATION_FAIL",
                "HOST_USER_PERMISSIONS",
                "VM_NOT_FOUND",
                "OBJECT_NOT_FOUND",
                "HOST_SERVER_NOT_FOUND",
                "NET_HTTP_SSL_SECURITY",
                "LICENSE"
            })
    void whatWaitingDoesNotCureIsNotTriedAgain(ErrorCode code) throws IOException {
        plan(Fault.on("PrepareForAccess").returns(code.number()));
        assertRefused(
                code,
                "PrepareForAccess",
                MACHINE,
                () -> lib.prepareForAccess(vcenter().vm("vm-42"), "test", THRICE));
        plan(Fault.on("EndAccess").times(1).returns(code.number()));
        PreparedAccess access = lib.prepareForAccess(vcenter().vm("vm-42"), "test", THRICE);
        assertRefused(code, "EndAccess", MACHINE, access::close);
        assertThat(fake.callCount("PrepareForAccess")).isEqualTo(2);
        assertThat(fake.callCount("EndAccess")).isOne();
        lib.endAccess(vcenter().vm("vm-42"), "test");
    }

    @Test
    void onlyAVCenterPreparesForWhoMay() {
        assertRefused(
                ErrorCode.NOT_SUPPORTED,
                "PrepareForAccess",
                "moref=vm-42 on " + ESXI,
                () -> lib.prepareForAccess(server(ESXI).vm("vm-42"), "test", THRICE));
        assertRefused(
                ErrorCode.HOST_USER_PERMISSIONS,
                "PrepareForAccess",
                MACHINE,
                () -> lib.prepareForAccess(as("reader", PASSWORD).vm("vm-42"), "test", THRICE));
        assertRefused(
                ErrorCode.AUTHENTICATION_FAIL,
                "EndAccess",
                MACHINE,
                () -> lib.endAccess(as(USER, "wrong").vm("vm-42"), "test", THRICE));
        assertThat(fake.callCount("PrepareForAccess")).isEqualTo(2);
        assertThat(fake.callCount("EndAccess")).isOne();
    }

    @Test
    void anInterruptEndsTheWaitAndNothingIsPrepared() throws Exception {
        plan(Fault.on("PrepareForAccess").returns(1));
        Background<PreparedAccess> preparing =
                Background.start(() -> lib.prepareForAccess(vcenter().vm("vm-42"), "test", PATIENT));
        awaitSleeping(preparing);
        preparing.thread().interrupt();
        assertThat(catchThrowableOfType(InterruptedIOException.class, preparing::join))
                .hasMessageStartingWith(
                        "interrupted before attempt 2 of 10 in PT1H, after: PrepareForAccess of " + MACHINE)
                .hasCauseInstanceOf(VixDiskLibException.class);
        plan();
        assertThat(prepared()).isZero();
    }

    private static void awaitSleeping(Background<?> background) {
        long deadline = System.nanoTime() + Background.PATIENCE.toNanos();
        while (background.thread().getState() != Thread.State.TIMED_WAITING) {
            assertThat(background.isDone()).as("has ended without waiting").isFalse();
            assertThat(System.nanoTime()).as("does not come to wait").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void anInterruptedThreadStaysSoAndTriesOnce() throws Exception {
        PreparedAccess access = lib.prepareForAccess(vcenter().vm("vm-42"), "test", PATIENT);
        plan(Fault.on("EndAccess").times(1).returns(1));
        Background<Boolean> closing = Background.start(() -> {
            Thread.currentThread().interrupt();
            try {
                access.close();
                return false;
            } catch (InterruptedIOException e) {
                return Thread.currentThread().isInterrupted();
            }
        });
        assertThat(closing.join()).isTrue();
        assertThat(fake.callCount("EndAccess")).isOne();
        // It is closed, and what it has left can be ended.
        access.close();
        assertThat(prepared()).isOne();
        lib.endAccess(vcenter().vm("vm-42"), "test");
        assertThat(prepared()).isZero();
    }

    @Test
    void anInterruptedThreadPreparesAndEndsWhatWorks() throws Exception {
        Background<Boolean> background = Background.start(() -> {
            Thread.currentThread().interrupt();
            lib.prepareForAccess(vcenter().vm("vm-42"), "test", PATIENT).close();
            return Thread.currentThread().isInterrupted();
        });
        assertThat(background.join()).isTrue();
        assertThat(fake.callCount("EndAccess")).isOne();
    }

    @Test
    void closingTheLibraryEndsAccessesAfterConnections() throws IOException {
        VixDiskLib other = VixDiskLib.open(lib.libraryFile());
        other.connect(vcenter().vm("vm-42")).openDisk(DISK);
        PreparedAccess access = other.prepareForAccess(vcenter().vm("vm-42"), "test");
        other.prepareForAccess(vcenter().vm("vm-43"), "test");
        other.connect(vcenter().vm("vm-42"));
        other.close();
        access.close();
        assertThat(fake.journal().stream()
                        .map(JournalEntry::function)
                        .filter(List.of("Close", "Disconnect", "EndAccess")::contains))
                .containsExactly("Disconnect", "Close", "Disconnect", "EndAccess", "EndAccess");
        assertThat(prepared()).isZero();
    }

    @Test
    void aLibraryThatIsClosedMeanwhilePreparesNothing() throws Exception {
        VixDiskLib other = VixDiskLib.open(lib.libraryFile());
        plan(Fault.on("PrepareForAccess").hang());
        Background<PreparedAccess> preparing =
                Background.start(() -> other.prepareForAccess(vcenter().vm("vm-42"), "test", THRICE));
        fake.awaitHangs(1);
        other.close();
        fake.releaseHangs();
        assertThatIllegalStateException().isThrownBy(preparing::join).withMessageContaining("is closed");
        plan();
        assertThat(prepared()).isZero();
        assertThat(fake.callCount("EndAccess")).isOne();
    }

    @Test
    void aHandlerOfTheLogDoesNotComeBackInTheMiddle() throws IOException {
        plan(Fault.on("PrepareForAccess").times(1).returns(1));
        StringBuilder thrown = new StringBuilder();
        try (LogLines log = LogLines.of("dev.vixdisklib", line -> {
            if (line.getLevel().equals(Level.INFO)) {
                try {
                    lib.close();
                } catch (IOException | IllegalStateException e) {
                    thrown.append(e.getMessage());
                }
            }
        })) {
            lib.prepareForAccess(vcenter().vm("vm-42"), "test", THRICE).close();
            assertThat(log.texts(Level.INFO)).hasSize(1);
        }
        assertThat(thrown.toString()).startsWith("a log handler");
    }

    @Test
    void credentialsAreNeededToTheEnd() throws IOException {
        Credentials credentials = Credentials.password(USER, PASSWORD.toCharArray());
        PreparedAccess access =
                lib.prepareForAccess(ConnectionSpec.server(VCENTER, credentials).vm("vm-42"), "test");
        credentials.destroy();
        assertThatIllegalStateException()
                .isThrownBy(access::close)
                .withMessage("the password of " + USER + " is destroyed");
        lib.endAccess(vcenter().vm("vm-42"), "test");
    }

    @Test
    void allMachinesOfAFirstClassDiskArePreparedOrNone() throws IOException {
        ConnectionSpec disk = vcenter().firstClassDisk(DISK_ID, "datastore-11");
        try (PreparedAccess access = lib.prepareForAccess(disk, "test")) {
            assertThat(access)
                    .hasToString("the access to the first-class disk " + DISK_ID + " in datastore-11 on " + VCENTER
                            + " by test");
            assertThat(prepared()).isOne();
        }
        assertThat(prepared()).isZero();
        fake.forgetJournal();
        plan(
                Fault.on("PrepareForAccess").times(2).returns(1),
                Fault.on("EndAccess").times(1).returns(5));
        lib.prepareForAccess(disk, "test", THRICE).close();
        // After each failure, and at the end: some of the machines may have been prepared.
        assertThat(fake.journal().stream().map(JournalEntry::function).filter(name -> name.endsWith("Access")))
                .containsExactly(
                        "PrepareForAccess",
                        "EndAccess",
                        "PrepareForAccess",
                        "EndAccess",
                        "PrepareForAccess",
                        "EndAccess");
        plan(
                Fault.on("PrepareForAccess").returns(1),
                Fault.on("EndAccess").times(1).returns(5));
        assertThatExceptionOfType(VixDiskLibException.class)
                .isThrownBy(() -> lib.prepareForAccess(disk, "test", RetryPolicy.NONE))
                .satisfies(
                        e -> assertThat(e.getSuppressed()[0]).hasMessageStartingWith("EndAccess of the first-class"));
        plan(Fault.on("PrepareForAccess").returns(ErrorCode.AUTHENTICATION_FAIL.number()));
        fake.forgetJournal();
        assertThatExceptionOfType(VixDiskLibException.class)
                .isThrownBy(() -> lib.prepareForAccess(disk, "test", THRICE));
        assertThat(fake.callCount("EndAccess")).isZero();
    }

    @Test
    void accessIsForAMachine() {
        for (ConnectionSpec spec :
                List.of(ConnectionSpec.local(), vcenter(), vcenter().datastore("datastore-11", "web"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> lib.prepareForAccess(spec, "test"))
                    .withMessageStartingWith("access is prepared for a virtual machine or first-class disk");
            assertThatIllegalArgumentException().isThrownBy(() -> lib.endAccess(spec, "test"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a\0b",
                "line\n",
                "123456789012345678901234567890123456789012345678901",
                "\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac\u20ac"
            })
    void whatIsNoIdentityIsRefused(String identity) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lib.prepareForAccess(vcenter().vm("vm-42"), identity))
                .withMessageStartingWith("the identity ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> lib.endAccess(vcenter().vm("vm-42"), identity));
    }

    @Test
    void anIdentityHasFiftyBytes() throws IOException {
        lib.prepareForAccess(vcenter().vm("vm-42"), "1".repeat(50)).close();
        lib.prepareForAccess(vcenter().vm("vm-42"), "\u20ac".repeat(16) + "12").close();
        assertThat(fake.callCount("EndAccess")).isEqualTo(2);
    }

    @Test
    void aForgottenAccessIsReported() throws Exception {
        VixDiskLib other = VixDiskLib.open(lib.libraryFile());
        try (LogLines log = LogLines.of("dev.vixdisklib")) {
            forget(other);
            long deadline = System.nanoTime() + Background.PATIENCE.toNanos();
            String report = "the access to " + MACHINE + " by test was never closed; use try-with-resources";
            while (!log.texts(Level.WARNING).contains(report)) {
                assertThat(System.nanoTime()).as("is not reported").isLessThan(deadline);
                System.gc();
            }
        }
        assertThat(prepared()).isOne();
        other.close();
    }

    /** In a method of its own, so that nothing on the stack holds the access. */
    private void forget(VixDiskLib library) throws IOException {
        assertThat(library.prepareForAccess(vcenter().vm("vm-42"), "test").toString())
                .isNotEmpty();
    }

    /** Prepares machines and ends without ending that. */
    static final class Crash {
        public static void main(String[] arguments) throws IOException {
            Path directory = Path.of(arguments[0]);
            TestServers.useInventory(directory, FakeControl.of(FakeVddk.directory()), server -> {});
            VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
            for (int i = 1; i < arguments.length; i++) {
                PreparedAccess access = lib.prepareForAccess(vcenter().vm(arguments[i]), "test");
                System.out.println(access);
            }
            System.out.flush();
            Runtime.getRuntime().halt(7);
        }
    }

    /** Prepares a machine, and ends that if it is told to. */
    static final class Ends {
        public static void main(String[] arguments) throws IOException {
            ChildJvm.printLog();
            Path directory = Path.of(arguments[0]);
            TestServers.useInventory(directory, FakeControl.of(FakeVddk.directory()), server -> {});
            PreparedAccess access = VixDiskLib.open(FakeVddk.directory())
                    .prepareForAccess(vcenter().vm("vm-42"), "test");
            if (Boolean.parseBoolean(arguments[1])) {
                access.close();
            }
            System.out.println(access);
        }
    }

    @Test
    void theLibraryDoesNotEndUnderAnAccess() throws Exception {
        assertThat(ChildJvm.run(Ends.class, directory, directory, true).log()).contains("VixDiskLib: exit.");
        assertThat(ChildJvm.run(Ends.class, directory, directory, false).log()).doesNotContain("VixDiskLib: exit.");
        lib.endAccess(vcenter().vm("vm-42"), "test");
    }

    private void crash(String... machines) throws Exception {
        Object[] arguments = new Object[machines.length + 1];
        arguments[0] = directory;
        System.arraycopy(machines, 0, arguments, 1, machines.length);
        ChildJvm child = ChildJvm.run(Crash.class, directory, arguments);
        assertThat(child.status()).as(child.log()).isEqualTo(7);
        assertThat(child.out()).hasSize(machines.length);
    }

    @Test
    void whatAProcessHasLeftIsEndedByAnother() throws Exception {
        crash("vm-42");
        lib.endAccess(vcenter().vm("vm-42"), "test");
        assertThat(lib.cleanup(vcenter())).isEqualTo(new CleanupResult(0, 0));
        // Where there is nothing, nothing is ended.
        lib.endAccess(vcenter().vm("vm-42"), "test");
    }

    @Test
    void whatAProcessHasLeftIsCleanedUpByAnother() throws Exception {
        crash("vm-42", "vm-43");
        // It is for the server, whatever else is described.
        assertThat(lib.cleanup(vcenter().vm("vm-42", "snapshot-47"))).isEqualTo(new CleanupResult(2, 0));
        assertThat(lib.cleanup(vcenter().firstClassDisk(DISK_ID, "datastore-11")))
                .isEqualTo(new CleanupResult(0, 0));
    }

    @Test
    void whatRemainsToBeCleanedUpIsTold() throws Exception {
        crash("vm-43");
        try (PreparedAccess access = lib.prepareForAccess(vcenter().vm("vm-42"), "test")) {
            assertThat(access).isNotNull();
            CleanupException failure = catchThrowableOfType(CleanupException.class, () -> lib.cleanup(vcenter()));
            assertThat(failure.result()).isEqualTo(new CleanupResult(1, 1));
            assertThat(failure.target()).contains(VCENTER);
            assertThat(failure)
                    .hasMessageStartingWith("Cleanup of " + VCENTER + ": ")
                    .hasMessageEndingWith("; virtual machines cleaned up: 1, remaining: 1");
        }
    }

    @Test
    void cleaningUpFailsWhereNoOneMay() {
        assertThatExceptionOfType(CleanupException.class)
                .isThrownBy(() -> lib.cleanup(as("reader", PASSWORD)))
                .satisfies(e -> assertThat(e.error().is(ErrorCode.HOST_USER_PERMISSIONS))
                        .isTrue())
                .satisfies(e -> assertThat(e.result()).isEqualTo(new CleanupResult(0, 0)));
    }

    @Test
    void thisHostHasNothingToCleanUp() throws IOException {
        assertThat(lib.cleanup(ConnectionSpec.local())).isEqualTo(new CleanupResult(0, 0));
        assertThat(fake.callCount("Cleanup")).isOne();
    }
}
