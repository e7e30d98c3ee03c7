/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.EOFException;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A program that does tasks when it is asked to, and does nothing in between: {@link Worker} or {@code yardstick}. */
final class Contestant implements AutoCloseable {

    private final Process process;
    private final BufferedWriter tasks;
    private final BufferedReader answers;

    private Contestant(Process process) {
        this.process = process;
        this.tasks = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    static Contestant start(List<String> command) throws IOException {
        Process process =
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        // One that hangs would outlive this program, and whoever waits for the end of its output would wait forever.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        return new Contestant(process);
    }

    /** Has it do a task, and waits for the end of that. */
    Measurement run(Task task) throws IOException {
        tasks.write(task.line());
        tasks.newLine();
        tasks.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new EOFException("a program has ended that was asked to " + task.line() + ": "
                    + process.info().command().orElse("?"));
        }
        return Measurement.parse(answer);
    }

    /** Lets it end, and waits for that. */
    @Override
    public void close() throws IOException {
        try {
            tasks.close();
            if (process.waitFor() != 0) {
                throw new IOException("a program has failed with " + process.exitValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a program", e);
        } finally {
            process.destroy();
        }
    }
}
