/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.PrintStream;

/** Many lines for standard output, which go there in large pieces. */
final class Lines implements AutoCloseable {

    private static final int PIECE = 32 << 10;

    private final PrintStream out;
    private final StringBuilder piece = new StringBuilder();

    Lines(PrintStream out) {
        this.out = out;
    }

    /** Adds a line; tells whether more are of use: not if the output is lost, or its reader gone. */
    boolean add(CharSequence line) {
        piece.append(line).append('\n');
        return piece.length() < PIECE || flush();
    }

    private boolean flush() {
        out.print(piece);
        piece.setLength(0);
        return !out.checkError();
    }

    @Override
    public void close() {
        flush();
    }
}
