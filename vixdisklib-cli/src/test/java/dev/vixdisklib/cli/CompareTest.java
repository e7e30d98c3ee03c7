/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.vixdisklib.cli.Images.Contents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** {@code vixdisk compare}, compared with {@code qemu-img compare}. */
class CompareTest {

    private static final long SEED = Long.getLong("vixdisklib.seed", new Random().nextLong());
    private static final long BYTES = 100L * Images.GRAIN;

    @TempDir
    Path directory;

    private Path raw;
    private Path one;
    private Path other;

    @BeforeEach
    void makeImages(TestReporter reporter) throws Exception {
        Qemu.require();
        reporter.publishEntry("vixdisklib.seed", Long.toString(SEED));
        raw = Images.raw(directory.resolve("a.raw"), BYTES, Contents.HOLES, SEED);
        one = Qemu.rawToVmdk(raw, directory.resolve("one.vmdk"), "monolithicSparse");
        other = Qemu.rawToVmdk(raw, directory.resolve("other.vmdk"), "twoGbMaxExtentFlat");
    }

    private static Outcome differ(Object... args) {
        Outcome outcome = Cli.run(args);
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.status()).isEqualTo(1);
        return outcome;
    }

    @Test
    void disksOfTheSameContentAreTheSame() {
        assertThat(Cli.run("compare", one, other).succeeded()).isEqualTo("The same: 6.3 MiB.\n");
        assertThat(Cli.run("compare", one, raw).succeeded()).isEqualTo("The same: 6.3 MiB.\n");
        assertThat(Cli.run("compare", raw, raw).succeeded()).isEqualTo("The same: 6.3 MiB.\n");
        assertThat(Cli.run("compare", "--quiet", one, other).succeeded()).isEmpty();
        assertThat(Cli.run("compare", "--json", one, raw).succeeded()).isEqualTo("[]\n");
    }

    /** The sectors that were changed, as a program finds them that knows both files. */
    private List<List<Long>> expected(Path changed) throws Exception {
        byte[] before = Files.readAllBytes(raw);
        byte[] after = Files.readAllBytes(changed);
        List<List<Long>> ranges = new ArrayList<>();
        for (int at = 0; at < before.length; at += 512) {
            if (java.util.Arrays.equals(before, at, at + 512, after, at, at + 512)) {
                continue;
            }
            List<Long> last = ranges.isEmpty() ? List.of(-1L, 0L) : ranges.get(ranges.size() - 1);
            if (last.get(0) + last.get(1) == at) {
                ranges.set(ranges.size() - 1, List.of(last.get(0), last.get(1) + 512));
            } else {
                ranges.add(List.of((long) at, 512L));
            }
        }
        return ranges;
    }

    @Test
    void whatWasChangedIsFound() throws Exception {
        Random random = new Random(SEED);
        for (int i = 0; i < 12; i++) {
            int length = 1 + random.nextInt(3000);
            Qemu.write(one, random.nextInt((int) BYTES - length), length);
        }
        List<List<Long>> expected = expected(Qemu.vmdkToRaw(one, directory.resolve("b.raw")));
        for (Object[] pair : new Object[][] {{one, other}, {other, one}, {raw, one}, {one, raw}}) {
            List<List<Long>> told = new ArrayList<>();
            for (JsonElement range : JsonParser.parseString(
                            differ("compare", "--json", pair[0], pair[1]).out())
                    .getAsJsonArray()) {
                told.add(List.of(
                        range.getAsJsonObject().get("start").getAsLong(),
                        range.getAsJsonObject().get("length").getAsLong()));
            }
            assertThat(told).isEqualTo(expected).isNotEmpty();
        }
        assertThat(differ("compare", "--list", one, other)
                        .out()
                        .lines()
                        .skip(1)
                        .map(line -> line.strip().split(" +", -1)))
                .hasSize(expected.size())
                .extracting(cells -> List.of(Long.parseLong(cells[2]), Long.parseLong(cells[3])))
                .isEqualTo(expected);
        assertThat(differ("compare", "--quiet", one, other).out()).isEmpty();
    }

    @Test
    void aFewWordsTellWhatIsDifferentAndTheFirstRanges() throws Exception {
        Path empty = Qemu.create(directory.resolve("empty.vmdk"), "monolithicSparse", BYTES);
        Path full = Qemu.create(directory.resolve("full.vmdk"), "monolithicSparse", BYTES);
        Qemu.write(full, 5000, 33);
        assertThat(differ("compare", empty, full).out())
                .isEqualTo("""
                Different: 1 sector (512 B) in 1 range.

                SECTOR  SECTORS  OFFSET    BYTES
                """.replace("SECTOR  SECTORS  OFFSET    BYTES", " SECTOR  SECTORS   OFFSET    BYTES")
                        + "      9        1     4608      512\n");
        for (int i = 0; i < 11; i++) {
            Qemu.write(full, (i + 1) * 65536L, 512);
        }
        assertThat(differ("compare", empty, full).out())
                .contains("Different: 12 sectors (6 KiB) in 12 ranges.")
                .endsWith("and 2 more ranges; --list prints all\n");
    }

    @Test
    void whatOnlyTheLargerDiskHasIsDifferent() throws Exception {
        Path small = Qemu.create(directory.resolve("small.vmdk"), "monolithicSparse", 1 << 20);
        Path large = Qemu.create(directory.resolve("large.vmdk"), "monolithicSparse", 2 << 20);
        assertThat(differ("compare", small, large).out())
                .startsWith(
                        small + " has 1048576 bytes, " + large + " has 2097152.\nDifferent: 2048 sectors (1 MiB) in");
        assertThat(differ("compare", "--json", large, small).out())
                .isEqualTo("[{ \"start\": 1048576, \"length\": 1048576 }]\n");
        assertThat(differ("compare", "-q", large, small).out()).isEmpty();
    }

    @Test
    void aFailureIsNoDifference() throws Exception {
        Path missing = directory.resolve("missing");
        Cli.run("compare", one, missing + ".vmdk").refused("missing.vmdk", "not found");
        Cli.run("compare", missing, one).refused("missing: no such file or directory");
        Cli.run("compare", one, directory).refused(": is a directory");
        Cli.run("compare", one, "/dev/zero").refused("/dev/zero", "no size");
        Cli.run("compare", one).refused("OTHER");
        Cli.run("compare", "-", one).refused("standard input");
        Cli.run("compare", "--json", "--quiet", one, one).refused("--json", "--quiet", "mutually exclusive");
        assertThat(Cli.run("compare", "--help").succeeded()).contains("0 the same, 1 different, 2 failed");
    }
}
