/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What is written, and how what is read is checked; the same in {@code transfer.c}. */
final class Content {

    /** An odd number with bits everywhere: 2<sup>64</sup> over the golden ratio. */
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private static final long PRIME = 0x100000001b3L;

    private Content() {}

    static void fill(MemorySegment buffer) {
        for (long i = 0; i < buffer.byteSize() / Long.BYTES; i++) {
            buffer.setAtIndex(ValueLayout.JAVA_LONG, i, (i + 1) * GOLDEN);
        }
    }

    /** The checksum of a request, to be added to those of others. */
    static long checksum(long sector, MemorySegment buffer) {
        long sum = sector * GOLDEN;
        for (long i = 0; i < buffer.byteSize() / Long.BYTES; i++) {
            sum = (sum ^ buffer.getAtIndex(ValueLayout.JAVA_LONG, i)) * PRIME;
        }
        return sum;
    }
}
