/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.util.List;
import java.util.Locale;

/** Numbers for readers. */
final class Numbers {

    private static final int KIBI = 1024;
    private static final List<String> UNITS = List.of("bytes", "KiB", "MiB", "GiB", "TiB");

    private Numbers() {}

    /** Such as {@code 512 bytes}, {@code 64 KiB}, {@code 2 MiB}, {@code 1.9 TiB}. */
    static String size(long bytes) {
        double number = bytes;
        int unit = 0;
        while (number >= KIBI && unit < UNITS.size() - 1) {
            number /= KIBI;
            unit++;
        }
        return decimal(number, number == Math.rint(number) ? 0 : 1) + " " + UNITS.get(unit);
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
