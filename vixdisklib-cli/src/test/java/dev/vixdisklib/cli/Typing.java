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

/** A terminal with a shell command on it, and somebody who types. */
final class Typing implements AutoCloseable {

    private final Process terminal;
    private final Reader output;

    Typing(String command) throws IOException {
        // Whoever runs the tests may ignore SIGINT, and then their children do.
        this.terminal = Command.of("env", "--default-signal=INT", "script", "-qec", command, "/dev/null")
                .environment("VIXDISK", Checkout.VIXDISK)
                .environment("SHELL", "/bin/sh")
                .start();
        this.output = terminal.inputReader(StandardCharsets.UTF_8);
    }

    /** What is shown up to some words. */
    String until(String words) throws IOException {
        StringBuilder shown = new StringBuilder();
        while (!shown.toString().endsWith(words)) {
            int next = output.read();
            assertThat(next).as(shown.toString()).isNotNegative();
            shown.append((char) next);
        }
        return shown.toString();
    }

    void type(String text) throws IOException {
        terminal.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        terminal.getOutputStream().flush();
    }

    /** All that is shown from now on. */
    String end() throws IOException, InterruptedException {
        StringWriter shown = new StringWriter();
        output.transferTo(shown);
        assertThat(Command.end(terminal)).isZero();
        return shown.toString();
    }

    @Override
    public void close() {
        terminal.descendants().forEach(ProcessHandle::destroyForcibly);
        terminal.destroyForcibly();
    }
}
