/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.filesystem;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A part of a disk with a file system of its own, as the master boot record tells.
 *
 * @param number 1 to 4, as in {@code /dev/sda1}
 * @param type what is in it, such as 0x0c for FAT32
 * @param start its first byte on the disk
 * @param size in bytes
 */
record Partition(int number, int type, long start, long size) {

    private static final int SECTOR = 512;
    private static final int TABLE = 446;
    private static final int ENTRY = 16;
    private static final int SIGNATURE = 0xaa55;

    /** The type of the one that a disk has whose partitions are in a GPT. */
    private static final int PROTECTIVE = 0xee;

    /** Reads the table in the first sector of a disk. */
    static List<Partition> of(SeekableByteChannel disk) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
        readFully(disk, 0, record);
        if (Short.toUnsignedInt(record.getShort(SECTOR - 2)) != SIGNATURE) {
            throw new IOException("the disk has no master boot record");
        }
        List<Partition> partitions = new ArrayList<>();
        for (int number = 1; number <= 4; number++) {
            int entry = TABLE + (number - 1) * ENTRY;
            int type = Byte.toUnsignedInt(record.get(entry + 4));
            long start = Integer.toUnsignedLong(record.getInt(entry + 8)) * SECTOR;
            long size = Integer.toUnsignedLong(record.getInt(entry + 12)) * SECTOR;
            if (type == PROTECTIVE) {
                throw new IOException("the partitions of the disk are in a GPT, which this example does not read");
            }
            if (type != 0 && start + size <= disk.size()) {
                partitions.add(new Partition(number, type, start, size));
            }
        }
        return partitions;
    }

    static void readFully(SeekableByteChannel disk, long position, ByteBuffer bytes) throws IOException {
        disk.position(position);
        while (bytes.hasRemaining()) {
            if (disk.read(bytes) < 0) {
                throw new EOFException("the disk ends at byte " + disk.size());
            }
        }
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "partition %d, type %02x, %d bytes from byte %d", number, type, size, start);
    }
}
