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
import org.junit.jupiter.api.Test;

/** The table in docs/how-to/test-a-backup.md; that its blocks are parts of these sources is tested with all pages. */
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
    void theExampleIsShort() throws IOException {
        String source = source("BackupTest");
        assertThat(source.substring(source.indexOf("import ")).lines()).hasSizeLessThanOrEqualTo(MOST_LINES);
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
