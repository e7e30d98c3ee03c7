/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NumbersTest {

    @Test
    void aSpreadIsMedianAndQuartiles() {
        assertThat(Spread.of(List.of(5.0, 1.0, 3.0, 2.0, 4.0))).isEqualTo(new Spread(2, 3, 4));
        assertThat(Spread.of(List.of(1.0, 2.0))).isEqualTo(new Spread(1.25, 1.5, 1.75));
        assertThat(Spread.of(List.of(7.0))).isEqualTo(new Spread(7, 7, 7));
        assertThatIllegalArgumentException().isThrownBy(() -> Spread.of(List.of()));
    }

    @Test
    void rates() {
        Measurement measurement = new Measurement(3 << 20, 500_000_000, 4, 100, 0);
        assertThat(measurement.mebibytesPerSecond()).isEqualTo(6);
        assertThat(measurement.nanosecondsPerRequest()).isEqualTo(125_000_000);
        assertThat(measurement.allocatedPerRequest()).isEqualTo(25);
    }

    @Test
    void numbersAreWrittenForReaders() {
        assertThat(Numbers.size(512)).isEqualTo("512 bytes");
        assertThat(Numbers.size(64 << 10)).isEqualTo("64 KiB");
        assertThat(Numbers.size(2 << 20)).isEqualTo("2 MiB");
        assertThat(Numbers.size(1945L << 30)).isEqualTo("1.9 TiB");
        assertThat(Numbers.decimal(12345.678, 1)).isEqualTo("12,345.7");
        assertThat(Numbers.spread(new Spread(0.5, 1, 2), 2)).isEqualTo("1.00 (0.50 to 2.00)");
    }

    @Test
    void goalsSayWhetherTheyAreReached() {
        Goal least = Goal.atLeast(0.95, 2);
        assertThat(least.mark(0.95)).isEqualTo("&ge; 0.95: reached");
        assertThat(least.mark(0.9499)).isEqualTo("&ge; 0.95: **missed**");
        Goal most = Goal.atMost(16, 0);
        assertThat(most.mark(16)).isEqualTo("&le; 16: reached");
        assertThat(most.mark(16.01)).isEqualTo("&le; 16: **missed**");
    }

    @Test
    void figuresAreALine() {
        Figures figures = Figures.of("one", 1, "two", 2L);
        assertThat(figures.line()).isEqualTo("one=1 two=2");
        assertThat(Figures.parse("one=1 two=2\n")).isEqualTo(figures);
        assertThat(figures.of("two")).isEqualTo(2);
        assertThatIllegalArgumentException().isThrownBy(() -> figures.of("three"));
    }

    @Test
    void tablesAreMarkdown() {
        Table table = new Table("a", "b");
        table.row("1", "2");
        assertThat(table).hasToString("| a | b |\n|---|---|\n| 1 | 2 |\n");
    }
}
