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
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Throughput by how many requests are in flight, where each takes its time: as a table and as a plot. */
final class Depth implements Section {

    private static final double MEBIBYTE = 1 << 20;

    /** Of the lower of what the latency allows and what C has without latency. */
    private static final Goal OF_LIMIT = Goal.atLeast(0.95, 2);

    /** Of C with the same latency and depth. */
    private static final Goal OF_C = Goal.atLeast(0.97, 2);

    private static final List<Duration> LATENCIES = List.of(Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(4));

    /** No run moves more than so many times what a run without latency moves. */
    private static final long MOST = 4;

    private static final int WARM_UP_DEPTH = 64;

    /** So many times the requests of a run, before those that count. */
    private static final int WARM_UPS = 4;

    /**
     * Which way sectors go.
     *
     * @param section the name
     * @param inC the workload of the C program
     * @param inJava the workload of the Java program, in the order of the disk
     * @param asCompleted its workload in the order in which requests end, as in C; null if that makes no difference
     * @param sizes of requests, in bytes
     * @param depths that are measured
     */
    private record Direction(
            String section,
            String inC,
            String inJava,
            @Nullable String asCompleted,
            List<Long> sizes,
            List<Integer> depths) {

        boolean isWriting() {
            return inC.startsWith("write");
        }
    }

    private static final Direction READING = new Direction(
            "depth",
            "readAsync",
            "stream",
            "streamAsCompleted",
            List.of(64L << 10, 1L << 20),
            List.of(1, 2, 4, 8, 16, 32, 64));

    private static final Direction WRITING =
            new Direction("depth-writing", "writeAsync", "streamWrite", null, List.of(1L << 20), List.of(1, 4, 16, 64));

    private final Direction direction;
    private final Laboratory laboratory;
    private final Effort effort;
    private final Path plot;
    private final Map<Setting, List<Round>> rounds = new LinkedHashMap<>();

    private Depth(Direction direction, Laboratory laboratory, Effort effort, Path plot) {
        this.direction = direction;
        this.laboratory = laboratory;
        this.effort = effort;
        this.plot = plot;
        for (long bytes : direction.sizes()) {
            for (Duration latency : LATENCIES) {
                for (int depth : direction.depths()) {
                    rounds.put(new Setting(bytes, latency, depth), new ArrayList<>());
                }
            }
        }
    }

    static Depth ofReads(Laboratory laboratory, Effort effort, Path plot) {
        return new Depth(READING, laboratory, effort, plot);
    }

    static Depth ofWrites(Laboratory laboratory, Effort effort, Path plot) {
        return new Depth(WRITING, laboratory, effort, plot);
    }

    /**
     * What is measured.
     *
     * @param bytes of a request
     * @param latency of a request
     * @param depth how many are in flight
     */
    private record Setting(long bytes, Duration latency, int depth) {

        /** What the latency allows, in MiB/s. */
        double bound() {
            return latency.isZero() ? Double.POSITIVE_INFINITY : depth * bytes / MEBIBYTE / (latency.toNanos() / 1e9);
        }
    }

    /**
     * Runs one right after the other, in MiB/s.
     *
     * @param limit the lower of what the latency allows and what C has just had without latency
     * @param inC what C had
     * @param inJava what Java had, in the order of the disk
     * @param asCompleted what Java had in the order in which requests ended, NaN if that makes no difference
     * @param allocated bytes of Java's heap for each chunk
     */
    private record Round(double limit, double inC, double inJava, double asCompleted, double allocated) {}

    @Override
    public String name() {
        return direction.section();
    }

    @Override
    public String measure() throws IOException {
        Path disk = laboratory.flatDisk(name() + "-c.vmdk", effort.diskBytes());
        Path other = disk;
        Path third = disk;
        if (direction.isWriting()) {
            // Only one at a time can have a disk open to write.
            other = laboratory.flatDisk(name() + "-java.vmdk", effort.diskBytes());
            third = laboratory.flatDisk(name() + "-ceiling.vmdk", effort.diskBytes());
        }
        for (int i = 0; i < effort.processes(); i++) {
            for (Duration latency : LATENCIES) {
                measure(latency, disk, other, third);
            }
        }
        Files.writeString(plot, plot().svg());
        return "![Throughput by requests in flight](" + plot.getFileName() + ")\n\n" + table();
    }

    private void measure(Duration latency, Path forC, Path forJava, Path forCeiling) throws IOException {
        try (Contestant c = laboratory.c(forC, route(latency));
                Contestant java = laboratory.java(forJava, route(latency));
                Contestant ceiling = laboratory.c(forCeiling, route(Duration.ZERO))) {
            warmUp(java, latency);
            for (Map.Entry<Setting, List<Round>> entry : rounds.entrySet()) {
                Setting setting = entry.getKey();
                if (setting.latency().equals(latency)) {
                    c.run(task(direction.inC(), setting));
                    java.run(task(direction.inJava(), setting));
                    for (int i = 0; i < effort.rounds(); i++) {
                        entry.getValue().add(round(setting, ceiling, c, java));
                    }
                }
            }
        }
    }

    private Route route(Duration latency) {
        Route route = Route.san(latency);
        return direction.isWriting() ? route.toWrite() : route;
    }

    private void warmUp(Contestant java, Duration latency) throws IOException {
        long requests =
                Math.min(effort.smallRequests(), requests(new Setting(Streams.SMALLEST, latency, WARM_UP_DEPTH)));
        for (int i = 0; i < WARM_UPS; i++) {
            java.run(new Task(direction.inJava(), Streams.SMALLEST, WARM_UP_DEPTH, requests, false));
        }
    }

    private Round round(Setting setting, Contestant ceiling, Contestant c, Contestant java) throws IOException {
        // With one buffer, C is fastest: it stays in the processor's cache.
        Setting fastest = new Setting(setting.bytes(), Duration.ZERO, 1);
        double highest = ceiling.run(task(direction.inC(), fastest)).mebibytesPerSecond();
        double inC = c.run(task(direction.inC(), setting)).mebibytesPerSecond();
        Measurement inJava = java.run(task(direction.inJava(), setting));
        return new Round(
                Math.min(setting.bound(), highest),
                inC,
                inJava.mebibytesPerSecond(),
                asCompleted(setting, java),
                inJava.allocatedPerRequest());
    }

    private double asCompleted(Setting setting, Contestant java) throws IOException {
        return direction.asCompleted() == null
                ? Double.NaN
                : java.run(task(direction.asCompleted(), setting)).mebibytesPerSecond();
    }

    private Task task(String workload, Setting setting) {
        return new Task(workload, setting.bytes(), setting.depth(), requests(setting), false);
    }

    /** As many as come back in the time that a run should take, if nothing but the latency holds them up. */
    private long requests(Setting setting) {
        long millis = setting.latency().toMillis();
        long requests = millis == 0
                ? effort.runBytes() / setting.bytes()
                : Math.min(effort.deepMillis() / millis * setting.depth(), MOST * effort.runBytes() / setting.bytes());
        return Math.max(setting.depth(), requests);
    }

    private String table() {
        List<String> columns = new ArrayList<>(List.of(
                "request",
                "latency",
                "depth",
                "limit, MiB/s",
                "C, MiB/s",
                "Java, MiB/s",
                "C over limit",
                "Java over limit",
                "goal",
                "Java over C",
                "goal",
                "heap for each chunk, bytes"));
        if (direction.asCompleted() != null) {
            columns.add("Java as completed, over C");
        }
        Table table = new Table(columns);
        rounds.forEach((setting, measured) -> table.row(row(setting, measured)));
        return table.toString();
    }

    private List<String> row(Setting setting, Collection<Round> measured) {
        boolean isTimed = !setting.latency().isZero();
        Spread overLimit = spread(measured, round -> round.inJava() / round.limit());
        Spread overC = spread(measured, round -> round.inJava() / round.inC());
        List<String> row = new ArrayList<>(List.of(
                Numbers.size(setting.bytes()),
                setting.latency().toMillis() + " ms",
                Integer.toString(setting.depth()),
                Numbers.decimal(median(measured, Round::limit), 0),
                Numbers.decimal(median(measured, Round::inC), 0),
                Numbers.decimal(median(measured, Round::inJava), 0),
                Numbers.decimal(median(measured, round -> round.inC() / round.limit()), 3),
                Numbers.spread(overLimit, 3),
                isTimed ? OF_LIMIT.mark(overLimit.median()) : "",
                Numbers.spread(overC, 3),
                isTimed ? OF_C.mark(overC.median()) : "",
                Numbers.decimal(median(measured, Round::allocated), 2)));
        if (direction.asCompleted() != null) {
            row.add(Numbers.spread(spread(measured, round -> round.asCompleted() / round.inC()), 3));
        }
        return row;
    }

    private static Spread spread(Collection<Round> measured, ToDoubleFunction<Round> value) {
        return Spread.of(measured.stream().map(value::applyAsDouble).toList());
    }

    private static double median(Collection<Round> measured, ToDoubleFunction<Round> value) {
        return spread(measured, value).median();
    }

    private Plot plot() {
        List<Plot.Panel> panels = new ArrayList<>();
        for (long bytes : direction.sizes()) {
            List<Plot.Series> series = new ArrayList<>();
            for (Duration latency : LATENCIES) {
                int colour = LATENCIES.indexOf(latency);
                String suffix = ", " + latency.toMillis() + " ms";
                series.add(series("C" + suffix, colour, false, bytes, latency, Round::inC));
                series.add(series("Java" + suffix, colour + LATENCIES.size(), false, bytes, latency, Round::inJava));
                if (!latency.isZero()) {
                    series.add(series("", colour, true, bytes, latency, Round::limit));
                }
            }
            panels.add(new Plot.Panel("requests of " + Numbers.size(bytes), series));
        }
        return new Plot("requests in flight", "MiB/s", panels);
    }

    private Plot.Series series(
            String name, int colour, boolean dashed, long bytes, Duration latency, ToDoubleFunction<Round> value) {
        Plot.Series series = new Plot.Series(name, colour, dashed);
        for (int depth : direction.depths()) {
            series.add(depth, median(rounds.getOrDefault(new Setting(bytes, latency, depth), List.of()), value));
        }
        return series;
    }
}
