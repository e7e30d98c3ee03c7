/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.Sectors;
import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How long it takes to find out what is allocated of a large disk in many pieces. */
final class Blocks implements Section {

    /** As many tables as 16 TiB are, in MiB of {@link Effort.WholeEffort}. */
    private static final long SIZE = 16L << 20;

    private static final int EXTENTS_OF_TABLE = 20;
    private static final Goal SECONDS = Goal.atMost(3, 0);

    private final Laboratory laboratory;
    private final Effort.WholeEffort effort;

    Blocks(Laboratory laboratory, Effort.WholeEffort effort) {
        this.laboratory = laboratory;
        this.effort = effort;
    }

    @Override
    public String name() {
        return "blocks";
    }

    @Override
    public String measure() throws IOException {
        long bytes = effort.mebibytes(SIZE);
        Path disk = laboratory.folder().resolve("fragmented.vmdk");
        Fragmented.create(disk, Math.toIntExact(Sectors.ofBytes(bytes) / Fragmented.PER_TABLE), EXTENTS_OF_TABLE);
        List<String> command = laboratory.java(BlockList.class);
        command.add(FakeVddk.directory().toString());
        command.add(disk.toString());
        List<Double> seconds = new ArrayList<>();
        List<Double> heap = new ArrayList<>();
        List<Double> resident = new ArrayList<>();
        long extents = 0;
        for (int i = 0; i < effort.runs(); i++) {
            Figures figures = Figures.parse(WholeProcess.run(command));
            seconds.add(figures.of("nanoseconds") / 1e9);
            heap.add(figures.of("heap") / (double) (1 << 20));
            resident.add(figures.of("highest") / (double) (1 << 20));
            extents = figures.of("extents");
        }
        double shortest = seconds.stream().min(Double::compare).orElseThrow();
        Table table = new Table("disk", "extents", "shortest / median, s", "goal", "heap, MiB", "process, MiB");
        table.row(
                Numbers.size(bytes),
                Numbers.decimal((double) extents, 0),
                Numbers.decimal(shortest, 2) + " / "
                        + Numbers.decimal(Spread.of(seconds).median(), 2),
                SECONDS.mark(shortest),
                Numbers.decimal(Spread.of(heap).median(), 1),
                Numbers.decimal(Spread.of(resident).median(), 1));
        return table.toString();
    }
}
