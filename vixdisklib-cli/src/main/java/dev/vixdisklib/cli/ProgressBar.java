/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** A line at the bottom of a terminal that tells how far a long operation is; nothing where there is no terminal. */
final class ProgressBar implements AutoCloseable {

    private static final long NANOS_BETWEEN = 100_000_000;

    private final Terminal terminal;
    private final PrintStream err;
    private final String label;
    private final long total;
    private final long begin = System.nanoTime();
    private long shown = begin;
    private boolean visible;

    /**
     * A bar that becomes visible after a moment.
     *
     * @param total how many bytes there are, or {@link Target#UNKNOWN}
     */
    ProgressBar(Terminal terminal, PrintStream err, String label, long total) {
        this.terminal = terminal;
        this.err = err;
        this.label = label;
        this.total = total;
    }

    /** Tells how many of the bytes are done; cheap enough for every buffer. */
    void at(long done) {
        long now = System.nanoTime();
        if (terminal.errIsTerminal() && now - shown >= NANOS_BETWEEN && !CleanUp.isInterrupted()) {
            shown = now;
            visible = true;
            err.print("\r" + line(done, now - begin));
            err.flush();
        }
    }

    private String line(long done, long nanos) {
        if (total == Target.UNKNOWN) {
            return cut(label + "  " + Sizes.format(done) + "  " + Sizes.rate(done, nanos) + " ");
        }
        // The last sector of a raw image can be incomplete.
        double part = done >= total ? 1 : (double) done / total;
        String left = part < 0.01 ? "-:--" : time((long) (nanos / part - nanos));
        String numbers = String.format(
                Locale.ROOT,
                " %3d %%  %s of %s  %s  %s left ",
                (int) (100 * part),
                Sizes.format(Math.min(done, total)),
                Sizes.format(total),
                Sizes.rate(done, nanos),
                left);
        int room = terminal.columns() - 1 - label.length() - 3 - numbers.length();
        if (room < 5) {
            return cut(label + numbers);
        }
        int full = (int) Math.round(part * room);
        return label + " [" + "=".repeat(full) + " ".repeat(room - full) + "]" + numbers;
    }

    private String cut(String line) {
        return line.substring(0, Math.min(line.length(), Math.max(terminal.columns() - 1, 0)));
    }

    private static String time(long nanos) {
        Duration time = Duration.ofNanos(nanos).plusMillis(500);
        return time.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
    }

    /** Wipes the line away. */
    @Override
    public void close() {
        if (visible && !CleanUp.isInterrupted()) {
            err.print("\r" + " ".repeat(terminal.columns() - 1) + "\r");
            err.flush();
        }
    }
}
