/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code vixdisk chain}, compared with {@code qemu-img info --backing-chain}. */
class ChainTest {

    @TempDir
    Path directory;

    private Path base;
    private Path middle;
    private Path top;

    @BeforeEach
    void makeChain() throws Exception {
        Qemu.require();
        base = Qemu.create(directory.resolve("base.vmdk"), "twoGbMaxExtentSparse", 10 << 20);
        middle = Qemu.child(directory.resolve("middle.vmdk"), base);
        top = Qemu.child(directory.resolve("top.vmdk"), middle);
    }

    private static JsonObject json(Outcome outcome) {
        return JsonParser.parseString(outcome.out()).getAsJsonObject();
    }

    @Test
    void agreesWithQemu() throws Exception {
        JsonObject told = json(new Outcome(0, Cli.run("chain", "--json", top).succeeded(), ""));
        assertThat(told.getAsJsonArray("problems")).isEmpty();
        List<List<String>> links = new ArrayList<>();
        for (JsonElement element : told.getAsJsonArray("links")) {
            JsonObject link = element.getAsJsonObject();
            assertThat(link.get("exists").getAsBoolean()).isTrue();
            links.add(List.of(
                    Path.of(link.get("path").getAsString()).toRealPath().toString(),
                    link.get("type").getAsString(),
                    Long.toString(Long.parseLong(link.get("contentId").getAsString(), 16))));
        }
        List<List<String>> expected = new ArrayList<>();
        for (JsonElement element : JsonParser.parseString(Qemu.run("info", "--backing-chain", "--output=json", top))
                .getAsJsonArray()) {
            JsonObject data =
                    element.getAsJsonObject().getAsJsonObject("format-specific").getAsJsonObject("data");
            expected.add(List.of(
                    Path.of(element.getAsJsonObject().get("filename").getAsString())
                            .toRealPath()
                            .toString(),
                    data.get("create-type").getAsString(),
                    data.get("cid").getAsString()));
        }
        assertThat(links).isEqualTo(expected).hasSize(3);
        JsonObject last = told.getAsJsonArray("links").get(2).getAsJsonObject();
        Path extent = directory.resolve("base-s001.vmdk");
        assertThat(last.get("bytes").getAsLong()).isEqualTo(Files.size(base) + Files.size(extent));
        assertThat(last.getAsJsonArray("files"))
                .extracting(JsonElement::getAsString)
                .containsExactly(base.toString(), extent.toString());
    }

    @Test
    void theTableGoesFromTheTopToTheBase() {
        assertThat(Cli.run("chain", top).succeeded().lines().map(line -> line.replaceAll(" +", " ")))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("LINK TYPE SIZE CID PATH"),
                        line -> assertThat(line).matches("top monolithicSparse 64 KiB [0-9a-f]{8} " + top),
                        line -> assertThat(line).matches("1 monolithicSparse 64 KiB [0-9a-f]{8} " + middle),
                        line -> assertThat(line).matches("base twoGbMaxExtentSparse [0-9.]+ KiB [0-9a-f]{8} " + base));
    }

    private void hasProblem(String problem, int links) {
        Outcome outcome = Cli.run("chain", top);
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.err()).matches("vixdisk: [^\\n]+\\n").contains(problem);
        assertThat(outcome.out().lines()).hasSize(1 + links);
        JsonObject told = json(Cli.run("chain", "--json", top));
        assertThat(told.getAsJsonArray("links")).hasSize(links);
        assertThat(told.getAsJsonArray("problems").get(0).getAsString()).contains(problem);
    }

    @Test
    void whatIsMissingIsTold() throws Exception {
        Files.delete(directory.resolve("base-s001.vmdk"));
        hasProblem(base + " needs " + directory.resolve("base-s001.vmdk") + ", which was not found", 3);
        Files.delete(middle);
        hasProblem(top + " needs " + middle + ", which was not found", 2);
    }

    @Test
    void aParentThatWasWrittenToIsTold() throws Exception {
        Qemu.write(base, 0, 512);
        hasProblem(middle + " was made of " + base + " when that had the content ID", 3);
    }

    @Test
    void aChainThatLeadsBackEnds() throws Exception {
        byte[] content = Files.readAllBytes(middle);
        String text = new String(content, java.nio.charset.StandardCharsets.ISO_8859_1)
                .replace("parentFileNameHint=\"base.vmdk\"", "parentFileNameHint=\"top.vmdk\" ");
        Files.write(middle, text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        Cli.run("chain", top).failed(top + ": is its own parent");
    }

    @Test
    void whatIsNoDiskIsRefused() throws Exception {
        Cli.run("chain", directory.resolve("missing")).failed("missing: no such file");
        Cli.run("chain", directory).failed("is a directory");
        Cli.run("chain", directory.resolve("base-s001.vmdk")).failed("is a part of the disk " + base);
        Cli.run("chain", Files.writeString(directory.resolve("text"), "hello")).failed("is no VMDK");
        Cli.run("chain", Files.createFile(directory.resolve("empty"))).failed("is no VMDK");
        Cli.run("chain", "-").refused("standard input");
        Cli.run("chain", "[ds1] a.vmdk").refused("is on a server", "vixdisk info");
    }
}
