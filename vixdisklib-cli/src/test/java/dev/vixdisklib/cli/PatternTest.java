/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.Sectors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PatternTest {

    private static final Pattern PATTERN = new Pattern(32 * 10 + 5, 32 * 4);

    @Test
    void stripesOfDataAlternateWithHoles() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = fill(arena, 0, PATTERN.sectors());
            for (long sector = 0; sector < PATTERN.sectors(); sector++) {
                boolean zeros =
                        all.asSlice(Sectors.toBytes(sector), Sectors.SIZE).mismatch(arena.allocate(Sectors.SIZE)) < 0;
                assertThat(zeros).as("sector " + sector).isEqualTo(sector >= 320 || sector % 10 >= 4);
            }
        }
    }

    @Test
    void dataIsRoundedUpToWhatStripesHold() {
        assertThat(new Pattern(320, 0).dataBytes()).isZero();
        assertThat(new Pattern(320, 1).dataBytes()).isEqualTo(32 * Sectors.SIZE);
        assertThat(new Pattern(320, 33).dataBytes()).isEqualTo(64 * Sectors.SIZE);
        assertThat(new Pattern(325, 325).dataBytes()).isEqualTo(320 * Sectors.SIZE);
    }

    @Test
    void noWordOccursTwiceSoThatASectorInTheWrongPlaceIsFound() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = fill(arena, 0, PATTERN.sectors());
            Set<Long> words = new HashSet<>();
            long data = all.elements(ValueLayout.JAVA_LONG)
                    .mapToLong(word -> word.get(ValueLayout.JAVA_LONG, 0))
                    .filter(word -> word != 0)
                    .peek(words::add)
                    .count();
            assertThat(data)
                    .isEqualTo(PATTERN.dataSectors() * Sectors.SIZE / Long.BYTES)
                    .isEqualTo(words.size());
        }
    }

    @Test
    void aPartIsTheSameAsInTheWhole() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = fill(arena, 0, PATTERN.sectors());
            assertThat(fill(arena, 33, 50).mismatch(all.asSlice(Sectors.toBytes(33), Sectors.toBytes(50))))
                    .isNegative();
        }
    }

    private static MemorySegment fill(Arena arena, long startSector, long sectors) {
        MemorySegment buffer = Sectors.allocate(arena, sectors).fill((byte) 1);
        PATTERN.fill(startSector, buffer);
        return buffer;
    }
}
