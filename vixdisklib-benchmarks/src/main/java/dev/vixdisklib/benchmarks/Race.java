/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
 *
 * <p>Each begins with the same memory: before it, a file that is larger than the target is written and deleted. A virtual
 * machine may give memory back to its host that has been free for some seconds, and gets it again at a great price; without
 * that file, a program that begins to write a little sooner after another one's file was deleted pays less of it.
 */
final class Race {

    /** Any number, the same each time. */
    private static final long SEED = 20;

    private static final int PIECE = 1 << 20;

    private final Path target;
    private final long memory;
    private final Map<String, Runner> runners = new LinkedHashMap<>();

    /**
     * A race.
     *
     * @param target what the programs make; deleted after each
     * @param bytes what it takes of memory
     */
    Race(Path target, long bytes) {
        this.target = target;
        this.memory = bytes + bytes / 4;
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
                takeMemory();
                runner.seconds().add(WholeProcess.seconds(runner.command()));
                Files.delete(target);
            }
        }
        return this;
    }

    private void takeMemory() throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(PIECE);
        try (FileChannel channel = FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (channel.size() < memory) {
                channel.write(zeros.clear());
            }
        } finally {
            Files.deleteIfExists(target);
        }
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
