/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.cli.Images.Contents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Copies with {@code --checkpoint} whose processes are ended in their midst, and which go on in another one. */
class CheckpointIT {

    private static final int CHUNK = 64 << 10;
    private static final int BYTES = 100 * CHUNK + 512;
    private static final Pattern REACHED = Pattern.compile("copy 1\\\\?: (\\d+) of");

    @TempDir
    Path directory;

    private Path checkpoint;

    @BeforeEach
    void nameCheckpoint() {
        checkpoint = directory.resolve("c.checkpoint");
    }

    @ParameterizedTest
    @CsvSource({
        "KILL, 137, a.vmdk, b.raw, sparse",
        "KILL, 137, a.raw, b.vmdk, sparse",
        "KILL, 137, a.raw, b.vmdk, flat",
        "KILL, 137, a.vmdk, b.vmdk, split-sparse",
        "INT, 130, a.vmdk, b.raw, sparse",
        "INT, 130, a.raw, b.vmdk, sparse",
        "TERM, 143, a.vmdk, b.vmdk, flat"
    })
    void aCopyGoesOnWhereItWasEnded(String signal, int status, String from, String to, String type) throws Exception {
        Path raw = Images.raw(directory.resolve("a.raw"), BYTES, Contents.FULL, 1);
        Cli.run("copy", raw, directory.resolve("a.vmdk")).succeeded();
        Path target = directory.resolve(to);
        List<Object> command = new ArrayList<>(List.of("copy", "--checkpoint", checkpoint, "--checkpoint-every=0"));
        command.addAll(List.of("--chunk=64K", "--checksum", "--json"));
        command.addAll(to.endsWith(".vmdk") ? List.of("--type", type) : List.of());
        command.addAll(List.of(directory.resolve(from), target));

        Process copy = slow(command);
        Waiting.until(() -> reached() > 4 * CHUNK / 512);
        Command.of("kill", "-s", signal, copy.pid()).run().succeeded();

        String err = new String(copy.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(Command.end(copy)).isEqualTo(status);
        if (signal.equals("KILL")) {
            assertThat(err).isEmpty();
        } else {
            assertThat(err)
                    .matches("vixdisk: interrupted; " + Pattern.quote(target.toString())
                            + " is not complete; the same command goes on after [0-9.]+ [KM]iB of 6.3 MiB\n");
        }
        assertThat(target).doesNotExist();
        long reached = reached();
        assertThat(reached).isBetween(4L * CHUNK / 512, 99L * CHUNK / 512);

        Outcome rest = Command.vixdisk(command.toArray()).run();

        assertThat(rest.succeeded())
                .contains(
                        "\"resumedBytes\": " + reached * 512,
                        "\"readBytes\": " + (BYTES - reached * 512),
                        "\"sha256\": \"" + sha256(raw) + "\"");
        assertThat(checkpoint).doesNotExist();
        Path content = directory.resolve("content");
        Cli.run("copy", target, content).succeeded();
        assertThat(Files.mismatch(raw, content)).isEqualTo(-1);
        if (to.endsWith(".vmdk")) {
            Cli.run("check", target).succeeded();
        }
        assertThat(Images.listing(directory)).noneMatch(name -> name.contains("partial"));
    }

    /** Each request takes a while, so all of them take far longer than it takes to end the process. */
    private Process slow(List<Object> command) throws IOException {
        Files.writeString(directory.resolve("plan"), "Read delay=200ms\nWrite delay=200ms\n");
        Path slowly = Files.writeString(directory.resolve("slow.conf"), "vddkFake.faults=plan\n");
        List<Object> all = new ArrayList<>(Arrays.asList("env", "--default-signal=INT,TERM", Checkout.VIXDISK));
        all.addAll(command);
        all.addAll(List.of("--config", slowly));
        return Command.of(all.toArray()).start();
    }

    /** How many sectors the file says are copied. */
    private long reached() throws IOException {
        try {
            Matcher reached = REACHED.matcher(Files.readString(checkpoint));
            return reached.find() ? Long.parseLong(reached.group(1)) : 0;
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private static String sha256(Path file) throws Exception {
        return Command.of("sha256sum", file).run().succeeded().substring(0, 64);
    }
}
