/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.vixdisklib.cli.Block.Mark;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How pages are taken apart. */
class PageTest {

    private static Page parse(String text) {
        return Page.parse("a.md", text.lines().toList());
    }

    private static void refuses(String text, String... words) {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> parse(text))
                .withMessageStartingWith("a.md:")
                .satisfies(error -> assertThat(error).hasMessageContainingAll(words));
    }

    @Test
    void blocksHaveTheirLines() {
        Page page = parse("""
                # A page

                ```sh
                echo "$x"

                ls
                ```
                1. In a list:

                   ```java
                   if (x) {
                       y();
                   }
                   ```
                """);
        assertThat(page.blocks()).hasSize(2).allMatch(Block::isRun);
        assertThat(page.blocks().get(0).begin()).isEqualTo(3);
        assertThat(page.blocks().get(0).end()).isEqualTo(7);
        assertThat(page.blocks().get(0).text()).isEqualTo("echo \"$x\"\n\nls\n");
        assertThat(page.blocks().get(1).lines()).isEqualTo(List.of("if (x) {", "    y();", "}"));
    }

    @Test
    void commentsBeforeABlockTellWhatItIs() {
        Page page = parse("""
                <!-- a comment of any kind -->
                <!-- not run: it takes long -->
                ```sh
                ls
                ```

                <!-- file: A.java -->

                ```java
                class A {}
                ```
                ```java
                int i;
                ```
                """);
        assertThat(page.blocks().get(0).marks()).containsEntry(Mark.NOT_RUN, "it takes long");
        assertThat(page.blocks().get(1).marks()).containsEntry(Mark.FILE, "A.java");
        assertThat(page.blocks().get(2).marks()).isEmpty();
        assertThat(page.blocks()).extracting(Block::isRun).containsExactly(false, false, true);
    }

    @Test
    void whatNobodyWouldRunIsRefused() {
        refuses("Text\n```bash\nls\n```\n", ":2:", "unknown language", "bash");
        refuses("```shell\nls\n```\n", "unknown language");
        refuses("```java linenums\nint i;\n```\n", "more than a language");
        refuses("```sh\nls\n", "without an end");
        refuses("<!-- not run: why -->\n\nText\n```sh\nls\n```\n", "no block after it");
        refuses("<!-- not run: why -->\n", "no block after it");
        refuses("<!-- not ran: why -->\n```sh\nls\n```\n", "not ran");
    }
}
