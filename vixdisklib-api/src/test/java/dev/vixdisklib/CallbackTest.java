/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the library calls: log handlers and progress listeners. */
class CallbackTest extends TestDisks {

    private static final String LOG = "dev.vixdisklib.native";

    /** What the fake adds to a line of its own thread. */
    private static final String ARGUMENTS = " [-7 1234567890123 2.50 text 42 % 18446744073709551615]";

    CallbackTest() throws IOException {}

    @Test
    void linesAreFormatted() throws IOException {
        Path path = disk("100%s.vmdk");
        Path missing = directory.resolve("missing.vmdk");
        try (LogLines log = LogLines.of(LOG)) {
            host.openDisk(path).close();
            assertRefused(ErrorCode.FILE_NOT_FOUND, "Open", missing, () -> host.openDisk(missing));
            assertThat(log.texts(Level.FINE)).contains("VixDiskLib: opened \"" + path + "\" of 1000 sectors.");
            assertThat(log.texts(Level.WARNING))
                    .containsExactly("VixDiskLib: cannot open \"" + missing + "\" (error 4).");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 400, 511, 512, 513, 20_000})
    void linesOfTheLibrarysOwnThreadArrive(int length) {
        String message = "caf\u00e9 " + "x".repeat(length);
        try (LogLines log = LogLines.of(LOG)) {
            fake.logFromLibraryThread(false, message);
            fake.logFromLibraryThread(true, message);
            assertThat(log.texts(Level.FINE)).containsExactly(message + ARGUMENTS);
            assertThat(log.texts(Level.WARNING)).containsExactly(message + ARGUMENTS);
            assertThat(log.records())
                    .noneMatch(line ->
                            line.getLongThreadID() == Thread.currentThread().threadId());
        }
    }

    @Test
    void warningsAboutTelemetryAreNoWarnings() {
        try (LogLines log = LogLines.of(LOG)) {
            fake.logFromLibraryThread(true, "PhoneHome: no endpoint");
            fake.logFromLibraryThread(true, "failed to join CEIP");
            assertThat(log.texts(Level.WARNING)).isEmpty();
            assertThat(log.texts(Level.FINE)).hasSize(2);
        }
    }

    @Test
    void whatAHandlerThrowsDoesNoHarm() throws IOException {
        Path path = disk("disk.vmdk");
        List<Throwable> thrown = List.of(
                new IllegalStateException("a test"), new AssertionError("a test"), new StackOverflowError("a test"));
        for (Throwable each : thrown) {
            try (LogLines log = LogLines.of(LOG, line -> sneakyThrow(each))) {
                host.openDisk(path).close();
                fake.logFromLibraryThread(true, "from the library's thread");
                assertThat(log.records()).hasSizeGreaterThanOrEqualTo(2);
            }
        }
        try (LogLines log = LogLines.of(LOG, line -> sneakyThrow(new IOException("checked")))) {
            host.openDisk(path).close();
            assertThat(log.records()).isNotEmpty();
        }
    }

    /** Throws anything, as code in other languages does. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> void sneakyThrow(Throwable thrown) throws X {
        throw (X) thrown;
    }

    @Test
    void anInterruptedHandlerKeepsTheInterrupt() throws Exception {
        Path path = disk("disk.vmdk");
        try (LogLines log = LogLines.of(LOG, line -> Thread.currentThread().interrupt())) {
            host.openDisk(path).close();
            assertThat(log.records()).isNotEmpty();
        }
        host.openDisk(path).close();
    }

    /** All ways into the library; none may work in a callback. */
    private List<ThrowingCallable> everything(Disk disk, Disk other, MemorySegment buffer) {
        AllocatedBlocks blocks = disk.allocatedBlocks();
        DiskChannel channel = disk.newChannel();
        InputStream stream = disk.newInputStream();
        return List.of(
                () -> VixDiskLib.open(FakeVddk.directory()),
                lib::connectLocal,
                lib::connectLocalReadOnly,
                lib::transportModes,
                lib::close,
                () -> host.openDisk(Path.of(disk.name())),
                () -> host.createDisk(Path.of(disk.name()), DiskSpec.of(SPARSE, 1)),
                () -> host.deleteDisk(Path.of(disk.name())),
                host::close,
                () -> disk.read(0, buffer),
                () -> disk.write(0, buffer),
                disk::awaitRequests,
                disk::flush,
                disk::info,
                disk::transportMode,
                () -> disk.spaceNeededForClone(FLAT),
                () -> disk.createChild(directory.resolve("child.vmdk"), SPARSE),
                () -> disk.attachProblem(other),
                () -> disk.attachTo(other),
                disk::shrink,
                disk::defragment,
                () -> host.cloneDisk(directory.resolve("clone.vmdk"), CloneSpec.of(host, Path.of(disk.name()), FLAT)),
                () -> host.growDisk(Path.of(disk.name()), 2000, true),
                () -> host.checkDisk(Path.of(disk.name())),
                () -> host.repairDisk(Path.of(disk.name())),
                () -> lib.renameDisk(Path.of(disk.name()), directory.resolve("renamed.vmdk")),
                () -> disk.metadata().asMap().put("note", ""),
                disk.metadata()::keys,
                () -> disk.metadata().get("uuid"),
                () -> disk.metadata().put("note", ""),
                disk::allocatedBlocks,
                () -> blocks.iterator().next(),
                blocks::toSet,
                () -> channel.read(ByteBuffer.allocate(1)),
                () -> channel.read(buffer, 0),
                () -> channel.write(ByteBuffer.allocate(1)),
                () -> channel.write(buffer, 0),
                () -> channel.position(1),
                () -> channel.truncate(channel.size()),
                () -> channel.transferTo(0, 1, Channels.newChannel(System.err)),
                () -> channel.transferFrom(Channels.newChannel(InputStream.nullInputStream()), 0, 1),
                stream::read,
                () -> stream.transferTo(System.err),
                disk::close);
    }

    private void assertRefusesEverything(Consumer<Runnable> callBack) throws IOException {
        try (Disk disk = host.openDisk(disk("disk.vmdk"));
                Disk second = host.openDisk(disk("second.vmdk"));
                Arena arena = Arena.ofShared()) {
            MemorySegment buffer = Sectors.allocate(arena, 1);
            List<ThrowingCallable> calls = everything(disk, second, buffer);
            Queue<Object> outcomes = new ConcurrentLinkedQueue<>();
            callBack.accept(() -> {
                for (ThrowingCallable call : calls) {
                    try {
                        call.call();
                        outcomes.add("nothing was thrown");
                    } catch (Throwable e) {
                        outcomes.add(e);
                    }
                }
            });
            assertThat(outcomes)
                    .hasSizeGreaterThanOrEqualTo(calls.size())
                    .allSatisfy(
                            outcome -> assertThat(outcome)
                                    .isInstanceOf(IllegalStateException.class)
                                    .hasToString(
                                            "java.lang.IllegalStateException: a log handler, progress listener or supplier of secrets"
                                                    + " must not use libraries, connections or disks: the library is waiting for it to return"));
            // And nothing is half closed.
            disk.read(0, buffer);
            assertThat(host.openDisk(disk("other.vmdk")).info().capacity()).isEqualTo(1000);
            assertThat(lib.transportModes()).isNotEmpty();
        }
    }

    @Test
    void aHandlerMustNotUseTheLibraryThatIsOpening() throws IOException {
        Path opened = disk("opened.vmdk");
        assertRefusesEverything(calls -> {
            try (LogLines log = LogLines.of(LOG, line -> calls.run())) {
                assertThat(Background.start(() -> {
                                    host.openDisk(opened).close();
                                    return true;
                                })
                                .join())
                        .isTrue();
                assertThat(log.records()).isNotEmpty();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void aHandlerMustNotUseTheLibraryOnItsOwnThread() throws IOException {
        assertRefusesEverything(calls -> {
            try (LogLines log = LogLines.of(LOG, line -> calls.run())) {
                fake.logFromLibraryThread(true, "from the library's thread");
                assertThat(log.records()).hasSize(1);
            }
        });
    }

    @Test
    void aListenerMustNotUseTheLibrary() throws IOException {
        assertRefusesEverything(calls -> {
            try {
                host.createDisk(directory.resolve("new.vmdk"), DiskSpec.of(FLAT, 1), percent -> calls.run());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @ParameterizedTest
    @FieldSource("LOCAL")
    void progressGoesFrom0To100(DiskType type) throws IOException {
        List<Integer> heard = new ArrayList<>();
        Path path = directory.resolve("new.vmdk");
        host.createDisk(path, DiskSpec.of(type, 10_000), heard::add);
        assertThat(heard).isSorted().startsWith(0).endsWith(100);
        host.openDisk(path).close();
    }

    @Test
    void whatAListenerThrowsReachesTheCallerAndTheDiskExists() throws IOException {
        for (Throwable each : new Throwable[] {new IllegalStateException("stop"), new AssertionError("stop")}) {
            Path path = directory.resolve(each.getClass().getSimpleName() + ".vmdk");
            List<Integer> heard = new ArrayList<>();
            assertThatExceptionOfType(Throwable.class)
                    .isThrownBy(() -> host.createDisk(path, DiskSpec.of(SPARSE, 1), percent -> {
                        heard.add(percent);
                        sneakyThrow(each);
                    }))
                    .isSameAs(each);
            assertThat(heard).hasSize(1);
            host.openDisk(path).close();
        }
    }

    @Test
    void whatAListenerThrowsIsNotLostWhereItIsChecked() throws IOException {
        Path path = directory.resolve("new.vmdk");
        IOException checked = new IOException("stop");
        assertThatException()
                .isThrownBy(() -> host.createDisk(path, DiskSpec.of(SPARSE, 1), percent -> sneakyThrow(checked)))
                .isInstanceOf(UndeclaredThrowableException.class)
                .withCause(checked);
        host.openDisk(path).close();
    }

    @Test
    void whatAListenerThrowsIsAddedToTheFailureOfTheLibrary() throws IOException {
        // A directory in the place of the extent makes Create fail after its first progress.
        Path path = directory.resolve("new.vmdk");
        Files.createDirectory(directory.resolve("new-flat.vmdk"));
        IllegalStateException stop = new IllegalStateException("stop");
        VixDiskLibException failure = assertRefused(
                ErrorCode.FILE_ALREADY_EXISTS,
                "Create",
                path,
                () -> host.createDisk(path, DiskSpec.of(FLAT, 1), percent -> {
                    throw stop;
                }));
        assertThat(failure.getSuppressed()).containsExactly(stop);
        assertThat(files()).containsExactly("", "new-flat.vmdk");
    }

    @Test
    void theStackOfAListenersExceptionShowsListenerAndCaller() {
        assertThatIllegalStateException()
                .isThrownBy(() -> host.createDisk(directory.resolve("new.vmdk"), DiskSpec.of(SPARSE, 1), percent -> {
                    throw new IllegalStateException("stop");
                }))
                .satisfies(e -> assertThat(e.getStackTrace())
                        .extracting(StackTraceElement::getMethodName)
                        .contains("theStackOfAListenersExceptionShowsListenerAndCaller"));
    }

    @Test
    void linesThatNobodyWantsAreNotMade() {
        try (LogLines log = LogLines.of(LOG)) {
            Logger.getLogger(LOG).setLevel(Level.WARNING);
            fake.logFromLibraryThread(false, "information");
            fake.logFromLibraryThread(true, "a warning");
            assertThat(log.records()).extracting(LogRecord::getMessage).containsExactly("a warning" + ARGUMENTS);
        }
    }
}
