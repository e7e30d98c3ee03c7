/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

/**
 * The same task done by C and Java in turns, many times. What disturbs the machine for a while disturbs both members of a
 * pair, so pairs are compared and not sums.
 */
final class Comparison {

    private final List<Measurement> c = new ArrayList<>();
    private final List<Measurement> java = new ArrayList<>();

    /** Adds pairs of runs. */
    void run(Contestant cProgram, Task cTask, Contestant javaProgram, Task javaTask, int pairs) throws IOException {
        for (int i = 0; i < pairs; i++) {
            c.add(cProgram.run(cTask));
            java.add(javaProgram.run(javaTask));
        }
    }

    /** Adds pairs of runs of the same task. */
    void run(Contestant cProgram, Contestant javaProgram, Task task, int pairs) throws IOException {
        run(cProgram, task, javaProgram, task, pairs);
    }

    Spread ofC(ToDoubleFunction<Measurement> value) {
        return Spread.of(c.stream().map(value::applyAsDouble).toList());
    }

    Spread ofJava(ToDoubleFunction<Measurement> value) {
        return Spread.of(java.stream().map(value::applyAsDouble).toList());
    }

    /** Of each pair, first the measurement of C. */
    Spread ofPairs(ToDoubleBiFunction<Measurement, Measurement> value) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < c.size(); i++) {
            values.add(value.applyAsDouble(c.get(i), java.get(i)));
        }
        return Spread.of(values);
    }

    /** The throughput of Java over that of C. */
    Spread ratio() {
        return ofPairs((inC, inJava) -> inJava.mebibytesPerSecond() / inC.mebibytesPerSecond());
    }

    /** What Java's heap was asked for in a run, for each request. */
    double allocatedPerRequest() {
        return ofJava(Measurement::allocatedPerRequest).median();
    }
}
