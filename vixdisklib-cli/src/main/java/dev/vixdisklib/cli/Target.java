/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.Closeable;
import java.io.IOException;

/**
 * Where a copy goes. What is not written reads as zeros. Nothing is where the user wants it before {@link #finish}; closing
 * without that leaves nothing behind.
 */
interface Target extends Transfer.Output, Closeable {

    /** Makes the target whole, of this size, and puts it where it belongs. */
    void finish(long bytes) throws IOException;

    /** Releases everything, and deletes what is not finished. May be called on another thread, and twice. */
    @Override
    void close() throws IOException;
}
