/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Numbers with names, as a program prints them for another one.
 *
 * @param numbers in order
 */
record Figures(Map<String, Long> numbers) {

    static Figures of(Object... namesAndNumbers) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        for (int i = 0; i < namesAndNumbers.length; i += 2) {
            numbers.put((String) namesAndNumbers[i], ((Number) namesAndNumbers[i + 1]).longValue());
        }
        return new Figures(numbers);
    }

    static Figures parse(String line) {
        return new Figures(Arrays.stream(line.strip().split(" ", -1))
                .map(word -> word.split("=", 2))
                .collect(Collectors.toMap(
                        parts -> parts[0],
                        parts -> Long.valueOf(parts[1]),
                        (one, other) -> other,
                        LinkedHashMap::new)));
    }

    String line() {
        return numbers.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
    }

    long of(String name) {
        Long number = numbers.get(name);
        if (number == null) {
            throw new IllegalArgumentException("no " + name + " among " + line());
        }
        return number;
    }
}
