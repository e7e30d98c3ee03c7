/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.CopyProgress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressBarTest {

    private static final long TOTAL = 3L << 40;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(output, true, StandardCharsets.UTF_8);

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 2, 20, 40, 60, 80, 200})
    void fitsTheTerminalAndIsWipedAtTheEnd(int columns) {
        Terminal terminal = new Terminal(false, true, columns, false);
        for (long total : List.of(TOTAL, Target.UNKNOWN)) {
            show(terminal, total, TOTAL / 3);
            List<String> lines = lines();
            assertThat(lines).hasSize(3).allSatisfy(line -> assertThat(line).hasSizeLessThan(terminal.columns()));
            assertThat(lines.get(1)).isBlank().hasSameSizeAs(" ".repeat(terminal.columns() - 1));
            assertThat(lines.get(2)).isEmpty();
        }
    }

    @Test
    void tellsPartSizeRateAndTimeLeft() {
        show(new Terminal(false, true, 100, false), TOTAL, TOTAL / 4);
        assertThat(lines().getFirst())
                .matches("copying \\[=+ +\\]  25 %  768 GiB of 3 TiB  \\S+ [KMGTPE]iB/s  \\d+:\\d\\d left ");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 512, TOTAL})
    void whatIsDoneIsNeverMoreThanAll(long total) {
        show(new Terminal(false, true, 80, false), total, total + 511);
        assertThat(lines().getFirst()).contains("100 %").doesNotContain("= ]");
    }

    @Test
    void aTotalThatIsNotKnownIsNotTold() {
        show(new Terminal(false, true, 80, false), Target.UNKNOWN, 1 << 20);
        assertThat(lines().getFirst()).startsWith("copying  1 MiB  ").doesNotContain("%", "left");
    }

    @Test
    void saysWhatACopyIsDoing() {
        assertThat(nameOf(CopyProgress.Phase.READING)).isEqualTo("reading back");
        assertThat(nameOf(CopyProgress.Phase.COPYING)).isEqualTo("copying");
        assertThat(nameOf(CopyProgress.Phase.VERIFYING)).isEqualTo("verifying");
    }

    private String nameOf(CopyProgress.Phase phase) {
        CopyProgress progress = new CopyProgress(phase, OptionalLong.of(TOTAL), 1, 1, 0, 0, 1, Optional.empty());
        output.reset();
        try (ProgressBar bar = new ProgressBar(new Terminal(false, true, 80, false), err, "reading back", TOTAL)) {
            while (output.size() == 0) {
                bar.at(progress);
            }
        }
        return lines().getFirst().replaceFirst(" \\[.*", "");
    }

    @Test
    void whatTellsOnlyItsPartHasNoBytes() {
        for (int percent : new int[] {0, 50, 100}) {
            output.reset();
            try (ProgressBar bar = ProgressBar.ofPercent(new Terminal(false, true, 60, false), err, "growing")) {
                while (output.size() == 0) {
                    bar.atPercent(percent);
                }
            }
            assertThat(lines().getFirst())
                    .matches("growing \\[=* *\\] +" + percent + " %  [\\d-]+:[\\d-]{2} left ")
                    .hasSize(59);
        }
    }

    @Test
    void withoutATerminalThereIsNothing() {
        long end = System.nanoTime() + 200_000_000;
        try (ProgressBar bar = new ProgressBar(Terminal.NONE, err, "copying", TOTAL)) {
            while (System.nanoTime() < end) {
                bar.at(1);
            }
        }
        assertThat(output.size()).isZero();
    }

    @Test
    void whatIsDoneAtOnceShowsNothing() {
        try (ProgressBar bar = new ProgressBar(new Terminal(false, true, 80, false), err, "copying", TOTAL)) {
            bar.at(TOTAL);
        }
        assertThat(output.size()).isZero();
    }

    /** Until the bar is shown for the first time. */
    private void show(Terminal terminal, long total, long done) {
        output.reset();
        try (ProgressBar bar = new ProgressBar(terminal, err, "copying", total)) {
            while (output.size() == 0) {
                bar.at(done);
            }
        }
    }

    private List<String> lines() {
        String text = output.toString(StandardCharsets.UTF_8);
        assertThat(text).startsWith("\r");
        return Arrays.asList(Pattern.compile("\r").split(text.substring(1), -1));
    }
}
