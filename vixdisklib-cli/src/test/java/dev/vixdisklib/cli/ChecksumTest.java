/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.vixdisklib.cli.Images.Contents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code vixdisk checksum}, compared with {@code sha256sum} and its like. */
class ChecksumTest {

    private static final long SEED = Long.getLong("vixdisklib.seed", new Random().nextLong());

    @TempDir
    Path directory;

    private Path raw;
    private Path disk;

    @BeforeEach
    void makeImages(TestReporter reporter) throws Exception {
        Qemu.require();
        Tools.require("sha256sum", "coreutils");
        reporter.publishEntry("vixdisklib.seed", Long.toString(SEED));
        raw = Images.raw(directory.resolve("a.raw"), 5_000_192, Contents.HOLES, SEED);
        disk = Qemu.rawToVmdk(raw, directory.resolve("a.vmdk"), "monolithicSparse");
    }

    private String expected(String program) throws Exception {
        return Command.of(program, raw).run().succeeded().split(" ", 2)[0];
    }

    @ParameterizedTest
    @CsvSource({"sha256sum, SHA-256", "sha256sum, sha256", "sha1sum, SHA1", "md5sum, md5", "sha512sum, SHA-512"})
    void isThatOfTheRawImage(String program, String algorithm) throws Exception {
        assertThat(Cli.run("checksum", "--algorithm", algorithm, disk).succeeded())
                .isEqualTo(expected(program) + "  " + disk + "\n");
    }

    @Test
    void disksOfTheSameContentHaveTheSame() throws Exception {
        Path flat = Qemu.rawToVmdk(raw, directory.resolve("b.vmdk"), "monolithicFlat");
        String sum = expected("sha256sum");
        assertThat(Cli.run("checksum", disk, flat).succeeded())
                .isEqualTo(sum + "  " + disk + "\n" + sum + "  " + flat + "\n");
    }

    @Test
    void jsonHasAnObjectForEach() throws Exception {
        JsonObject told = JsonParser.parseString(
                        Cli.run("checksum", "--json", disk).succeeded())
                .getAsJsonArray()
                .get(0)
                .getAsJsonObject();
        assertThat(told.get("disk").getAsString()).isEqualTo(disk.toString());
        assertThat(told.get("algorithm").getAsString()).isEqualTo("SHA-256");
        assertThat(told.get("checksum").getAsString()).isEqualTo(expected("sha256sum"));
    }

    @Test
    void aListIsChecked() throws Exception {
        Path odd = Files.copy(disk, directory.resolve("b \\n \n.vmdk"));
        Path list = directory.resolve("list");
        Files.writeString(list, Cli.run("checksum", disk, odd).succeeded() + "\n");
        assertThat(Files.readString(list)).contains("\n\\" + expected("sha256sum") + "  ");
        assertThat(Cli.run("checksum", "--check", list).succeeded()).isEqualTo(disk + ": OK\n" + odd + ": OK\n");

        Qemu.write(disk, 77, 1);
        Files.delete(odd);
        Outcome outcome = Cli.run("checksum", "--check", list);
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.out()).isEqualTo(disk + ": FAILED\n");
        assertThat(outcome.err()).contains("VIX_E_FILE_NOT_FOUND").endsWith("vixdisk: 2 of 2 failed\n");
    }

    @Test
    void whatCannotBeReadDoesNotKeepTheOthers() throws Exception {
        Outcome outcome = Cli.run("checksum", directory.resolve("missing.vmdk"), disk);
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.out()).isEqualTo(expected("sha256sum") + "  " + disk + "\n");
        assertThat(outcome.err()).matches("vixdisk: [^\\n]+missing.vmdk[^\\n]+\\n");
    }

    @Test
    void wrongUseIsRefused() throws Exception {
        Cli.run("checksum").refused("no disk is named");
        Cli.run("checksum", "--algorithm", "crc32", "a").refused("'crc32'", "SHA-256", "MD5");
        Cli.run("checksum", "--check", "list", "a").refused("--check");
        Cli.run("checksum", "-").refused("standard input");
        Path list = directory.resolve("list");
        Cli.run("checksum", "--check", list).failed("list: no such file or directory");
        Files.writeString(list, "hello\n");
        Cli.run("checksum", "--check", list).failed("line 1 is no checksum and name: 'hello'");
        Files.writeString(list, "d41d8cd98f00b204e9800998ecf8427e  a.vmdk\n");
        Cli.run("checksum", "--check", list).failed("line 1 has no checksum of SHA-256", "--algorithm");
        Files.writeString(list, "0".repeat(64) + "  a\0b.vmdk\n");
        Cli.run("checksum", "--check", list).failed("line 1 is no checksum and name");
        Files.writeString(list, "\n");
        Cli.run("checksum", "--check", list).failed("has no checksums in it");
        Files.write(list, new byte[] {(byte) 0xFF});
        Cli.run("checksum", "--check", list).failed("no text in UTF-8");
        Cli.run("checksum", "--check", directory).failed(directory + ": ");
    }
}
