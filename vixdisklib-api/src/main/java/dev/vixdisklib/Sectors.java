/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Counted;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/** Sectors and bytes: the one place that converts between them. All methods may be called from any thread. */
public final class Sectors {

    /** Bytes in a sector; the same on every disk (VDDK guide, "Read Sectors From a Disk"). */
    public static final int SIZE = 512;

    /** Buffers of page alignment spare SAN and HotAdd transports a copy (VDDK guide, "SAN Mode on Linux"). */
    private static final int BUFFER_ALIGNMENT = 4096;

    private Sectors() {}

    /**
     * The bytes that a number of sectors has.
     *
     * @param sectors a number of sectors, not negative
     * @return the number of bytes
     * @throws IllegalArgumentException if the number is negative
     * @throws ArithmeticException if the bytes exceed a {@code long}
     */
    public static long toBytes(long sectors) {
        if (sectors < 0) {
            throw new IllegalArgumentException("a negative number of sectors: " + sectors);
        }
        return Math.multiplyExact(sectors, SIZE);
    }

    /**
     * The sectors that a number of bytes fills.
     *
     * @param bytes a number of bytes, not negative, a multiple of {@value #SIZE}
     * @return the number of sectors
     * @throws IllegalArgumentException if the number is negative or no multiple
     */
    public static long ofBytes(long bytes) {
        if (bytes < 0 || bytes % SIZE != 0) {
            throw new IllegalArgumentException(Counted.of(bytes, "byte") + (bytes == 1 ? " is" : " are")
                    + " no whole number of " + SIZE + "-byte sectors");
        }
        return bytes / SIZE;
    }

    /**
     * The sectors that an area of bytes touches. One that begins or ends within a sector touches all of that.
     *
     * @param offset where the area begins, in bytes
     * @param length how long it is, in bytes, at least 1
     * @return the smallest range of sectors that has the area in it
     * @throws IllegalArgumentException if the offset is negative, the length is not positive, or the end exceeds a
     *     {@code long}
     */
    public static SectorRange covering(long offset, long length) {
        if (offset < 0 || length < 1 || offset > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException(
                    "no area of a disk: " + Counted.of(length, "byte") + " from byte " + offset);
        }
        long start = offset / SIZE;
        return new SectorRange(start, (offset + length - 1) / SIZE + 1 - start);
    }

    /**
     * Allocates a buffer for sectors: native memory, aligned to a page.
     *
     * @param allocator usually an {@link java.lang.foreign.Arena}; it decides how long the buffer lives, which threads may
     *     use it, and whether it starts out zeroed (arenas do that)
     * @param sectors the size in sectors, at least 1
     * @return a segment of {@code sectors} &times; {@value #SIZE} bytes
     * @throws IllegalArgumentException if the size is not positive
     * @throws ArithmeticException if the bytes exceed a {@code long}
     * @throws OutOfMemoryError if there is not that much memory
     */
    public static MemorySegment allocate(SegmentAllocator allocator, long sectors) {
        if (sectors < 1) {
            throw new IllegalArgumentException("a buffer needs at least one sector, not " + sectors);
        }
        return allocator.allocate(toBytes(sectors), BUFFER_ALIGNMENT);
    }
}
