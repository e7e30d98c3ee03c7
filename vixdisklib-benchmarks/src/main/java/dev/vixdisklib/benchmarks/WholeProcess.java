/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A program that runs from its start to its end. */
final class WholeProcess {

    private WholeProcess() {}

    /** Runs a program, of which nothing is wanted but the time that it takes, in seconds. */
    static double seconds(List<String> command) throws IOException {
        long begin = System.nanoTime();
        run(command);
        return (System.nanoTime() - begin) / 1e9;
    }

    /** Runs a program, and returns what it has printed. */
    static String run(List<String> command) throws IOException {
        Process process =
                new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        try {
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(
                        "a program has failed with " + process.exitValue() + ": " + String.join(" ", command));
            }
            return out;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for a program", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Whether a program can be started. */
    static boolean isThere(String program) {
        try {
            run(List.of(program, "--version"));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
