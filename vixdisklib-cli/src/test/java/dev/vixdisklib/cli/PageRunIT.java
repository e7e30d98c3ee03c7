/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages that are wrong do not pass. */
class PageRunIT {

    @TempDir
    Path folder;

    private void run(String text) throws Exception {
        Path seen = Files.createTempDirectory(folder, "seen");
        Path hidden = Files.createTempDirectory(folder, "hidden");
        new PageRun(Page.parse("a.md", text.lines().toList()), seen, hidden).run();
    }

    private void fails(String text, String... words) {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> run(text))
                .satisfies(error -> assertThat(error.getMessage()).contains(words));
    }

    @Test
    void blocksAreRunInTheOrderOfThePage() throws Exception {
        run("""
                <!-- first: x=hidden -->
                ```sh
                printf %s "$x" > a.txt
                cat
                ```

                ```java
                import java.nio.charset.StandardCharsets;

                String text = Files.readString(Path.of("a.txt"), StandardCharsets.UTF_8);
                System.out.print(text + " " + Files.exists(vmdk));
                ```
                ```text
                hidden true
                ```
                <!-- file: some/B.java -->
                ```java
                public class B {
                    public static void main(String[] args) {
                        System.out.println("B");
                        System.err.println("C");
                        System.out.println("D");
                    }
                }
                ```
                ```sh
                java some/B.java
                bin/vixdisk --version
                ```
                The version differs.
                ```text
                B
                \u2026
                vixdisk \u2026
                ```
                ```sh
                seq 20
                ```
                ```text
                1
                \u2026
                ```
                ```java
                System.out.println(text);
                ```
                <!-- not compared: for once -->
                ```text
                anything
                ```
                """);
    }

    @Test
    void aCommandThatFailsIsTold() {
        fails("\n```sh\necho started; false\necho not here\n```\n", "a.md:2: ended with status 1", "started");
        fails("```sh\necho \"$nothing\"\n```\n", "nothing");
        fails("```sh\nif\n```\n", "a.md:1: ended with status 2");
    }

    @Test
    void statementsThatFailAreTold() {
        fails("```java\nint i = \"\";\n```\n", "a.md does not compile", "ThePage.java:2: ");
        fails("```java\nList list = List.of();\n```\n", "[rawtypes]");
        fails("```java\nint i = 0;\n```\n\n```java\n\nSystem.out.println(1 / i);\n```\n", "a.md:5: ", "ThePage.java:7");
        fails("```java\nSystem.exit(3);\n```\n", "ended with status 3");
        fails("<!-- file: A.java -->\n```java\nclass A { int i = \"\"; }\n```\n", "A.java:1");
    }

    @Test
    void anOutputThatIsAnotherOneIsTold() {
        fails("```sh\necho a\necho b\n```\n```text\na\nc\n```\n", "a.md:5: ", "a\nc");
        fails("```sh\necho a\necho b\n```\n```text\na\n```\n", "a.md:5: ");
        fails("```sh\necho a\necho b\n```\n```text\na\u2026\n```\n", "a.md:5: ");
        fails("```java\nSystem.err.println(\"warning\");\n```\n```text\n\n```\n", "warning");
    }

    @Test
    void aQuoteThatIsNoneIsTold() throws Exception {
        String quote =
                "<!-- tested in: vixdisklib-cli/src/test/java/dev/vixdisklib/cli/PageRunIT.java -->\n```java\n%s\n```\n";
        run(quote.formatted("/** Pages that are wrong do not pass. */\nclass PageRunIT {"));
        fails(quote.formatted("/** Pages that are wrong do pass" + ". */"), "PageRunIT.java");
    }
}
