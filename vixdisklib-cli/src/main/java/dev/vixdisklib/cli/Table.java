/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Lines with columns below each other. Text that could steer a terminal is made harmless. */
final class Table {

    private static final String BETWEEN = "  ";

    private final Style style;
    private final List<List<String>> rows = new ArrayList<>();
    private final boolean hasHeader;
    private boolean[] isNumber = new boolean[0];

    private Table(Style style, boolean hasHeader) {
        this.style = style;
        this.hasHeader = hasHeader;
    }

    /** Names and what belongs to them. */
    static Table ofFacts(Style style) {
        return new Table(style, false);
    }

    /** Rows of columns, each with a title. */
    static Table withColumns(Style style, String... titles) {
        Table table = new Table(style, true);
        table.add(Arrays.asList(titles));
        table.isNumber = new boolean[titles.length];
        Arrays.fill(table.isNumber, true);
        return table;
    }

    /** Adds a row. A column that has only numbers and sizes is aligned to the right. */
    Table row(Object... cells) {
        add(Stream.of(cells).map(String::valueOf).map(Messages::printable).toList());
        for (int i = 0; i < isNumber.length; i++) {
            isNumber[i] &= cells[i] instanceof Number || Sizes.isFormatted(cells[i].toString());
        }
        return this;
    }

    private void add(List<String> cells) {
        rows.add(cells);
    }

    /** The lines as {@link #toString} has them, and on a terminal with the text in the last column broken to fit. */
    String fitted(Terminal terminal) {
        return terminal.outIsTerminal() ? wrapped(terminal) : toString();
    }

    /** The lines, with text in the last column that is too long for the terminal broken between words. */
    String wrapped(Terminal terminal) {
        int[] widths = widths();
        int before = IntStream.range(0, widths.length - 1)
                .map(i -> widths[i] + BETWEEN.length())
                .sum();
        int room = Math.max(terminal.columns() - before, Paragraph.LEAST_ROOM);
        Table table = new Table(style, hasHeader);
        table.isNumber = isNumber;
        for (List<String> row : rows) {
            List<String> cells = new ArrayList<>(row);
            String text = cells.removeLast();
            List<String> parts = cells.size() == widths.length - 1
                    ? Paragraph.lines(text, room, terminal.outIsTerminal())
                    : List.of(text);
            for (String part : parts) {
                cells.add(part);
                table.add(List.copyOf(cells));
                cells.replaceAll(cell -> "");
                cells.removeLast();
            }
        }
        return table.toString();
    }

    private int[] widths() {
        int columns = rows.stream().mapToInt(List::size).max().orElse(0);
        return IntStream.range(0, columns)
                .map(i -> rows.stream()
                        .mapToInt(row -> i < row.size() ? row.get(i).length() : 0)
                        .max()
                        .orElse(0))
                .toArray();
    }

    @Override
    public String toString() {
        int[] widths = widths();
        return IntStream.range(0, rows.size())
                .mapToObj(i -> line(rows.get(i), widths, hasHeader && i == 0))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    private String line(List<String> cells, int[] widths, boolean isHeader) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String cell = cells.get(i);
            String blanks = " ".repeat(widths[i] - cell.length());
            boolean toTheRight = i < isNumber.length && isNumber[i];
            boolean isName = !hasHeader && i == 0;
            String styled = isHeader || isName ? style.bold(cell) : cell;
            line.append(i > 0 ? BETWEEN : "")
                    .append(toTheRight ? blanks + styled : styled)
                    .append(toTheRight || i == cells.size() - 1 ? "" : blanks);
        }
        return line.toString().stripTrailing();
    }
}
