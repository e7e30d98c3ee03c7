/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Sectors;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Data that tells from each word where on the disk it belongs, in stripes with holes between them. */
record Pattern(long sectors, long dataSectors) {

    private static final int STRIPES = 32;
    private static final long ODD = 0x9E3779B97F4A7C15L;

    long stripeSectors() {
        return sectors / STRIPES;
    }

    /** Rounded up, so that a little data is not none. */
    long dataSectorsInStripe() {
        return Math.min(Math.ceilDiv(dataSectors, STRIPES), stripeSectors());
    }

    /** How much data there is in all, in bytes. */
    long dataBytes() {
        return Sectors.toBytes(STRIPES * dataSectorsInStripe());
    }

    /** Whether a sector has data, not zeros. */
    private boolean hasData(long sector) {
        return sector < stripeSectors() * STRIPES && sector % stripeSectors() < dataSectorsInStripe();
    }

    /** Fills a buffer with what the disk has from a sector on. */
    void fill(long startSector, MemorySegment buffer) {
        long sectors = Sectors.ofBytes(buffer.byteSize());
        for (long i = 0; i < sectors; i++) {
            MemorySegment sector = buffer.asSlice(Sectors.toBytes(i), Sectors.SIZE);
            if (hasData(startSector + i)) {
                long word = (startSector + i) * (Sectors.SIZE / Long.BYTES) + 1;
                for (long at = 0; at < Sectors.SIZE; at += Long.BYTES) {
                    sector.set(ValueLayout.JAVA_LONG_UNALIGNED, at, word++ * ODD);
                }
            } else {
                sector.fill((byte) 0);
            }
        }
    }
}
