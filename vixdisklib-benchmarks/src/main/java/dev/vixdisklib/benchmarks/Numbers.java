/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.util.Locale;

/** Numbers for readers. */
final class Numbers {

    private static final int KIBI = 1024;

    private Numbers() {}

    /** Such as {@code 512 bytes}, {@code 64 KiB}, {@code 2 MiB}. */
    static String size(long bytes) {
        if (bytes < KIBI) {
            return bytes + " bytes";
        }
        return bytes < KIBI * KIBI ? bytes / KIBI + " KiB" : bytes / (KIBI * KIBI) + " MiB";
    }

    /** With so many digits after the point. */
    static String decimal(double number, int digits) {
        return String.format(Locale.ROOT, "%,." + digits + "f", number);
    }

    /** The median, and in brackets where half of the values are. */
    static String spread(Spread spread, int digits) {
        return decimal(spread.median(), digits) + " (" + decimal(spread.low(), digits) + " to "
                + decimal(spread.high(), digits) + ")";
    }
}
