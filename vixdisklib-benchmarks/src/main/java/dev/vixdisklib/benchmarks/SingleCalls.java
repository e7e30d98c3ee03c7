/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.nio.file.Path;

/** What the API adds to a call that does next to nothing: a sector of a hole, and one of a file in the page cache. */
final class SingleCalls implements Section {

    private static final String READ = "read";
    private static final String WRITE = "write";

    private final Laboratory laboratory;
    private final Effort effort;

    SingleCalls(Laboratory laboratory, Effort effort) {
        this.laboratory = laboratory;
        this.effort = effort;
    }

    @Override
    public String name() {
        return "calls";
    }

    /** Starts a program. */
    @FunctionalInterface
    private interface Start {
        Contestant on(Path disk) throws IOException;
    }

    @Override
    public String measure() throws IOException {
        Path hole = laboratory.emptyDisk("hole.vmdk", effort.diskBytes());
        Path file = laboratory.flatDisk("calls.vmdk", effort.diskBytes());
        Table table = new Table("call", "C, ns", "Java, ns", "Java less C, ns", "goal", "heap for each call, bytes");
        row(table, "read a sector of a hole", "30", reads(hole));
        row(table, "read a sector of a file in the page cache", "", reads(file));
        row(table, "write a sector of such a file", "", writes(file));
        return table.toString();
    }

    private Comparison reads(Path disk) throws IOException {
        return compare(READ, disk, of -> laboratory.c(of, Route.FILE), of -> laboratory.java(of, Route.FILE));
    }

    /** Each in a process of its own, since only one at a time can have a disk open to write. */
    private Comparison writes(Path disk) throws IOException {
        Path other = laboratory.flatDisk("written.vmdk", effort.diskBytes());
        return compare(
                WRITE,
                disk,
                of -> laboratory.c(other, Route.FILE.toWrite()),
                of -> laboratory.java(of, Route.FILE.toWrite()));
    }

    private Comparison compare(String workload, Path disk, Start startC, Start startJava) throws IOException {
        Task task = new Task(workload, Sectors.SIZE, 1, effort.smallRequests(), false);
        Comparison comparison = new Comparison();
        for (int i = 0; i < effort.processes(); i++) {
            try (Contestant c = startC.on(disk);
                    Contestant java = startJava.on(disk)) {
                effort.warmUp(c, workload);
                effort.warmUp(java, workload);
                comparison.run(c, java, task, effort.pairs());
            }
        }
        return comparison;
    }

    private static void row(Table table, String what, String goal, Comparison comparison) {
        table.row(
                what,
                Numbers.decimal(
                        comparison.ofC(Measurement::nanosecondsPerRequest).median(), 0),
                Numbers.decimal(
                        comparison.ofJava(Measurement::nanosecondsPerRequest).median(), 0),
                Numbers.spread(
                        comparison.ofPairs((c, java) -> java.nanosecondsPerRequest() - c.nanosecondsPerRequest()), 0),
                goal,
                Numbers.decimal(comparison.allocatedPerRequest(), 2));
    }
}
