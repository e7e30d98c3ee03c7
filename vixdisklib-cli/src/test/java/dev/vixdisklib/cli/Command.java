/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process to be run, with a limit to the time that it may take. */
final class Command {

    private static final long TIMEOUT_SECONDS = 60;

    private final ProcessBuilder builder;

    private Command(List<String> command) {
        this.builder = new ProcessBuilder(command)
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
        // The settings of whoever runs the tests.
        builder.environment()
                .keySet()
                .removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "VIXDISKLIB_LIBDIR", "COLUMNS"));
        environment("JAVA_HOME", System.getProperty("java.home"));
    }

    static Command of(Object... command) {
        return new Command(Arrays.stream(command).map(Object::toString).toList());
    }

    /** The launcher of {@link Checkout}. */
    static Command vixdisk(Object... args) {
        List<Object> command = new ArrayList<>(List.of(Checkout.VIXDISK));
        command.addAll(List.of(args));
        return of(command.toArray());
    }

    /** A script, which has the launchers in its variables {@code VIXDISK} and {@code VIXSHELL}. */
    static Command script(String script, Object... args) {
        List<Object> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        command.addAll(List.of(args));
        return of(command.toArray())
                .environment("VIXDISK", Checkout.VIXDISK)
                .environment("VIXSHELL", Checkout.VIXSHELL);
    }

    Command environment(String name, Object value) {
        builder.environment().put(name, value.toString());
        return this;
    }

    Command in(Path directory) {
        builder.directory(directory.toFile());
        return this;
    }

    /** Has it print both in one stream, in their order. */
    Command withErrorsAsOutput() {
        builder.redirectErrorStream(true);
        return this;
    }

    /** Starts it with pipes for its standard streams. */
    Process start() throws IOException {
        return builder.redirectInput(Redirect.PIPE).start();
    }

    Outcome run() throws IOException, InterruptedException {
        Path out = Files.createTempFile("command-", ".out");
        Path err = Files.createTempFile("command-", ".err");
        try {
            Process process = builder.redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            return new Outcome(end(process), Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Waits for the end of a process. */
    static int end(Process process) throws InterruptedException {
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
            throw new AssertionError(process.info().commandLine() + " did not end");
        }
        return process.exitValue();
    }
}
