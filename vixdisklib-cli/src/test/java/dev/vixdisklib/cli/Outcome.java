/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

/** How a command has ended. */
record Outcome(int status, String out, String err) {

    /** Requires that it has done what it should, and has said nothing about it; gives what it printed. */
    String succeeded() {
        assertThat(err).isEmpty();
        assertThat(status).isZero();
        return out;
    }

    /** Requires that it has failed, and has said so in one line with these words. */
    void failed(String... words) {
        saidInOneLine(words);
        assertThat(status).as(err).isEqualTo(1);
    }

    /** Requires that it has refused its arguments, and has said why in one line with these words. */
    void refused(String... words) {
        saidInOneLine(words);
        assertThat(status).as(err).isEqualTo(2);
    }

    private void saidInOneLine(String... words) {
        assertThat(out).isEmpty();
        assertThat(err)
                .matches("vix(disk|shell): [^\\n]+\\n")
                .contains(words)
                .doesNotContain("Exception", "internal error", "\tat ");
    }
}
