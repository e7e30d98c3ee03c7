/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.SectorRange;
import dev.vixdisklib.Sectors;

/** A table of ranges of sectors, which is made line by line since there can be millions of them. */
final class RangeTable implements AutoCloseable {

    private final Lines lines;
    private final String format;

    /**
     * A table, whose titles are printed.
     *
     * @param capacity of the disk, in sectors: nothing in the table is larger
     */
    RangeTable(Console console, long capacity) {
        this.lines = new Lines(console.out());
        int sectors = Math.max(Long.toString(capacity).length(), "SECTORS".length());
        int bytes = Math.max(Long.toString(Sectors.toBytes(capacity)).length(), "BYTES".length());
        this.format = "%" + sectors + "s  %" + sectors + "s  %" + bytes + "s  %" + bytes + "s";
        lines.add(console.style().bold(String.format(format, "SECTOR", "SECTORS", "OFFSET", "BYTES")));
    }

    /** Adds a range; tells whether more are of use. */
    boolean add(SectorRange range, String what) {
        String line = String.format(
                format, range.start(), range.count(), Sectors.toBytes(range.start()), Sectors.toBytes(range.count()));
        return lines.add(what.isEmpty() ? line : line + "  " + what);
    }

    @Override
    public void close() {
        lines.close();
    }
}
