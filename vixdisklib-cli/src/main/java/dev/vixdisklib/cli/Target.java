/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import dev.vixdisklib.DiskCopy;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where a copy goes. Nothing is made before {@link #begin}, and nothing is where the user
 * wants it before {@link #finish}; closing without that leaves nothing behind, unless a copy is to go on there.
 */
interface Target extends Closeable {

    /** A size that is not known before the end. */
    long UNKNOWN = -1;

    /**
     * Begins to make the target.
     *
     * @param bytes its size, or {@link #UNKNOWN}
     * @param adapter the adapter that a disk is made for, null for the usual one
     */
    void begin(long bytes, @Nullable AdapterType adapter) throws IOException;

    /** A copy to what was begun. */
    DiskCopy copyOf(DiskCopy.Source source);

    /** A failure of the copy as the user is told it. */
    default IOException named(IOException failure) {
        return failure;
    }

    /** What to do after the copy was ended early, to be added to a message; nothing if it has to be begun anew. */
    default String howToGoOn() {
        return "";
    }

    /**
     * Puts the target where it belongs, after the copy.
     *
     * @param syncs whether it is to be on stable storage
     */
    void finish(boolean syncs) throws IOException;

    /** Releases everything, and deletes what is not finished. May be called on another thread, and twice. */
    @Override
    void close() throws IOException;
}
