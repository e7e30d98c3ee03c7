/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

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

/** {@code vixdisk bench}: what it says, not how fast anything is. */
class BenchTest {

    private static final long SEED = Long.getLong("vixdisklib.seed", new Random().nextLong());

    @TempDir
    Path directory;

    private Path raw;
    private Path disk;

    @BeforeEach
    void makeImages(TestReporter reporter) throws Exception {
        reporter.publishEntry("vixdisklib.seed", Long.toString(SEED));
        raw = Images.raw(directory.resolve("a.raw"), 5_000_192, Contents.FULL, SEED);
        disk = directory.resolve("a.vmdk");
        Cli.run("copy", raw, disk).succeeded();
    }

    private static JsonObject json(Outcome outcome) {
        return JsonParser.parseString(outcome.succeeded()).getAsJsonObject();
    }

    /** Operation, chunk and depth of each result, in which all numbers have to fit. */
    private static List<String> ways(JsonObject told) {
        List<String> ways = new ArrayList<>();
        for (JsonElement element : told.getAsJsonArray("results")) {
            JsonObject result = element.getAsJsonObject();
            long bytes = result.get("bytes").getAsLong();
            long chunk = result.get("chunkBytes").getAsLong();
            long requests = result.get("requests").getAsLong();
            double seconds = result.get("nanoseconds").getAsLong() / 1e9;
            assertThat(bytes).isPositive().isLessThanOrEqualTo(requests * chunk);
            assertThat(result.get("bytesPerSecond").getAsLong()).isEqualTo((long) (bytes / seconds));
            assertThat(result.get("requestsPerSecond").getAsLong()).isEqualTo((long) (requests / seconds));
            ways.add(result.get("operation").getAsString() + " " + chunk + " "
                    + result.get("depth").getAsInt());
        }
        return ways;
    }

    @Test
    void aDiskOfThisHostIsReadOneRequestAtATime() {
        JsonObject told = json(Cli.run("bench", "--json", "--seconds", "0.01", disk));
        assertThat(told.get("disk").getAsString()).isEqualTo(disk.toString());
        assertThat(told.get("transport").getAsString()).isEqualTo("file");
        assertThat(told.get("allocatedBytes").getAsLong()).isBetween(5_000_192L, 5_000_192L + Images.GRAIN);
        assertThat(ways(told)).containsExactly("read 65536 1", "read 262144 1", "read 1048576 1");
        assertThat(Cli.run("bench", "--seconds", "0.01", disk).succeeded())
                .startsWith(disk + " over file:\n")
                .containsOnlyOnce("fastest")
                .contains("so the depth is always 1");
    }

    @Test
    void aDiskOnAServerIsReadWithEachDepth() throws Exception {
        try (FakeServer server = new FakeServer(directory, "web.vmdk")) {
            Cli.run("copy", "--type", "vmfs-flat", raw, server.file("web.vmdk")).succeeded();
            JsonObject told = json(server.run(
                    "bench", "--json", "--seconds", "0.01", "--chunk", "64K,1M", "--depth", "1,4", "[ds1] web.vmdk"));
            assertThat(told.get("transport").getAsString()).isEqualTo("nbdssl");
            assertThat(ways(told)).containsExactly("read 65536 1", "read 65536 4", "read 1048576 1", "read 1048576 4");
        }
    }

    @Test
    void writesGoToADiskThatIsDeleted() throws Exception {
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        byte[] before = Files.readAllBytes(disk);
        JsonObject told = json(Cli.run(
                "bench", "--json", "--seconds", "0.01", "--size", "1M", "--chunk", "64K", "--write", scratch, disk));
        assertThat(ways(told)).containsExactly("read 65536 1", "write 65536 1");
        assertThat(Cli.run("bench", "--seconds", "0.01", "--size", "1M", "--write", scratch)
                        .succeeded())
                .startsWith("Writing to a flat disk of 1 MiB in " + scratch)
                .contains("put on stable storage");
        assertThat(scratch).isEmptyDirectory();
        assertThat(disk).hasBinaryContent(before);
    }

    @Test
    void aTerminalShowsHowFarItIs() throws Exception {
        Path scratch = Files.createDirectory(directory.resolve("scratch"));
        String shown = Cli.run(
                        new Terminal(false, true, 60, false),
                        "bench",
                        "--seconds",
                        "0.5",
                        "--size",
                        "1M",
                        "--chunk",
                        "64K",
                        "--write",
                        scratch,
                        disk)
                .err();
        assertThat(shown)
                .contains("\rreading [", "\rwriting [", " % ", " left ")
                .endsWith(" \r");
        assertThat(shown.split("\r")).allSatisfy(line -> assertThat(line).hasSizeLessThan(60));
    }

    @Test
    void aNarrowTerminalGetsTheColumnsThatMatter() {
        Terminal narrow = new Terminal(true, false, 40, false);
        String out = Cli.run(narrow, "bench", "--seconds", "0.01", disk).succeeded();
        assertThat(out).contains("CHUNK", "RATE", "fastest").doesNotContain("REQUESTS/S");
        assertThat(out.lines().skip(1)).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(40));
    }

    @Test
    void whatComesFromCachesIsTold() throws Exception {
        assertThat(Cli.run("bench", "--seconds", "0.2", "--chunk", "1M", disk).succeeded())
                .containsPattern("All of the 4.8 MiB in it was read \\d+\\.\\d times, so most of it came from caches.");
        Path empty = directory.resolve("empty.vmdk");
        Cli.run("copy", Images.hole(directory.resolve("empty"), 1 << 20), empty).succeeded();
        assertThat(Cli.run("bench", "--seconds", "0.01", empty).succeeded())
                .contains("Nothing is allocated in it, so only zeros were read");
    }

    @Test
    void wrongUseIsRefused() {
        Cli.run("bench").refused("name a DISK", "--write");
        Cli.run("bench", "a", "--chunk", "3M").refused("--chunk is larger than 2 MiB");
        Cli.run("bench", "a", "--chunk", "1000").refused("a multiple of 4096");
        Cli.run("bench", "a", "--chunk", "64K,x").refused("'x' is no size");
        Cli.run("bench", "a", "--depth", "0").refused("the depth is 1 to 1024, not 0");
        Cli.run("bench", "a", "--depth", "33", "--chunk", "1M").refused("33 times 1 MiB is more than the 32 MiB");
        Cli.run("bench", "a", "--seconds", "0").refused("--seconds");
        Cli.run("bench", "a", "--size", "512").refused("--size is 1 MiB at least");
        Cli.run("bench", "--write", directory.resolve("b")).failed("b: there is no such directory; --write needs one");
        Cli.run("bench", "--write", disk).failed("a.vmdk: is no directory; --write needs one");
        Cli.run("bench", directory.resolve("b.vmdk")).failed("not found");
        Cli.run("bench", "-").refused("standard input");
    }
}
