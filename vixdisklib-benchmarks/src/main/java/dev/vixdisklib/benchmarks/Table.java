/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/** A table in Markdown. */
final class Table {

    private final List<String> lines = new ArrayList<>();

    Table(String... columns) {
        row(columns);
        lines.add("|" + String.join("|", Collections.nCopies(columns.length, "---")) + "|");
    }

    void row(String... cells) {
        lines.add(List.of(cells).stream().collect(Collectors.joining(" | ", "| ", " |")));
    }

    @Override
    public String toString() {
        return String.join("\n", lines) + "\n";
    }
}
