/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.Timing;
import dev.vixdisklib.shim.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Many disks at once from a host that has its limits, under a limit of the bytes in flight. */
final class Hosts implements Section {

    private static final int DISKS = 32;

    /** Of a disk, in MiB. */
    private static final long SIZE = 16;

    private static final long MEBIBYTE = 1 << 20;
    private static final long LIMIT = 32 * MEBIBYTE;
    private static final long FRAGMENT = 64 << 10;
    private static final Goal USED = Goal.atLeast(0.9, 2);

    private static final List<Load> LOADS = List.of(
            new Load("a wire of 256 MiB/s", new Timing(Duration.ofMillis(1), 256 * MEBIBYTE, 0), 256),
            new Load(
                    "16 requests at once, 4 ms each",
                    new Timing(Duration.ofMillis(4), 0, 16),
                    16 * FRAGMENT / (double) MEBIBYTE / 0.004));

    private final Laboratory laboratory;
    private final Effort.WholeEffort effort;

    Hosts(Laboratory laboratory, Effort.WholeEffort effort) {
        this.laboratory = laboratory;
        this.effort = effort;
    }

    /**
     * What a host is limited by.
     *
     * @param name for readers
     * @param timing for the fake
     * @param most what it allows, in MiB/s
     */
    private record Load(String name, Timing timing, double most) {}

    @Override
    public String name() {
        return "hosts";
    }

    @Override
    public String measure() throws IOException {
        List<Path> disks = new ArrayList<>();
        for (int i = 0; i < DISKS; i++) {
            disks.add(laboratory.flatDisk("host-" + i + ".vmdk", effort.mebibytes(SIZE)));
        }
        Table table = new Table(
                "host", "its limit, MiB/s", "32 disks, MiB/s", "of the limit", "goal", "most in flight", "goal");
        for (Load load : LOADS) {
            measure(table, load, disks);
        }
        return table.toString();
    }

    private void measure(Table table, Load load, List<Path> disks) throws IOException {
        Route route = new Route(Transport.NBD, load.timing(), false);
        List<String> command = laboratory.java(ManyDisks.class);
        command.add(FakeVddk.directory().toString());
        command.add(laboratory.configuration(route).toString());
        command.add(route.transport().mode());
        command.add(Long.toString(LIMIT));
        disks.forEach(disk -> command.add(SimulatedHost.name(disk)));
        List<Double> rates = new ArrayList<>();
        long mostInFlight = 0;
        for (int i = 0; i < effort.runs(); i++) {
            Figures figures = Figures.parse(WholeProcess.run(command));
            rates.add(figures.of("bytes") / (double) MEBIBYTE / (figures.of("nanoseconds") / 1e9));
            mostInFlight = Math.max(mostInFlight, figures.of("mostInFlight"));
        }
        Spread spread = Spread.of(rates);
        table.row(
                load.name(),
                Numbers.decimal(load.most(), 0),
                Numbers.spread(spread, 0),
                Numbers.decimal(spread.median() / load.most(), 3),
                USED.mark(spread.median() / load.most()),
                Numbers.size(mostInFlight),
                Numbers.size(LIMIT) + (mostInFlight <= LIMIT ? ": never exceeded" : ": **exceeded**"));
    }
}
