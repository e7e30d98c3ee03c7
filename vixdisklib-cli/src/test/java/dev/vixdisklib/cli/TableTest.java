/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {

    private static final Style PLAIN = new Style(false);

    private static String[] lines(String table) {
        return table.lines().toArray(String[]::new);
    }

    @Test
    void factsAreBelowEachOther() {
        assertThat(lines(Table.ofFacts(PLAIN).row("a", "one").row("name", "two").toString()))
                .containsExactly("a     one", "name  two");
    }

    @Test
    void longTextIsBrokenBetweenWords() {
        Table table = Table.ofFacts(PLAIN)
                .row("name", "words that do not fit into one line")
                .row("b", "short");
        assertThat(lines(table.wrapped(30)))
                .containsExactly("name  words that do not fit", "      into one line", "b     short");
        assertThat(lines(table.wrapped(41))).hasSize(2);
    }

    @Test
    void aWordThatIsTooLongStaysWhole() {
        String path = "/a/path/that/somebody/may/want/to/copy";
        assertThat(lines(Table.ofFacts(PLAIN).row("p", path).wrapped(10))).containsExactly("p  " + path);
        assertThat(lines(Table.ofFacts(PLAIN).row("p", "see " + path + " there").wrapped(10)))
                .containsExactly("p  see", "   " + path, "   there");
    }

    @Test
    void colourTakesNoRoom() {
        Table table = Table.ofFacts(new Style(true)).row("name", "one two three four five six");
        assertThat(table.wrapped(27).replaceAll("\u001b\\[\\d+m", ""))
                .isEqualTo("name  one two three four" + System.lineSeparator() + "      five six");
    }
}
