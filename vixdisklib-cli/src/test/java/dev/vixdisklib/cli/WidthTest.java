/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reports on terminals of different widths, and in files. */
class WidthTest {

    @TempDir
    Path directory;

    private Path disk;
    private Path other;

    @BeforeEach
    void makeDisks() throws Exception {
        Path deep = Files.createDirectories(
                directory.resolve("a directory/with-a-name-that-has-no-blanks-and-is-longer-than-many-terminals"));
        disk = deep.resolve("a.vmdk");
        other = deep.resolve("b.vmdk");
        Cli.run("create", "--size", "4T", deep.resolve("base.vmdk")).succeeded();
        Cli.run("child", deep.resolve("base.vmdk"), disk).succeeded();
        Cli.run("create", "--size", "1M", other).succeeded();
        Cli.run(
                        "meta",
                        "set",
                        disk,
                        "a.key",
                        "with a value that is long enough for two lines of narrow terminals, or more")
                .succeeded();
    }

    private Stream<List<Object>> reports() {
        return Stream.of(
                List.of("info", disk),
                List.of("map", other),
                List.of("map", "--list", disk),
                List.of("space", disk),
                List.of("chain", disk),
                List.of("modes", disk),
                List.of("meta", "list", disk),
                List.of("error", "13"),
                List.of("dump", disk),
                List.of("doctor"));
    }

    private static String told(Terminal terminal, List<Object> command) {
        return Cli.run(terminal, command.toArray()).succeeded();
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 60, 80, 120})
    void everyLineFits(int columns) {
        Terminal terminal = new Terminal(true, true, columns, false);
        assertThat(reports())
                .allSatisfy(command -> assertThat(told(terminal, command).lines())
                        .as(command.toString())
                        .isNotEmpty()
                        .allSatisfy(line -> assertThat(line)
                                .hasSizeLessThanOrEqualTo(columns)
                                .isEqualTo(line.stripTrailing())));
    }

    @Test
    void aTerminalThatIsTooNarrowForAnythingGetsLongerLines() {
        assertThat(reports())
                .allSatisfy(command -> assertThat(told(new Terminal(true, true, 1, false), command))
                        .isNotEmpty());
    }

    @Test
    void aNarrowTerminalGetsTheColumnsThatMatter() {
        Terminal narrow = new Terminal(true, true, 40, false);
        assertThat(told(narrow, List.of("chain", disk)))
                .contains("LINK", "SIZE", "PATH")
                .doesNotContain("CID");
        assertThat(told(narrow, List.of("map", "--list", disk))).isEqualTo("    SECTOR     SECTORS\n");
    }

    @Test
    void aFileGetsAllAndWholeNames() {
        Terminal file = new Terminal(false, true, 40, false);
        assertThat(told(file, List.of("chain", disk))).contains("CID", disk.toString());
        assertThat(told(file, List.of("info", disk))).contains("path           " + disk + "\n");
        assertThat(told(file, List.of("map", "--list", disk))).contains("SECTOR", "OFFSET", "BYTES");
    }
}
