/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;

/** A target on which one process can go on with the copy of another one. */
interface ResumableTarget extends Target {

    /** The hidden name that it has until it is finished; an empty one if it is written where it is. */
    String unfinished();

    /**
     * Goes on with what was begun, in place of {@link #begin}; it is kept from now on, as {@link #keepUnfinished} does.
     *
     * @param unfinished what {@link #unfinished} told when it was begun
     * @param bytes its size
     * @throws IOException if it is not there, is not what it was, or is written to by another process
     */
    void resume(String unfinished, long bytes) throws IOException;

    /** Has {@link #close} leave what is not finished; after {@link #begin}. */
    void keepUnfinished() throws IOException;
}
