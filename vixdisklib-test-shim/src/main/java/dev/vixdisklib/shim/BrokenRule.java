/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

/**
 * A rule of VixDiskLib that a caller has broken.
 *
 * @param rule its name, such as {@code stale-handle}
 * @param function the function that noticed, without {@code VixDiskLib_}
 * @param detail what happened
 */
public record BrokenRule(String rule, String function, String detail) {

    /** From a line of the fake: {@code <rule>: <function>: <detail>}. */
    static BrokenRule parse(String line) {
        String[] parts = line.split(": ", 3);
        if (parts.length < 3) {
            return new BrokenRule(parts[0], "", parts.length > 1 ? parts[1] : "");
        }
        return new BrokenRule(parts[0], JournalEntry.shortName(parts[1]), parts[2]);
    }

    @Override
    public String toString() {
        return rule + ": " + function + ": " + detail;
    }
}
