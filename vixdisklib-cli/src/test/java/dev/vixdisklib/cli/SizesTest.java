/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class SizesTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "512, 512",
        "1B, 1",
        "64K, 65536",
        "64k, 65536",
        "64KB, 65536",
        "64KiB, 65536",
        "4G, 4294967296",
        "3T, 3298534883328",
        "7E, 8070450532247928832",
        "' 1M ', 1048576"
    })
    void aSizeIsInPowersOf1024(String text, long bytes) {
        assertThat(new Sizes().convert(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "K",
                "-1",
                "1.5G",
                "1 G",
                "1GG",
                "0x10",
                "5iB",
                "8E",
                "999999999999999999T",
                "1234567890123456789"
            })
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> new Sizes().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1536, 1.5 KiB",
        "65536, 64 KiB",
        "10485760, 10 MiB",
        "3298534883328, 3 TiB",
        "9223372036854775807, 8 EiB"
    })
    void aSizeHasAboutThreeDigits(long bytes, String text) {
        assertThat(Sizes.format(bytes)).isEqualTo(text);
    }

    @Test
    void aRateIsPerSecondEvenWhenNoTimeHasPassed() {
        assertThat(Sizes.rate(1 << 20, 500_000_000)).isEqualTo("2 MiB/s");
        assertThat(Sizes.rate(1, 0)).endsWith("/s");
    }
}
