/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where a copy goes. What is not written reads as zeros. Nothing is made before {@link #begin}, and nothing is where the user
 * wants it before {@link #finish}; closing without that leaves nothing behind.
 */
interface Target extends Transfer.Output, Closeable {

    /** A size that is not known before the end. */
    long UNKNOWN = -1;

    /**
     * Begins to make the target.
     *
     * @param bytes its size, or {@link #UNKNOWN}
     * @param adapter the adapter that a disk is made for, null for the usual one
     */
    void begin(long bytes, @Nullable AdapterType adapter) throws IOException;

    /** Makes the target whole, of this size, and puts it where it belongs. */
    void finish(long bytes) throws IOException;

    /** Releases everything, and deletes what is not finished. May be called on another thread, and twice. */
    @Override
    void close() throws IOException;
}
