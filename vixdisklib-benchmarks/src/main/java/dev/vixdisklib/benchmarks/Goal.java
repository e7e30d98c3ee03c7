/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

/**
 * What a figure is to be.
 *
 * @param bound the worst that is good enough
 * @param least whether it is the least; otherwise, it is the most
 * @param digits after the point
 */
record Goal(double bound, boolean least, int digits) {

    static Goal atLeast(double bound, int digits) {
        return new Goal(bound, true, digits);
    }

    static Goal atMost(double bound, int digits) {
        return new Goal(bound, false, digits);
    }

    boolean isReached(double value) {
        return least ? value >= bound : value <= bound;
    }

    /** For readers, with what has become of it. */
    String mark(double value) {
        return this + (isReached(value) ? ": reached" : ": **missed**");
    }

    @Override
    public String toString() {
        return (least ? "&ge; " : "&le; ") + Numbers.decimal(bound, digits);
    }
}
