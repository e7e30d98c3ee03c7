/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The tour of the shell, from a script that {@code /open} runs as a whole: each step begins with a call of {@code tour()},
 * which prints it.
 */
final class Tour {

    private static final String BEGIN = "tour()";
    private static final String COMMENT = "//";
    private static final String PROMPT = "jshell> ";

    private final List<List<String>> steps = new ArrayList<>();
    private int step;

    Tour() {
        for (String line : text().lines().toList()) {
            if (line.equals(BEGIN)) {
                steps.add(new ArrayList<>());
            } else if (!steps.isEmpty()) {
                steps.get(steps.size() - 1).add(line);
            }
        }
    }

    private static String text() {
        try (InputStream script = Tour.class.getResourceAsStream("tour.jsh")) {
            return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int steps() {
        return steps.size();
    }

    /** What a step is about. */
    String title(int number) {
        return prose(steps.get(number - 1).get(0));
    }

    /** What it explains, in lines. */
    String explanation(int number) {
        return steps.get(number - 1).stream()
                .skip(1)
                .filter(line -> line.startsWith(COMMENT))
                .map(Tour::prose)
                .collect(Collectors.joining("\n"))
                .strip();
    }

    /** What there is to type in it, line by line. */
    List<String> code(int number) {
        return steps.get(number - 1).stream()
                .filter(line -> !line.isBlank() && !line.startsWith(COMMENT))
                .toList();
    }

    private static String prose(String comment) {
        return comment.substring(COMMENT.length()).strip();
    }

    /** The step after the one before. */
    String next() {
        return step == steps.size() ? "That was the tour; tour(1) begins again.\n" : at(step + 1);
    }

    /** A step, which the next one comes after. */
    String at(int number) {
        if (number < 1 || number > steps.size()) {
            return "The tour has steps 1 to " + steps.size() + ".\n";
        }
        step = number;
        String code = code(number).stream().map(line -> PROMPT + line).collect(Collectors.joining("\n"));
        return "\nStep " + number + " of " + steps.size() + ": " + title(number) + "\n\n" + explanation(number) + "\n\n"
                + code + (number < steps.size() ? "\n\nThen:  tour()\n" : "\n");
    }
}
