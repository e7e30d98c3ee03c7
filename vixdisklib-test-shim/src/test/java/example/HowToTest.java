/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in docs/how-to/test-a-backup.md. */
class HowToTest {

    private static final Path ROOT = Path.of(System.getProperty("vixdisklib.root", ".."));
    private static final int MOST_LINES = 39;
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/how-to/test-a-backup.md"));
    }

    private static String source(String test) throws IOException {
        return Files.readString(ROOT.resolve("vixdisklib-test-shim/src/test/java/example/" + test + ".java"));
    }

    @Test
    void theExampleIsTheOneThatRunsHere() throws IOException {
        String source = source("BackupTest");
        String example = source.substring(source.indexOf("import "));
        assertThat(example.lines()).hasSizeLessThanOrEqualTo(MOST_LINES);
        assertThat(page()).contains("```java\n" + example + "```\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"journal", "time"})
    void theShortOnesRunHere(String name) throws IOException {
        String region = source("SnippetsTest")
                .lines()
                .dropWhile(line -> !line.contains("// @start region=\"" + name + "\""))
                .skip(1)
                .takeWhile(line -> !line.contains("// @end"))
                .collect(Collectors.joining("\n"));
        assertThat(region).isNotBlank();
        assertThat(page()).contains("```java\n" + region.stripIndent() + "\n```\n");
    }

    @Test
    void thereAreNoOthers() throws IOException {
        assertThat(page().split("```java\n")).hasSize(1 + 3);
    }

    /** Lines are broken in other places there. */
    @Test
    void theOnesInTheTableRunHere() throws IOException {
        String source = withoutBlanks(source("SnippetsTest"));
        List<String> pieces = page().lines()
                .filter(line -> line.startsWith("| ") && line.contains("`"))
                .flatMap(line -> CODE.matcher(line).results().map(code -> code.group(1)))
                .toList();
        assertThat(pieces).hasSizeGreaterThan(10);
        assertThat(pieces)
                .filteredOn(code -> !source.contains(withoutBlanks(code)))
                .isEmpty();
    }

    private static String withoutBlanks(String text) {
        return text.replaceAll("\\s", "");
    }
}
