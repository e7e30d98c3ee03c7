/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What comes from one end of a copy, in the order of the disk. For one thread. */
interface CopyStream extends AutoCloseable {

    /** The next chunk, for the caller to close; null if there are no more. */
    @Nullable
    Chunk next() throws IOException, InterruptedException;

    /** Frees the memory, once all chunks have come back. */
    @Override
    void close();

    /** The stream of a reader. */
    static CopyStream of(DiskReader reader) {
        return of(reader, 0);
    }

    /** The stream of a reader, with sectors that are counted from one of the disk. */
    static CopyStream of(DiskReader reader, long first) {
        return new CopyStream() {
            @Override
            public @Nullable Chunk next() throws IOException, InterruptedException {
                Chunk chunk = reader.next();
                return chunk == null ? null : chunk.countedFrom(first);
            }

            @Override
            public void close() {
                reader.close();
            }
        };
    }
}
