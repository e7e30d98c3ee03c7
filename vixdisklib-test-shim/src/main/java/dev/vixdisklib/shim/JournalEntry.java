/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A call of the library, as its journal has it.
 *
 * @param number counts calls, from 1
 * @param function the function, without {@code VixDiskLib_}
 * @param thread the thread that called: its name, a slash, and the number that the system has for it
 * @param connection the number of the connection, if the call had one to do with
 * @param disk the number of the disk, if the call had one to do with
 * @param path the disk, as it was opened
 * @param sector the first sector that was asked for
 * @param sectors how many sectors were asked for
 * @param result the error that was returned, {@code 0} without
 * @param duration how long the call took
 */
public record JournalEntry(
        long number,
        String function,
        String thread,
        OptionalLong connection,
        OptionalLong disk,
        Optional<String> path,
        OptionalLong sector,
        OptionalLong sectors,
        long result,
        Duration duration) {

    private static final Pattern LINE = Pattern.compile("(?<number>\\d+) (?<function>\\S+) thread=(?<thread>.*?)"
            + "(?: connection=(?<connection>\\d+))?"
            + "(?: disk=(?<disk>\\d+))?"
            + "(?: path=\"(?<path>(?:[^\"\\\\]|\\\\.)*)\")?"
            + "(?: sectors=(?<sector>\\d+)\\+(?<sectors>\\d+))?"
            + " result=(?<result>\\d+) micros=(?<micros>\\d+)");

    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:x(\\p{XDigit}{2})|.)");

    /**
     * Reads a line of a journal, such as one of the file that {@link FakeSetup#withJournal} names.
     *
     * @param line the line, without its end
     * @return what it says
     * @throws IllegalArgumentException if it is no line of a journal
     */
    public static JournalEntry parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no line of a journal: " + line);
        }
        return new JournalEntry(
                Long.parseLong(matcher.group("number")),
                shortName(matcher.group("function")),
                matcher.group("thread"),
                number(matcher, "connection"),
                number(matcher, "disk"),
                Optional.ofNullable(matcher.group("path")).map(JournalEntry::unescaped),
                number(matcher, "sector"),
                number(matcher, "sectors"),
                Long.parseLong(matcher.group("result")),
                Duration.ofNanos(Math.multiplyExact(Long.parseLong(matcher.group("micros")), 1000L)));
    }

    /** Quotation marks, backslashes and control characters are escaped as in C. */
    private static String unescaped(String text) {
        return ESCAPE.matcher(text).replaceAll(escape -> {
            String hexadecimal = escape.group(1);
            return Matcher.quoteReplacement(
                    hexadecimal == null
                            ? escape.group().substring(1)
                            : String.valueOf((char) Integer.parseInt(hexadecimal, 16)));
        });
    }

    private static OptionalLong number(Matcher matcher, String group) {
        String digits = matcher.group(group);
        return digits == null ? OptionalLong.empty() : OptionalLong.of(Long.parseUnsignedLong(digits));
    }

    /** The name of a function without its prefix. */
    static String shortName(String function) {
        return function.startsWith("VixDiskLib_") ? function.substring("VixDiskLib_".length()) : function;
    }
}
