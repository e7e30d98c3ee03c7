/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.InFlightLimit;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.SectorRange;
import dev.vixdisklib.SectorSet;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.StreamOptions;
import dev.vixdisklib.TransportMode;
import dev.vixdisklib.VixDiskLib;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vixdisk bench}. */
@Command(
        name = "bench",
        description = {
            "Measures how fast a disk is read, by chunk and depth.",
            "That is for choosing the --chunk and --depth of 'vixdisk copy', or the StreamOptions of a program.",
            "Only what is allocated is read, each time what comes after the time before, so that a large disk is"
                    + " measured and not a cache. Caches make a small disk look faster than it is, and a few seconds are"
                    + " a hint, no promise."
        })
final class BenchCommand extends DiskCommand {

    /** Of a line with all columns, in characters; narrow terminals get those that matter. */
    private static final int WIDTH_OF_ALL = 64;

    @Parameters(
            paramLabel = "DISK",
            arity = "0..1",
            description = "What to read: a VMDK file; for a flat or split disk its descriptor.")
    private @Nullable String name;

    @Option(
            names = "--write",
            paramLabel = "DIR",
            description = "Write, too: to a flat disk that is made in this directory, and deleted. The time includes"
                    + " putting it on stable storage.")
    private @Nullable Path directory;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "256M",
            converter = Sizes.class,
            description = "Of the disk that is written to. Default: ${DEFAULT-VALUE}.")
    private long size;

    @Option(
            names = "--chunk",
            paramLabel = "SIZE",
            split = ",",
            defaultValue = "64K,256K,1M",
            converter = Sizes.class,
            description = "How much a request is for; several with commas between. Default: ${DEFAULT-VALUE}.")
    private List<Long> chunks = List.of();

    @Option(
            names = "--depth",
            paramLabel = "N",
            split = ",",
            defaultValue = "1,4,8,16",
            description = "How many requests are in flight, where the transport can have more than one. Default:"
                    + " ${DEFAULT-VALUE}.")
    private List<Integer> depths = List.of();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "0.5",
            description = "How long to measure each. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final List<BenchResult> results = new ArrayList<>();

    BenchCommand(Console console) {
        super(console);
    }

    @Override
    void check() throws IOException {
        if (name == null && directory == null) {
            throw wrongUsage("name a DISK to read, or with --write a directory to write in");
        }
        if (name != null) {
            requireDisks(name);
        } else if (server().isGiven()) {
            throw wrongUsage("--server is given, and no disk on it; --write is for this host");
        }
        if (directory != null && !Files.isDirectory(directory)) {
            throw new FileSystemException(
                    directory.toString(),
                    null,
                    (Files.exists(directory) ? "is no directory" : "there is no such directory")
                            + "; --write needs one, and makes a disk of its own in it, which it deletes");
        }
        if (!(seconds > 0 && seconds <= 3600)) {
            throw wrongUsage("--seconds is more than 0, and 3600 at most");
        }
        if (size < 1 << 20) {
            throw wrongUsage("--size is 1 MiB at least");
        }
        for (long chunk : chunks) {
            for (int depth : depths) {
                options(chunk, depth);
            }
        }
    }

    private StreamOptions options(long chunk, int depth) {
        if (chunk > StreamOptions.MAX_CHUNK_BYTES) {
            throw wrongUsage("--chunk is larger than " + Sizes.format(StreamOptions.MAX_CHUNK_BYTES));
        }
        try {
            StreamOptions options = StreamOptions.defaults()
                    .withChunkBytes((int) chunk)
                    .withDepth(depth)
                    .asCompleted();
            if (chunk * depth > InFlightLimit.DEFAULT_BYTES) {
                throw wrongUsage(depth + " times " + Sizes.format(chunk) + " is more than the "
                        + Sizes.format(InFlightLimit.DEFAULT_BYTES) + " that a connection has in flight");
            }
            return options;
        } catch (IllegalArgumentException e) {
            throw wrongUsage(String.valueOf(e.getMessage()));
        }
    }

    @Override
    void run() throws IOException, InterruptedException {
        try (Disks disks = directory == null ? openToRead() : openToWrite()) {
            VixDiskLib.timeTransfers(true);
            Json object = new Json();
            if (name != null) {
                try (Disk disk = disks.open(name, OpenFlag.READ_ONLY)) {
                    read(disk, object);
                }
            }
            if (directory != null) {
                write(disks, directory);
            }
            if (json) {
                out().println(object.put(
                        "results", results.stream().map(BenchResult::json).toList()));
            }
        }
    }

    private void read(Disk disk, Json object) throws IOException, InterruptedException {
        SectorSet allocated = disk.allocatedBlocks().toSet();
        long bytes = Sectors.toBytes(allocated.sectors());
        boolean isEmpty = bytes == 0;
        SectorSet places = isEmpty ? SectorSet.of(new SectorRange(0, disk.capacity())) : allocated;
        String transport = disk.transportMode().map(TransportMode::name).orElse("unknown");
        object.put("disk", disk.name()).put("transport", transport).put("allocatedBytes", bytes);
        long read = measureReads(disk, places);
        object.put("readBytes", read);
        if (!json) {
            out().println(Messages.printable(disk.name()) + " over " + transport + ":");
            out().println(table(results));
            out().println();
            tellOfCaches(read, bytes);
            tellOfDepth(disk);
        }
    }

    /** Gives how many bytes were read in all. */
    private long measureReads(Disk disk, SectorSet places) throws IOException, InterruptedException {
        try (ProgressBar bar = console().progress("reading")) {
            Bench bench = new Bench(disk, places, nanos(), nanos -> bar.atPercent(percent(nanos, disk)));
            bench.warmUp(options(chunks.get(0), depths.get(0)));
            for (long chunk : chunks) {
                for (int depth : depthsFor(disk)) {
                    results.add(bench.read(options(chunk, depth)));
                }
            }
            return bench.bytes();
        }
    }

    /** Which part of the time is over that it takes to measure a disk in all ways. */
    private int percent(long measuredNanos, Disk disk) {
        double all = (double) nanos() * chunks.size() * depthsFor(disk).size();
        return (int) (100 * measuredNanos / all);
    }

    private long nanos() {
        return (long) (seconds * 1e9);
    }

    /** Where each request blocks whoever makes it, there is one in flight, whatever was asked for. */
    private List<Integer> depthsFor(Disk disk) {
        return isBlocking(disk) ? List.of(1) : depths;
    }

    private static boolean isBlocking(Disk disk) {
        return disk.transportMode()
                .filter(mode -> mode.equals(TransportMode.FILE) || mode.equals(TransportMode.HOTADD))
                .isPresent();
    }

    private void tellOfCaches(long read, long allocated) {
        if (allocated == 0) {
            tell("Nothing is allocated in it, so only zeros were read, which the library makes up.");
        } else if (read > allocated) {
            tell(String.format(
                    Locale.ROOT,
                    "All of the %s in it was read %.1f times, so most of it came from caches.",
                    Sizes.format(allocated),
                    (double) read / allocated));
        } else {
            tell("Of the " + Sizes.format(allocated) + " in it, " + Sizes.format(read)
                    + " were read, once each; what was read or written lately may have come from caches.");
        }
    }

    private void tellOfDepth(Disk disk) {
        if (isBlocking(disk)) {
            tell("This transport carries out one request at a time, so the depth is always 1.");
        }
    }

    private void tell(String sentence) {
        Terminal terminal = console().terminal();
        int room = terminal.isNarrowerThan(sentence.length()) ? terminal.columns() : sentence.length();
        Paragraph.lines(sentence, room, false).forEach(out()::println);
    }

    private void write(Disks disks, Path where) throws IOException, InterruptedException {
        Path made = Files.createTempDirectory(where, ".vixdisk-bench-");
        Path scratch = made.resolve("bench.vmdk");
        Closeable files = () -> {
            for (Path file : List.of(scratch, made.resolve("bench-flat.vmdk"), made)) {
                Files.deleteIfExists(file);
            }
        };
        List<BenchResult> written = new ArrayList<>();
        try (files) {
            CleanUp.during(
                    () -> CleanUp.end(disks.lib(), files),
                    console().terminal(),
                    console().err(),
                    () -> "interrupted",
                    () -> measureWrites(disks, scratch, written));
        }
        results.addAll(written);
        if (!json) {
            out().println((name == null ? "" : System.lineSeparator()) + "Writing to a flat disk of "
                    + Sizes.format(size) + " in " + Messages.printable(where.toString()) + ":");
            out().println(table(written));
            out().println();
            tell("Each was written in order, over and over, and put on stable storage at the end.");
        }
    }

    private void measureWrites(Disks disks, Path scratch, List<BenchResult> written) throws IOException {
        long sectors = Sectors.ofBytes(size / Sectors.SIZE * Sectors.SIZE);
        try (ProgressBar bar = console().progress("creating")) {
            disks.local().createDisk(scratch, DiskSpec.of(DiskType.MONOLITHIC_FLAT, sectors), bar::atPercent);
        }
        try (Disk disk = disks.local().openDisk(scratch);
                ProgressBar bar = console().progress("writing")) {
            SectorSet places = SectorSet.of(new SectorRange(0, sectors));
            Bench bench = new Bench(disk, places, nanos(), nanos -> bar.atPercent(percent(nanos, disk)));
            for (long chunk : chunks) {
                for (int depth : depthsFor(disk)) {
                    written.add(bench.write(options(chunk, depth)));
                }
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private Table table(List<BenchResult> all) {
        boolean isNarrow = console().terminal().isNarrowerThan(WIDTH_OF_ALL);
        Table table = isNarrow
                ? Table.withColumns(console().style(), "CHUNK", "DEPTH", "RATE", "")
                : Table.withColumns(console().style(), "CHUNK", "DEPTH", "RATE", "REQUESTS/S", "MICROSECONDS", "");
        BenchResult best = all.stream()
                .max(Comparator.comparingDouble(BenchResult::bytesPerSecond))
                .orElseThrow();
        for (BenchResult result : all) {
            String chunk = Sizes.format(result.chunkBytes());
            String rate = Sizes.format((long) result.bytesPerSecond()) + "/s";
            String remark = result.equals(best) && all.size() > 1 ? "fastest" : "";
            if (isNarrow) {
                table.row(chunk, result.depth(), rate, remark);
            } else {
                long requests = (long) result.requestsPerSecond();
                table.row(chunk, result.depth(), rate, requests, result.meanMicros(), remark);
            }
        }
        return table;
    }
}
