/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.SectorRange;
import dev.vixdisklib.Sectors;

/** A table of ranges of sectors, which is made line by line since there can be millions of them. */
final class RangeTable implements AutoCloseable {

    private static final String BETWEEN = "  ";

    private final Lines lines;
    private final String sectorFormat;
    private final String byteFormat;
    private final boolean hasBytes;

    /**
     * A table, whose titles are printed. A terminal that is too narrow for all of it gets the sectors alone.
     *
     * @param capacity of the disk, in sectors: nothing in the table is larger
     */
    RangeTable(Console console, long capacity) {
        this.lines = new Lines(console.out());
        int sectors = Math.max(Long.toString(capacity).length(), "SECTORS".length());
        int bytes = Math.max(Long.toString(Sectors.toBytes(capacity)).length(), "BYTES".length());
        this.sectorFormat = "%" + sectors + "s" + BETWEEN + "%" + sectors + "s";
        this.byteFormat = BETWEEN + "%" + bytes + "s" + BETWEEN + "%" + bytes + "s";
        int width = 2 * sectors + 2 * bytes + 3 * BETWEEN.length();
        this.hasBytes = !console.terminal().isNarrowerThan(width);
        lines.add(console.style().bold(line("SECTOR", "SECTORS", "OFFSET", "BYTES")));
    }

    private String line(Object start, Object count, Object offset, Object bytes) {
        String line = String.format(sectorFormat, start, count);
        return hasBytes ? line + String.format(byteFormat, offset, bytes) : line;
    }

    /** Adds a range; tells whether more are of use. */
    boolean add(SectorRange range) {
        return lines.add(
                line(range.start(), range.count(), Sectors.toBytes(range.start()), Sectors.toBytes(range.count())));
    }

    @Override
    public void close() {
        lines.close();
    }
}
