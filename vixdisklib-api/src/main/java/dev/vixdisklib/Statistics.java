/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How often the functions of the library were called, how often in vain, for how long and for how many bytes: counts up to
 * one moment, which do not change. Two of them tell what was between:
 *
 * {@snippet class = "dev.vixdisklib.StatisticsTest" region = "example"}
 *
 * <p>While transfers are under way on other threads, the numbers of a function may be of moments that are a transfer apart.
 */
public final class Statistics {

    private static final Calls NONE = new Calls(0, 0, 0, 0, Duration.ZERO);

    private final SortedMap<String, Calls> functions;

    /**
     * Counts.
     *
     * @param functions the calls of each function, by its name without {@code VixDiskLib_}; copied
     */
    public Statistics(Map<String, Calls> functions) {
        this.functions = Collections.unmodifiableSortedMap(new TreeMap<>(functions));
    }

    /**
     * The calls of a function.
     *
     * @param calls how many have returned; for {@code ReadAsync} and {@code WriteAsync}, how many requests have ended
     * @param failures how many of them with an error, also one that this API does not throw but answers itself, such as a
     *     buffer that was too small for metadata
     * @param bytes the bytes that were read or written, by calls that succeeded; 0 for all functions but {@code Read},
     *     {@code Write}, {@code ReadAsync} and {@code WriteAsync}
     * @param timed how many of the calls were timed: all, but of {@code Read} and {@code Write} only those while
     *     {@link VixDiskLib#timeTransfers} was on, or a flight recording was made
     * @param time how long the timed calls took together; for {@code ReadAsync} and {@code WriteAsync}, from the request
     *     to its end
     */
    public record Calls(long calls, long failures, long bytes, long timed, Duration time) {

        /**
         * The mean time of a call.
         *
         * @return the mean of the calls that were timed; empty if none was
         */
        public Optional<Duration> mean() {
            return timed == 0 ? Optional.empty() : Optional.of(time.dividedBy(timed));
        }

        /**
         * These calls and others.
         *
         * @param more the others
         * @return the sums
         */
        public Calls plus(Calls more) {
            return new Calls(
                    calls + more.calls,
                    failures + more.failures,
                    bytes + more.bytes,
                    timed + more.timed,
                    time.plus(more.time));
        }

        private Calls minus(Calls earlier) {
            return new Calls(
                    calls - earlier.calls,
                    failures - earlier.failures,
                    bytes - earlier.bytes,
                    timed - earlier.timed,
                    time.minus(earlier.time));
        }
    }

    /**
     * The calls of all functions that are counted here.
     *
     * @return the calls of each function, also of those that were never called, by its name without {@code VixDiskLib_}
     */
    public SortedMap<String, Calls> functions() {
        return functions;
    }

    /**
     * The calls of a function.
     *
     * @param function its name without {@code VixDiskLib_}, such as {@code Read}
     * @return the calls
     * @throws IllegalArgumentException if there is no such function, or it is not counted here
     */
    public Calls of(String function) {
        Calls calls = functions.get(function);
        if (calls == null) {
            throw new IllegalArgumentException(
                    "no calls of a function " + function + " are counted here, but those of " + functions.keySet());
        }
        return calls;
    }

    /**
     * What was between two moments.
     *
     * @param earlier the counts at the earlier moment, of the same process or disk
     * @return the differences
     * @throws IllegalArgumentException if the other counts are the later ones, or of other functions
     */
    public Statistics since(Statistics earlier) {
        if (!functions.keySet().equals(earlier.functions.keySet())) {
            throw new IllegalArgumentException(
                    "one counts calls of " + functions.keySet() + ", the other calls of " + earlier.functions.keySet());
        }
        SortedMap<String, Calls> between = new TreeMap<>();
        functions.forEach((name, calls) -> {
            Calls difference = calls.minus(earlier.of(name));
            if (difference.calls < 0) {
                throw new IllegalArgumentException("there were " + earlier.of(name).calls + " calls of " + name
                        + " already when there are said to be " + calls.calls + " later");
            }
            between.put(name, difference);
        });
        return new Statistics(between);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Statistics statistics && functions.equals(statistics.functions);
    }

    @Override
    public int hashCode() {
        return functions.hashCode();
    }

    /**
     * The counts in a form for people.
     *
     * @return a line for each function that was called
     */
    @Override
    public String toString() {
        StringBuilder table = new StringBuilder(String.format(
                "%-22s %10s %10s %16s %10s %14s%n", "function", "calls", "failures", "bytes", "timed", "microseconds"));
        functions.forEach((name, calls) -> {
            if (!calls.equals(NONE)) {
                table.append(String.format(
                        "%-22s %10d %10d %16d %10d %14d%n",
                        name, calls.calls, calls.failures, calls.bytes, calls.timed, calls.time.toNanos() / 1000));
            }
        });
        return table.toString();
    }
}
