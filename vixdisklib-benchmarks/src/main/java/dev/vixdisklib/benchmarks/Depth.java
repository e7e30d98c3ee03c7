/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Throughput by how many requests are in flight, where each takes its time: as a table and as a plot. Whoever streams in
 * Java becomes a second program here.
 */
final class Depth implements Section {

    private static final double MEBIBYTE = 1 << 20;
    private static final List<Long> SIZES = List.of(64L << 10, 1L << 20);

    /** The first one is none: its throughput is the most that the programs can have. */
    private static final List<Duration> LATENCIES = List.of(Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(4));

    private static final List<Integer> DEPTHS = List.of(1, 2, 4, 8, 16, 32, 64);

    /** No run moves more than so many times what a run without latency moves. */
    private static final long MOST = 4;

    private final Effort effort;
    private final Laboratory laboratory;
    private final Path plot;
    private final List<Program> programs;

    Depth(Laboratory laboratory, Effort effort, Path plot) {
        this.laboratory = laboratory;
        this.effort = effort;
        this.plot = plot;
        this.programs = List.of(new Program("C", "readAsync", laboratory::c));
    }

    @Override
    public String name() {
        return "depth";
    }

    /** Starts a program on a disk whose requests take a time. */
    @FunctionalInterface
    private interface Start {
        Contestant on(Path disk, Duration latency) throws IOException;
    }

    /**
     * A program that can have requests in flight.
     *
     * @param name for readers
     * @param workload in its tasks
     * @param start how it is started
     */
    private record Program(String name, String workload, Start start) {}

    /**
     * What was measured at one size and latency.
     *
     * @param bytes of a request
     * @param latency of a request
     * @param limits in MiB/s, by depth
     * @param rates in MiB/s, of each program by depth
     */
    private record Curves(long bytes, Duration latency, List<Double> limits, List<List<Double>> rates) {

        double highest() {
            return rates.stream().map(Collections::max).max(Double::compare).orElseThrow();
        }
    }

    @Override
    public String measure() throws IOException {
        Path disk = laboratory.flatDisk("depth.vmdk", effort.diskBytes());
        List<Plot.Panel> panels = new ArrayList<>();
        Table table = new Table(columns());
        for (long bytes : SIZES) {
            List<Plot.Series> series = new ArrayList<>();
            double ceiling = Double.POSITIVE_INFINITY;
            for (Duration latency : LATENCIES) {
                Curves curves = curves(disk, bytes, latency, ceiling);
                if (latency.isZero()) {
                    ceiling = curves.highest();
                }
                addRows(table, curves);
                addSeries(series, curves);
            }
            panels.add(new Plot.Panel("requests of " + Numbers.size(bytes), series));
        }
        Files.writeString(plot, new Plot("requests in flight", "MiB/s", panels).svg());
        return "![Throughput by requests in flight](" + plot.getFileName() + ")\n\n" + table;
    }

    private Curves curves(Path disk, long bytes, Duration latency, double ceiling) throws IOException {
        List<Double> limits = new ArrayList<>();
        List<List<Double>> rates = new ArrayList<>();
        for (int depth : DEPTHS) {
            double bound =
                    latency.isZero() ? Double.POSITIVE_INFINITY : depth * bytes / MEBIBYTE / (latency.toNanos() / 1e9);
            limits.add(Math.min(bound, ceiling));
        }
        for (Program program : programs) {
            try (Contestant contestant = program.start().on(disk, latency)) {
                List<Double> ofProgram = new ArrayList<>();
                for (int depth : DEPTHS) {
                    ofProgram.add(rate(contestant, task(program, bytes, latency, depth)));
                }
                rates.add(ofProgram);
            }
        }
        return new Curves(bytes, latency, limits, rates);
    }

    private double rate(Contestant contestant, Task task) throws IOException {
        contestant.run(task);
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < effort.processes(); i++) {
            rates.add(contestant.run(task).mebibytesPerSecond());
        }
        return Spread.of(rates).median();
    }

    /** As many requests as come back in the time that a run should take, if nothing but the latency holds them up. */
    private Task task(Program program, long bytes, Duration latency, int depth) {
        long most = latency.isZero() ? effort.runBytes() : MOST * effort.runBytes();
        long timed = latency.isZero() ? most : effort.deepMillis() / latency.toMillis() * depth * bytes;
        return Task.moving(Math.min(timed, most), program.workload(), bytes, depth);
    }

    private String[] columns() {
        List<String> columns = new ArrayList<>(List.of("request", "latency", "depth", "limit, MiB/s"));
        programs.forEach(program -> columns.add(program.name() + ", MiB/s"));
        return columns.toArray(String[]::new);
    }

    private static void addRows(Table table, Curves curves) {
        for (int i = 0; i < DEPTHS.size(); i++) {
            List<String> cells = new ArrayList<>();
            cells.add(Numbers.size(curves.bytes()));
            cells.add(curves.latency().toMillis() + " ms");
            cells.add(DEPTHS.get(i).toString());
            double limit = curves.limits().get(i);
            cells.add(Double.isInfinite(limit) ? "" : Numbers.decimal(limit, 0));
            for (List<Double> rates : curves.rates()) {
                cells.add(Numbers.decimal(rates.get(i), 0));
            }
            table.row(cells.toArray(String[]::new));
        }
    }

    private void addSeries(List<Plot.Series> all, Curves curves) {
        int colour = LATENCIES.indexOf(curves.latency());
        for (int i = 0; i < programs.size(); i++) {
            String name = programs.get(i).name() + ", " + curves.latency().toMillis() + " ms";
            Plot.Series series = new Plot.Series(name, colour + i * LATENCIES.size(), false);
            for (int at = 0; at < DEPTHS.size(); at++) {
                series.add(DEPTHS.get(at), curves.rates().get(i).get(at));
            }
            all.add(series);
        }
        if (!curves.latency().isZero()) {
            Plot.Series limits = new Plot.Series("", colour, true);
            for (int at = 0; at < DEPTHS.size(); at++) {
                limits.add(DEPTHS.get(at), curves.limits().get(at));
            }
            all.add(limits);
        }
    }
}
