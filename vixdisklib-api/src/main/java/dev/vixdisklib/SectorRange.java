/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Counted;

/**
 * A run of sectors of a disk.
 *
 * @param start the first sector, not negative
 * @param count how many sectors, at least 1
 */
public record SectorRange(long start, long count) {

    /**
     * A run of sectors.
     *
     * @throws IllegalArgumentException if the start is negative, the count is not positive, or the end exceeds a
     *     {@code long}
     */
    public SectorRange {
        require(start, count);
    }

    /** Throws unless there is such a range. */
    static void require(long start, long count) {
        if (start < 0 || count < 1 || start > Long.MAX_VALUE - count) {
            throw new IllegalArgumentException("no range of sectors: " + count + " from " + start);
        }
    }

    /** Throws {@link IndexOutOfBoundsException} if there are sectors beyond a disk. */
    void requireInside(Disk disk) {
        if (end() > disk.capacity()) {
            throw new IndexOutOfBoundsException(this + (count == 1 ? " is" : " are") + " not inside " + disk.name()
                    + ", which has " + Counted.of(disk.capacity(), "sector"));
        }
    }

    /**
     * The sector after the last one.
     *
     * @return {@code start + count}
     */
    public long end() {
        return start + count;
    }

    /**
     * The range in a form for messages.
     *
     * @return the first and the last sector, such as {@code sectors 0..127}
     */
    @Override
    public String toString() {
        return count == 1 ? "sector " + start : "sectors " + start + ".." + (end() - 1);
    }
}
