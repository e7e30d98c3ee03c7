/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.cli.Occupancy.Level;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A picture of what is allocated, for a browser or a report. It follows whether these are light or dark. */
final class MapSvg {

    private static final int LINE_PARTS = 128;
    private static final int MOST_LINES = 32;

    // In pixels.
    private static final int CELL = 7;
    private static final int HEIGHT = 14;
    private static final int LINE = 17;
    private static final int LEFT = 84;
    private static final int TOP = 62;
    private static final int RIGHT = 20;
    private static final int WIDTH = LEFT + LINE_PARTS * CELL + RIGHT;

    private MapSvg() {}

    /** How many parts of a disk there is room for. */
    static int mostParts() {
        return LINE_PARTS * MOST_LINES;
    }

    static String of(String name, Occupancy occupancy) {
        int lines = Math.ceilDiv(occupancy.parts(), LINE_PARTS);
        int height = TOP + lines * LINE + 44;
        long capacity = occupancy.startOf(occupancy.parts());
        String allocated = Sizes.format(occupancy.bytes()) + " of " + Sizes.format(capacity) + " allocated ("
                + Occupancy.percent(occupancy.bytes(), capacity) + ")";
        StringBuilder svg = new StringBuilder(head(height, name + ": " + allocated));
        text(svg, "name", LEFT, 26, name);
        text(svg, "", LEFT, 46, allocated + ", in " + Messages.counted(occupancy.ranges(), "range"));
        for (int line = 0; line < lines; line++) {
            line(svg, occupancy, line * LINE_PARTS, TOP + line * LINE);
        }
        legend(svg, occupancy, TOP + lines * LINE + 20);
        return svg.append("</svg>\n").toString();
    }

    private static String head(int height, String title) {
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">
            <title>%s</title>
            <style>
              svg { font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; font-size: 12px; }
              .back { fill: #ffffff; }
              text { fill: #57606a; }
              .name { fill: #1f2328; font-size: 16px; font-weight: 600; }
              .end { text-anchor: end; }
              .empty { fill: #eaeef2; }
              .little { fill: #b6d7f5; }
              .half { fill: #79b4ea; }
              .most { fill: #3f8fdb; }
              .full { fill: #0f62b4; }
              @media (prefers-color-scheme: dark) {
                .back { fill: #0d1117; }
                text { fill: #9198a1; }
                .name { fill: #f0f6fc; }
                .empty { fill: #21262d; }
                .little { fill: #143d66; }
                .half { fill: #1c5a96; }
                .most { fill: #2f81d4; }
                .full { fill: #6cb6ff; }
              }
            </style>
            <rect class="back" width="100%%" height="100%%"/>
            """.formatted(WIDTH, height, WIDTH, height, escaped(title));
    }

    private static void line(StringBuilder svg, Occupancy occupancy, int first, int y) {
        text(svg, "end", LEFT - 10, y + 11, occupancy.label(first, LINE_PARTS));
        int end = Math.min(first + LINE_PARTS, occupancy.parts());
        int at = first;
        while (at < end) {
            Level level = occupancy.level(at);
            int run = at + 1;
            // What is partly allocated says how much, part by part.
            boolean isUniform = level == Level.EMPTY || level == Level.FULL;
            while (isUniform && run < end && occupancy.level(run) == level) {
                run++;
            }
            rectangle(svg, level, LEFT + (at - first) * CELL, y, (run - at) * CELL, told(occupancy, at, run));
            at = run;
        }
    }

    private static String told(Occupancy occupancy, int from, int to) {
        long start = occupancy.startOf(from);
        long end = occupancy.startOf(to);
        return Sizes.format(start) + " to " + Sizes.format(end) + ": "
                + Occupancy.percent(occupancy.bytesIn(from, to), end - start);
    }

    private static void legend(StringBuilder svg, Occupancy occupancy, int y) {
        int x = LEFT;
        for (Level level : new Level[] {Level.FULL, Level.MOST, Level.HALF, Level.LITTLE, Level.EMPTY}) {
            rectangle(svg, level, x, y, 2 * CELL, null);
            x += 2 * CELL + 2;
            String word = level == Level.FULL ? "all allocated" : level == Level.LITTLE ? "partly" : "nothing";
            if (level != Level.MOST && level != Level.HALF) {
                text(svg, "", x + 4, y + 11, word);
                x += 24 + 6 * word.length();
            }
        }
        text(svg, "end", WIDTH - RIGHT, y + 11, "one cell is " + Sizes.format(occupancy.partBytes()));
    }

    private static void rectangle(StringBuilder svg, Level level, int x, int y, int width, @Nullable String title) {
        svg.append("<rect class=\"")
                .append(level.name().toLowerCase(Locale.ROOT))
                .append("\" x=\"")
                .append(x)
                .append("\" y=\"")
                .append(y)
                .append("\" width=\"")
                .append(width)
                .append("\" height=\"")
                .append(HEIGHT);
        svg.append(title == null ? "\"/>\n" : "\"><title>" + escaped(title) + "</title></rect>\n");
    }

    private static void text(StringBuilder svg, String kind, int x, int y, String text) {
        svg.append("<text class=\"")
                .append(kind)
                .append("\" x=\"")
                .append(x)
                .append("\" y=\"")
                .append(y)
                .append("\">")
                .append(escaped(text))
                .append("</text>\n");
    }

    private static String escaped(String text) {
        return Messages.printable(text)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }
}
