/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AllocatedBlocks;
import dev.vixdisklib.CopyPlan;
import dev.vixdisklib.Disk;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.SectorRange;
import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vixdisk map}. */
@Command(
        name = "map",
        description = {
            "Shows which parts of a disk are allocated.",
            "What is not allocated reads as zeros; with a parent, what is allocated in any link counts."
        })
final class MapCommand extends DiskCommand {

    private static final String STREAM = "-";

    @Parameters(paramLabel = "DISK", description = "A VMDK file; for a flat or split disk its descriptor.")
    private String name = "";

    @ArgGroup
    private final Form form = new Form();

    @Option(names = "--force", description = "Replace the file of --svg if it exists.")
    private boolean force;

    /** What is made instead of a picture in the terminal. */
    private static final class Form {

        @Option(
                names = {"-l", "--list"},
                description = "Print a table of the allocated ranges.")
        private boolean list;

        @Option(
                names = "--json",
                description = "Print all ranges, holes too, as 'qemu-img map --output=json' does: start and length in"
                        + " bytes.")
        private boolean json;

        @Option(
                names = "--svg",
                paramLabel = "FILE",
                description = "Draw the picture into a file for browsers and reports; - is standard output.")
        private @Nullable Path svg;
    }

    MapCommand(Console console) {
        super(console);
    }

    @Override
    void check() throws IOException {
        requireDisks(name);
        Path svg = form.svg;
        if (svg == null ? force : svg.toString().isEmpty()) {
            throw wrongUsage(svg == null ? "--force is for --svg" : "a name is empty");
        }
        if (svg != null && !isStream(svg) && !force && Files.exists(svg)) {
            throw new FileSystemException(svg.toString(), null, "exists already; --force replaces it");
        }
    }

    private static boolean isStream(Path svg) {
        return svg.toString().equals(STREAM);
    }

    @Override
    void run() throws IOException {
        try (Disks disks = openToRead();
                Disk disk = disks.open(name, OpenFlag.READ_ONLY)) {
            AllocatedBlocks blocks = disk.allocatedBlocks();
            if (form.json) {
                printJson(blocks);
            } else if (form.list) {
                printList(disk, blocks);
            } else {
                printPicture(disk, blocks);
            }
            tellWhatIsNotKnown(blocks);
        }
    }

    private void printJson(AllocatedBlocks blocks) {
        try (JsonArray array = new JsonArray(out())) {
            for (CopyPlan.Step step : CopyPlan.full(blocks)) {
                boolean isData = step.kind() == CopyPlan.Kind.COPY;
                Json element = new Json()
                        .put("start", Sectors.toBytes(step.range().start()))
                        .put("length", Sectors.toBytes(step.range().count()))
                        .put("data", isData)
                        .put("zero", !isData);
                if (!array.add(element)) {
                    return;
                }
            }
        }
    }

    private void printList(Disk disk, AllocatedBlocks blocks) {
        try (RangeTable table = new RangeTable(console(), disk.capacity())) {
            for (SectorRange range : blocks) {
                if (!table.add(range)) {
                    return;
                }
            }
        }
    }

    private void printPicture(Disk disk, AllocatedBlocks blocks) throws IOException {
        Path svg = form.svg;
        MapPicture picture = new MapPicture(console());
        Occupancy occupancy = new Occupancy(disk.capacity(), svg == null ? picture.mostParts() : MapSvg.mostParts());
        try (ProgressBar bar = console().progress("asking", Sectors.toBytes(disk.capacity()))) {
            for (SectorRange range : blocks) {
                occupancy.add(range);
                bar.at(Sectors.toBytes(range.end()));
            }
        }
        if (svg == null) {
            out().println(picture.of(occupancy));
            out().println();
        } else if (isStream(svg)) {
            out().print(MapSvg.of(name, occupancy));
            return;
        } else {
            Files.writeString(svg, MapSvg.of(name, occupancy), toWriteTo());
        }
        out().println(totals(disk, occupancy).fitted(console().terminal()));
    }

    private OpenOption[] toWriteTo() {
        return force
                ? new OpenOption[] {
                    StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE
                }
                : new OpenOption[] {StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE};
    }

    private Table totals(Disk disk, Occupancy occupancy) {
        long bytes = Sectors.toBytes(disk.capacity());
        return Table.ofFacts(console().style())
                .row(
                        "capacity",
                        Sizes.format(bytes) + " (" + bytes + " bytes, " + Messages.counted(disk.capacity(), "sector")
                                + ")")
                .row(
                        "allocated",
                        Sizes.format(occupancy.bytes()) + ", which is " + Occupancy.percent(occupancy.bytes(), bytes))
                .row("ranges", ranges(occupancy));
    }

    private static String ranges(Occupancy occupancy) {
        return occupancy.ranges()
                + (occupancy.ranges() > 1 ? ", the largest of " + Sizes.format(occupancy.largestBytes()) : "");
    }

    /** Not on standard output, where it would be in the way of who reads that. */
    private void tellWhatIsNotKnown(AllocatedBlocks blocks) {
        blocks.unknownReason()
                .ifPresent(reason -> console()
                        .err()
                        .println("vixdisk: everything counts as allocated, since the library cannot tell: "
                                + Messages.oneLine(reason)));
    }
}
