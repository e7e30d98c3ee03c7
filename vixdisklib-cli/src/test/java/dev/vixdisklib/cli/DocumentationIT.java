/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the README and the pages of the documentation show is what happens. */
class DocumentationIT {

    @TempDir
    Path folder;

    @TempDir
    Path hidden;

    static List<Path> pages() throws IOException {
        return Page.all(Checkout.PROJECT).stream()
                .map(Checkout.PROJECT::relativize)
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pages")
    void readersCanDoWhatAPageDoes(Path page) throws Exception {
        new PageRun(Page.read(Checkout.PROJECT, Checkout.PROJECT.resolve(page)), folder, hidden).run();
    }

    /** Where a statement can end with a line, jshell takes it to end there: a dot that begins the next one is too late. */
    @Test
    void theTutorialWorksInJshell() throws Exception {
        Page page = Page.read(Checkout.PROJECT, Checkout.PROJECT.resolve("docs/tutorial/incremental-backup.md"));
        Outcome outcome = new PageRun(page, folder, hidden).runInJshell();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out())
                .contains("different: no sectors", "different: 305 sectors")
                .doesNotContain("Error", "Exception");
    }

    @Test
    void thereArePages() throws IOException {
        assertThat(pages()).contains(Path.of("README.md"), Path.of("docs/how-to/test-a-backup.md"));
    }
}
