/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeControl.Kind;
import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** For tests on disks of the fake library: a connection and a directory. After each test nothing must be open. */
abstract class TestDisks {

    static final DiskType SPARSE = DiskType.MONOLITHIC_SPARSE;
    static final DiskType FLAT = DiskType.MONOLITHIC_FLAT;

    /** The types of disks that can be written to where the library runs. */
    static final List<DiskType> WRITABLE =
            List.of(SPARSE, FLAT, DiskType.SPLIT_SPARSE, DiskType.SPLIT_FLAT, DiskType.VMFS_FLAT);

    /** The types of disks that can be made where the library runs. */
    static final List<DiskType> LOCAL = Stream.concat(WRITABLE.stream(), Stream.of(DiskType.STREAM_OPTIMIZED))
            .toList();

    /** Warnings are wanted here and would only be noise; a field, since loggers can be collected. */
    private static final Logger LOGGER = Logger.getLogger("dev.vixdisklib");

    static {
        LOGGER.setUseParentHandlers(false);
    }

    final VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
    final Connection host = lib.connectLocal();
    final FakeControl fake = FakeControl.of(FakeVddk.directory());
    private final Statistics before = VixDiskLib.statistics();

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path directory;

    TestDisks() throws IOException {}

    @AfterEach
    final void everythingCanBeClosed() throws IOException {
        fake.holdReads(false);
        closeLibrary();
        assertThat(open()).isEmpty();
    }

    /** What the reference says of a test is so; one with parameters may call a function with some of them only. */
    @AfterEach
    final void theFunctionsThatItIsNamedForAreCalled(TestInfo info) {
        Method test = info.getTestMethod().orElseThrow();
        if (test.isAnnotationPresent(Test.class)) {
            Statistics calls = VixDiskLib.statistics().since(before);
            assertThat(FunctionMatrix.functionsOfTest(getClass().getSimpleName() + "." + test.getName()))
                    .allSatisfy(
                            function -> assertThat(calls.of(function).calls()).isPositive());
        }
    }

    /** Closes all that was opened through the library; what never ends fails the test. */
    final void closeLibrary() {
        assertThatNoException()
                .isThrownBy(() -> Background.start(() -> {
                            lib.close();
                            return true;
                        })
                        .join());
    }

    /** What the library has handed out and not got back. */
    final SortedSet<String> open() {
        SortedSet<String> open = new TreeSet<>();
        for (Kind kind : Kind.values()) {
            if (fake.liveCount(kind) != 0) {
                open.add(fake.liveCount(kind) + " " + kind);
            }
        }
        return open;
    }

    /** Makes a disk. */
    final Path disk(String name, DiskType type, long capacity) throws IOException {
        Path path = directory.resolve(name);
        host.createDisk(path, DiskSpec.of(type, capacity));
        return path;
    }

    /** Makes a small disk, which is as good as any. */
    final Path disk(String name) throws IOException {
        return disk(name, SPARSE, 1000);
    }

    /** The names of all files in the directory. */
    final SortedSet<String> files() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            SortedSet<String> names = new TreeSet<>();
            files.forEach(file -> names.add(directory.relativize(file).toString()));
            return names;
        }
    }

    /** Sectors with random content. */
    static MemorySegment randomSectors(Arena arena, long count, Random random) {
        byte[] bytes = new byte[Math.toIntExact(Sectors.toBytes(count))];
        random.nextBytes(bytes);
        return Sectors.allocate(arena, count).copyFrom(MemorySegment.ofArray(bytes));
    }

    static byte[] bytes(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }

    /** A test with random numbers; it says how to get the same ones again. */
    @FunctionalInterface
    interface RandomTest {
        void run(Random random) throws Exception;
    }

    static void atRandom(RandomTest test) {
        long seed = Long.getLong("vixdisklib.seed", System.nanoTime());
        try {
            test.run(new Random(seed));
        } catch (Throwable e) {
            throw new AssertionError("failed; again with -Dvixdisklib.seed=" + seed, e);
        }
    }

    /** Reads sectors into a new array. */
    static byte[] read(Disk disk, long start, long count) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = Sectors.allocate(arena, count);
            disk.read(start, buffer);
            return bytes(buffer);
        }
    }

    /** Asserts that the library refuses something, and says all that a user needs. */
    static VixDiskLibException assertRefused(ErrorCode code, String operation, Path target, ThrowingCallable call) {
        return assertRefused(code, operation, target.toString(), call);
    }

    /** Asserts that the library refuses something, and says all that a user needs. */
    static VixDiskLibException assertRefused(ErrorCode code, String operation, String target, ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isInstanceOf(VixDiskLibException.class);
        VixDiskLibException refusal = (VixDiskLibException) thrown;
        assertThat(refusal.error().code()).contains(code);
        assertThat(refusal.operation()).isEqualTo(operation);
        assertThat(refusal.target()).contains(target);
        assertThat(refusal)
                .hasMessageStartingWith(operation)
                .hasMessageContaining(target)
                .hasMessageContaining(refusal.libraryText())
                .hasMessageContaining(code.symbol() + " (" + code.number() + ")");
        return refusal;
    }
}
