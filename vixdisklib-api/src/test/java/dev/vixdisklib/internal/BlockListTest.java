/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.vixdisklib.SectorRange;
import dev.vixdisklib.SectorSet;
import dev.vixdisklib.raw.c.VixDiskLibBlock;
import dev.vixdisklib.raw.c.VixDiskLibBlockList;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists of blocks as no fake makes them, but some library could. */
class BlockListTest {

    private static final long START = 1280;
    private static final long CHUNKS = 10;
    private static final long COUNT = 128 * CHUNKS;

    /** Decodes a list with offsets and lengths. */
    private static SectorSet decode(int number, long... fields) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long first = VixDiskLibBlockList.blocks$offset();
            assertThat(VixDiskLibBlock.sizeof()).isEqualTo(2 * Long.BYTES);
            MemorySegment list = arena.allocate(first + fields.length * (long) Long.BYTES, Long.BYTES);
            VixDiskLibBlockList.numBlocks(list, number);
            MemorySegment.copy(fields, 0, list, ValueLayout.JAVA_LONG, first, fields.length);
            return NativeStructs.blocks(list, START, COUNT, CHUNKS);
        }
    }

    @Test
    void aListCanBeEmpty() throws IOException {
        assertThat(decode(0)).isEmpty();
    }

    @Test
    void blocksThatTouchAreOne() throws IOException {
        assertThat(decode(4, 1280, 128, 1408, 256, 1792, 128, 2432, 128))
                .containsExactly(new SectorRange(1280, 384), new SectorRange(1792, 128), new SectorRange(2432, 128));
    }

    @ParameterizedTest
    @CsvSource({
        "1536, 128, 1408, 128, out of order",
        "1408, 256, 1536, 128, out of order",
        "1408, 128, 1408, 128, out of order",
        "1280, 128, 1152, 128, asked about",
        "1152, 128, 1408, 128, asked about",
        "1152, 256, 1408, 128, asked about",
        "1280, 128, 2432, 256, asked about",
        "1280, 128, 2560, 128, asked about",
        "1280, 128, 1408, 0, asked about",
        "1280, 128, 1408, -1, asked about",
        "1280, 128, 1408, 9223372036854775807, asked about",
        "1280, 128, 9223372036854775807, 9223372036854775807, asked about",
        "-128, 128, 1408, 128, asked about",
    })
    void blocksThatAreNoAnswerAreAnError(long offset, long length, long nextOffset, long nextLength, String complaint) {
        assertThatIOException()
                .isThrownBy(() -> decode(2, offset, length, nextOffset, nextLength))
                .withMessageContaining("the library has answered with a block of ")
                .withMessageContaining(complaint);
    }

    @ParameterizedTest
    @CsvSource({"11, 11", "-1, 4294967295"})
    void moreBlocksThanChunksAreAnError(int number, String unsigned) {
        assertThatIOException()
                .isThrownBy(() -> decode(number, 1280, 128))
                .withMessageContaining(unsigned + " blocks where there can be 10");
    }
}
