/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How much is done for a figure.
 *
 * @param processes how often both programs are started anew: memory lies differently each time
 * @param pairs how many runs of both there are in each of them
 * @param rounds the same where requests take their time
 * @param diskBytes the size of the disks; they have to fit into the page cache
 * @param runBytes how much a run moves, if its requests are not small
 * @param smallRequests how many requests a run makes that are small
 * @param deepMillis how long a run should take whose requests take time
 * @param whole how much is done by programs that are measured from their start to their end
 * @param jmh how much JMH does
 */
record Effort(
        int processes,
        int pairs,
        int rounds,
        long diskBytes,
        long runBytes,
        long smallRequests,
        long deepMillis,
        WholeEffort whole,
        JmhEffort jmh) {

    private static final long MIB = 1 << 20;

    /** Some minutes. */
    static final Effort SHORT = new Effort(
            3, 15, 2, 256 * MIB, 256 * MIB, 100_000, 200, new WholeEffort(7, 1L << 20), new JmhEffort(1, 3, 5, 500));

    /** Everything once, to see that it works. */
    static final Effort SMOKE =
            new Effort(1, 1, 1, 4 * MIB, 4 * MIB, 100, 5, new WholeEffort(1, 1 << 10), new JmhEffort(0, 0, 1, 1));

    /**
     * How much is done by programs that are measured from their start to their end.
     *
     * @param runs of each
     * @param scale how many bytes there are for a mebibyte of the disks that are described
     */
    record WholeEffort(int runs, long scale) {

        /** A size, scaled down. */
        long mebibytes(long count) {
            return count * scale;
        }
    }

    /**
     * How much JMH does.
     *
     * @param forks JVMs for each benchmark; 0 for this one
     * @param warmups iterations that do not count
     * @param iterations that do
     * @param millis of each
     */
    record JmhEffort(int forks, int warmups, int iterations, int millis) {

        void apply(ChainedOptionsBuilder options) {
            options.forks(forks)
                    .warmupIterations(warmups)
                    .warmupTime(new TimeValue(millis, TimeUnit.MILLISECONDS))
                    .measurementIterations(iterations)
                    .measurementTime(new TimeValue(millis, TimeUnit.MILLISECONDS));
        }
    }

    /** A task of this effort, with synchronous requests. */
    Task task(String workload, long bytes) {
        Task moving = Task.moving(runBytes, workload, bytes, 1);
        return new Task(workload, bytes, 1, Math.min(moving.requests(), smallRequests), false);
    }

    /** Tasks after which the JVM has compiled what a workload runs. */
    void warmUp(Contestant contestant, String workload) throws IOException {
        for (int i = 0; i < pairs; i++) {
            contestant.run(new Task(workload, Sectors.SIZE, 1, smallRequests, false));
        }
    }
}
