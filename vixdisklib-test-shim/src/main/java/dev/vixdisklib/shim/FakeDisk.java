/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Makes disks for the fake to serve, without the library: flat ones, whose sectors are in one file, one after the other. */
public final class FakeDisk {

    private static final int SECTOR = 512;
    private static final int HEADS = 255;
    private static final int SECTORS_PER_TRACK = 63;

    private FakeDisk() {}

    /**
     * Makes a disk of zeros, which takes no space. With it comes a file that is called like it with {@code -flat} before
     * the {@code .vmdk}.
     *
     * @param vmdk the disk, whose name ends in {@code .vmdk}; folders that are missing are made
     * @param sectors its capacity in sectors of 512 bytes
     * @return the file with the sectors
     * @throws java.nio.file.FileAlreadyExistsException if one of the files exists
     * @throws IOException if a file cannot be written
     */
    public static Path create(Path vmdk, long sectors) throws IOException {
        String name = String.valueOf(vmdk.getFileName());
        if (!name.endsWith(".vmdk") || name.indexOf('"') >= 0 || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("no name for a disk: " + vmdk);
        }
        if (sectors < 1 || sectors > Long.MAX_VALUE / SECTOR) {
            throw new IllegalArgumentException("no capacity: " + sectors + " sectors");
        }
        Path flat = vmdk.resolveSibling(name.substring(0, name.length() - ".vmdk".length()) + "-flat.vmdk");
        Files.createDirectories(flat.toAbsolutePath().getParent());
        Files.createFile(flat);
        try (RandomAccessFile file = new RandomAccessFile(flat.toFile(), "rw")) {
            file.setLength(sectors * SECTOR);
        }
        Files.createFile(vmdk);
        Files.writeString(vmdk, descriptor(String.valueOf(flat.getFileName()), sectors));
        return flat;
    }

    /**
     * Makes a disk with some content.
     *
     * @param vmdk the disk, as for {@link #create}
     * @param content its bytes; zeros fill the last sector
     * @return the file with the sectors
     * @throws java.nio.file.FileAlreadyExistsException if one of the files exists
     * @throws IOException if a file cannot be written
     */
    public static Path create(Path vmdk, byte[] content) throws IOException {
        Path flat = create(vmdk, Math.max(1, Math.ceilDiv(content.length, SECTOR)));
        try (RandomAccessFile file = new RandomAccessFile(flat.toFile(), "rw")) {
            file.write(content);
        }
        return flat;
    }

    private static String descriptor(String flat, long sectors) {
        return String.format(
                Locale.ROOT,
                """
                # Disk DescriptorFile
                version=1
                encoding="UTF-8"
                CID=fffffffe
                parentCID=ffffffff
                createType="monolithicFlat"

                # Extent description
                RW %d FLAT "%s" 0

                # The Disk Data Base
                #DDB

                ddb.adapterType = "lsilogic"
                ddb.geometry.cylinders = "%d"
                ddb.geometry.heads = "%d"
                ddb.geometry.sectors = "%d"
                ddb.virtualHWVersion = "13"
                """,
                sectors,
                flat,
                Math.clamp(sectors / (HEADS * SECTORS_PER_TRACK), 1, 0xffff),
                HEADS,
                SECTORS_PER_TRACK);
    }
}
