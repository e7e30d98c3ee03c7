/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AllocatedBlocks;
import dev.vixdisklib.SectorRange;
import dev.vixdisklib.Sectors;
import java.util.Locale;

/** How much is allocated of a disk, and of each of its parts, which are all of one size. */
final class Occupancy {

    /** How full a part is. */
    enum Level {
        /** Nothing is allocated. */
        EMPTY('\u00b7', '.'),
        /** Less than a third. */
        LITTLE('\u2591', '-'),
        /** Less than two thirds. */
        HALF('\u2592', '+'),
        /** Not all. */
        MOST('\u2593', '*'),
        /** All. */
        FULL('\u2588', '#');

        private final char block;
        private final char plain;

        Level(char block, char plain) {
            this.block = block;
            this.plain = plain;
        }

        /** The character for it, in any encoding or in one that has blocks. */
        char sign(boolean hasBlocks) {
            return hasBlocks ? block : plain;
        }
    }

    private final long capacity;
    private final long partSectors;
    private final long[] allocated;
    private long sectors;
    private long ranges;
    private long largest;

    /**
     * Nothing is allocated yet.
     *
     * @param capacity of the disk, in sectors
     * @param most how many parts there can be; each has a power of two of the smallest chunks that the library tells about
     */
    Occupancy(long capacity, int most) {
        this.capacity = capacity;
        long size = AllocatedBlocks.MIN_CHUNK;
        while (Math.ceilDiv(capacity, size) > most) {
            size *= 2;
        }
        this.partSectors = size;
        this.allocated = new long[(int) Math.ceilDiv(capacity, size)];
    }

    /** Adds a range, which has nothing of those before. */
    void add(SectorRange range) {
        sectors += range.count();
        ranges++;
        largest = Math.max(largest, range.count());
        long at = range.start();
        while (at < range.end()) {
            int part = (int) (at / partSectors);
            long next = Math.min((part + 1) * partSectors, range.end());
            allocated[part] += next - at;
            at = next;
        }
    }

    int parts() {
        return allocated.length;
    }

    /** The size of each part but the last one, which can be smaller, in bytes. */
    long partBytes() {
        return Sectors.toBytes(partSectors);
    }

    /** Where a part begins, or the last one ends, in bytes. */
    long startOf(int part) {
        return Sectors.toBytes(Math.min(part * partSectors, capacity));
    }

    /** Where a line of parts begins, in the unit in which all lines of this length begin at whole numbers. */
    String label(int part, int lineParts) {
        int unit = Long.numberOfTrailingZeros(lineParts * partBytes()) / 10;
        long start = startOf(part);
        return start == 0 ? "0" : (start >> (10 * unit)) + " " + "KMGTPE".charAt(unit - 1) + "iB";
    }

    Level level(int part) {
        return level(allocated[part], Math.min(partSectors, capacity - part * partSectors));
    }

    private static Level level(long some, long all) {
        if (some == 0) {
            return Level.EMPTY;
        }
        if (some == all) {
            return Level.FULL;
        }
        return some < all / 3 ? Level.LITTLE : some < all / 3 * 2 ? Level.HALF : Level.MOST;
    }

    /** The allocated bytes from the beginning of a part to that of another one. */
    long bytesIn(int from, int to) {
        long sum = 0;
        for (int part = from; part < to; part++) {
            sum += allocated[part];
        }
        return Sectors.toBytes(sum);
    }

    long bytes() {
        return Sectors.toBytes(sectors);
    }

    long ranges() {
        return ranges;
    }

    long largestBytes() {
        return Sectors.toBytes(largest);
    }

    /** A part of a whole in percent, as people read it. */
    static String percent(long part, long whole) {
        double percent = whole == 0 ? 0 : 100.0 * part / whole;
        if (part > 0 && percent < 0.1) {
            return "less than 0.1 %";
        }
        if (part < whole && percent > 99.9) {
            return "more than 99.9 %";
        }
        return String.format(Locale.ROOT, percent == Math.rint(percent) ? "%.0f %%" : "%.1f %%", percent);
    }
}
