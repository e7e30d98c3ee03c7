/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

/** Is told that a request has ended. */
@FunctionalInterface
public interface CompletionHandler {

    /**
     * The request has ended; its buffer can be used again. Called once for each request that the library has accepted, by
     * the library: on a thread of its own, or on the one that makes the request before that call returns, with the disk
     * locked. So it has to be brief, must not use disks or wait for anything, and runs no code of the user.
     *
     * @param error what the library says, 0 for success
     * @param nanoTime when the library has said so, as {@link System#nanoTime()} counts
     */
    void completed(long error, long nanoTime);
}
