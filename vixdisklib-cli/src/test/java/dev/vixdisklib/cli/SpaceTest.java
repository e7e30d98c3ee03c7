/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.vixdisklib.cli.Images.Contents;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** {@code vixdisk space}. */
class SpaceTest {

    private static final long SEED = Long.getLong("vixdisklib.seed", new Random().nextLong());

    @TempDir
    Path directory;

    @Test
    void tellsWhatCopiesTake(TestReporter reporter) throws Exception {
        reporter.publishEntry("vixdisklib.seed", Long.toString(SEED));
        Path raw = Images.raw(directory.resolve("a.raw"), 5_000_192, Contents.HOLES, SEED);
        Path disk = directory.resolve("a.vmdk");
        Cli.run("copy", raw, disk).succeeded();

        Map<String, Long> bytes = new HashMap<>();
        for (JsonElement type : JsonParser.parseString(
                        Cli.run("space", "--json", disk).succeeded())
                .getAsJsonArray()) {
            bytes.put(
                    type.getAsJsonObject().get("type").getAsString(),
                    type.getAsJsonObject().get("bytes").getAsLong());
        }

        assertThat(bytes).containsKeys("sparse", "flat", "split-sparse", "split-flat", "vmfs-flat", "stream-optimized");
        assertThat(bytes.get("flat")).isEqualTo(5_000_192);
        assertThat(bytes.get("sparse")).isBetween(Images.data(raw), Images.data(raw) + (1 << 20));
        String table = Cli.run("space", disk).succeeded();
        assertThat(table.lines()).hasSize(1 + bytes.size());
        assertThat(table).containsPattern("(?m)^flat +4.8 MiB +5000192$");
    }

    /** Too large for some types, of which nothing is told then. */
    @Test
    void aLargeDiskHasTypesThatCanHoldIt() {
        Path disk = directory.resolve("a.vmdk");
        Cli.run("create", "--size", "4T", disk).succeeded();
        assertThat(Cli.run("space", disk).succeeded())
                .contains("stream-optimized")
                .doesNotContain("split-sparse");
    }

    @Test
    void wrongUseIsRefused() {
        Cli.run("space").refused("DISK");
        Cli.run("space", "-").refused("standard input");
        Cli.run("space", directory.resolve("b.vmdk")).failed("not found");
    }
}
