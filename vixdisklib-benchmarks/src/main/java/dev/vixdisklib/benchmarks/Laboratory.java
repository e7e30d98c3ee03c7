/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.shim.FakeSetup;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.Strictness;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** The disks and programs that are measured. */
final class Laboratory {

    private static final long CHUNK = 1 << 20;

    private final Path folder;
    private final Path yardstick;
    private final List<String> tool;
    private final Strictness strictness;
    private int configurations;

    /**
     * A laboratory.
     *
     * @param folder an empty one
     * @param yardstick the C program
     * @param tool how {@code vixdisk} is started
     * @param strictness of the fake; anything but {@code OFF} takes time
     */
    Laboratory(Path folder, Path yardstick, List<String> tool, Strictness strictness) {
        this.folder = folder.toAbsolutePath();
        this.yardstick = yardstick;
        this.tool = List.copyOf(tool);
        this.strictness = strictness;
    }

    /** Where its files are. */
    Path folder() {
        return folder;
    }

    /** A flat disk with random content, which is in the page cache after that. Bytes are whole sectors. */
    Path flatDisk(String name, long bytes) throws IOException {
        return fullDisk(name, DiskType.MONOLITHIC_FLAT, bytes);
    }

    /** A disk with random content, which is in the page cache after that. Bytes are whole sectors. */
    Path fullDisk(String name, DiskType type, long bytes) throws IOException {
        return disk(name, type, bytes, bytes, bytes);
    }

    /** A disk that is one hole: reading it is the least that the fake can do. */
    Path emptyDisk(String name, long bytes) throws IOException {
        return disk(name, DiskType.MONOLITHIC_SPARSE, bytes, bytes, 0);
    }

    /** A sparse disk with random content in parts of 1 MiB, the rest of which is holes. */
    Path sparseDisk(String name, long bytes, long allocated) throws IOException {
        return disk(name, DiskType.MONOLITHIC_SPARSE, bytes, bytes / (allocated / CHUNK), allocated);
    }

    /** A disk that has content at the beginning of each stride, so much in all. */
    private Path disk(String name, DiskType type, long bytes, long stride, long allocated) throws IOException {
        Path path = folder.resolve(name);
        Random random = new Random(bytes);
        byte[] content = new byte[(int) Math.min(CHUNK, bytes)];
        long step = stride == bytes ? content.length : stride;
        try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                Connection host = lib.connectLocal();
                Arena arena = Arena.ofConfined()) {
            host.createDisk(path, DiskSpec.of(type, Sectors.ofBytes(bytes)));
            MemorySegment buffer = Sectors.allocate(arena, Sectors.ofBytes(content.length));
            try (Disk disk = host.openDisk(path)) {
                long at = 0;
                for (long left = allocated; left > 0; left -= content.length) {
                    random.nextBytes(content);
                    buffer.copyFrom(MemorySegment.ofArray(content));
                    disk.write(Sectors.ofBytes(at), buffer.asSlice(0, Math.min(left, content.length)));
                    at += step;
                }
            }
        }
        return path;
    }

    /** Deletes a disk, which may have many gibibytes. */
    void delete(Path disk) throws IOException {
        try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                Connection host = lib.connectLocal()) {
            host.deleteDisk(disk);
        }
    }

    /** The C program at work on a disk. */
    Contestant c(Path disk, Route route) throws IOException {
        return Contestant.start(command(List.of(yardstick.toString()), disk, route));
    }

    /** The Java program at work on a disk. */
    Contestant java(Path disk, Route route) throws IOException {
        return Contestant.start(command(java(Worker.class), disk, route));
    }

    private List<String> command(List<String> program, Path disk, Route route) throws IOException {
        List<String> command = new ArrayList<>(program);
        command.add(FakeVddk.directory().toString());
        command.add(configuration(route).toString());
        command.add(route.transport().mode());
        command.add(route.isLocal() ? disk.toString() : SimulatedHost.name(disk));
        command.add(route.writing() ? "write" : "read");
        return command;
    }

    /** How a Java program of this module is started, with a small heap. */
    List<String> java(Class<?> program, String... options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx32m");
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        return command;
    }

    /** How {@code vixdisk} copies a disk. */
    List<String> copy(Path from, Path to) {
        List<String> command = new ArrayList<>(tool);
        command.addAll(List.of("copy", "--no-sync", from.toString(), to.toString()));
        return command;
    }

    /** A configuration of the fake, by which all disks that there are now can be reached. */
    Path configuration(Route route) throws IOException {
        return FakeSetup.create()
                .withInventory(SimulatedHost.inventory(folder, disks()))
                .withTiming(route.transport(), route.timing())
                .withStrictness(strictness)
                .write(folder.resolve("configuration-" + configurations++));
    }

    private List<Path> disks() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".vmdk")).toList();
        }
    }
}
