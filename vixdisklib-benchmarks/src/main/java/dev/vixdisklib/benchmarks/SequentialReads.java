/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Synchronous reads of a whole disk in the page cache, Java beside C, by the size of requests. */
final class SequentialReads implements Section {

    private static final String READ = "read";

    /**
     * Reads of a size.
     *
     * @param bytes of a request
     * @param goal what the throughput of Java is to be at least, over that of C
     * @param comparison what came out
     */
    private record Row(long bytes, double goal, Comparison comparison) {

        Row(long bytes, double goal) {
            this(bytes, goal, new Comparison());
        }
    }

    private final List<Row> rows = List.of(
            new Row(4L << 10, 0.93),
            new Row(64L << 10, 0.98),
            new Row(256L << 10, 0.98),
            new Row(1L << 20, 0.98),
            new Row(2L << 20, 0.98));

    private final Laboratory laboratory;
    private final Effort effort;

    SequentialReads(Laboratory laboratory, Effort effort) {
        this.laboratory = laboratory;
        this.effort = effort;
    }

    @Override
    public String name() {
        return "reads";
    }

    @Override
    public String measure() throws IOException {
        Path disk = laboratory.flatDisk("reads.vmdk", effort.diskBytes());
        for (int i = 0; i < effort.processes(); i++) {
            try (Contestant c = laboratory.c(disk, Route.FILE);
                    Contestant java = laboratory.java(disk, Route.FILE)) {
                effort.warmUp(c, READ);
                effort.warmUp(java, READ);
                for (Row row : rows) {
                    Task task = effort.task(READ, row.bytes());
                    c.run(task);
                    java.run(task);
                    row.comparison().run(c, java, task, effort.pairs());
                }
            }
        }
        return table();
    }

    private String table() {
        Table table =
                new Table("request", "C, MiB/s", "Java, MiB/s", "Java over C", "goal", "heap for each read, bytes");
        for (Row row : rows) {
            Comparison comparison = row.comparison();
            table.row(
                    Numbers.size(row.bytes()),
                    Numbers.decimal(
                            comparison.ofC(Measurement::mebibytesPerSecond).median(), 0),
                    Numbers.decimal(
                            comparison.ofJava(Measurement::mebibytesPerSecond).median(), 0),
                    Numbers.spread(comparison.ratio(), 3),
                    Numbers.decimal(row.goal(), 2),
                    Numbers.decimal(comparison.allocatedPerRequest(), 2));
        }
        return table.toString();
    }
}
