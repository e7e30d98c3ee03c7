/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code vixdisk map}, compared with {@code qemu-img map}. */
class MapTest {

    private static final long SEED = Long.getLong("vixdisklib.seed", new Random().nextLong());

    @TempDir
    Path directory;

    @BeforeEach
    void requireQemu(TestReporter reporter) {
        Qemu.require();
        reporter.publishEntry("vixdisklib.seed", Long.toString(SEED));
    }

    /** What is told of a run of bytes. */
    private record Run(long start, long length, boolean data) {}

    private Path disk(Contents contents) throws Exception {
        Path raw = Images.raw(directory.resolve("a.raw"), 100L * Images.GRAIN, contents, SEED);
        return Qemu.rawToVmdk(raw, directory.resolve("a.vmdk"), "monolithicSparse");
    }

    /** Runs that are alike and touch each other count as one: qemu-img tells where they are in the file, too. */
    private static List<Run> runs(String json) {
        List<Run> runs = new ArrayList<>();
        for (JsonElement element : JsonParser.parseString(json).getAsJsonArray()) {
            JsonObject run = element.getAsJsonObject();
            boolean data = run.get("data").getAsBoolean();
            assertThat(run.get("zero").getAsBoolean()).isEqualTo(!data);
            Run next = new Run(run.get("start").getAsLong(), run.get("length").getAsLong(), data);
            Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last != null && last.data == data) {
                runs.set(runs.size() - 1, new Run(last.start, last.length + next.length, data));
            } else {
                runs.add(next);
            }
        }
        return runs;
    }

    @ParameterizedTest
    @EnumSource
    void agreesWithQemu(Contents contents) throws Exception {
        Path disk = disk(contents);
        String json = Cli.run("map", "--json", disk).succeeded();
        List<Run> expected = runs(Qemu.run("map", "--output=json", disk));
        assertThat(runs(json)).isEqualTo(expected);
        assertThat(JsonParser.parseString(json).getAsJsonArray()).hasSameSizeAs(expected);
    }

    @Test
    void theListHasWhatIsAllocatedInSectorsAndBytes() throws Exception {
        Path disk = disk(Contents.HOLES);
        List<List<String>> rows = Cli.run("map", "--list", disk)
                .succeeded()
                .lines()
                .skip(1)
                .map(line -> List.of(line.strip().split(" +", -1)))
                .toList();
        List<List<String>> expected = runs(Qemu.run("map", "--output=json", disk)).stream()
                .filter(Run::data)
                .map(run -> List.of(
                        Long.toString(run.start / 512),
                        Long.toString(run.length / 512),
                        Long.toString(run.start),
                        Long.toString(run.length)))
                .toList();
        assertThat(rows).isEqualTo(expected).isNotEmpty();
    }

    @Test
    void thePictureShowsWhereData() throws Exception {
        Path disk = Qemu.create(directory.resolve("a.vmdk"), "monolithicSparse", 1L << 30);
        Qemu.write(disk, 0, 1 << 20);
        Qemu.write(disk, 4 << 20, 64 << 10);
        Qemu.write(disk, 1000 << 20, 600 << 10);

        List<String> lines = Cli.run("map", disk).succeeded().lines().toList();

        assertThat(lines).hasSize(16 + 6).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(lines.get(0)).isEqualTo("       0  \u2588\u00b7\u00b7\u00b7\u2591" + "\u00b7".repeat(59));
        assertThat(lines.get(1)).isEqualTo("  64 MiB  " + "\u00b7".repeat(64));
        assertThat(lines.get(15)).isEqualTo(" 960 MiB  " + "\u00b7".repeat(40) + "\u2592" + "\u00b7".repeat(23));
        assertThat(lines.get(17)).contains("each is 1 MiB");
        assertThat(lines.subList(18, 22))
                .containsExactly(
                        "",
                        "capacity   1 GiB (1073741824 bytes, 2097152 sectors)",
                        "allocated  1.7 MiB, which is 0.2 %",
                        "ranges     3, the largest of 1 MiB");
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 40, 60, 79, 80, 200})
    void thePictureFitsTheTerminal(int columns) throws Exception {
        Path disk = Qemu.create(directory.resolve("a.vmdk"), "monolithicSparse", 62L << 40);
        Qemu.write(disk, 61L << 40, 1 << 20);
        String picture =
                Cli.run(new Terminal(true, false, columns, false), "map", disk).succeeded();
        List<String> lines = picture.lines().takeWhile(line -> !line.isEmpty()).toList();
        assertThat(lines)
                .hasSizeBetween(8, 16)
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(Math.min(columns, 80)));
        assertThat(String.join("", lines)).containsOnlyOnce("\u2591");
        assertThat(picture.lines().takeWhile(line -> !line.startsWith("capacity")))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(columns));
        assertThat(picture.replaceAll("\\s+", " ")).endsWith(" allocated 1 MiB, which is less than 0.1 % ranges 1 ");
    }

    @Test
    void coloursAreForTerminals() throws Exception {
        Path disk = disk(Contents.FULL);
        assertThat(Cli.run(new Terminal(true, true, 80, true), "map", disk).succeeded())
                .contains("\u001b[36m\u2588\u2588");
        assertThat(Cli.run("map", disk).succeeded()).doesNotContain("\u001b");
    }

    @Test
    void theSvgHasTheSameInIt() throws Exception {
        Path disk = directory.resolve("<&>.vmdk");
        Qemu.create(disk, "monolithicSparse", 64 << 20);
        Qemu.write(disk, 1 << 20, 1 << 20);
        Path svg = directory.resolve("a.svg");

        assertThat(Cli.run("map", "--svg", svg, disk).succeeded())
                .contains("allocated  1 MiB")
                .doesNotContain("\u00b7");

        assertThat(Files.readString(svg))
                .startsWith("<?xml")
                .contains(
                        "<text class=\"name\" x=\"84\" y=\"26\">" + directory + "/&lt;&amp;&gt;.vmdk</text>",
                        "1 MiB of 64 MiB allocated (1.6 %)",
                        "prefers-color-scheme: dark",
                        "<rect class=\"full\" x=\"196\" y=\"62\" width=\"112\" height=\"14\">"
                                + "<title>1 MiB to 2 MiB: 100 %</title></rect>")
                .endsWith("</svg>\n");
        Cli.run("map", "--svg", svg, disk).failed("a.svg: exists already; --force replaces it");
        assertThat(Cli.run("map", "--svg", "-", disk).succeeded()).isEqualTo(Files.readString(svg));
        Files.writeString(svg, "x".repeat(1 << 20));
        Cli.run("map", "--force", "--svg", svg, disk).succeeded();
        assertThat(Cli.run("map", "--svg", "-", disk).succeeded()).isEqualTo(Files.readString(svg));
    }

    @Test
    void whatTheLibraryCannotTellCountsAsAllocatedAndIsSaid() throws Exception {
        Path disk = Qemu.create(directory.resolve("a.vmdk"), "monolithicSparse", 10 * 512);
        for (String form : List.of("--json", "--list", "--svg=-", "--verbose")) {
            Outcome outcome = Cli.run("map", form, disk);
            assertThat(outcome.status()).isZero();
            assertThat(outcome.err())
                    .isEqualTo("vixdisk: everything counts as allocated, since the library cannot tell: the disk has"
                            + " fewer than 128 sectors, which is the least that the library tells about\n");
        }
        JsonArray json =
                JsonParser.parseString(Cli.run("map", "--json", disk).out()).getAsJsonArray();
        assertThat(json.toString()).isEqualTo("[{\"start\":0,\"length\":5120,\"data\":true,\"zero\":false}]");
        assertThat(Cli.run("map", disk).out()).contains("allocated  5 KiB, which is 100 %");
    }

    @Test
    void wrongUseIsRefused() {
        Cli.run("map", "--json", "--list", "a").refused("--json", "--list", "mutually exclusive");
        Cli.run("map", "--force", "a").refused("--force is for --svg");
        Cli.run("map", "--svg", "", "a").refused("a name is empty");
        Cli.run("map", "-").refused("standard input");
        Cli.run("map", directory.resolve("missing.vmdk")).failed("missing.vmdk", "not found");
    }
}
