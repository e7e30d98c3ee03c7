/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.VixDiskLib;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * What {@code vixshell} has ready: a library, a connection to this host and a small disk, deleted when the shell ends, and
 * short words for what one does in a shell. The environment variable {@code VIXDISKLIB_LIBDIR} names a real VDDK.
 */
public final class Shell {

    /** The library. */
    public static final VixDiskLib lib;

    /** A connection to the files of this host. */
    public static final Connection host;

    /** A disk of 64 MiB with a few words in its first sector. */
    public static final Disk disk;

    /** A directory for this shell, deleted with all that is in it at the end. */
    public static final Path tmp;

    /** Memory for as long as the shell runs. */
    public static final Arena arena = Arena.ofShared();

    private static final Tour TOUR = new Tour();

    static {
        ShellDisk small = ShellDisk.make();
        lib = small.lib();
        host = small.host();
        disk = small.disk();
        tmp = small.directory();
        try {
            MemorySegment sector = Sectors.allocate(arena, 1);
            sector.setString(0, "Hello from sector 0 of a virtual disk.");
            disk.write(0, sector);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Shell() {}

    /**
     * What a user of the shell sees first.
     *
     * @return some lines
     */
    public static String welcome() {
        return """
                VixDiskLib %s (%s)
                  disk     %s of 64 MiB, deleted at the end     host   a connection to the files of this host
                  arena    for buffers                              lib    the library
                  disk("x.vmdk")  create("x.vmdk", "1G")  hexdump(disk, 0)  map(disk)  copy("x.vmdk", "x.raw")
                Try:  hexdump(disk, 0)     and for a tour of the API, step by step:  tour()
                """.formatted(
                        lib.version(), lib.libraryFile(), Path.of(disk.name()).getFileName());
    }

    /**
     * Opens a disk to read it.
     *
     * @param name a VMDK file
     * @return the disk, which the caller closes, or the shell at its end
     * @throws IOException if it cannot be opened
     */
    public static Disk disk(String name) throws IOException {
        return disk(name, OpenFlag.READ_ONLY);
    }

    /**
     * Opens a disk.
     *
     * @param name a VMDK file
     * @param flags how; none to read and write
     * @return the disk, which the caller closes, or the shell at its end
     * @throws IOException if it cannot be opened
     */
    public static Disk disk(String name, OpenFlag... flags) throws IOException {
        return Disks.openFile(host, Path.of(name), flags);
    }

    /**
     * Makes a sparse disk, and opens it to read and write.
     *
     * @param name of the file that is to be made
     * @param size such as {@code 64M} or {@code 2G}
     * @return the disk, which the caller closes, or the shell at its end
     * @throws IOException if it cannot be made
     * @throws IllegalArgumentException if the size is none
     */
    public static Disk create(String name, String size) throws IOException {
        long sectors = Sectors.ofBytes(Sizes.bytes(size));
        host.createDisk(Path.of(name), DiskSpec.of(DiskType.MONOLITHIC_SPARSE, sectors));
        return host.openDisk(Path.of(name));
    }

    /**
     * Prints a sector of a disk, as hexadecimal digits and as text.
     *
     * @param disk the disk
     * @param sector which one
     * @throws IOException if it cannot be read
     */
    public static void hexdump(Disk disk, long sector) throws IOException {
        hexdump(disk, sector, 1);
    }

    /**
     * Prints sectors of a disk, as hexadecimal digits and as text.
     *
     * @param disk the disk
     * @param startSector the first one
     * @param sectorCount how many; a few at a time
     * @throws IOException if they cannot be read
     */
    public static void hexdump(Disk disk, long startSector, int sectorCount) throws IOException {
        try (Arena memory = Arena.ofConfined()) {
            MemorySegment sectors = Sectors.allocate(memory, sectorCount);
            disk.read(startSector, sectors);
            hexdump(Sectors.toBytes(startSector), sectors);
        }
    }

    /**
     * Prints memory, as hexadecimal digits and as text.
     *
     * @param bytes the memory
     */
    public static void hexdump(MemorySegment bytes) {
        hexdump(0, bytes);
    }

    private static void hexdump(long start, MemorySegment bytes) {
        try (HexDump dump = new HexDump(console(), start, start + bytes.byteSize(), false)) {
            dump.add(bytes);
        }
    }

    /**
     * Prints a picture of what is allocated in a disk.
     *
     * @param disk the disk
     * @throws IOException if the library cannot be asked
     */
    public static void map(Disk disk) throws IOException {
        MapPicture picture = new MapPicture(console());
        Occupancy occupancy = new Occupancy(disk.capacity(), picture.mostParts());
        disk.allocatedBlocks().forEach(occupancy::add);
        System.out.println(picture.of(occupancy));
    }

    private static Console console() {
        return new Console(Terminal.ofLauncher(), System.out, System.err);
    }

    /**
     * Copies a disk or an image as {@code vixdisk copy} does.
     *
     * @param source what to copy
     * @param target what to make
     */
    public static void copy(String source, String target) {
        vixdisk("copy", source, target);
    }

    /**
     * Runs a command of {@code vixdisk}, such as {@code vixdisk("info", "x.vmdk")}.
     *
     * @param args its arguments
     */
    public static void vixdisk(String... args) {
        Main.run(Terminal.ofLauncher(), System.out, System.err, args);
    }

    /** Prints the next step of the tour: what it is about, and what to type. */
    public static void tour() {
        System.out.print(TOUR.next());
    }

    /**
     * Prints a step of the tour.
     *
     * @param step from 1
     */
    public static void tour(int step) {
        System.out.print(TOUR.at(step));
    }
}
