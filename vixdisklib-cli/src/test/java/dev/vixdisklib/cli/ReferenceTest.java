/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The reference of {@code vixdisk} has the help of each command, as the command prints it. */
class ReferenceTest {

    private static final Path ROOT = Path.of(System.getProperty("vixdisklib.root"));
    private static final Path REFERENCE = ROOT.resolve("docs/reference/vixdisk.md");

    /** What comes before is written by people. */
    private static final String BEGIN = "## All commands\n";

    @Test
    void theReferenceIsWhatTheCommandsSay() throws IOException {
        String reference = Files.readString(REFERENCE);
        int begin = reference.indexOf(BEGIN);
        assertThat(begin).as(REFERENCE + " has a line " + BEGIN).isPositive();
        Path wanted = Files.writeString(
                Files.createDirectories(ROOT.resolve("vixdisklib-cli/target")).resolve("vixdisk.md"),
                reference.substring(0, begin) + BEGIN + "\n" + help("--help") + sections());
        assertThat(reference)
                .as("as it should be, it is in " + wanted + "; copy it to " + REFERENCE)
                .isEqualTo(Files.readString(wanted));
    }

    private static String sections() {
        return Commands.NAMES.stream()
                .flatMap(name ->
                        name.equals("meta") ? Stream.of("meta", "meta list", "meta get", "meta set") : Stream.of(name))
                .map(name -> "\n## vixdisk " + name + "\n\n" + help((Object[]) (name + " --help").split(" ", -1)))
                .collect(Collectors.joining());
    }

    private static String help(Object... args) {
        String text = Cli.run(new Terminal(false, false, 100, false), args).succeeded();
        return "```text\n" + text.lines().map(String::stripTrailing).collect(Collectors.joining("\n")) + "\n```\n";
    }
}
