/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks.jmh;

import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.SectorRange;
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

/** Asking for the allocated blocks of a disk that has many, and decoding the answer. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // set up by JMH
public class BlocksBenchmark {

    /** The smallest that the library tells of. */
    private static final long CHUNK = 128;

    @Param({"1024", "16384"})
    private int blocks;

    private Disk disk;

    /** Makes a disk in which every other chunk is allocated. */
    @Setup
    public void open(LibraryState library) throws IOException {
        disk = library.disk("blocks.vmdk", DiskType.MONOLITHIC_SPARSE, Sectors.toBytes(2 * CHUNK * blocks));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment sector = Sectors.allocate(arena, 1).fill((byte) 1);
            for (int i = 0; i < blocks; i++) {
                disk.write(2 * CHUNK * i, sector);
            }
        }
    }

    /** Closes it. */
    @TearDown
    public void close() throws IOException {
        disk.close();
    }

    /** All blocks of the disk. */
    @Benchmark
    public long all() {
        long sectors = 0;
        for (SectorRange range : disk.allocatedBlocks()) {
            sectors += range.count();
        }
        if (sectors != CHUNK * blocks) {
            throw new IllegalStateException(sectors + " sectors are allocated");
        }
        return sectors;
    }
}
