/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks.jmh;

import dev.vixdisklib.Sectors;
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

/** What a buffer costs that is not kept. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // set up by JMH
public class BufferBenchmark {

    @Param({"65536", "1048576"})
    private long bytes;

    private Arena arena;
    private MemorySegment kept;

    /** Allocates the buffer that is kept. */
    @Setup
    public void allocate() {
        arena = Arena.ofShared();
        kept = Sectors.allocate(arena, Sectors.ofBytes(bytes));
    }

    /** Frees it. */
    @TearDown
    public void free() {
        arena.close();
    }

    /** An arena of one thread for each buffer. */
    @Benchmark
    public long confinedArena() {
        try (Arena own = Arena.ofConfined()) {
            return Sectors.allocate(own, Sectors.ofBytes(bytes)).address();
        }
    }

    /** An arena of all threads for each buffer. */
    @Benchmark
    public long sharedArena() {
        try (Arena own = Arena.ofShared()) {
            return Sectors.allocate(own, Sectors.ofBytes(bytes)).address();
        }
    }

    /** A part of a buffer that is kept. */
    @Benchmark
    public MemorySegment slice() {
        return kept.asSlice(0, bytes / 2);
    }
}
