/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes as people write them: powers of 1024. */
final class Sizes implements ITypeConverter<Long> {

    private static final String UNITS = "KMGTPE";
    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,18})(?:([KMGTPE])(?:iB|B)?|B)?", Pattern.CASE_INSENSITIVE);

    private static final Pattern FORMATTED = Pattern.compile("\\d+ B|\\d+(?:\\.\\d)? [KMGTPE]iB(?:/s)?");

    @Override
    public Long convert(String text) {
        try {
            return bytes(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /**
     * Bytes from a text such as {@code 512}, {@code 64K} or {@code 4GiB}.
     *
     * @throws IllegalArgumentException if it is no size, or one that is too large
     */
    static long bytes(String text) {
        Matcher size = SIZE.matcher(text.strip());
        if (!size.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no size; write bytes, or a number with K, M, G, T, P or E");
        }
        long bytes = Long.parseLong(size.group(1));
        String unit = size.group(2);
        int shift = unit == null ? 0 : 10 * (UNITS.indexOf(unit.toUpperCase(Locale.ROOT)) + 1);
        if (bytes > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("'" + text + "' is too large");
        }
        return bytes << shift;
    }

    /** Bytes as a text of about three digits. */
    static String format(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int unit = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        double number = bytes / (double) (1L << (10 * unit));
        boolean exact = number >= 100 || number == (long) number;
        return String.format(Locale.ROOT, exact ? "%.0f %ciB" : "%.1f %ciB", number, UNITS.charAt(unit - 1));
    }

    /** Whether a text is what {@link #format} or {@link #rate} make. */
    static boolean isFormatted(String text) {
        return FORMATTED.matcher(text).matches();
    }

    /** Bytes and a time as a rate. */
    static String rate(long bytes, long nanos) {
        return format((long) (bytes / (Math.max(nanos, 1) / 1e9))) + "/s";
    }
}
