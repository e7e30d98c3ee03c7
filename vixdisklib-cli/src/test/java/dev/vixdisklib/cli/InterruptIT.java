/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that are ended while they work. */
class InterruptIT {

    private static final int KILLED = 128 + 9;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "INT, 130, raw, sparse",
        "TERM, 143, raw, sparse",
        "HUP, 129, raw, sparse",
        "INT, 130, vmdk, sparse",
        "TERM, 143, vmdk, flat"
    })
    void aCopyLeavesNothing(String signal, int status, String ending, String type) throws Exception {
        Path target = directory.resolve("b." + ending);
        Process copy = endlessCopy(target, type);

        signal(copy, signal);

        String err = new String(copy.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(Command.end(copy)).isEqualTo(status);
        assertThat(err).isEqualTo("vixdisk: interrupted; " + target + " is not complete\n");
        assertThat(listing()).containsExactly("a.raw");
    }

    /** The library makes one file after the other, while those that are there are deleted. */
    @RepeatedTest(5)
    void aDiskOfManyFilesLeavesNothing() throws Exception {
        Path target = directory.resolve("b.vmdk");
        Process create = Command.of(
                        "env",
                        "--default-signal=INT",
                        Checkout.VIXDISK,
                        "create",
                        "--size=1900G",
                        "--type=split-sparse",
                        target)
                .start();
        Waiting.until(() -> findPartial(target, create).isPresent());
        signal(create, "INT");
        String err = new String(create.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        if (Command.end(create) == 130) {
            assertThat(err).isEqualTo("vixdisk: interrupted; " + target + " was not made\n");
            assertThat(listing()).isEmpty();
        }
    }

    @Test
    void aReplacementThatIsInterruptedLeavesTheOldDisk() throws Exception {
        Path target = Files.writeString(directory.resolve("b.raw"), "old");
        Process copy = endlessCopy(target, "sparse");
        signal(copy, "TERM");
        assertThat(Command.end(copy)).isEqualTo(143);
        assertThat(target).hasContent("old");
        assertThat(listing()).containsExactly("a.raw", "b.raw");
    }

    @ParameterizedTest
    @CsvSource({"raw, sparse", "vmdk, sparse", "vmdk, flat"})
    void aCopyThatIsKilledLeavesWhatIsClearlyPartial(String ending, String type) throws Exception {
        Process copy = endlessCopy(directory.resolve("b." + ending), type);
        signal(copy, "KILL");
        assertThat(Command.end(copy)).isEqualTo(KILLED);
        assertThat(listing()).hasSize(2).element(0).asString().matches(partial("b." + ending, copy));
    }

    /** What is stored before its size is known has no name. */
    @Test
    void standardInputThatIsStoredLeavesNothingEvenIfKilled() throws Exception {
        Process copy = Command.vixdisk("copy", "-", directory.resolve("b.vmdk")).start();
        copy.getOutputStream().write(new byte[5 << 20]);
        copy.getOutputStream().flush();
        signal(copy, "KILL");
        assertThat(Command.end(copy)).isEqualTo(KILLED);
        assertThat(listing()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo.vmdk", "demo-copy.vmdk"})
    void aDemoLeavesNothing(String file) throws Exception {
        Process demo = Command.of(
                        "env", "--default-signal=INT", Checkout.VIXDISK, "demo", "--keep", directory.resolve("d"))
                .start();
        // In the middle of writing the first, then of the second disk.
        Waiting.until(() -> find(directory.resolve("d").resolve(file), demo).isPresent());
        signal(demo, "INT");
        demo.getInputStream().readAllBytes();
        assertThat(new String(demo.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("vixdisk: interrupted\n");
        assertThat(Command.end(demo)).isEqualTo(130);
        assertThat(listing()).isEmpty();
    }

    @Test
    void aProgressBarIsNotInTheWayOfThePrompt() throws Exception {
        Tools.require("script", "bsdutils or util-linux");
        Path disk = directory.resolve("a.vmdk");
        Cli.run("create", disk, "--size", "4T").succeeded();
        String command = "exec env --default-signal=INT \"$VIXDISK\" checksum '" + disk + "'";
        Process terminal = Command.of("script", "-qec", command, "/dev/null")
                .environment("VIXDISK", Checkout.VIXDISK)
                .environment("SHELL", "/bin/sh")
                .start();
        StringWriter shown = new StringWriter();
        Reader output = terminal.inputReader();
        while (!shown.toString().contains("left ")) {
            int next = output.read();
            assertThat(next).as(shown.toString()).isNotNegative();
            shown.write(next);
        }

        for (ProcessHandle program : terminal.descendants().toList()) {
            Command.of("kill", "-s", "INT", program.pid()).run().succeeded();
        }

        output.transferTo(shown);
        assertThat(Command.end(terminal)).isEqualTo(130);
        assertThat(shown.toString()).endsWith("left \r\n").doesNotContain("vixdisk:");
    }

    /** A file where it is made: in a hidden directory, or at its place. */
    private static Optional<Path> find(Path file, Process process) throws IOException {
        return Stream.concat(
                        Stream.of(file),
                        findPartial(file, process).map(made -> made.resolve(file.getFileName())).stream())
                .filter(Files::exists)
                .findFirst();
    }

    private static Optional<Path> findPartial(Path target, Process process) throws IOException {
        String name = partial(target.getFileName().toString(), process);
        try (Stream<Path> files = Files.list(target.getParent())) {
            return files.filter(file -> file.getFileName().toString().matches(name))
                    .findFirst();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The hidden names that a process can give to what it has not finished. */
    private static String partial(String name, Process process) {
        return Pattern.quote("." + name + "." + process.pid() + "-") + "[0-9a-f]{8}\\.partial";
    }

    /** A copy of a raw image that takes far longer than any test, in the middle of its work. */
    private Process endlessCopy(Path target, String type) throws IOException {
        Path source = Images.hole(directory.resolve("a.raw"), 4L << 40);
        Images.write(source, 3 * Images.GRAIN, new byte[] {1, 2, 3});
        // Whoever runs the tests may ignore SIGINT, and then their children do.
        boolean isDisk = target.toString().endsWith(".vmdk");
        List<Object> command =
                new ArrayList<>(List.of("env", "--default-signal=INT,TERM,HUP", Checkout.VIXDISK, "copy", "--force"));
        command.addAll(isDisk ? List.of("--type", type, source, target) : List.of(source, target));
        Process copy = Command.of(command.toArray()).start();
        String data = !isDisk ? "" : type.equals("flat") ? "b-flat.vmdk" : "b.vmdk";
        Waiting.until(() -> {
            Optional<Path> partial = findPartial(target, copy);
            return partial.isPresent() && hasData(partial.get().resolve(data));
        });
        return copy;
    }

    private static boolean hasData(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            // The source's first bytes are in the fourth grain; those of a sparse disk are somewhere in its first part.
            return indexOf(in.readNBytes(1 << 20), new byte[] {1, 2, 3}) >= 0;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(new String(part, StandardCharsets.ISO_8859_1));
    }

    private static void signal(Process process, String signal) throws Exception {
        Command.of("kill", "-s", signal, process.pid()).run().succeeded();
    }

    private List<String> listing() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
