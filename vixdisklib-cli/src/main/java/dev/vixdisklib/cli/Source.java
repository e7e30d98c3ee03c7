/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.SectorRange;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Where a copy takes its sectors from. */
interface Source extends Closeable {

    /** The size in bytes; the last sector of a raw file can be incomplete. */
    long bytes();

    /** Ascending ranges of sectors; what is in none of them reads as zeros. */
    Iterable<SectorRange> allocated();

    /** Reads sectors; what an incomplete sector lacks is zeros. */
    void read(long startSector, MemorySegment buffer) throws IOException;
}
