/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

/**
 * Hears how far a long operation is. It cannot end the operation: the library does not look at what the function returns
 * that it calls (fact sheet, paragraph 2.5), and nothing else ends one before its time. An interrupt of the thread that
 * waits for the operation is kept until that has ended.
 */
@FunctionalInterface
public interface ProgressListener {

    /** A listener that does nothing. */
    ProgressListener NONE = percent -> {};

    /**
     * Hears how far the operation is. Called on the thread that carries the operation out, the caller's or one of the
     * library's own, while the operation waits: be quick, and call nothing of this API from here, which would be refused.
     * An exception does not stop the operation; the first one is thrown to the operation's caller when it has ended, or
     * added to what the library's failure is as a suppressed one, and nothing more is heard after it.
     *
     * @param percent 0 to 100; the same number may come more than once
     */
    void progress(int percent);
}
