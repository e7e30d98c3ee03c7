/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.cli.Occupancy.Level;
import java.nio.charset.CharsetEncoder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A picture of what is allocated, made of characters, as wide as a terminal has room for. */
final class MapPicture {

    private static final int MOST_LINES = 16;
    private static final int LABEL = 8;
    private static final String GAP = "  ";
    private static final String BETWEEN = "    ";
    private static final int WIDEST = 80;

    private final Style style;
    private final int columns;
    private final int lineParts;
    private final boolean hasBlocks;

    MapPicture(Console console) {
        this.style = console.style();
        this.columns = console.terminal().columns();
        int room = Math.min(columns, WIDEST) - LABEL - GAP.length();
        this.lineParts = Integer.highestOneBit(Math.max(room, 8));
        CharsetEncoder encoder = console.out().charset().newEncoder();
        this.hasBlocks = Arrays.stream(Level.values()).allMatch(level -> encoder.canEncode(level.sign(true)));
    }

    /** How many parts of a disk there is room for. */
    int mostParts() {
        return lineParts * MOST_LINES;
    }

    String of(Occupancy occupancy) {
        StringBuilder picture = new StringBuilder();
        for (int first = 0; first < occupancy.parts(); first += lineParts) {
            String label = occupancy.label(first, lineParts);
            picture.append(" ".repeat(Math.max(LABEL - label.length(), 0)))
                    .append(style.faint(label))
                    .append(GAP)
                    .append(line(occupancy, first))
                    .append('\n');
        }
        return picture.append('\n').append(legend(occupancy)).toString();
    }

    private String line(Occupancy occupancy, int first) {
        StringBuilder line = new StringBuilder();
        int end = Math.min(first + lineParts, occupancy.parts());
        int at = first;
        while (at < end) {
            Level level = occupancy.level(at);
            int run = at;
            while (run < end && occupancy.level(run) == level) {
                run++;
            }
            line.append(styled(level, sign(level).repeat(run - at)));
            at = run;
        }
        return line.toString();
    }

    private String sign(Level level) {
        return String.valueOf(level.sign(hasBlocks));
    }

    private String styled(Level level, String text) {
        return level == Level.EMPTY ? style.faint(text) : style.cyan(text);
    }

    private String legend(Occupancy occupancy) {
        String partly = List.of(Level.MOST, Level.HALF, Level.LITTLE).stream()
                .map(this::sign)
                .collect(Collectors.joining());
        List<String> words = List.of(" all allocated", " partly", " nothing");
        int length = 5 + 2 * BETWEEN.length() + String.join("", words).length();
        String between = length <= columns ? BETWEEN : "\n";
        String signs = styled(Level.FULL, sign(Level.FULL))
                + words.get(0)
                + between
                + styled(Level.HALF, partly)
                + words.get(1)
                + between
                + styled(Level.EMPTY, sign(Level.EMPTY))
                + words.get(2);
        String each = "each is " + Sizes.format(occupancy.partBytes());
        boolean fits = length + BETWEEN.length() + each.length() <= LABEL + GAP.length() + lineParts;
        return signs + (fits ? BETWEEN : "\n") + each;
    }
}
