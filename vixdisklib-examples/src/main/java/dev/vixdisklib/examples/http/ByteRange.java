/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.http;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a client wants of something, in bytes.
 *
 * @param start the first byte
 * @param end the byte after the last one; not after the start if there is nothing to be had
 */
record ByteRange(long start, long end) {

    private static final Pattern ONE_RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    boolean isEmpty() {
        return end <= start;
    }

    long length() {
        return end - start;
    }

    /**
     * Reads the header {@code Range} (RFC 9110, 14.1.2).
     *
     * @return the range; empty if the header is to be ignored, as one with several ranges may be
     */
    static Optional<ByteRange> parse(String header, long size) {
        Matcher range = ONE_RANGE.matcher(header.strip());
        if (!range.matches()) {
            return Optional.empty();
        }
        String first = range.group(1);
        String last = range.group(2);
        if (first.isEmpty()) {
            return last.isEmpty() ? Optional.empty() : Optional.of(ofTheLast(Long.parseLong(last), size));
        }
        long start = Long.parseLong(first);
        if (last.isEmpty()) {
            return Optional.of(new ByteRange(start, size));
        }
        long end = Long.parseLong(last) + 1;
        return end <= start ? Optional.empty() : Optional.of(new ByteRange(start, Math.min(end, size)));
    }

    private static ByteRange ofTheLast(long bytes, long size) {
        return new ByteRange(Math.max(0, size - bytes), size);
    }
}
