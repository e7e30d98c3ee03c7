/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.io.IOException;
import java.util.Collection;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks of single calls, as JMH runs them. */
final class Calls implements Section {

    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Effort effort;

    Calls(Effort effort) {
        this.effort = effort;
    }

    @Override
    public String name() {
        return "parts";
    }

    @Override
    public String measure() throws IOException {
        Table table = new Table("what", "time", "heap, bytes");
        for (RunResult result : run()) {
            Result<?> time = result.getPrimaryResult();
            Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
            table.row(
                    name(result.getParams()),
                    time(time),
                    allocated == null ? "" : Numbers.decimal(allocated.getScore(), 1));
        }
        return table.toString();
    }

    /** Runs all benchmarks. */
    Collection<RunResult> run() throws IOException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^dev\\.vixdisklib\\.benchmarks\\.jmh\\.")
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        effort.jmh().apply(options);
        try {
            return new Runner(options.build()).run();
        } catch (RunnerException e) {
            throw new IOException("a benchmark has failed", e);
        }
    }

    private static String time(Result<?> result) {
        double error = result.getScoreError();
        return Numbers.decimal(result.getScore(), 1)
                + (Double.isNaN(error) ? "" : " &plusmn; " + Numbers.decimal(error, 1))
                + " " + result.getScoreUnit().replace("us/op", "µs").replace("ns/op", "ns");
    }

    private static String name(BenchmarkParams params) {
        String benchmark = params.getBenchmark();
        String method = benchmark.substring(benchmark.lastIndexOf('.', benchmark.lastIndexOf('.') - 1) + 1);
        String values = params.getParamsKeys().stream()
                .map(key -> key + " " + params.getParam(key))
                .collect(Collectors.joining(", "));
        return "`" + method + "`" + (values.isEmpty() ? "" : ", " + values);
    }
}
