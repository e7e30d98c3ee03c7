/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/**
 * Programs that make a file each, run in turns from their start to their end. What disturbs them makes them slower only, so
 * that the shortest time tells most of a program, and the median how it goes.
 */
final class Race {

    /** Any number, the same each time. */
    private static final long SEED = 20;

    private final Path target;
    private final Map<String, Runner> runners = new LinkedHashMap<>();

    /**
     * A race.
     *
     * @param target what the programs make; deleted after each
     */
    Race(Path target) {
        this.target = target;
    }

    private record Runner(List<String> command, List<Double> seconds) {}

    /** Adds a program that is given the name of the target. */
    Race with(String name, Function<Path, List<String>> command) {
        runners.put(name, new Runner(command.apply(target), new ArrayList<>()));
        return this;
    }

    /** Has each of them run so often, in an order of its own in each round, since what one leaves behind meets the next. */
    Race run(int times) throws IOException {
        List<Runner> order = new ArrayList<>(runners.values());
        Random random = new Random(SEED);
        for (int i = 0; i < times; i++) {
            Collections.shuffle(order, random);
            for (Runner runner : order) {
                runner.seconds().add(WholeProcess.seconds(runner.command()));
                Files.delete(target);
            }
        }
        return this;
    }

    double shortest(String name) {
        return times(name).stream().min(Double::compare).orElseThrow();
    }

    double median(String name) {
        return Spread.of(times(name)).median();
    }

    /** For readers: the shortest time and the median, in seconds. */
    String told(String name) {
        return Numbers.decimal(shortest(name), 2) + " / " + Numbers.decimal(median(name), 2);
    }

    private List<Double> times(String name) {
        Runner runner = runners.get(name);
        if (runner == null) {
            throw new IllegalArgumentException("nobody is called " + name);
        }
        return runner.seconds();
    }
}
