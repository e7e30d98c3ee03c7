/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.Serializable;
import java.time.Instant;

/**
 * A line that the library has logged, as {@link VixDiskLibException#recentLog()} gives it. Control characters are visible
 * as escapes such as {@code \n}, and what looks like a secret is {@code [redacted]}.
 *
 * @param time when it came
 * @param level {@code DEBUG}, {@code WARNING} or {@code ERROR}, as in the logger {@code dev.vixdisklib.native}
 * @param text the line, whole
 * @param duringCall whether it came while the call was running that failed; the library's own threads and calls of other
 *     threads may have logged it, too
 */
public record LogLine(Instant time, System.Logger.Level level, String text, boolean duringCall)
        implements Serializable {

    /**
     * The line in a form for people.
     *
     * @return time, level and text
     */
    @Override
    public String toString() {
        return time + " " + level + " " + text;
    }
}
