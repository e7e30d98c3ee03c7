/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.cli.Images.Contents;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code vixdisk dump}, compared with {@code hexdump -C}. */
class DumpTest {

    private static final long SEED = Long.getLong("vixdisklib.seed", new Random().nextLong());
    private static final long BYTES = 5_000_192;

    @TempDir
    Path directory;

    private Path raw;
    private Path disk;

    @BeforeEach
    void makeImages(TestReporter reporter) throws Exception {
        reporter.publishEntry("vixdisklib.seed", Long.toString(SEED));
        raw = Images.raw(directory.resolve("a.raw"), BYTES, Contents.HOLES, SEED);
        disk = directory.resolve("a.vmdk");
        Cli.run("copy", raw, disk).succeeded();
    }

    private String hexdump(long offset, long length) throws Exception {
        Tools.require("hexdump", "bsdextrautils");
        return Command.of("hexdump", "-C", "-s", offset, "-n", length, raw)
                .environment("LC_ALL", "C")
                .run()
                .succeeded();
    }

    @ParameterizedTest
    @CsvSource({"0, 512", "0, 5000192", "1000, 300", "65000, 70001", "3000001, 1", "5000191, 1", "131071, 131074"})
    void isThatOfHexdump(long offset, long length) throws Exception {
        assertThat(Cli.run("dump", "--offset", offset, "--length", length, disk).succeeded())
                .isEqualTo(hexdump(offset, length));
    }

    @Test
    void sectorsAreCountedFromZero() throws Exception {
        assertThat(Cli.run("dump", disk).succeeded()).isEqualTo(hexdump(0, 512));
        assertThat(Cli.run("dump", disk, "--sector", 200, "--count", 3).succeeded())
                .isEqualTo(hexdump(200 * 512, 3 * 512));
        assertThat(Cli.run("dump", disk, "--sector", 9765, "--count", Long.MAX_VALUE)
                        .succeeded())
                .isEqualTo(hexdump(9765 * 512, 512));
        assertThat(Cli.run("dump", disk, "--offset", "1M", "--count", 1).succeeded())
                .isEqualTo(hexdump(1 << 20, 512));
    }

    @Test
    void allLinesAreShownIfAskedFor() throws Exception {
        Path empty = directory.resolve("empty.vmdk");
        Cli.run("copy", Images.hole(directory.resolve("empty"), 1 << 20), empty).succeeded();
        String zeros = "00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n";
        assertThat(Cli.run("dump", empty, "--count", 100).succeeded())
                .isEqualTo("00000000  " + zeros + "*\n0000c800\n");
        assertThat(Cli.run("dump", empty, "--all", "--offset", 16, "--length", 32)
                        .succeeded())
                .isEqualTo("00000010  " + zeros + "00000020  " + zeros + "00000030\n");
    }

    @Test
    void linesFitTheTerminalAndTheLargestDisk() throws Exception {
        Path large = Qemu.create(directory.resolve("large.vmdk"), "monolithicSparse", 60L << 40);
        Qemu.write(large, 59L << 40, 512);
        for (int columns : new int[] {32, 40, 50, 60, 79, 80, 100}) {
            Terminal terminal = new Terminal(true, true, columns, false);
            for (String offset : new String[] {"0", "59T", "1T", "16M"}) {
                assertThat(Cli.run(terminal, "dump", large, "--offset", offset).succeeded())
                        .startsWith(offset.equals("59T") ? "3b0000000000 " : "")
                        .satisfies(dump -> assertThat(dump.lines())
                                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(columns)));
            }
        }
    }

    @Test
    void coloursTellZerosAndText() throws Exception {
        Path file = Images.hole(directory.resolve("b.raw"), 512);
        Images.write(file, 0, (byte) 0, (byte) 'A', (byte) 200);
        Path small = directory.resolve("b.vmdk");
        Cli.run("copy", file, small).succeeded();
        assertThat(Cli.run(new Terminal(true, true, 80, true), "dump", small).succeeded())
                .contains("\u001b[2m00\u001b[0m \u001b[36m41\u001b[0m \u001b[33mc8\u001b[0m", "\u001b[36mA\u001b[0m");
    }

    @Test
    void wrongUseIsRefused() {
        Cli.run("dump", disk, "--sector", 9766)
                .failed("sector 9766 is behind the end of " + disk, "9766 sectors (5000192 bytes)");
        Cli.run("dump", disk, "--offset", "1T").failed("byte 1099511627776 is behind the end");
        Cli.run("dump", disk, "--sector", Long.MAX_VALUE).refused("there is no sector " + Long.MAX_VALUE);
        Cli.run("dump", disk, "--sector", -1).refused("there is no sector -1");
        Cli.run("dump", disk, "--sector", 1, "--offset", 512).refused("--sector and --offset");
        Cli.run("dump", disk, "--count", 1, "--length", 512).refused("--count and --length");
        Cli.run("dump", disk, "--count", 0).refused("--count is 1 at least");
        Cli.run("dump", disk, "--length", 0).refused("--length is 1 at least");
        Cli.run("dump", disk, "--sector", "x").refused("'x' is no whole number");
        Cli.run("dump", disk, "--sector", "1" + Long.MAX_VALUE).refused("or one that is too large");
        Cli.run("dump", "-").refused("standard input");
    }
}
