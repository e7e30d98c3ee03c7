/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.CopyException;
import dev.vixdisklib.DiskComparison;
import dev.vixdisklib.SectorRange;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.StreamOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vixdisk compare}. */
@Command(
        name = "compare",
        description = {
            "Tells whether two disks have the same content, whatever they are stored as.",
            "A name that ends in .vmdk, in any case, is a disk, any other name a raw image. Sectors that only the larger"
                    + " one has are different, also if they are zeros."
        },
        exitCodeOnExecutionException = CompareCommand.TROUBLE,
        footer = {"", "Exit status, as that of cmp and diff: 0 the same, 1 different, 2 failed or wrong usage."})
final class CompareCommand extends DiskCommand {

    /** What is neither the same nor different, so that a script cannot take a failure for a difference. */
    static final int TROUBLE = 2;

    private static final int DIFFERENT = 1;

    /** Of the ranges; what is more is only counted, unless a list is asked for. */
    private static final int SHOWN = 10;

    @Parameters(index = "0", paramLabel = "ONE", description = "A disk, or a raw image.")
    private String oneName = "";

    @Parameters(index = "1", paramLabel = "OTHER", description = "Another one.")
    private String otherName = "";

    @ArgGroup
    private final Form form = new Form();

    private long ranges;
    private long sectors;
    private final List<SectorRange> first = new ArrayList<>();

    /** What is printed instead of a few words. */
    private static final class Form {

        @Option(
                names = {"-l", "--list"},
                description = "Print all ranges that are different, as they are found.")
        private boolean list;

        @Option(names = "--json", description = "Print all ranges as a JSON array: start and length in bytes.")
        private boolean json;

        @Option(
                names = {"-q", "--quiet"},
                description = "Print nothing; the exit status tells.")
        private boolean quiet;
    }

    /** Ends a comparison whose result nobody wants to know more of. */
    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1;

        Enough() {
            super(null, null, false, false);
        }
    }

    CompareCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        requireDisks(oneName, otherName);
    }

    @Override
    int exitStatus() {
        return ranges == 0 ? 0 : DIFFERENT;
    }

    @Override
    void run() throws IOException, InterruptedException {
        try (Disks disks = openToRead();
                Side one = Side.open(disks, oneName, server());
                Side other = Side.open(disks, otherName, server())) {
            if (form.json) {
                printJson(one, other);
            } else if (form.list) {
                printList(one, other);
            } else if (form.quiet) {
                findOne(one, other);
            } else {
                printSummary(one, other);
            }
        }
    }

    private void compare(Side one, Side other, Consumer<SectorRange> listener)
            throws IOException, InterruptedException {
        try (ProgressBar bar = progress(Math.min(one.bytes(), other.bytes()))) {
            StreamOptions options = StreamOptions.defaults().readingAhead();
            DiskComparison.compare(
                    one.contents(),
                    other.contents(),
                    options,
                    range -> {
                        count(range);
                        listener.accept(range);
                    },
                    bar::at);
        } catch (CopyException e) {
            throw Messages.ofSide(e, oneName, otherName);
        } catch (Enough e) {
            // The status tells.
        }
    }

    /** None where it would be amid the lines that are printed meanwhile. */
    private ProgressBar progress(long bytes) {
        boolean isAmid = (form.list || form.json) && console().terminal().outIsTerminal();
        return new ProgressBar(
                isAmid ? Terminal.NONE : console().terminal(), console().err(), "comparing", bytes);
    }

    private void count(SectorRange range) {
        ranges++;
        sectors += range.count();
        if (first.size() < SHOWN) {
            first.add(range);
        }
    }

    private void findOne(Side one, Side other) throws IOException, InterruptedException {
        if (Math.ceilDiv(one.bytes(), Sectors.SIZE) != Math.ceilDiv(other.bytes(), Sectors.SIZE)) {
            ranges++;
            return;
        }
        compare(one, other, range -> {
            throw new Enough();
        });
    }

    private void printJson(Side one, Side other) throws IOException, InterruptedException {
        try (JsonArray array = new JsonArray(out())) {
            compare(one, other, range -> {
                Json element = new Json()
                        .put("start", Sectors.toBytes(range.start()))
                        .put("length", Sectors.toBytes(range.count()));
                requireWanted(array.add(element));
            });
        }
    }

    private void printList(Side one, Side other) throws IOException, InterruptedException {
        long most = Math.ceilDiv(Math.max(one.bytes(), other.bytes()), Sectors.SIZE);
        try (RangeTable table = new RangeTable(console(), most)) {
            compare(one, other, range -> requireWanted(table.add(range)));
        }
    }

    private static void requireWanted(boolean isWanted) {
        if (!isWanted) {
            throw new Enough();
        }
    }

    private void printSummary(Side one, Side other) throws IOException, InterruptedException {
        compare(one, other, range -> {});
        Style style = console().style();
        if (one.bytes() != other.bytes()) {
            out().println(Messages.printable(oneName) + " has " + Messages.counted(one.bytes(), "byte") + ", "
                    + Messages.printable(otherName) + " has " + other.bytes() + ".");
        }
        if (ranges == 0) {
            out().println(style.green("The same") + ": " + Sizes.format(one.bytes()) + ".");
            return;
        }
        out().println(style.red("Different") + ": " + Messages.counted(sectors, "sector") + " ("
                + Sizes.format(Sectors.toBytes(sectors)) + ") in " + Messages.counted(ranges, "range") + ".");
        out().println();
        long most = Math.ceilDiv(Math.max(one.bytes(), other.bytes()), Sectors.SIZE);
        try (RangeTable table = new RangeTable(console(), most)) {
            first.forEach(range -> table.add(range));
        }
        if (ranges > first.size()) {
            out().println("and " + Messages.counted(ranges - first.size(), "more range") + "; --list prints all");
        }
    }
}
