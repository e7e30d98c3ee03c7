/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The man pages that the build makes, as {@code man} shows them. */
class ManPagesTest {

    @TempDir
    Path directory;

    @BeforeEach
    void write() throws Exception {
        ManPages.write(directory, "1.2.3", Path.of(System.getProperty("vixdisklib.root"), "docs/reference/vixdisk.md"));
    }

    private List<Path> pages() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @Test
    void eachCommandHasAPage() throws Exception {
        assertThat(pages())
                .extracting(page -> page.getFileName().toString())
                .contains("vixdisk.1")
                .containsAll(Commands.NAMES.stream()
                        .map(name -> "vixdisk-" + name + ".1")
                        .toList())
                .contains("vixdisk-meta-list.1", "vixdisk-meta-get.1", "vixdisk-meta-set.1")
                .hasSize(Commands.NAMES.size() + 4);
    }

    @Test
    void allPagesThatOneNamesAreThere() throws Exception {
        for (Path page : pages()) {
            assertThat(Pattern.compile("\\\\fB([^ ]*)\\\\fR\\(1\\)")
                            .matcher(Files.readString(page))
                            .results())
                    .extracting(named -> named.group(1).replace("\\-", "-") + ".1")
                    .allSatisfy(named -> assertThat(directory.resolve(named)).exists());
        }
    }

    @Test
    void thePageOfTheProgramSaysHowAllCommandsAre() throws Exception {
        Tools.require("man", "man-db");
        assertThat(shown(directory.resolve("vixdisk.1")))
                .contains("VIXDISKLIB_LIBDIR", "NO_COLOR")
                .containsPattern("powers of\\s+1024")
                .containsPattern("128 and\\s+the\\s+number of a signal")
                .doesNotContain("`", "|");
    }

    @Test
    void aPageHasWhatTheHelpHas() throws Exception {
        Tools.require("man", "man-db");
        String page = shown(directory.resolve("vixdisk-clone.1"));
        assertThat(page)
                .contains("VIXDISK-CLONE(1)", "vixdisk 1.2.3", "vixdisk clone [OPTIONS] SOURCE TARGET")
                .contains("--type=TYPE", "sparse, flat, split-sparse", "-h, --help", "EXIT STATUS")
                .containsPattern("Disks on a server, which are named\\s+'\\[datastore\\]")
                .doesNotContain("${", "%n");
        assertThat(shown(directory.resolve("vixdisk.1"))).contains("vixdisk COMMAND", "vixdisk-end-access(1)");
        assertThat(shown(directory.resolve("vixdisk-check.1"))).contains("1 damaged, or failed");
        assertThat(shown(directory.resolve("vixdisk-rm.1"))).contains("vixdisk rm [OPTIONS] DISK...");
        assertThat(shown(directory.resolve("vixdisk-meta.1"))).contains("vixdisk meta COMMAND", "vixdisk-meta-set(1)");
        assertThat(shown(directory.resolve("vixdisk-meta-set.1")))
                .contains("vixdisk meta set [OPTIONS] DISK KEY VALUE", "vixdisk-meta(1)");
        assertThat(shown(directory.resolve("vixdisk-bench.1"))).contains("--depth=N[,...]");
        assertThat(shown(directory.resolve("vixdisk-map.1")))
                .contains("vixdisk map [--list | --json | --svg=FILE] [OPTIONS] DISK", "-l, --list")
                .doesNotContain("null");
        assertThat(shown(directory.resolve("vixdisk-compare.1"))).contains("diff: 0 the same, 1 different");
    }

    @Test
    void theFormatterHasNothingToSay() throws Exception {
        Tools.require("groff", "groff-base");
        for (Path page : pages()) {
            assertThat(Command.of("groff", "-ww", "-z", "-man", "-T", "ascii", page)
                            .run()
                            .err())
                    .as(page.toString())
                    .isEmpty();
        }
    }

    private static String shown(Path page) throws Exception {
        return Command.of("man", "-l", page)
                .environment("MANWIDTH", "80")
                .environment("MANPAGER", "cat")
                .environment("MAN_KEEP_FORMATTING", "")
                .environment("LC_ALL", "C.UTF-8")
                .run()
                .out();
    }
}
