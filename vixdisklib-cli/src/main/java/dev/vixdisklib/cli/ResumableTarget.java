/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

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

    /**
     * Begins again under the same hidden name, in place of {@link #begin}, after {@link #resume} has failed: a process was ended
     * before it had copied anything. What is there is deleted.
     *
     * @param unfinished as {@link #resume} has it, and not empty
     */
    void beginAgain(String unfinished, long bytes, @Nullable AdapterType adapter) throws IOException;

    /** Says that another process is at work on the target. */
    final class InUseException extends FileSystemException {

        private static final long serialVersionUID = 1;

        InUseException(Path file) {
            super(file.toString(), null, "another process is writing to it");
        }
    }

    /** Has {@link #close} leave what is not finished; after {@link #begin}. */
    void keepUnfinished() throws IOException;
}
