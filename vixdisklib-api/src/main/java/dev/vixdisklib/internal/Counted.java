/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

/** Numbers of things in messages. */
public final class Counted {

    private Counted() {}

    /**
     * A number and what it counts, such as {@code 1 sector} and {@code 2 sectors}.
     *
     * @param count how many
     * @param thing what one of them is called; more of them end in s
     * @return the text
     */
    public static String of(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }
}
