/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.junit.TestRun;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What is in docs/how-to/test-a-backup.md. */
class HowToTest {

    private static final Path ROOT = Path.of(System.getProperty("vixdisklib.root", ".."));
    private static final int MOST_LINES = 39;

    @Test
    void theExampleWorks() {
        assumeTrue(has("SetInventory"), "the fake has no servers yet");
        assumeTrue(has("SetFaultPlan"), "the fake has no fault plans yet");
        TestRun run = TestRun.of(BackupTest.class);
        assertThat(run.failures()).isEmpty();
        assertThat(run.succeeded()).isEqualTo(2);
    }

    @SuppressWarnings("restricted")
    private static boolean has(String function) {
        Path libraries = FakeVddk.directory().resolve("lib64");
        SymbolLookup.libraryLookup(libraries.resolve("libvddkFakeTexts.so"), Arena.global());
        return SymbolLookup.libraryLookup(libraries.resolve("libvixDiskLib.so"), Arena.global())
                .find("VddkFake_" + function)
                .isPresent();
    }

    @Test
    void theExampleIsTheOneThatRunsHere() throws Exception {
        String source = Files.readString(ROOT.resolve("vixdisklib-test-shim/src/test/java/example/BackupTest.java"));
        String example = source.substring(source.indexOf("import "));
        assertThat(example.lines()).hasSizeLessThanOrEqualTo(MOST_LINES);
        assertThat(Files.readString(ROOT.resolve("docs/how-to/test-a-backup.md")))
                .contains("```java\n" + example + "```\n");
    }
}
