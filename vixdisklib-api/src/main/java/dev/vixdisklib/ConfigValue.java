/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Utf8;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A kind of value in a configuration: what it is in Java, and how a configuration file spells it.
 *
 * @param range what is allowed, unit included, as the end of a sentence that begins with "it is"
 * @param spelling the text in a file; empty for a value that is not allowed
 * @param meaning the value of a text in a file; empty for a text that is not allowed
 */
record ConfigValue<T>(String range, Function<T, Optional<String>> spelling, Function<String, Optional<T>> meaning) {

    /** Where a 32-bit field ends, as the guide has it. */
    private static final long LONGEST_MILLIS = 2_147_483_648L;

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,10}");
    private static final Pattern IDENTIFICATION = Pattern.compile("[A-Za-z0-9_.-]+( +[A-Za-z0-9_.-]+)*");
    private static final String ALL = "all";

    /** Whether a line of a configuration file, in UTF-8, can hold a text. */
    static boolean fits(String text) {
        return Utf8.isText(text) && text.indexOf('"') < 0 && text.chars().noneMatch(Character::isISOControl);
    }

    private static Optional<Long> digits(String text) {
        return DIGITS.matcher(text).matches() ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    static ConfigValue<Integer> count(int least, int most) {
        return new ConfigValue<>(
                "a number from " + least + " to " + most,
                value -> value >= least && value <= most ? Optional.of(value.toString()) : Optional.empty(),
                text -> digits(text)
                        .filter(number -> number >= least && number <= most)
                        .map(Long::intValue));
    }

    /** Bytes, which the file has as a number of units. */
    static ConfigValue<Integer> bytes(int unit, int mostUnits) {
        ConfigValue<Integer> units = count(1, mostUnits);
        return new ConfigValue<>(
                "a multiple of " + unit + " bytes from " + unit + " to " + unit * mostUnits + " (in a file: of 1 to "
                        + mostUnits + " units of " + unit + " bytes)",
                value -> value % unit == 0 ? units.spelling().apply(value / unit) : Optional.empty(),
                text -> units.meaning().apply(text).map(number -> number * unit));
    }

    /** A time, which the file has in milliseconds. */
    static ConfigValue<Duration> millis() {
        return new ConfigValue<>(
                "a time of 0 (no timeout) to " + LONGEST_MILLIS + " whole milliseconds",
                value -> isMillis(value) ? Optional.of(Long.toString(value.toMillis())) : Optional.empty(),
                text -> digits(text).filter(number -> number <= LONGEST_MILLIS).map(Duration::ofMillis));
    }

    private static boolean isMillis(Duration value) {
        // A fraction must not become 0, which means for ever.
        return !value.isNegative()
                && value.compareTo(Duration.ofMillis(LONGEST_MILLIS)) <= 0
                && value.equals(Duration.ofMillis(value.toMillis()));
    }

    static ConfigValue<Boolean> onOff() {
        return new ConfigValue<>(
                "true or false (in a file: 1 or 0)",
                value -> Optional.of(value ? "1" : "0"),
                text -> text.equals("1") || text.equals("0") ? Optional.of(text.equals("1")) : Optional.empty());
    }

    /** Constants, which the file has as numbers from 0. */
    static <E extends Enum<E>> ConfigValue<E> level(Class<E> type) {
        List<E> levels = List.of(Objects.requireNonNull(type.getEnumConstants()));
        E last = levels.get(levels.size() - 1);
        return new ConfigValue<>(
                "a level from " + levels.get(0) + " to " + last + " (in a file: 0 to " + (levels.size() - 1) + ")",
                value -> Optional.of(Integer.toString(levels.indexOf(value))),
                text -> digits(text)
                        .filter(number -> number < levels.size())
                        .map(number -> levels.get(number.intValue())));
    }

    static ConfigValue<String> text() {
        return new ConfigValue<>(
                "a text that is not blank, without quotation marks and control characters",
                ConfigValue::notBlank,
                ConfigValue::notBlank);
    }

    private static Optional<String> notBlank(String text) {
        return Optional.of(text).filter(value -> !value.isBlank() && fits(value));
    }

    /** What a vendor may send home. */
    static ConfigValue<String> identification() {
        return new ConfigValue<>(
                "a text of letters A to Z, digits, '_', '-', '.', and blanks inside",
                value -> Optional.of(value).filter(IDENTIFICATION.asMatchPredicate()),
                text -> Optional.of(text).filter(IDENTIFICATION.asMatchPredicate()));
    }

    static ConfigValue<Path> path() {
        return new ConfigValue<>(
                "an absolute path without quotation marks and control characters",
                value -> Optional.of(value)
                        .filter(Path::isAbsolute)
                        .map(Path::toString)
                        .filter(ConfigValue::fits),
                text -> toPath(text).filter(Path::isAbsolute));
    }

    private static Optional<Path> toPath(String text) {
        try {
            return Optional.of(Path.of(text)).filter(path -> fits(text));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** Devices, or the one word {@code all}. */
    static ConfigValue<List<String>> devices() {
        return new ConfigValue<>(
                "one or more paths of devices, without commas, quotation marks and control characters, or \"" + ALL
                        + "\" alone",
                value -> isDevices(value) ? Optional.of(String.join(",", value)) : Optional.empty(),
                text -> Optional.of(Pattern.compile(",")
                                .splitAsStream(text)
                                .map(String::strip)
                                .toList())
                        .filter(ConfigValue::isDevices));
    }

    private static boolean isDevices(List<String> devices) {
        return !devices.isEmpty()
                && devices.stream()
                        .allMatch(device -> fits(device)
                                && !device.isBlank()
                                && device.strip().equals(device)
                                && device.indexOf(',') < 0
                                && (devices.size() == 1
                                        || !device.toLowerCase(Locale.ROOT).equals(ALL)));
    }
}
