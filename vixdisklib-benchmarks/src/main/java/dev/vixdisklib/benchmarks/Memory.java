/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** How much memory a stream takes, whatever the size of the disk and the depth. */
final class Memory implements Section {

    private static final Duration LATENCY = Duration.ofMillis(1);

    /** Of the disks, in MiB: one with content, and the largest one that is a single hole. */
    private static final long SMALL = 256;

    private static final long LARGE = 1945L << 10;

    private static final Goal BEYOND = Goal.atMost(16, 0);

    private final Laboratory laboratory;
    private final Effort.WholeEffort effort;

    Memory(Laboratory laboratory, Effort.WholeEffort effort) {
        this.laboratory = laboratory;
        this.effort = effort;
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String measure() throws IOException {
        Table table = new Table("disk", "depth", "heap, MiB", "depth &times; chunk, MiB", "beyond, MiB", "goal");
        Path small = laboratory.flatDisk("memory-small.vmdk", effort.mebibytes(SMALL));
        Path large = laboratory.emptyDisk("memory-large.vmdk", effort.mebibytes(LARGE));
        for (Path disk : List.of(small, large)) {
            String size = Numbers.size(effort.mebibytes(disk.equals(small) ? SMALL : LARGE));
            for (int depth : new int[] {1, 8, 64}) {
                measure(table, disk, size, depth);
            }
        }
        return table.toString();
    }

    private void measure(Table table, Path disk, String size, int depth) throws IOException {
        int chunk = Math.toIntExact(Math.max(Streams.SMALLEST, effort.mebibytes(1)));
        Task task = new Task("stream", chunk, depth, 1000, false);
        Route route = Route.san(LATENCY);
        List<String> command = laboratory.java(MemoryUse.class);
        command.add(FakeVddk.directory().toString());
        command.add(laboratory.configuration(route).toString());
        command.add(route.transport().mode());
        command.add(SimulatedHost.name(disk));
        command.addAll(List.of(task.line().split(" ", -1)));
        Figures figures = Figures.parse(WholeProcess.run(command));
        long inFlight = (long) depth * chunk;
        double beyond = mebibytes(figures.of("highest") - figures.of("before") - inFlight);
        table.row(
                size,
                Integer.toString(depth),
                Numbers.decimal(mebibytes(figures.of("heap")), 1),
                Numbers.decimal(mebibytes(inFlight), 0),
                Numbers.decimal(beyond, 1),
                BEYOND.mark(beyond));
    }

    private static double mebibytes(long bytes) {
        return bytes / (double) (1 << 20);
    }
}
