/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.vixdisklib.cli.Images.Contents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Standard input and output, pipes and devices. */
class StreamsIT {

    @TempDir
    Path directory;

    private Path raw;
    private Path disk;

    @BeforeEach
    void makeImages() throws IOException {
        raw = Images.raw(directory.resolve("a.raw"), 5_000_192, Contents.HOLES, 1);
        disk = directory.resolve("a.vmdk");
        Cli.run("copy", raw, disk).succeeded();
    }

    @Test
    void infoIsJsonOnStandardOutput() throws Exception {
        String out = Command.vixdisk("info", "--json", disk).run().succeeded();
        assertThat(JsonParser.parseString(out)
                        .getAsJsonObject()
                        .get("capacityBytes")
                        .getAsLong())
                .isEqualTo(5_000_192);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.vmdk", "a.raw"})
    void standardOutputIsTheImageWithZerosForHoles(String source) throws Exception {
        script("\"$VIXDISK\" copy " + source + " - > out").succeeded();
        assertThat(Files.mismatch(raw, directory.resolve("out"))).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource({"sparse", "flat"})
    void standardInputBecomesADisk(String type) throws Exception {
        script("cat a.raw | \"$VIXDISK\" copy --type " + type + " - b.vmdk").succeeded();
        Cli.run("copy", directory.resolve("b.vmdk"), directory.resolve("out")).succeeded();
        assertThat(Files.mismatch(raw, directory.resolve("out"))).isEqualTo(-1);
    }

    @Test
    void standardInputThatEndsInZerosBecomesADiskOfItsSize() throws Exception {
        script("head -c 3000000 /dev/zero | \"$VIXDISK\" copy - b.vmdk").succeeded();
        assertThat(Cli.run("info", directory.resolve("b.vmdk")).succeeded()).contains("5860 sectors");
    }

    @Test
    void standardInputBecomesARawImageWithHoles() throws Exception {
        script("cat a.raw | \"$VIXDISK\" copy - out").succeeded();
        assertThat(Files.mismatch(raw, directory.resolve("out"))).isEqualTo(-1);
        assertThat(Images.allocated(directory.resolve("out"))).isLessThanOrEqualTo(Images.data(raw) + Images.GRAIN);
    }

    @Test
    void commandsCanBeChained() throws Exception {
        script("\"$VIXDISK\" copy a.vmdk - | \"$VIXDISK\" copy - - | \"$VIXDISK\" copy - b.vmdk")
                .succeeded();
        Cli.run("copy", directory.resolve("b.vmdk"), directory.resolve("out")).succeeded();
        assertThat(Files.mismatch(raw, directory.resolve("out"))).isEqualTo(-1);
    }

    /** As a shell's {@code <(zcat a.raw.gz)} gives them. */
    @ParameterizedTest
    @ValueSource(strings = {"b.vmdk", "b.raw"})
    void aPipeWithANameIsReadToItsEnd(String target) throws Exception {
        script("mkfifo pipe; cat a.raw > pipe & \"$VIXDISK\" copy pipe " + target)
                .succeeded();
        script("\"$VIXDISK\" copy " + target + " - > out").succeeded();
        assertThat(Files.mismatch(raw, directory.resolve("out"))).isEqualTo(-1);
    }

    @Test
    void aPipeWithANameIsWrittenTo() throws Exception {
        script("mkfifo pipe; cat pipe > out & \"$VIXDISK\" copy a.vmdk pipe && wait")
                .succeeded();
        assertThat(Files.mismatch(raw, directory.resolve("out"))).isEqualTo(-1);
    }

    @Test
    void nothingOnStandardInputIsNoDisk() throws Exception {
        refuses("\"$VIXDISK\" copy - b.vmdk", "standard input is empty", "at least one sector");
    }

    @Test
    void aTargetThatExistsIsRefusedBeforeStandardInputIsRead() throws Exception {
        // Endless: it would not be done before the limit.
        refuses("\"$VIXDISK\" copy - a.vmdk < /dev/zero", "a.vmdk: exists already");
        refuses("\"$VIXDISK\" copy - a.raw < /dev/zero", "a.raw: exists already");
    }

    @Test
    void aReaderThatGoesAwayIsAFailure() throws Exception {
        Path big = Images.hole(directory.resolve("big"), 64 << 20);
        assertThat(big).exists();
        Outcome outcome = script("{ \"$VIXDISK\" copy big -; echo $? >&2; } | head -c 1 > /dev/null");
        assertThat(outcome.err()).matches("vixdisk: standard output: Broken pipe\n1\n");
    }

    @Test
    void aReaderThatHasSeenEnoughOfAReportIsNone() throws Exception {
        for (String command : List.of("map --list a.vmdk", "info a.vmdk", "copy --help")) {
            Outcome outcome = script("{ \"$VIXDISK\" " + command + "; echo $? >&2; } | true");
            assertThat(outcome.err()).as(command).isEqualTo("0\n");
        }
    }

    @Test
    void outputThatCannotBeWrittenIsAFailure() throws Exception {
        refuses("\"$VIXDISK\" copy a.vmdk - > /dev/full", "standard output: No space left on device");
        refuses("\"$VIXDISK\" info a.vmdk > /dev/full", "standard output");
    }

    /** What the JVM opens first would have their numbers: the disk would be written into the JVM's own files. */
    @Test
    void standardStreamsThatAreClosedAreAFailure() throws Exception {
        refuses("\"$VIXDISK\" copy a.vmdk - >&-", "standard output: Bad file descriptor");
        refuses("\"$VIXDISK\" info a.vmdk >&-", "standard output");
        refuses("\"$VIXDISK\" copy - b.raw <&-", "standard input: Bad file descriptor");
        refuses("\"$VIXDISK\" copy - b.vmdk <&-", "standard input: Bad file descriptor");
        refuses("\"$VIXDISK\" copy - b.raw < .", "standard input: Is a directory");
        Outcome outcome = script("\"$VIXDISK\" info missing.vmdk 2>&-");
        assertThat(outcome).isEqualTo(new Outcome(1, "", ""));
    }

    @Test
    void aSourceThatShrinksIsAFailure() throws Exception {
        Images.hole(directory.resolve("big"), 1L << 40);
        List<String> before = Images.listing(directory);
        Process copy =
                Command.vixdisk("copy", directory.resolve("big"), "/dev/null").start();
        // More than the JVM reads for itself: the copy has begun, and knows how large the file is.
        Waiting.until(() -> bytesRead(copy) > 1L << 30);
        try (java.io.RandomAccessFile big =
                new java.io.RandomAccessFile(directory.resolve("big").toFile(), "rw")) {
            big.setLength(512);
        }
        String err = new String(copy.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        new Outcome(Command.end(copy), "", err).failed("big", "has become shorter");
        assertThat(Images.listing(directory)).hasSameSizeAs(before);
    }

    private static long bytesRead(Process process) throws IOException {
        try (var counts = Files.lines(Path.of("/proc", Long.toString(process.pid()), "io"))) {
            return counts.filter(count -> count.startsWith("rchar: "))
                    .mapToLong(count -> Long.parseLong(count.substring("rchar: ".length())))
                    .sum();
        }
    }

    private Outcome script(String script) throws IOException, InterruptedException {
        return Command.script(script).in(directory).run();
    }

    private void refuses(String script, String... words) throws Exception {
        List<String> before = Images.listing(directory);
        script(script).failed(words);
        assertThat(Images.listing(directory)).isEqualTo(before);
    }
}
