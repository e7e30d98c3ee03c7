/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a task went.
 *
 * @param bytes that were moved
 * @param nanoseconds from the first request to the end of the last
 * @param requests that were made
 * @param allocated bytes on Java's heap, by all threads; 0 for C
 * @param checksum of what was read, 0 if it was not wanted
 */
record Measurement(long bytes, long nanoseconds, long requests, long allocated, long checksum) {

    private static final double MEBIBYTE = 1 << 20;

    private static final Pattern LINE =
            Pattern.compile("bytes=(\\d+) nanoseconds=(\\d+) requests=(\\d+) allocated=(\\d+) checksum=(\\d+)");

    static Measurement parse(String line) {
        Matcher numbers = LINE.matcher(line);
        if (!numbers.matches()) {
            throw new IllegalArgumentException("not a measurement: " + line);
        }
        return new Measurement(
                Long.parseLong(numbers.group(1)),
                Long.parseLong(numbers.group(2)),
                Long.parseLong(numbers.group(3)),
                Long.parseLong(numbers.group(4)),
                Long.parseUnsignedLong(numbers.group(5)));
    }

    String line() {
        return "bytes=" + bytes + " nanoseconds=" + nanoseconds + " requests=" + requests + " allocated=" + allocated
                + " checksum=" + Long.toUnsignedString(checksum);
    }

    double mebibytesPerSecond() {
        return bytes / MEBIBYTE / (nanoseconds / 1e9);
    }

    double nanosecondsPerRequest() {
        return (double) nanoseconds / requests;
    }

    double allocatedPerRequest() {
        return (double) allocated / requests;
    }
}
