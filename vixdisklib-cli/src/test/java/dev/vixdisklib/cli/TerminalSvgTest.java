/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Pictures of a terminal, which the README has. */
class TerminalSvgTest {

    @Test
    void textStandsWhereTheTerminalHadIt() {
        assertThat(TerminalSvg.of("a title", 80, "one\n  <two>\n"))
                .contains("<title>a title</title>", ">one</text>", ">&lt;two&gt;</text>")
                .contains("x=\"16.0\" y=\"48\"", "x=\"32.8\" y=\"67\"");
    }

    @Test
    void stylesAreClasses() {
        assertThat(TerminalSvg.of("", 80, new Style(true).bold("name") + " " + new Style(true).green("full")))
                .contains("class=\"b\">name</text>", "x=\"58.0\"", "class=\"c32\">full</text>");
    }

    @Test
    void ofALineThatIsWrittenAnewTheLastIsSeen() {
        assertThat(TerminalSvg.of("", 80, "10 %\r20 %\r30 %\r\n"))
                .contains(">30\u00a0%<")
                .doesNotContain(">10", ">20");
    }
}
