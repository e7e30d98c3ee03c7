/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code vixdisk completion}, as bash and zsh take it. */
class CompletionTest {

    @TempDir
    Path directory;

    private Path script;

    @BeforeEach
    void printScript() throws Exception {
        script = Files.writeString(
                directory.resolve("script"), Cli.run("completion").succeeded());
    }

    @ParameterizedTest
    @CsvSource({
        "vixdisk cre, create",
        "vixdisk end, end-access",
        "vixdisk create --si, --size",
        "vixdisk create --type split, split-sparse split-flat",
        "vixdisk child --type s, sparse split-sparse",
        "vixdisk clone --adapter b, buslogic",
        "vixdisk info --jso, --json"
    })
    void bashCompletesCommandsOptionsAndTypes(String line, String expected) throws Exception {
        Tools.require("bash", "bash");
        assertThat(complete(line).strip().split("\\s+")).containsExactlyInAnyOrder(expected.split(" ", -1));
    }

    private String complete(String line) throws Exception {
        return Command.of("bash", "-c", """
                        . "$1"
                        # Bash has it only while somebody types.
                        compopt() { :; }
                        COMP_WORDS=($2)
                        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                        COMP_LINE=$2
                        COMP_POINT=${#2}
                        $(complete -p vixdisk | sed 's/.* -F \\([^ ]*\\) .*/\\1/')
                        echo "${COMPREPLY[@]}"
                        """, "bash", script, line)
                .in(directory)
                .run()
                .succeeded();
    }

    /** In a shell that somebody types in, since only there bash completes names of files by itself. */
    @Test
    void bashCompletesNamesOfDisks() throws Exception {
        Tools.require("bash", "bash");
        Tools.require("script", "bsdutils");
        Files.createFile(directory.resolve("a disk.vmdk"));
        Path typed = Files.writeString(directory.resolve("typed"), """
                . ./script
                vixdisk() { printf '<%s>' "$@"; echo; }
                vixdisk info a\t
                vixdisk copy some.vmdk a\t
                vixdisk meta get a\t key
                exit
                """);
        String said = Command.of("sh", "-c", "script -qec 'bash --norc -i' /dev/null < \"$1\"", "sh", typed)
                .in(directory)
                .environment("TERM", "dumb")
                .run()
                .succeeded();
        assertThat(said)
                .contains("<info><a disk.vmdk>", "<copy><some.vmdk><a disk.vmdk>", "<meta><get><a disk.vmdk><key>");
    }

    @Test
    void zshTakesItAsItIs() throws Exception {
        Tools.require("zsh", "zsh");
        String known = Command.of("zsh", "-f", "-e", "-c", ". ./script && print -r -- ${_comps[vixdisk]}")
                .in(directory)
                .environment("HOME", directory.toString())
                .run()
                .succeeded();
        assertThat(known).contains("_complete_vixdisk");
    }

    @Test
    void bashTakesAllOfIt() throws Exception {
        Tools.require("bash", "bash");
        Command.of("bash", "-n", script).run().succeeded();
    }
}
