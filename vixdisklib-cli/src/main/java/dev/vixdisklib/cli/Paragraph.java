/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.util.ArrayList;
import java.util.List;

/** Text that is broken into lines. */
final class Paragraph {

    /** Less is no room to read in. */
    static final int LEAST_ROOM = 20;

    private static final String NARROW_INDENT = "  ";

    private Paragraph() {}

    /**
     * The lines of a text, broken between words.
     *
     * @param room of a line, in characters
     * @param foldsWords whether words that are too long are broken, too, as paths are after a slash, and lists after
     *     a colon; if not, they stay whole,
     *     for programs and for people who copy them
     */
    static List<String> lines(String text, int room, boolean foldsWords) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() > room) {
            int blank = rest.lastIndexOf(' ', room);
            blank = blank > 0 || foldsWords ? blank : rest.indexOf(' ');
            if (blank <= 0 && !foldsWords) {
                break;
            }
            int end = blank > 0 ? blank : fold(rest, room);
            lines.add(rest.substring(0, end));
            rest = rest.substring(blank > 0 ? end + 1 : end);
        }
        lines.add(rest);
        return lines;
    }

    private static int fold(String word, int room) {
        int last = Math.max(word.lastIndexOf('/', room - 1), word.lastIndexOf(':', room - 1));
        return last > 0 ? last + 1 : room;
    }

    /**
     * A text behind its title, with its lines below each other; below the title where the terminal is too narrow for that.
     *
     * @param title may have what colours it
     * @param titleLength how long it looks
     * @param indent where the text begins
     */
    static String titled(String title, int titleLength, int indent, String text, Terminal terminal) {
        int room = terminal.columns() - indent;
        boolean isNarrow = room < LEAST_ROOM && room < text.length();
        String before = isNarrow ? NARROW_INDENT : " ".repeat(indent);
        String first = isNarrow ? System.lineSeparator() + before : " ".repeat(indent - titleLength);
        int width = Math.max(terminal.columns() - before.length(), LEAST_ROOM);
        List<String> lines = lines(text, width, terminal.outIsTerminal());
        return title + first + String.join(System.lineSeparator() + before, lines);
    }
}
