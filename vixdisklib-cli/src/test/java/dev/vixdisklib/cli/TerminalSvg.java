/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a picture of what a program wrote to a terminal, as SVG. Knows the colours that the commands use, and carriage
 * returns; a source file that {@code java} runs as it is, for {@code build/screenshots.sh}.
 */
final class TerminalSvg {

    private static final double COLUMN = 8.4;
    private static final int LINE = 19;
    private static final int FONT = 14;
    private static final int MARGIN = 16;
    private static final int BAR = 34;

    private static final Pattern STYLE = Pattern.compile("\u001b\\[([0-9;]*)m");
    private static final Pattern OTHER = Pattern.compile("\u001b\\[[0-9;?]*[A-Za-ln-z]|\u001b[()][A-Z0-9]");

    private TerminalSvg() {}

    /**
     * Reads what was written from standard input, and writes the picture to standard output.
     *
     * @param args the title, and how many columns the terminal had
     */
    public static void main(String[] args) throws IOException {
        String text = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        System.out.write(of(args[0], Integer.parseInt(args[1]), text).getBytes(StandardCharsets.UTF_8));
        System.out.flush();
    }

    static String of(String title, int columns, String text) {
        List<String> lines = lines(text);
        double width = columns * COLUMN + 2 * MARGIN;
        int height = BAR + lines.size() * LINE + MARGIN;
        StringBuilder svg = new StringBuilder(String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$.1f %2$d" width="%1$.0f" height="%2$d" role="img">
                <title>%3$s</title>
                <style>
                text { font: %4$dpx ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #d7dae0; white-space: pre }
                .b { font-weight: bold; fill: #ffffff } .f { fill: #8b929e } .c31 { fill: #ff7b72 } .c32 { fill: #7ee787 }
                .c33 { fill: #e3b341 } .c36 { fill: #76e3ea } .t { fill: #8b929e }
                </style>
                <rect width="100%%" height="100%%" rx="8" fill="#161b22"/>
                <circle cx="20" cy="17" r="5" fill="#ff5f57"/><circle cx="38" cy="17" r="5" fill="#febc2e"/>
                <circle cx="56" cy="17" r="5" fill="#28c840"/>
                <text class="t" x="50%%" y="22" text-anchor="middle">%3$s</text>
                """, width, height, escaped(title), FONT));
        for (int i = 0; i < lines.size(); i++) {
            svg.append(line(lines.get(i), BAR + i * LINE + FONT));
        }
        return svg.append("</svg>\n").toString();
    }

    /** What is left to see: after a carriage return, a line is written anew. */
    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        for (String line : OTHER.matcher(text).replaceAll("").stripTrailing().split("\r?\n", -1)) {
            lines.add(line.substring(line.stripTrailing().lastIndexOf('\r') + 1).stripTrailing());
        }
        return lines;
    }

    private static String line(String line, int y) {
        StringBuilder texts = new StringBuilder();
        Matcher style = STYLE.matcher(line);
        String classes = "";
        int column = 0;
        int at = 0;
        while (at < line.length()) {
            int end = style.find(at) ? style.start() : line.length();
            String run = line.substring(at, end);
            int blanks = run.length() - run.stripLeading().length();
            String text = run.strip();
            if (!text.isEmpty()) {
                texts.append(String.format(
                        Locale.ROOT,
                        "<text x=\"%.1f\" y=\"%d\" textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\"%s>%s</text>%n",
                        MARGIN + (column + blanks) * COLUMN,
                        y,
                        text.length() * COLUMN,
                        classes.isEmpty() ? "" : " class=\"" + classes + "\"",
                        // Ordinary ones beside each other would become one.
                        escaped(text).replace(' ', '\u00a0')));
            }
            column += run.length();
            if (end == line.length()) {
                break;
            }
            classes = classes(classes, style.group(1));
            at = style.end();
        }
        return texts.toString();
    }

    private static String classes(String before, String codes) {
        return switch (codes) {
            case "", "0" -> "";
            case "1" -> (before + " b").strip();
            case "2" -> (before + " f").strip();
            default -> (before + " c" + codes).strip();
        };
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
