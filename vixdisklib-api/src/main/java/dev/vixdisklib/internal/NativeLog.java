/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.LogLine;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the library logs, from whatever thread: each message is one line of the logger {@code dev.vixdisklib.native},
 * without secrets, and the last lines are kept for exceptions.
 */
final class NativeLog {

    static final System.Logger LOGGER = System.getLogger("dev.vixdisklib.native");

    /** What warnings about telemetry contain; they say nothing to a user (fact sheet, paragraph 5). */
    private static final List<String> NOISE = List.of("PhoneHome", "CEIP");

    private static final int KEPT = 64;

    private static final Entry[] RING = new Entry[KEPT];

    /** How many lines there were. */
    private static volatile long count;

    /** What the library said that it cannot go on after, if it did. */
    private static volatile @Nullable String panic;

    private record Entry(Instant time, Level level, String text) {}

    private NativeLog() {}

    /** Logs a message; in a {@link Callback}, since handlers are code of the user. */
    static void write(Level level, String message) {
        String text = visible(Redaction.redacted(message.stripTrailing()));
        Level shown = level == Level.WARNING && isNoise(text) ? Level.DEBUG : level;
        keep(new Entry(Instant.now(), shown, text));
        if (shown == Level.ERROR && panic == null) {
            panic = text;
            RequestsInFlight.giveUp();
        }
        LOGGER.log(shown, text);
    }

    private static boolean isNoise(String text) {
        return NOISE.stream().anyMatch(text::contains);
    }

    private static synchronized void keep(Entry entry) {
        long number = count;
        RING[(int) (number % KEPT)] = entry;
        count = number + 1;
    }

    /** How many lines there were up to now; before a call, to know later which lines came during it. */
    static long position() {
        return count;
    }

    /**
     * The last lines, first to last.
     *
     * @param most how many at most
     * @param begun the position before the call that failed
     */
    static synchronized List<LogLine> last(int most, long begun) {
        List<LogLine> lines = new ArrayList<>(most);
        for (long number = Math.max(0, count - Math.min(most, KEPT)); number < count; number++) {
            Entry entry = RING[(int) (number % KEPT)];
            lines.add(new LogLine(entry.time, entry.level, entry.text, number >= begun));
        }
        return lines;
    }

    /** Whether the library has said that it cannot go on. */
    static boolean hasPanicked() {
        return panic != null;
    }

    /**
     * Throws after the library has said that it cannot go on: what it does from then on is not defined (fact sheet,
     * paragraph 2.5).
     *
     * @throws IllegalStateException if it did
     */
    static void requireNoPanic() {
        if (panic != null) {
            throw new IllegalStateException("the library cannot go on since \"" + panic
                    + "\", and what it has in memory may be wrong: end this process and start another one");
        }
    }

    /** A text in one line, with nothing in it that moves the cursor or turns the direction of writing. */
    private static String visible(String text) {
        StringBuilder visible = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (moves(c) && visible == null) {
                visible = new StringBuilder(text.length() + 16).append(text, 0, i);
            }
            if (visible != null) {
                append(visible, c);
            }
        }
        return visible == null ? text : visible.toString();
    }

    private static void append(StringBuilder visible, char c) {
        switch (c) {
            case '\n' -> visible.append("\\n");
            case '\r' -> visible.append("\\r");
            case '\t' -> visible.append("\\t");
            default -> {
                if (moves(c)) {
                    visible.append(String.format("\\u%04x", (int) c));
                } else {
                    visible.append(c);
                }
            }
        }
    }

    private static boolean moves(char c) {
        return Character.isISOControl(c)
                || c == '\u061c'
                || (c >= '\u200e' && c <= '\u200f')
                || (c >= '\u2028' && c <= '\u202e')
                || (c >= '\u2066' && c <= '\u2069');
    }
}
