/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.InFlightLimit;
import dev.vixdisklib.StreamOptions;
import java.io.IOException;

/** What workloads of streams have in common. */
final class Streams {

    /** The bytes of the smallest chunk. */
    static final int SMALLEST = 4096;

    private Streams() {}

    /** As a task wants it, under a limit that does not hold it up. */
    static StreamOptions options(Task task) {
        return StreamOptions.defaults()
                .withLargeChunkBytes(Math.toIntExact(task.bytes()))
                .withDepth(task.depth())
                .withLimit(InFlightLimit.ofBytes(task.depth() * task.bytes()));
    }

    /** What to throw when the thread was interrupted. */
    static IOException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new IOException("interrupted", cause);
    }
}
