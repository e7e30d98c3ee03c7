/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.PrintStream;

/**
 * Where a command writes.
 *
 * @param terminal what the two go to
 * @param out standard output, for what was asked for
 * @param err standard error, for all else
 */
record Console(Terminal terminal, PrintStream out, PrintStream err) {

    /** How to write to standard output. */
    Style style() {
        return new Style(terminal.outIsTerminal() && terminal.colours());
    }

    /** Tells how far something is that may take long; closed when it is done. */
    ProgressBar progress(String label, long totalBytes) {
        return new ProgressBar(terminal, err, label, totalBytes);
    }

    /** Tells how far something is that may take long, and of which only the part is known that is done. */
    ProgressBar progress(String label) {
        return ProgressBar.ofPercent(terminal, err, label);
    }
}
