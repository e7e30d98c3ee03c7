/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.NativeDisk;
import java.io.IOException;

/** Which sectors of a target have nothing but zeros in them, before a copy writes there. For ascending questions. */
abstract class KnownZeros {

    /** All sectors from one on. */
    private static final class From extends KnownZeros {

        private final long first;

        From(long first) {
            this.first = first;
        }

        @Override
        boolean isAt(long sector) {
            return sector >= first;
        }

        @Override
        long endOfRun(long sector, long end) {
            return sector < first ? Math.min(first, end) : end;
        }
    }

    /** What the library says is not allocated, asked in parts so that it does not matter how large the disk is. */
    private static final class OfDisk extends KnownZeros {

        /** What one query can tell of the smallest chunks: 32 GiB. */
        private static final long WINDOW = 1L << 26;

        private final AllocatedBlocks blocks;
        private final long capacity;
        private long from;
        private long to;
        private SectorSet allocated = SectorSet.empty();

        OfDisk(AllocatedBlocks blocks, long capacity) {
            this.blocks = blocks;
            this.capacity = capacity;
        }

        private void look(long sector) {
            if (sector < from || sector >= to) {
                from = sector - sector % WINDOW;
                to = Math.min(from + WINDOW, capacity);
                SectorRange window = new SectorRange(from, to - from);
                try {
                    allocated = blocks.within(window).toSet();
                } catch (IOException e) {
                    // Writing zeros is right in any case.
                    allocated = SectorSet.of(window);
                }
            }
        }

        @Override
        boolean isAt(long sector) {
            look(sector);
            return !allocated.contains(sector);
        }

        @Override
        long endOfRun(long sector, long end) {
            look(sector);
            long limit = Math.min(to, end);
            long next = allocated.contains(sector) ? allocated.endOfRange(sector) : allocated.ceiling(sector);
            return next < 0 ? limit : Math.min(next, limit);
        }
    }

    /** All sectors. */
    static KnownZeros all() {
        return new From(0);
    }

    /** No sectors. */
    static KnownZeros none() {
        return new From(Long.MAX_VALUE);
    }

    /** The sectors that begin after a number of bytes. */
    static KnownZeros after(long bytes) {
        return new From(Math.ceilDiv(bytes, Sectors.SIZE));
    }

    /**
     * What the library can tell. It may know only of how a disk was when it was opened, so it is not asked about one that was
     * written to since; nor about a link, whose gaps are in its parents.
     */
    static KnownZeros of(Disk disk) {
        NativeDisk handle = disk.handle();
        Statistics calls = disk.statistics();
        if (handle.needsParent()
                || calls.of("Write").calls() > 0
                || calls.of("WriteAsync").calls() > 0) {
            return none();
        }
        AllocatedBlocks blocks = disk.allocatedBlocks();
        return blocks.isKnown() ? new OfDisk(blocks, disk.capacity()) : none();
    }

    /** Whether a sector is known to be zeros. */
    abstract boolean isAt(long sector);

    /** Where a run of sectors that are known, or of ones that are not, ends, as far as is asked. */
    abstract long endOfRun(long sector, long end);

    /** Whether all sectors from one to before another are known to be zeros. */
    final boolean areIn(long start, long end) {
        long at = start;
        while (at < end) {
            if (!isAt(at)) {
                return false;
            }
            at = endOfRun(at, end);
        }
        return true;
    }
}
