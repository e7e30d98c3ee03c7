/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** Curves beside each other, as an SVG: powers of two to the right, powers of ten upwards. */
final class Plot {

    private static final List<String> COLOURS =
            List.of("#0b6e99", "#c2571a", "#3d7a2e", "#7d3c98", "#8a6d00", "#555555");
    private static final int WIDTH = 420;
    private static final int HEIGHT = 330;
    private static final int LEFT = 64;
    private static final int RIGHT = 24;
    private static final int TOP = 36;
    private static final int BOTTOM = 84;
    private static final int LEGEND_WIDTH = 108;

    private final String across;
    private final String upwards;
    private final List<Panel> panels;
    private final Formatter svg = new Formatter(new StringBuilder(), Locale.ROOT);

    /**
     * A plot.
     *
     * @param across what goes to the right
     * @param upwards what goes upwards
     * @param panels drawn to the same scale; all values are positive
     */
    Plot(String across, String upwards, List<Panel> panels) {
        this.across = across;
        this.upwards = upwards;
        this.panels = List.copyOf(panels);
    }

    /**
     * Curves with the same axes.
     *
     * @param title above them
     * @param series the curves
     */
    record Panel(String title, List<Series> series) {}

    /**
     * A point of a curve.
     *
     * @param x a power of two
     * @param y positive
     */
    record Point(double x, double y) {}

    /**
     * A curve.
     *
     * @param name for the legend, empty for none
     * @param colour the number of its colour
     * @param dashed whether it is a dashed line without marks, as for what was reckoned and not measured
     * @param points from left to right
     */
    record Series(String name, int colour, boolean dashed, List<Point> points) {

        Series(String name, int colour, boolean dashed) {
            this(name, colour, dashed, new ArrayList<>());
        }

        void add(double x, double y) {
            points.add(new Point(x, y));
        }
    }

    /** The range of all values, in whole powers of the axes' bases. */
    private record Scale(int left, int right, int bottom, int top) {

        static Scale of(List<Point> points) {
            return new Scale(
                    (int) Math.floor(
                            log2(points.stream().mapToDouble(Point::x).min().orElseThrow())),
                    (int) Math.ceil(
                            log2(points.stream().mapToDouble(Point::x).max().orElseThrow())),
                    (int) Math.floor(Math.log10(
                            points.stream().mapToDouble(Point::y).min().orElseThrow())),
                    (int) Math.ceil(Math.log10(
                            points.stream().mapToDouble(Point::y).max().orElseThrow())));
        }

        double x(double value) {
            return LEFT + (WIDTH - LEFT - RIGHT) * (log2(value) - left) / Math.max(1, right - left);
        }

        double y(double value) {
            return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (Math.log10(value) - bottom) / Math.max(1, top - bottom);
        }

        private static double log2(double value) {
            return Math.log(value) / Math.log(2);
        }
    }

    /** The text of the SVG. */
    String svg() {
        Scale scale = Scale.of(panels.stream()
                .flatMap(panel -> panel.series().stream())
                .flatMap(series -> series.points().stream())
                .toList());
        int width = WIDTH * panels.size();
        svg.format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"12\" fill=\"#222222\">%n",
                width, HEIGHT, width, HEIGHT);
        svg.format("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>%n", width, HEIGHT);
        for (int i = 0; i < panels.size(); i++) {
            svg.format("<g transform=\"translate(%d 0)\">%n", i * WIDTH);
            draw(panels.get(i), scale);
            svg.format("</g>%n");
        }
        svg.format("</svg>%n");
        return svg.toString();
    }

    private void draw(Panel panel, Scale scale) {
        text(LEFT + (WIDTH - LEFT - RIGHT) / 2.0, TOP - 14, "middle", panel.title());
        grid(scale);
        panel.series().forEach(series -> curve(series, scale));
        legend(panel);
    }

    private void grid(Scale scale) {
        for (int power = scale.left(); power <= scale.right(); power++) {
            double x = scale.x(Math.pow(2, power));
            line(x, TOP, x, HEIGHT - BOTTOM);
            text(x, HEIGHT - BOTTOM + 16, "middle", number(Math.pow(2, power)));
        }
        for (int power = scale.bottom(); power <= scale.top(); power++) {
            double y = scale.y(Math.pow(10, power));
            line(LEFT, y, WIDTH - RIGHT, y);
            text(LEFT - 6, y + 4, "end", number(Math.pow(10, power)));
        }
        text(LEFT + (WIDTH - LEFT - RIGHT) / 2.0, HEIGHT - BOTTOM + 36, "middle", across);
        double middle = (TOP + HEIGHT - BOTTOM) / 2.0;
        svg.format(
                "<text x=\"14\" y=\"%.1f\" text-anchor=\"middle\" transform=\"rotate(-90 14 %.1f)\">%s</text>%n",
                middle, middle, escaped(upwards));
    }

    private void curve(Series series, Scale scale) {
        StringBuilder points = new StringBuilder();
        for (Point point : series.points()) {
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", scale.x(point.x()), scale.y(point.y())));
        }
        svg.format(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"%s/>%n",
                points.toString().strip(),
                colour(series),
                series.dashed() ? "1" : "2",
                series.dashed() ? " stroke-dasharray=\"3 4\"" : "");
        if (!series.dashed()) {
            for (Point point : series.points()) {
                svg.format(
                        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%s: %s, %s</title></circle>%n",
                        scale.x(point.x()),
                        scale.y(point.y()),
                        colour(series),
                        escaped(series.name()),
                        number(point.x()),
                        number(point.y()));
            }
        }
    }

    private void legend(Panel panel) {
        int x = LEFT;
        int y = HEIGHT - 28;
        for (Series series : panel.series()) {
            if (series.name().isEmpty()) {
                continue;
            }
            if (x + LEGEND_WIDTH > WIDTH) {
                x = LEFT;
                y += 18;
            }
            svg.format(
                    "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"2\"/>%n",
                    x, y, x + 18, y, colour(series));
            text(x + 23, y + 4, "start", series.name());
            x += LEGEND_WIDTH;
        }
    }

    private static String colour(Series series) {
        return COLOURS.get(series.colour() % COLOURS.size());
    }

    private void line(double fromX, double fromY, double toX, double toY) {
        svg.format(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#dddddd\"/>%n", fromX, fromY, toX, toY);
    }

    private void text(double x, double y, String anchor, String text) {
        svg.format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n", x, y, anchor, escaped(text));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value < 10 && value != Math.rint(value) ? "%.1f" : "%,.0f", value);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
