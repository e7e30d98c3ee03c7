/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class PageTest {

    private static final String PAGE = """
            # Title
            <!-- figures: one -->
            <!-- end -->
            text
            <!-- figures: two -->
            old
            <!-- end -->
            """;

    @Test
    void figuresGoBetweenTheirMarkers() {
        assertThat(new Page(PAGE).with("one", "| 1 | $2 |\n").toString())
                .isEqualTo(PAGE.replace("one -->\n", "one -->\n\n| 1 | $2 |\n\n"));
    }

    @Test
    void newFiguresReplaceOldOnes() {
        Page page = new Page(PAGE).with("two", "new").with("two", "newer");
        assertThat(page).hasToString(PAGE.replace("old", "\nnewer\n"));
    }

    @Test
    void aPlaceThatIsMissingOrUnclearIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Page(PAGE).with("three", ""))
                .withMessageContaining("three");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Page(PAGE + PAGE).with("two", ""))
                .withMessageContaining("two");
        // Without its end, it would take the next one's.
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Page(PAGE.replaceFirst("<!-- end -->\n", "")).with("one", ""));
    }
}
