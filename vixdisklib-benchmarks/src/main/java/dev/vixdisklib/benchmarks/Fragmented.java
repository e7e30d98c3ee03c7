/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A sparse disk of so many extents that writing them would take hours. All entries of its directory name the same table, in
 * which every second grain is allocated up to some number; so it takes some mebibytes. It can be read, not written.
 */
final class Fragmented {

    private static final int MAGIC = 0x564d444b;
    private static final int VERSION = 1;

    /** Line ends are intact. */
    private static final int NEWLINES = 1;

    private static final int GRAIN = 128;
    private static final int ENTRIES = 512;
    private static final int DESCRIPTOR_AT = 1;
    private static final int DESCRIPTOR_SECTORS = 20;
    private static final int TABLE_AT = 24;
    private static final int TABLE_SECTORS = ENTRIES * Integer.BYTES / Sectors.SIZE;
    private static final int DIRECTORY_AT = TABLE_AT + TABLE_SECTORS;

    /** Sectors that a table stands for. */
    static final long PER_TABLE = (long) GRAIN * ENTRIES;

    private Fragmented() {}

    /**
     * Makes a disk.
     *
     * @param tables how many tables its size is
     * @param extents of each of them, at most half as many as it has entries
     */
    static void create(Path path, int tables, int extents) throws IOException {
        long directorySectors = Math.ceilDiv((long) tables * Integer.BYTES, Sectors.SIZE);
        long overhead = Math.ceilDiv(DIRECTORY_AT + directorySectors, GRAIN) * GRAIN;
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            write(file, 0, header(tables * PER_TABLE, overhead));
            write(file, DESCRIPTOR_AT, descriptor(path, tables * PER_TABLE));
            write(file, TABLE_AT, table(extents, overhead));
            write(file, DIRECTORY_AT, directory(tables));
            write(file, overhead, ByteBuffer.allocate(GRAIN * Sectors.SIZE));
        }
    }

    private static void write(FileChannel file, long sector, ByteBuffer content) throws IOException {
        long at = Sectors.toBytes(sector);
        while (content.hasRemaining()) {
            at += file.write(content, at);
        }
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer header(long capacity, long overhead) {
        ByteBuffer header = buffer(Sectors.SIZE);
        header.putInt(MAGIC).putInt(VERSION).putInt(NEWLINES);
        header.putLong(capacity).putLong(GRAIN);
        header.putLong(DESCRIPTOR_AT).putLong(DESCRIPTOR_SECTORS);
        header.putInt(ENTRIES).putLong(0).putLong(DIRECTORY_AT).putLong(overhead);
        header.put((byte) 0).put("\n \r\n".getBytes(StandardCharsets.US_ASCII)).putShort((short) 0);
        return header.rewind();
    }

    private static ByteBuffer descriptor(Path path, long capacity) {
        return ByteBuffer.wrap("""
                # Disk DescriptorFile
                version=1
                CID=12345678
                parentCID=ffffffff
                createType="monolithicSparse"
                RW %d SPARSE "%s"
                ddb.virtualHWVersion = "4"
                ddb.geometry.cylinders = "16383"
                ddb.geometry.heads = "16"
                ddb.geometry.sectors = "63"
                ddb.adapterType = "lsilogic"
                """.formatted(capacity, path.getFileName()).getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer table(int extents, long grain) {
        ByteBuffer table = buffer(ENTRIES * Integer.BYTES);
        for (int i = 0; i < extents; i++) {
            table.putInt(2 * i * Integer.BYTES, Math.toIntExact(grain));
        }
        return table;
    }

    private static ByteBuffer directory(int tables) {
        ByteBuffer directory = buffer(tables * Integer.BYTES);
        for (int i = 0; i < tables; i++) {
            directory.putInt(TABLE_AT);
        }
        return directory.flip();
    }
}
