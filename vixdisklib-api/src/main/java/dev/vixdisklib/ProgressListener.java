/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

/** Hears how far a long operation is. */
@FunctionalInterface
public interface ProgressListener {

    /** A listener that does nothing. */
    ProgressListener NONE = percent -> {};

    /**
     * Hears how far the operation is. Called on a thread of the library's own while the caller waits: be quick, and call
     * nothing of this API from here, which would be refused. An exception does not stop the operation; the first one is
     * thrown to the operation's caller when it has ended.
     *
     * @param percent 0 to 100; the same number may come more than once
     */
    void progress(int percent);
}
