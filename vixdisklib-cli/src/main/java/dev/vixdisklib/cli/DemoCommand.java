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
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code vixdisk demo}. */
@Command(
        name = "demo",
        description = {
            "Makes a sparse disk, copies it to a second one, verifies both, and tells how long each step takes.",
            "The disks are in a temporary directory and are deleted at the end; --keep makes and leaves them elsewhere."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class DemoCommand implements Callable<Integer> {

    private static final int CHUNK = 2048;
    private static final long LEAST = 1L << 20;

    private final Terminal terminal;
    private final PrintStream out;
    private final PrintStream err;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final LibraryOptions library = new LibraryOptions();

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "4G",
            converter = Sizes.class,
            description = "Size of the disk. Default: ${DEFAULT-VALUE}.")
    private long size;

    @Option(
            names = "--data",
            paramLabel = "SIZE",
            defaultValue = "512M",
            converter = Sizes.class,
            description = "How much of it has data. Default: ${DEFAULT-VALUE}.")
    private long data;

    @Option(names = "--keep", paramLabel = "DIR", description = "Make the disks in this directory, and keep them.")
    private @Nullable Path keep;

    DemoCommand(Console console) {
        this.terminal = console.terminal();
        this.out = console.out();
        this.err = console.err();
    }

    @Override
    public Integer call() throws IOException {
        if (size < LEAST || data > size) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "the disk needs 1 MiB at least, and room for the data");
        }
        Pattern pattern = new Pattern(size / Sectors.SIZE, Math.ceilDiv(data, Sectors.SIZE));
        if (keep != null && Files.exists(keep) && !Files.isDirectory(keep)) {
            throw new NotDirectoryException(keep.toString());
        }
        boolean isNew = keep == null || !Files.exists(keep);
        Path directory = keep == null ? Files.createTempDirectory("vixdisk-demo-") : Files.createDirectories(keep);
        Path original = directory.resolve("demo.vmdk");
        Path copy = directory.resolve("demo-copy.vmdk");
        requireAbsent(original, copy);
        AtomicBoolean keeps = new AtomicBoolean();
        Closeable disks = () -> {
            if (!keeps.get()) {
                delete(original, copy, isNew);
            }
        };
        try (disks;
                VixDiskLib lib = library.open();
                Connection host = lib.connectLocal()) {
            CleanUp.during(() -> CleanUp.end(lib, disks), terminal, err, () -> "interrupted", () -> {
                requireRoom(directory);
                out.println("VixDiskLib " + lib.version() + (library.isFake() ? ", the fake of this build" : "") + ": "
                        + lib.libraryFile());
                out.println();
                make(host, original, pattern);
                copy(host, original, copy, pattern);
                verify(host, List.of(original, copy), pattern);
                keeps.set(keep != null);
            });
        }
        tellWhatToTry(original);
        return CommandLine.ExitCode.OK;
    }

    private static void requireAbsent(Path... disks) throws IOException {
        for (Path disk : disks) {
            if (Files.exists(disk)) {
                throw new FileSystemException(
                        disk.toString(), null, "exists already; choose another directory with --keep");
            }
        }
    }

    private void requireRoom(Path directory) throws IOException {
        long room = Files.getFileStore(directory).getUsableSpace();
        long needed = 2 * (Math.min(data, Long.MAX_VALUE / 4) / 16 * 17);
        if (room < needed) {
            throw new IOException(directory + " has room for " + Sizes.format(room) + ", and the demo needs "
                    + Sizes.format(needed) + "; choose another directory with --keep, or less data with --data");
        }
    }

    private void make(Connection host, Path path, Pattern pattern) throws IOException {
        host.createDisk(path, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, pattern.sectors()));
        long begin = System.nanoTime();
        long done = 0;
        try (Disk disk = host.openDisk(path);
                Arena arena = Arena.ofConfined();
                ProgressBar bar = new ProgressBar(terminal, err, "writing", data)) {
            MemorySegment buffer = Sectors.allocate(arena, CHUNK);
            for (long stripe = 0;
                    stripe + pattern.stripeSectors() <= pattern.sectors();
                    stripe += pattern.stripeSectors()) {
                long end = stripe + pattern.dataSectorsInStripe();
                for (long sector = stripe; sector < end; sector += CHUNK) {
                    MemorySegment part = buffer.asSlice(0, Sectors.toBytes(Math.min(CHUNK, end - sector)));
                    pattern.fill(sector, part);
                    disk.write(sector, part);
                    done += part.byteSize();
                    bar.at(done);
                }
            }
        }
        tell("write", Sizes.format(done) + " of data into a sparse disk of " + Sizes.format(size), done, begin);
    }

    private void copy(Connection host, Path from, Path to, Pattern pattern) throws IOException {
        long begin = System.nanoTime();
        try (Source source = DiskSource.open(host, from);
                Target target = new DiskTarget(host, to, DiskType.MONOLITHIC_SPARSE, false);
                ProgressBar bar = new ProgressBar(terminal, err, "copying", source.bytes())) {
            target.begin(source.bytes(), null);
            target.copyOf(source.contents())
                    .skippingZeros()
                    .withProgress(bar::at)
                    .run();
            target.finish(true);
            tell("copy", "allocated sectors to a second disk, and sync", pattern.dataBytes(), begin);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private void verify(Connection host, List<Path> paths, Pattern pattern) throws IOException {
        long begin = System.nanoTime();
        long done = 0;
        try (Arena arena = Arena.ofConfined();
                ProgressBar bar = new ProgressBar(terminal, err, "verifying", size * paths.size())) {
            MemorySegment buffer = Sectors.allocate(arena, CHUNK);
            MemorySegment expected = Sectors.allocate(arena, CHUNK);
            for (Path path : paths) {
                try (Disk disk = host.openDisk(path, OpenFlag.READ_ONLY)) {
                    for (long sector = 0; sector < disk.capacity(); sector += CHUNK) {
                        long bytes = Sectors.toBytes(Math.min(CHUNK, disk.capacity() - sector));
                        MemorySegment part = buffer.asSlice(0, bytes);
                        disk.read(sector, part);
                        pattern.fill(sector, expected.asSlice(0, bytes));
                        long difference = part.mismatch(expected.asSlice(0, bytes));
                        if (difference >= 0) {
                            throw new IOException(path + ": byte " + (Sectors.toBytes(sector) + difference)
                                    + " is not what was written");
                        }
                        done += bytes;
                        bar.at(done);
                    }
                }
            }
        }
        tell("verify", "both disks byte for byte, holes too", paths.size() * pattern.dataBytes(), begin);
    }

    private void tell(String step, String what, long dataBytes, long begin) {
        long nanos = System.nanoTime() - begin;
        out.printf(Locale.ROOT, "  %-7s %-46s %6.2f s  %11s%n", step, what, nanos / 1e9, Sizes.rate(dataBytes, nanos));
        out.flush();
    }

    private void tellWhatToTry(Path original) {
        out.println("  Rates count data only: holes cost next to nothing.");
        out.println();
        if (keep == null) {
            out.println("Both disks are the same, and deleted. What to try next:");
            out.println("  bin/vixdisk demo --keep disks             keep them in a directory");
        } else {
            out.println("Both disks are the same. What to try next:");
        }
        String disk = keep == null ? "disks/demo.vmdk" : quoted(original.toString());
        out.println("  bin/vixdisk info " + disk);
        out.println("  bin/vixdisk copy " + disk + " demo.raw");
        out.println("  bin/vixshell                              read sectors in jshell");
    }

    /** As a shell takes it. */
    private static String quoted(String name) {
        return name.matches("[\\w./+:@%,-]+") ? name : "'" + name.replace("'", "'\\''") + "'";
    }

    /** May be called on two threads, and again when all is gone. */
    private static synchronized void delete(Path original, Path copy, boolean withDirectory) throws IOException {
        Path directory = original.toAbsolutePath().getParent();
        if (directory == null || !Files.exists(directory)) {
            return;
        }
        Path partial = Partial.pathFor(copy);
        for (Path made : List.of(original, copy, partial.resolve(copy.getFileName()), partial)) {
            Files.deleteIfExists(made);
        }
        if (withDirectory) {
            Files.deleteIfExists(directory);
        }
    }
}
