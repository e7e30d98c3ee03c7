/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.CopyProgress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A line at the bottom of a terminal that tells how far a long operation is; nothing where there is no terminal. */
final class ProgressBar implements AutoCloseable {

    private static final long NANOS_BETWEEN = 100_000_000;

    /** Of the whole, in which nothing can be foretold. */
    private static final double LEAST_PART = 0.01;

    /** A total in percent, of something whose bytes nobody tells. */
    private static final long PERCENT = 100;

    private final Terminal terminal;
    private final PrintStream err;
    private final String label;
    private final long total;
    private final boolean isOfBytes;
    private final long begin = System.nanoTime();
    private long shown = begin;

    /** What is to be done when it is wiped away; null while it is not visible. */
    private @Nullable Runnable wiped;

    /**
     * A bar that becomes visible after a moment.
     *
     * @param total how many bytes there are, or {@link Target#UNKNOWN}
     */
    ProgressBar(Terminal terminal, PrintStream err, String label, long total) {
        this(terminal, err, label, total, true);
    }

    private ProgressBar(Terminal terminal, PrintStream err, String label, long total, boolean isOfBytes) {
        this.terminal = terminal;
        this.err = err;
        this.label = label;
        this.total = total;
        this.isOfBytes = isOfBytes;
    }

    /** A bar for what tells only which part of it is done; becomes visible after a moment. */
    static ProgressBar ofPercent(Terminal terminal, PrintStream err, String label) {
        return new ProgressBar(terminal, err, label, PERCENT, false);
    }

    /** Tells how many of the bytes are done; cheap enough for every buffer. */
    void at(long done) {
        long nanos = System.nanoTime() - begin;
        if (terminal.errIsTerminal()) {
            show(label, done, Sizes.rate(done, nanos), remaining(done, nanos));
        }
    }

    /** Tells how many hundredths are done, from whatever thread. */
    synchronized void atPercent(int percent) {
        if (terminal.errIsTerminal()) {
            show(label, percent, "", remaining(percent, System.nanoTime() - begin));
        }
    }

    /** Tells how far a copy is, and how fast it says it is. */
    void at(CopyProgress progress) {
        String now = switch (progress.phase()) {
            case COPYING -> "copying";
            case VERIFYING -> "verifying";
            case READING -> label;
        };
        show(now, progress.doneBytes(), Sizes.format(progress.bytesPerSecond()) + "/s", progress.remaining());
    }

    /** How long it takes if the rest is as fast as what is done; not told before there is enough to go by. */
    private Optional<Duration> remaining(long done, long nanos) {
        double part = (double) done / total;
        return part < LEAST_PART ? Optional.empty() : Optional.of(Duration.ofNanos((long) (nanos / part - nanos)));
    }

    private void show(String now, long done, String rate, Optional<Duration> remaining) {
        if (isDue()) {
            wiped = wiped == null ? CleanUp.leavingLine(err) : wiped;
            err.print("\r" + line(now, done, rate, remaining));
            err.flush();
        }
    }

    private boolean isDue() {
        long now = System.nanoTime();
        boolean due = terminal.errIsTerminal() && now - shown >= NANOS_BETWEEN && !CleanUp.isInterrupted();
        if (due) {
            shown = now;
        }
        return due;
    }

    private String line(String label, long done, String rate, Optional<Duration> remaining) {
        if (total == Target.UNKNOWN) {
            return cut(label + "  " + Sizes.format(done) + "  " + rate + " ");
        }
        // The last sector of a raw image can be incomplete.
        double part = done >= total ? 1 : (double) done / total;
        String left = remaining.map(ProgressBar::time).orElse("-:--");
        String bytes = isOfBytes
                ? Sizes.format(Math.min(done, total)) + " of " + Sizes.format(total) + "  " + rate + "  "
                : "";
        String numbers = String.format(Locale.ROOT, " %3d %%  %s%s left ", (int) (100 * part), bytes, left);
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

    private static String time(Duration remaining) {
        Duration time = remaining.plusMillis(500);
        return time.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
    }

    /** Wipes the line away. */
    @Override
    public void close() {
        Runnable whenWiped = wiped;
        if (whenWiped != null && !CleanUp.isInterrupted()) {
            err.print("\r" + " ".repeat(terminal.columns() - 1) + "\r");
            err.flush();
            whenWiped.run();
        }
    }
}
