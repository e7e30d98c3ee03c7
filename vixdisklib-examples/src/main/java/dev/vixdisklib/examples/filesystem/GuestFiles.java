/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.filesystem;

import de.waldheinz.fs.FileSystem;
import de.waldheinz.fs.FileSystemFactory;
import de.waldheinz.fs.FsDirectory;
import de.waldheinz.fs.FsDirectoryEntry;
import de.waldheinz.fs.FsFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The files of a guest, in a FAT file system in a partition of a disk.
 *
 * <p>It shows how a Java library that knows a file system, and nothing of virtual disks, reads one through a
 * {@link dev.vixdisklib.DiskChannel}. Only what is asked for is read: of a disk of terabytes, some sectors.
 *
 * <p>A product would add: GPT and logical volumes; a cache, since libraries for file systems read in small pieces, and each
 * takes its time over a network; and ext4, XFS and NTFS, for which there is no library in Java that is looked after: those are
 * read by libguestfs, or by a kernel through NBD.
 *
 * <p>For one thread. The channel stays the caller's.
 */
public final class GuestFiles {

    private static final int PIECE = 1 << 16;

    private final FileSystem files;

    private GuestFiles(FileSystem files) {
        this.files = files;
    }

    /**
     * Opens the file system in a partition.
     *
     * @param disk such as {@link dev.vixdisklib.Disk#newChannel} gives it
     * @param number 1 to 4, as in {@code /dev/sda1}
     * @return the files; nothing is written
     * @throws NoSuchFileException if there is no such partition
     * @throws IOException if the disk cannot be read, or there is something else than a FAT file system
     */
    public static GuestFiles open(SeekableByteChannel disk, int number) throws IOException {
        List<Partition> partitions = Partition.of(disk);
        for (Partition partition : partitions) {
            if (partition.number() == number) {
                return new GuestFiles(FileSystemFactory.create(new PartitionDevice(disk, partition), true));
            }
        }
        throw new NoSuchFileException("partition " + number, null, "the disk has " + partitions);
    }

    /**
     * Tells all files in a folder and in those in it.
     *
     * @param folder such as {@code /boot/grub}
     * @param told is given the path and the size in bytes of each file
     * @throws NoSuchFileException if there is no such folder
     * @throws IOException if the disk cannot be read
     */
    public void walk(String folder, BiConsumer<String, Long> told) throws IOException {
        String path = folder.endsWith("/") ? folder.substring(0, folder.length() - 1) : folder;
        for (FsDirectoryEntry entry : directory(names(folder), folder)) {
            String name = entry.getName();
            if (entry.isFile()) {
                told.accept(path + "/" + name, entry.getFile().getLength());
            } else if (!name.equals(".") && !name.equals("..")) {
                walk(path + "/" + name, told);
            }
        }
    }

    /**
     * Reads a file.
     *
     * @param path such as {@code /boot/grub/grub.cfg}; capitals do not matter in FAT
     * @param target where its bytes go
     * @throws NoSuchFileException if there is no such file
     * @throws IOException if the disk cannot be read, or the target not be written
     */
    public void read(String path, WritableByteChannel target) throws IOException {
        List<String> names = names(path);
        if (names.isEmpty()) {
            throw new NoSuchFileException(path);
        }
        int last = names.size() - 1;
        FsDirectoryEntry entry = directory(names.subList(0, last), path).getEntry(names.get(last));
        if (entry == null || !entry.isFile()) {
            throw new NoSuchFileException(path);
        }
        FsFile file = entry.getFile();
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
        for (long at = 0; at < file.getLength(); at += piece.limit()) {
            piece.clear().limit((int) Math.min(PIECE, file.getLength() - at));
            file.read(at, piece);
            piece.flip();
            while (piece.hasRemaining()) {
                target.write(piece);
            }
        }
    }

    private static List<String> names(String path) {
        return List.of(path.split("/", -1)).stream()
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private FsDirectory directory(List<String> names, String path) throws IOException {
        FsDirectory directory = files.getRoot();
        for (String name : names) {
            FsDirectoryEntry entry = directory.getEntry(name);
            if (entry == null || !entry.isDirectory()) {
                throw new NoSuchFileException(path);
            }
            directory = entry.getDirectory();
        }
        return directory;
    }
}
