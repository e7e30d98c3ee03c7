/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SectorSetTest {

    /** Sets of so many sectors are compared with bit sets. */
    private static final int CAPACITY = 300;

    /** The last sector that a range can have. */
    private static final long LAST = Long.MAX_VALUE - 1;

    private static SectorRange range(long start, long count) {
        return new SectorRange(start, count);
    }

    private static BitSet bits(Iterable<SectorRange> ranges) {
        BitSet bits = new BitSet();
        ranges.forEach(range -> bits.set((int) range.start(), (int) range.end()));
        return bits;
    }

    /** Some ranges, some of which overlap or touch, in any order. */
    private static List<SectorRange> ranges(Random random) {
        List<SectorRange> ranges = new ArrayList<>();
        int longest = 1 + random.nextInt(20);
        for (int i = random.nextInt(40); i > 0; i--) {
            int start = random.nextInt(CAPACITY);
            ranges.add(range(start, 1 + random.nextInt(Math.min(longest, CAPACITY - start))));
        }
        if (random.nextBoolean()) {
            ranges.sort((a, b) -> Long.compare(a.start(), b.start()));
        }
        return ranges;
    }

    /** Asserts that a set has the right sectors, in as few ranges as possible. */
    private static void assertSame(SectorSet set, BitSet expected) {
        assertThat(bits(set)).isEqualTo(expected);
        List<SectorRange> fewest = new ArrayList<>();
        for (int at = expected.nextSetBit(0); at >= 0; at = expected.nextSetBit(expected.nextClearBit(at))) {
            fewest.add(range(at, expected.nextClearBit(at) - at));
        }
        assertThat(set.ranges()).isEqualTo(fewest);
        assertThat(set.sectors()).isEqualTo(expected.cardinality());
        assertThat(set.isEmpty()).isEqualTo(expected.isEmpty());
        assertThat(set).isEqualTo(SectorSet.copyOf(fewest)).hasSameHashCodeAs(SectorSet.copyOf(fewest));
        if (!expected.isEmpty()) {
            assertThat(set.first()).isEqualTo(expected.nextSetBit(0));
            assertThat(set.last()).isEqualTo(expected.length() - 1);
        }
    }

    private static void manyTimes(TestDisks.RandomTest test) {
        TestDisks.atRandom(random -> {
            for (int i = 0; i < 2000; i++) {
                test.run(random);
            }
        });
    }

    @Test
    void hasTheSectorsOfTheRangesThatItIsMadeOf() {
        manyTimes(random -> {
            List<SectorRange> ranges = ranges(random);
            BitSet expected = bits(ranges);
            assertSame(SectorSet.copyOf(ranges), expected);
            assertSame(SectorSet.of(ranges.toArray(SectorRange[]::new)), expected);
            assertSame(ranges.parallelStream().collect(SectorSet.collector()), expected);
            SectorSet.Builder builder = SectorSet.builder();
            int some = random.nextInt(ranges.size() + 1);
            ranges.subList(0, some).forEach(range -> builder.add(range.start(), range.count()));
            assertSame(builder.build(), bits(ranges.subList(0, some)));
            assertSame(
                    builder.addAll(SectorSet.copyOf(ranges.subList(some, ranges.size())))
                            .build(),
                    expected);
        });
    }

    @Test
    void isCombinedAsBitsAre() {
        manyTimes(random -> {
            SectorSet a = SectorSet.copyOf(ranges(random));
            SectorSet b = SectorSet.copyOf(ranges(random));
            BitSet expected = bits(a);
            expected.or(bits(b));
            assertSame(a.union(b), expected);
            expected = bits(a);
            expected.and(bits(b));
            assertSame(a.intersect(b), expected);
            expected = bits(a);
            expected.andNot(bits(b));
            assertSame(a.minus(b), expected);
            int capacity = random.nextInt(CAPACITY + 10);
            expected = new BitSet();
            expected.set(0, capacity);
            expected.andNot(bits(a));
            assertSame(a.complement(capacity), expected);
        });
    }

    @Test
    void knowsWhatIsInIt() {
        manyTimes(random -> {
            SectorSet set = SectorSet.copyOf(ranges(random));
            BitSet bits = bits(set);
            int start = random.nextInt(CAPACITY);
            SectorRange range = range(start, 1 + random.nextInt(10));
            BitSet common = bits(List.of(range));
            common.and(bits);
            assertThat(set.contains(start)).isEqualTo(bits.get(start));
            assertThat(set.contains(range)).isEqualTo(common.cardinality() == range.count());
            assertThat(set.intersects(range)).isEqualTo(!common.isEmpty());
            assertSame(set.within(range), common);
            assertThat(set.ceiling(start)).isEqualTo(bits.nextSetBit(start));
        });
    }

    @Test
    void isAlignedOutward() {
        manyTimes(random -> {
            SectorSet set = SectorSet.copyOf(ranges(random));
            int chunk = 1 + random.nextInt(70);
            int capacity = (int) set.end() + random.nextInt(80);
            BitSet expected = new BitSet();
            bits(set).stream()
                    .map(sector -> sector / chunk * chunk)
                    .forEach(start -> expected.set(start, start + chunk));
            expected.clear(capacity, CAPACITY * 2);
            assertSame(set.alignOutward(chunk, capacity), expected);
        });
    }

    @Test
    void hasTheSectorsThatAreasOfBytesTouch() {
        record Area(long offset, long length) {}
        assertThat(SectorSet.ofByteAreas(
                        List.of(
                                new Area(5120, 512),
                                new Area(0, 1),
                                new Area(1023, 2),
                                new Area(4096, 0),
                                new Area(1L << 45, 65_536)),
                        Area::offset,
                        Area::length))
                .containsExactly(range(0, 3), range(10, 1), range(1L << 36, 128));
        assertThat(SectorSet.builder().addBytes(511, 1).addBytes(1024, 512).build())
                .containsExactly(range(0, 1), range(2, 1));
        assertThat(Sectors.covering(Long.MAX_VALUE - 1, 1)).isEqualTo(range((1L << 54) - 1, 1));
        for (long[] wrong : new long[][] {{-1, 1}, {-1, 0}, {0, -1}, {Long.MAX_VALUE, 1}}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SectorSet.builder().addBytes(wrong[0], wrong[1]))
                    .withMessageContaining(wrong[1] + (wrong[1] == 1 ? " byte" : " bytes") + " from byte " + wrong[0]);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> Sectors.covering(0, 0));
    }

    @Test
    void ofAWholeDiskHasAllItsSectors() {
        assertThat(SectorSet.all(131_072))
                .containsExactly(range(0, 131_072))
                .isEqualTo(SectorSet.of(range(0, 131_072)));
        assertThat(SectorSet.all(1)).containsExactly(range(0, 1));
        assertThat(SectorSet.all(0)).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> SectorSet.all(-1)).withMessageContaining("-1");
    }

    @Test
    void reachesAsFarAsARangeCan() {
        SectorSet all = SectorSet.all(Long.MAX_VALUE);
        assertThat(all).containsExactly(range(0, Long.MAX_VALUE));
        assertThat(all.contains(LAST)).isTrue();
        assertThat(all.contains(Long.MAX_VALUE)).isFalse();
        assertThat(all.contains(-1)).isFalse();
        assertThat(all.complement(Long.MAX_VALUE)).isEmpty();
        SectorSet last = SectorSet.of(range(LAST, 1));
        assertThat(all.minus(last)).containsExactly(range(0, LAST));
        assertThat(last.alignOutward(1000, Long.MAX_VALUE)).containsExactly(range(LAST - LAST % 1000, LAST % 1000 + 1));
        assertThat(last.last()).isEqualTo(LAST);
    }

    @Test
    void ofNothingIsEmpty() {
        SectorSet empty = SectorSet.of();
        assertThat(empty).isEmpty();
        assertThat(empty).isEqualTo(SectorSet.empty()).isNotEqualTo(SectorSet.of(range(0, 1)));
        assertThat(empty.alignOutward(128, 0)).isEqualTo(empty);
        assertThat(empty.within(range(0, 1))).isEqualTo(empty);
        assertThat(empty).hasToString("no sectors");
        List<ThrowingCallable> calls = List.of(empty::first, empty::last);
        assertThat(calls)
                .allSatisfy(call ->
                        assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(call));
    }

    @Test
    void refusesWhatMakesNoSense() {
        SectorSet set = SectorSet.of(range(10, 10));
        assertThatIllegalArgumentException().isThrownBy(() -> set.complement(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> set.alignOutward(0, 100));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SectorSet.builder().add(-1, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SectorSet.builder().add(0, 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SectorSet.builder().add(2, LAST));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> set.alignOutward(1, 19))
                .withMessageContaining("up to 19")
                .withMessageContaining("has 19 sectors");
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> set.ranges().get(1));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> set.ranges().clear());
    }

    @Test
    void hasAShortText() {
        assertThat(SectorSet.of(range(7, 1))).hasToString("1 sector: 7");
        assertThat(SectorSet.of(range(300, 1), range(0, 128))).hasToString("129 sectors: 0..127, 300");
        SectorSet many = LongStream.range(0, 9).mapToObj(i -> range(10 * i, 2)).collect(SectorSet.collector());
        assertThat(many)
                .hasToString(
                        "18 sectors in 9 ranges: 0..1, 10..11, 20..21, 30..31, ..., 50..51, 60..61, 70..71, 80..81");
    }

    @Test
    void holdsTenMillionRanges() {
        int count = 10_000_000;
        SectorSet.Builder builder = SectorSet.builder();
        for (long i = 0; i < count; i++) {
            builder.add(2 * i, 1);
        }
        SectorSet even = builder.build();
        SectorSet odd = even.complement(2L * count);
        assertThat(even.ranges()).hasSize(count);
        assertThat(odd.sectors()).isEqualTo(count);
        assertThat(even.intersect(odd).isEmpty()).isTrue();
        assertThat(even.union(odd).ranges()).containsExactly(range(0, 2L * count));
    }

    @Test
    void takesNoRoomForRangesThatComeAgain() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        SectorSet.Builder builder = SectorSet.builder();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1_000_000; i++) {
            builder.add(i % 2 == 0 ? 100 : 0, 1);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1_000_000);
        assertThat(builder.build()).containsExactly(range(0, 1), range(100, 1));
    }

    @Test
    void isMadeOfShuffledRanges() {
        TestDisks.atRandom(random -> {
            List<SectorRange> ranges = new ArrayList<>();
            for (int i = 0; i < 100_000; i++) {
                ranges.add(range(3L * i, 2));
            }
            SectorSet expected = SectorSet.copyOf(ranges);
            Collections.shuffle(ranges, random);
            assertThat(SectorSet.copyOf(ranges)).isEqualTo(expected);
            assertThat(expected.ranges()).hasSize(100_000);
        });
    }
}
