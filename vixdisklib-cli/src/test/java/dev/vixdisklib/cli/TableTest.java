/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {

    private static final Style PLAIN = new Style(false);

    /** Of a file, say. */
    private static Terminal columns(int columns) {
        return new Terminal(false, false, columns, false);
    }

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
        assertThat(lines(table.wrapped(columns(30))))
                .containsExactly("name  words that do not fit", "      into one line", "b     short");
        assertThat(lines(table.wrapped(columns(41)))).hasSize(2);
    }

    @Test
    void aWordThatIsTooLongStaysWhole() {
        String path = "/a/path/that/somebody/may/want/to/copy";
        assertThat(lines(Table.ofFacts(PLAIN).row("p", path).wrapped(columns(10))))
                .containsExactly("p  " + path);
        assertThat(lines(Table.ofFacts(PLAIN).row("p", "see " + path + " there").wrapped(columns(10))))
                .containsExactly("p  see", "   " + path, "   there");
    }

    @Test
    void aTerminalGetsPathsThatAreBrokenAfterASlash() {
        Terminal terminal = new Terminal(true, true, 24, false);
        Table table = Table.ofFacts(PLAIN).row("p", "see /a/path/that/somebody/wants, and-a-word-without-any-slash");
        assertThat(lines(table.fitted(terminal)))
                .containsExactly(
                        "p  see", "   /a/path/that/", "   somebody/wants,", "   and-a-word-without-an", "   y-slash");
        assertThat(lines(table.fitted(columns(24)))).hasSize(1);
    }

    @Test
    void colourTakesNoRoom() {
        Table table = Table.ofFacts(new Style(true)).row("name", "one two three four five six");
        assertThat(table.wrapped(columns(27)).replaceAll("\u001b\\[\\d+m", ""))
                .isEqualTo("name  one two three four" + System.lineSeparator() + "      five six");
    }
}
