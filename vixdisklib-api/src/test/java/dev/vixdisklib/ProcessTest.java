/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens once in a process, at its start and at its end. */
class ProcessTest {

    private static final String EXIT = "VixDiskLib: exit.";

    private final Path directory;

    ProcessTest(@TempDir Path directory) {
        this.directory = directory;
    }

    /** Opens each argument, and tells what came of it. */
    static final class Opens {
        public static void main(String[] locations) {
            for (String location : locations) {
                try (VixDiskLib lib = VixDiskLib.open(Path.of(location))) {
                    System.out.println("opened " + lib.version());
                } catch (IOException e) {
                    System.out.println(String.valueOf(e.getMessage()).replace(System.lineSeparator(), "|"));
                }
            }
        }
    }

    @Test
    void whatIsNoLibraryIsRefusedAndHindersNothing() throws Exception {
        Path empty = Files.createDirectory(directory.resolve("empty"));
        Path missing = directory.resolve("missing");
        Path fixtures = FakeVddk.directory().resolveSibling("fixtures");
        Path noLibrary = fixtures.resolve("not-a-library");
        Path lacking = fixtures.resolve("lacks-required");
        ChildJvm child = ChildJvm.run(Opens.class, directory, empty, missing, noLibrary, lacking, FakeVddk.directory());
        assertThat(child.status()).isZero();
        assertThat(child.out()).hasSize(5);
        assertThat(child.out().get(0))
                .contains("no usable VixDiskLib library at " + empty)
                .contains("|  " + empty + "/lib64")
                .contains("|  " + empty + ": has no libvixDiskLib.so");
        assertThat(child.out().get(1)).contains(missing + ": does not exist");
        assertThat(child.out().get(2)).contains(noLibrary.toString()).contains("not a 64-bit little-endian ELF file");
        assertThat(child.out().get(3)).contains(lacking.toString()).contains("lacks the function");
        assertThat(child.out().get(4)).isEqualTo("opened 8.0.3");
    }

    /** Opens with a configuration file in several ways. */
    static final class Configures {
        public static void main(String[] files) throws IOException {
            Path vddk = FakeVddk.directory();
            Path file = Path.of(files[0]);
            VixDiskLib first = VixDiskLib.open(vddk, file);
            VixDiskLib second =
                    VixDiskLib.open(vddk, file.resolveSibling("x").resolve("..").resolve(file));
            System.out.println(first.version() + " " + second.version());
            try {
                VixDiskLib.open(vddk, Path.of(files[1])).close();
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
            try {
                VixDiskLib.open(vddk).close();
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
            first.close();
            second.close();
        }
    }

    @Test
    void aConfigurationIsForTheWholeProcess() throws Exception {
        Path file = Files.writeString(directory.resolve("vddk.conf"), "tmpDirectory=/tmp\n");
        Path other = Files.createFile(directory.resolve("other.conf"));
        ChildJvm child = ChildJvm.run(Configures.class, directory, file, other);
        assertThat(child.status()).isZero();
        assertThat(child.out()).hasSize(3);
        assertThat(child.out().get(0)).isEqualTo("8.0.3 8.0.3");
        assertThat(child.out().get(1))
                .contains("the configuration file " + file)
                .contains("the configuration file " + other);
        assertThat(child.out().get(2))
                .contains("the configuration file " + file)
                .contains("no configuration file");
    }

    /** Opens with each argument as the configuration file. */
    static final class Tries {
        public static void main(String[] files) {
            for (String file : files) {
                try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory(), Path.of(file))) {
                    System.out.println("opened " + lib.version());
                } catch (IOException e) {
                    System.out.println(e);
                }
            }
        }
    }

    @Test
    void aConfigurationThatCannotBeReadIsRefusedAndHindersNothing() throws Exception {
        Path missing = directory.resolve("missing.conf");
        Path file = Files.createFile(directory.resolve("vddk.conf"));
        ChildJvm child = ChildJvm.run(Tries.class, directory, missing, directory, file);
        assertThat(child.status()).isZero();
        assertThat(child.out())
                .containsExactly(
                        "java.nio.file.NoSuchFileException: " + missing + ": there is no such configuration file",
                        "java.nio.file.FileSystemException: " + directory
                                + ": a configuration is a file, and this is a directory",
                        "opened 8.0.3");
    }

    @Test
    void aConfigurationThatIsNotPermittedIsRefused() throws Exception {
        assumeFalse(
                "root".equals(System.getProperty("user.name")), "root is permitted everything: run as another user");
        Path file = Files.createFile(directory.resolve("vddk.conf"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        ChildJvm child = ChildJvm.run(Tries.class, directory, file);
        assertThat(child.out())
                .containsExactly(
                        "java.nio.file.AccessDeniedException: " + file + ": the configuration file cannot be read");
    }

    /** Uses the library and closes what needs closing. */
    static final class EndsInOrder {
        public static void main(String[] arguments) throws IOException {
            ChildJvm.printLog();
            VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
            try (Connection host = lib.connectLocal()) {
                host.createDisk(Path.of(arguments[0]), DiskSpec.of(DiskType.MONOLITHIC_SPARSE, 1));
            }
        }
    }

    @Test
    void theLibraryIsEndedWithTheJvm() throws Exception {
        ChildJvm child = ChildJvm.run(EndsInOrder.class, directory, directory.resolve("disk.vmdk"));
        assertThat(child.status()).isZero();
        assertThat(child.log()).contains("VixDiskLib: initialised.").containsOnlyOnce(EXIT);
    }

    /** Leaves a disk open. */
    static final class LeavesADiskOpen {
        public static void main(String[] arguments) throws IOException {
            ChildJvm.printLog();
            Path path = Path.of(arguments[0]);
            Connection host = VixDiskLib.open(FakeVddk.directory()).connectLocal();
            host.createDisk(path, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, 1));
            System.out.println(host.openDisk(path).capacity());
        }
    }

    @Test
    void theLibraryIsNotEndedWhileSomethingIsOpen() throws Exception {
        ChildJvm child = ChildJvm.run(LeavesADiskOpen.class, directory, directory.resolve("disk.vmdk"));
        assertThat(child.status()).isZero();
        assertThat(child.out()).containsExactly("1");
        assertThat(child.log()).contains("VixDiskLib: opened").doesNotContain(EXIT);
    }

    /** Closes what is open in a shutdown hook of its own, which runs before, after, or beside that of the library. */
    static final class ClosesInAHook {
        public static void main(String[] arguments) throws IOException {
            ChildJvm.printLog();
            VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
            Connection host = lib.connectLocal();
            host.createDisk(Path.of(arguments[0]), DiskSpec.of(DiskType.MONOLITHIC_SPARSE, 1));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    lib.close();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }));
        }
    }

    @Test
    void theLastConnectionThatIsClosedInAHookEndsTheLibrary() throws Exception {
        ChildJvm child = ChildJvm.run(ClosesInAHook.class, directory, directory.resolve("disk.vmdk"));
        assertThat(child.status()).isZero();
        assertThat(child.log()).containsOnlyOnce(EXIT);
    }

    /** Closes when the library has been ended. */
    static final class ClosesLate {
        public static void main(String[] arguments) throws IOException {
            VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    try {
                        while (true) {
                            lib.connectLocal().close();
                        }
                    } catch (IllegalStateException e) {
                        System.out.println(e.getMessage());
                    }
                    try {
                        System.out.println(lib.transportModes());
                    } catch (IllegalStateException e) {
                        System.out.println(e.getMessage());
                    }
                    lib.close();
                    System.out.println("closed");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }));
        }
    }

    @Test
    void closingIsFineWhenTheLibraryHasBeenEnded() throws Exception {
        ChildJvm child = ChildJvm.run(ClosesLate.class, directory);
        assertThat(child.status()).isZero();
        String ended = "the library was ended, because the JVM is shutting down";
        assertThat(child.out()).containsExactly(ended, ended, "closed");
    }

    /** Exits while a read is under way. */
    static final class ExitsDuringARead {
        public static void main(String[] arguments) throws IOException {
            ChildJvm.printLog();
            Path path = Path.of(arguments[0]);
            Connection host = VixDiskLib.open(FakeVddk.directory()).connectLocal();
            host.createDisk(path, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, 1));
            Disk disk = host.openDisk(path);
            FakeControl fake = FakeControl.of(FakeVddk.directory());
            fake.holdReads(true);
            Thread.ofPlatform().start(() -> {
                try (Arena arena = Arena.ofConfined()) {
                    disk.read(0, Sectors.allocate(arena, 1));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            fake.awaitHeldReads(1);
            Thread.ofPlatform().start(() -> System.exit(7));
        }
    }

    @Test
    void aReadThatIsUnderWayDoesNotHinderTheExit() throws Exception {
        ChildJvm child = ChildJvm.run(ExitsDuringARead.class, directory, directory.resolve("disk.vmdk"));
        assertThat(child.status()).isEqualTo(7);
        assertThat(child.log()).doesNotContain(EXIT);
    }

    /** Exits on the thread that would have to end the library. */
    static final class ExitsInAListener {
        public static void main(String[] arguments) throws IOException {
            Connection host = VixDiskLib.open(FakeVddk.directory()).connectLocal();
            host.createDisk(
                    Path.of(arguments[0]), DiskSpec.of(DiskType.MONOLITHIC_SPARSE, 1), percent -> System.exit(3));
        }
    }

    @Test
    void aListenerCanExit() throws Exception {
        ChildJvm child = ChildJvm.run(ExitsInAListener.class, directory, directory.resolve("disk.vmdk"));
        assertThat(child.status()).isEqualTo(3);
    }

    /** Has handlers that open the library while it is being opened. */
    static final class OpensInAHandler {
        public static void main(String[] arguments) throws IOException {
            Logger log = Logger.getLogger("dev.vixdisklib.native");
            log.setLevel(Level.ALL);
            log.addHandler(new StreamHandler() {
                @Override
                @SuppressWarnings("UnsynchronizedOverridesSynchronized") // lines come on two threads at once
                public void publish(LogRecord line) {
                    try {
                        VixDiskLib.open(FakeVddk.directory()).close();
                        System.out.println("opened");
                    } catch (IOException | IllegalStateException e) {
                        System.out.println(e.getMessage());
                    }
                }
            });
            System.out.println(VixDiskLib.open(FakeVddk.directory()).version());
            log.setLevel(Level.OFF);
        }
    }

    @Test
    void aHandlerMustNotOpenTheLibraryThatIsBeingOpened() throws Exception {
        ChildJvm child = ChildJvm.run(OpensInAHandler.class, directory);
        assertThat(child.out()).hasSizeGreaterThan(2).endsWith("8.0.3");
        assertThat(child.out().subList(0, child.out().size() - 1))
                .allSatisfy(line -> assertThat(line).startsWith("a log handler, progress listener or"));
    }

    /** Opens the library on a thread that has been interrupted. */
    static final class OpensInterrupted {
        public static void main(String[] arguments) throws IOException {
            Thread.currentThread().interrupt();
            VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
            System.out.println(lib.version() + " " + Thread.interrupted());
        }
    }

    @Test
    void anInterruptDoesNotHinderTheOpening() throws Exception {
        ChildJvm child = ChildJvm.run(OpensInterrupted.class, directory);
        assertThat(child.log()).isEmpty();
        assertThat(child.out()).containsExactly("8.0.3 true");
    }

    /** Opens the library again after it failed to initialise. */
    static final class OpensAgain {
        public static void main(String[] arguments) throws IOException {
            FakeControl.of(FakeVddk.directory()).failNext("InitEx", ErrorCode.DISK_SUBSYSTEM_INIT_FAIL.number());
            try {
                VixDiskLib.open(FakeVddk.directory());
                System.out.println("opened");
            } catch (VixDiskLibException e) {
                System.out.println(e.operation() + " " + e.error());
            }
            System.out.println(VixDiskLib.open(FakeVddk.directory()).version());
        }
    }

    @Test
    void anInitialisationThatFailsIsToldAndCanBeTriedAgain() throws Exception {
        ChildJvm child = ChildJvm.run(OpensAgain.class, directory);
        assertThat(child.log()).isEmpty();
        assertThat(child.out())
                .containsExactly("InitEx " + new VixError(ErrorCode.DISK_SUBSYSTEM_INIT_FAIL.number()), "8.0.3");
    }
}
