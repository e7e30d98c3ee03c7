/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Disk;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.SectorRange;
import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vixdisk dump}. */
@Command(
        name = "dump",
        description = {
            "Shows sectors of a disk in hexadecimal and as text.",
            "The form is that of 'hexdump -C': a line of * stands for lines that repeat the one before. Without options, it"
                    + " is the first sector. What is behind the end of the disk is left out."
        })
final class DumpCommand extends DiskCommand {

    /** Read at once. */
    private static final long PIECE = 128;

    private static final long MAX_SECTORS = Long.MAX_VALUE / Sectors.SIZE;

    @Parameters(paramLabel = "DISK", description = "A VMDK file; for a flat or split disk its descriptor.")
    private String name = "";

    @Option(
            names = {"-s", "--sector"},
            paramLabel = "N",
            description = "The first sector. Default: 0.")
    private @Nullable Long sector;

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            description = "How many sectors. Default: 1.")
    private @Nullable Long count;

    @Option(
            names = "--offset",
            paramLabel = "SIZE",
            converter = Sizes.class,
            description = "The first byte, instead of --sector; like all sizes, it can be written as 4K, 1M or 2GiB.")
    private @Nullable Long offset;

    @Option(
            names = "--length",
            paramLabel = "SIZE",
            converter = Sizes.class,
            description = "How many bytes, instead of --count.")
    private @Nullable Long length;

    @Option(
            names = {"-a", "--all"},
            description = "Print lines that repeat the one before, too.")
    private boolean all;

    DumpCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        requireDisks(name);
        if (sector != null && offset != null) {
            throw wrongUsage("--sector and --offset are both where to begin");
        }
        if (count != null && length != null) {
            throw wrongUsage("--count and --length are both how much to show");
        }
        if (sector != null && (sector < 0 || sector > MAX_SECTORS)) {
            throw wrongUsage("there is no sector " + sector);
        }
        if ((count != null && count < 1) || (length != null && length < 1)) {
            throw wrongUsage((count != null ? "--count" : "--length") + " is 1 at least");
        }
    }

    private long start() {
        return sector != null ? Sectors.toBytes(sector) : offset != null ? offset : 0;
    }

    private long length() {
        return count != null ? Sectors.toBytes(Math.min(count, MAX_SECTORS)) : length != null ? length : Sectors.SIZE;
    }

    @Override
    void run() throws IOException {
        try (Disks disks = openToRead();
                Disk disk = disks.open(name, OpenFlag.READ_ONLY)) {
            long end = Sectors.toBytes(disk.capacity());
            long start = start();
            if (start >= end) {
                throw new IOException((sector != null ? "sector " + sector : "byte " + start)
                        + " is behind the end of " + name + ", which has " + Messages.counted(disk.capacity(), "sector")
                        + " (" + end + " bytes)");
            }
            dump(disk, start, length() < end - start ? start + length() : end);
        }
    }

    private void dump(Disk disk, long start, long end) throws IOException {
        SectorRange range = Sectors.covering(start, end - start);
        try (Arena arena = Arena.ofConfined();
                HexDump dump = new HexDump(console(), start, end, all)) {
            MemorySegment buffer = Sectors.allocate(arena, PIECE);
            boolean isWanted = true;
            for (long at = range.start(); at < range.end() && isWanted; at += PIECE) {
                MemorySegment piece = buffer.asSlice(0, Sectors.toBytes(Math.min(PIECE, range.end() - at)));
                disk.read(at, piece);
                long from = Math.max(start - Sectors.toBytes(at), 0);
                long to = Math.min(end - Sectors.toBytes(at), piece.byteSize());
                isWanted = dump.add(piece.asSlice(from, to - from));
            }
        }
    }
}
