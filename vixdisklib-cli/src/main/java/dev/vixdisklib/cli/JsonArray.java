/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.PrintStream;

/** A JSON array that is printed element by element, since there can be millions of them, each in a line as qemu-img does. */
final class JsonArray implements AutoCloseable {

    private final Lines lines;
    private String open = "[";

    /** What is to come after the comma of the element before, or the opening bracket. */
    private String pending = "";

    JsonArray(PrintStream out) {
        this.lines = new Lines(out);
    }

    /** Adds an element; tells whether more are of use. */
    boolean add(Json element) {
        boolean isWanted = pending.isEmpty() || lines.add(open + pending + ",");
        open = pending.isEmpty() ? open : "";
        pending = element.inOneLine();
        return isWanted;
    }

    @Override
    public void close() {
        lines.add(open + pending + "]");
        lines.close();
    }
}
