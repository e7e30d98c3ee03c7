/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.vixdisklib.shim.Strictness;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Everything that is measured, once and quickly. Says nothing about how fast it is. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
final class MainTest {

    private static final Path PROJECT = Path.of(System.getProperty("vixdisklib.root"));

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path page;

    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Main main;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @BeforeEach
    void copyThePage() throws IOException {
        // Other builds may run on this machine at the same time.
        System.setProperty("jmh.ignoreLock", "true");
        Path documents = Files.createDirectory(folder.resolve("docs"));
        page = Files.copy(PROJECT.resolve("docs/performance.md"), documents.resolve("performance.md"));
        Path disks = Files.createDirectory(folder.resolve("disks"));
        Laboratory laboratory =
                new Laboratory(disks, WorkloadsTest.yardstick(), WorkloadsTest.tool(), Strictness.ABORT);
        main = new Main(folder, documents, laboratory, Effort.SMOKE);
    }

    private PrintStream print() {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }

    @Test
    void allFiguresFindTheirPlaceOnThePage() throws Exception {
        String before = Files.readString(page);
        main.write(print());
        String after = Files.readString(page);
        assertThat(after)
                .contains("| commit | unknown |")
                .containsPattern("\\| 64 KiB \\| [\\d,]+ \\| [\\d,]+ \\| [\\d.]+ \\([\\d.]+ to [\\d.]+\\) \\| 0.98 \\|")
                .containsPattern("\\| read a sector of a hole \\| [\\d,]+ \\| [\\d,]+ \\|")
                .containsPattern("\\| 1 MiB \\| 4 ms \\| 64 \\| [\\d,]+ \\| [\\d,]+ \\| [\\d,]+ \\| [\\d.]+ \\|")
                .containsPattern("\\| 4 MiB, full, sparse \\| [\\d.]+ / [\\d.]+ \\| qemu-img")
                .containsPattern("\\| a wire of 256 MiB/s \\| 256 \\| .*: never exceeded \\|")
                .containsPattern("\\| 1.9 GiB \\| 64 \\| [\\d.]+ \\|")
                .containsPattern("\\| 16 GiB \\| 10,240 \\| [\\d.]+ / [\\d.]+ \\|")
                .containsPattern("\\| other programs had \\| [\\d.]+% \\|")
                .contains("`DowncallBenchmark.read`", "`BlocksBenchmark.all`, blocks 16384");
        assertThat(headings(after)).isEqualTo(headings(before));
        for (String name : List.of("performance-depth.svg", "performance-depth-writing.svg")) {
            assertThat(after).contains("](" + name + ")");
            Objects.requireNonNull(DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(page.resolveSibling(name).toFile()));
        }
    }

    private static List<String> headings(String text) {
        return text.lines().filter(line -> line.startsWith("#")).toList();
    }

    @Test
    void sectionsThatAreNamedArePrinted() throws IOException {
        String before = Files.readString(page);
        main.print(List.of("host"), print());
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("| JDK | ").doesNotContain("MiB/s");
        assertThat(page).hasContent(before);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> main.print(List.of("guests"), print()))
                .withMessageContaining("guests")
                .withMessageContaining("reads");
    }
}
