/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a {@linkplain DiskCopy copy} is, or a {@linkplain DiskComparison comparison} or a {@linkplain DiskDigest digest}.
 * What is done is what was written and what was skipped together; what was read and what was skipped, where nothing is written.
 *
 * @param phase what is being done
 * @param totalBytes the size of the source in bytes; empty for a source that has none, such as a pipe, and as long as the copy
 *     has not begun to read, for example since a disk takes long to be flushed
 * @param doneBytes how many of these are done in this phase, what an earlier copy did included in {@link Phase#COPYING} if this
 *     one resumes it
 * @param readBytes bytes that were read from the source; in {@link Phase#VERIFYING}, compared with the target; in
 *     {@link Phase#READING}, read, zeros that take as long included
 * @param writtenBytes bytes that were written to the target, zeros included
 * @param skippedBytes bytes that were not written: the target has zeros there already, or keeps what it has; in
 *     {@link Phase#READING}, bytes that needed no look since they are zeros
 * @param bytesPerSecond bytes that were read or written in a second, whichever is more, over the last seconds; what is skipped
 *     does not count
 * @param remaining how long the phase may take from now on, if it goes on as in the last seconds; empty if that is not known
 */
public record CopyProgress(
        Phase phase,
        OptionalLong totalBytes,
        long doneBytes,
        long readBytes,
        long writtenBytes,
        long skippedBytes,
        long bytesPerSecond,
        Optional<Duration> remaining) {

    /** What is being done. */
    public enum Phase {
        /** Sectors are read and written. */
        COPYING,
        /** The target is read and compared with the source. */
        VERIFYING,
        /**
         * Disks are read, and nothing is written: a comparison or a digest, or, before a copy goes on that makes a hash, what is
         * on its target already.
         */
        READING
    }
}
