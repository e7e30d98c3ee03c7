/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.vixdisklib.cli.Diagnosis.Finding;
import dev.vixdisklib.cli.Diagnosis.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code vixdisk doctor}. */
class DoctorTest {

    @TempDir
    Path directory;

    @Test
    void theReportHasAllThatABugReportNeeds() {
        String report = Cli.run("doctor").succeeded();
        assertThat(report)
                .contains("java             " + Runtime.version())
                .contains("the fake of this build, since", "functions        all 43", "VixDiskLib 8.0.3\n", "suspects");
        String withoutPaths = report.replaceAll("\\S*/\\S+", "");
        assertThat(withoutPaths.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void colourTellsHowBadItIs() {
        Terminal terminal = new Terminal(true, true, 80, true);
        assertThat(Cli.run(terminal, "doctor").succeeded()).contains("\u001b[32mok     \u001b[0m", "\u001b[33mwarning");
        assertThat(Cli.run("doctor").succeeded()).doesNotContain("\u001b");
    }

    @Test
    void theReportIsThereForProgramsToo() {
        JsonObject report =
                JsonParser.parseString(Cli.run("doctor", "--json").succeeded()).getAsJsonObject();
        assertThat(report.get("works").getAsBoolean()).isTrue();
        assertThat(report.getAsJsonArray("checks"))
                .extracting(JsonElement::getAsJsonObject)
                .extracting(check -> check.get("name").getAsString())
                .containsSubsequence("java", "locale", "temporary files", "open files", "native access", "library");
        assertThat(report.getAsJsonObject("capabilities").getAsJsonArray("functions"))
                .hasSize(43);
    }

    // ------------------------------------------------------------------------------------------------- findings

    private static Finding only(Diagnosis diagnosis) {
        assertThat(diagnosis.findings()).hasSize(1);
        return diagnosis.findings().get(0);
    }

    @Test
    void aLocaleThatLacksCharactersIsAWarning() {
        assertThat(only(new Diagnosis().locale("UTF-8")).level()).isEqualTo(Level.OK);
        assertThat(only(new Diagnosis().locale("utf8")).level()).isEqualTo(Level.OK);
        for (String encoding : new String[] {"ANSI_X3.4-1968", "ISO-8859-1", ""}) {
            Finding finding = only(new Diagnosis().locale(encoding));
            assertThat(finding.level()).isEqualTo(Level.WARNING);
            assertThat(finding.advice()).contains("LC_ALL");
        }
    }

    @Test
    void aTemporaryDirectoryThatCannotBeWrittenToIsAnError() throws Exception {
        assertThat(only(new Diagnosis().temporaryDirectory(directory)).level()).isEqualTo(Level.OK);
        assertThat(directory).isEmptyDirectory();
        Diagnosis missing = new Diagnosis().temporaryDirectory(directory.resolve("missing"));
        assertThat(missing.has(Level.ERROR)).isTrue();
        assertThat(only(missing).text()).contains("no such file or directory");
        assertThat(new Diagnosis()
                        .temporaryDirectory(Files.createFile(directory.resolve("file")))
                        .has(Level.ERROR))
                .isTrue();
    }

    @Test
    void fewOpenFilesAreAWarning() {
        String line = "Max open files            %s                 1048576              files\n";
        for (String many : new String[] {"1024", "1048576", "unlimited", "18446744073709551615"}) {
            assertThat(only(new Diagnosis().openFiles("Max cpu time  unlimited\n" + line.formatted(many)))
                            .level())
                    .isEqualTo(Level.OK);
        }
        Finding few = only(new Diagnosis().openFiles(line.formatted("256")));
        assertThat(few.level()).isEqualTo(Level.WARNING);
        assertThat(few.text()).startsWith("256 at most");
        assertThat(only(new Diagnosis().openFiles("")).level()).isEqualTo(Level.OK);
    }
}
