/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks.jmh;

import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.raw.c.VixDiskLibNative;
import dev.vixdisklib.raw.c.VixDiskLibProgressFunc;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Calls that do next to nothing, with the API and without it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // set up by JMH
public class DowncallBenchmark {

    private static final String NAME = "hole.vmdk";
    private static final long BYTES = 1 << 20;

    /** A function of C that does nothing to speak of, and can be called as if it were one of VixDiskLib's callbacks. */
    private static final MemorySegment TRIVIAL =
            Linker.nativeLinker().defaultLookup().find("labs").orElseThrow();

    private Disk disk;
    private MemorySegment handle;
    private Arena arena;
    private MemorySegment sector;

    /** Opens a disk that is one hole, which is the cheapest to read. */
    @Setup
    public void open(LibraryState library) throws IOException {
        disk = library.disk(NAME, DiskType.MONOLITHIC_SPARSE, BYTES);
        handle = library.openRaw(NAME);
        arena = Arena.ofConfined();
        sector = Sectors.allocate(arena, 1);
    }

    /** Closes it. */
    @TearDown
    public void close() throws IOException {
        arena.close();
        LibraryState.closeRaw(handle);
        disk.close();
    }

    /** The way there and back. */
    @Benchmark
    public byte floor() {
        return VixDiskLibProgressFunc.invoke(TRIVIAL, MemorySegment.NULL, 0);
    }

    /** A call of the library that has nothing to do. */
    @Benchmark
    public void freeNothing() {
        VixDiskLibNative.VixDiskLib_FreeErrorText(MemorySegment.NULL);
    }

    /** A call that looks a handle up. */
    @Benchmark
    public MemorySegment transportMode() {
        return VixDiskLibNative.VixDiskLib_GetTransportMode(handle);
    }

    /** A read without the API. */
    @Benchmark
    public long readRaw() {
        return VixDiskLibNative.VixDiskLib_Read(handle, 0, 1, sector);
    }

    /** The same read with all checks. */
    @Benchmark
    public void read() throws IOException {
        disk.read(0, sector);
    }
}
