/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks.jmh;

import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reads of a file in the page cache, into buffers that begin at a page or do not. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // set up by JMH
public class ReadBenchmark {

    private static final long BYTES = 16 << 20;
    private static final long PAGE = 4096;

    @Param({"4096", "65536", "1048576", "2097152"})
    private int bytes;

    @Param({"0", "8"})
    private int offset;

    private Disk disk;
    private Arena arena;
    private MemorySegment buffer;
    private long sectors;
    private long next;

    /** Makes a disk that is full of data. */
    @Setup
    public void open(LibraryState library) throws IOException {
        disk = library.disk("flat.vmdk", DiskType.MONOLITHIC_FLAT, BYTES);
        arena = Arena.ofConfined();
        disk.write(0, arena.allocate(BYTES).fill((byte) 1));
        buffer = arena.allocate(bytes + PAGE, PAGE).asSlice(offset, bytes);
        sectors = Sectors.ofBytes(bytes);
    }

    /** Closes it. */
    @TearDown
    public void close() throws IOException {
        arena.close();
        disk.close();
    }

    /** The next so many sectors. */
    @Benchmark
    public void read() throws IOException {
        disk.read(next, buffer);
        next = next + 2 * sectors <= disk.capacity() ? next + sectors : 0;
    }
}
