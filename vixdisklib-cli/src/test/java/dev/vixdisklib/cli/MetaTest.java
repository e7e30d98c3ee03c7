/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code vixdisk meta}. */
class MetaTest {

    @TempDir
    Path directory;

    private Path disk;

    @BeforeEach
    void makeDisk() throws Exception {
        disk = directory.resolve("a.vmdk");
        Cli.run("copy", Images.hole(directory.resolve("a.raw"), 1 << 20), disk).succeeded();
    }

    private JsonObject list() {
        return JsonParser.parseString(Cli.run("meta", "list", "--json", disk).succeeded())
                .getAsJsonObject();
    }

    @Test
    void whatIsSetIsReadAndListed() {
        String value = "a value = \u00e4 \u20ac";
        assertThat(Cli.run("meta", "set", disk, "my.key", value).succeeded()).isEmpty();
        assertThat(Cli.run("meta", "get", disk, "my.key").succeeded()).isEqualTo(value + "\n");
        assertThat(list().get("my.key").getAsString()).isEqualTo(value);
        assertThat(list().get("adapterType").getAsString()).isEqualTo("lsilogic");
        assertThat(Cli.run("meta", "list", disk).succeeded())
                .containsPattern("(?m)^adapterType +lsilogic$")
                .containsPattern("(?m)^my.key +a value = \u00e4 \u20ac$");

        Cli.run("meta", "set", disk, "my.key", "-1").succeeded();
        assertThat(JsonParser.parseString(
                        Cli.run("meta", "get", "--json", disk, "my.key").succeeded()))
                .hasToString("{\"my.key\":\"-1\"}");
    }

    @Test
    void aValueCannotSteerTheTerminal() throws Exception {
        Cli.run("copy", "--type", "flat", "--force", directory.resolve("a.raw"), disk)
                .succeeded();
        Files.writeString(disk, Files.readString(disk) + "ddb.my.key = \"\u001b[31m\"\n");
        assertThat(Cli.run("meta", "list", disk).succeeded()).doesNotContain("\u001b");
        assertThat(Cli.run(new Terminal(true, true, 80, true), "meta", "get", disk, "my.key")
                        .succeeded())
                .isEqualTo("?[31m\n");
        assertThat(Cli.run("meta", "get", disk, "my.key").succeeded()).isEqualTo("\u001b[31m\n");
    }

    @Test
    void aKeyThatIsNotThereIsAFailure() {
        Cli.run("meta", "get", disk, "my.key").failed("has no key 'my.key'", "vixdisk meta list");
    }

    @Test
    void wrongUseIsRefused() {
        Outcome outcome = Cli.run("meta");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).startsWith("Usage: vixdisk meta").contains("list", "get", "set");
        Cli.run("meta", disk).refused("is no command; there are list, get, set; see 'vixdisk meta --help'");
        Cli.run("meta", "get", disk).refused("KEY", "see 'vixdisk meta get --help'");
        Cli.run("meta", "set", disk, "key").refused("VALUE");
        Cli.run("meta", "set", disk, "", "x").refused("the key is empty");
        Cli.run("meta", "set", disk, "my.key", "a \"b\"").failed("VIX_E_INVALID_ARG", "no quotation marks");
        Cli.run("meta", "set", disk, "my key", "a").failed("VIX_E_INVALID_ARG", "a key no blanks");
        Cli.run("meta", "list", "").refused("a name is empty");
        Cli.run("meta", "list", directory.resolve("b.vmdk")).failed("not found");
    }
}
