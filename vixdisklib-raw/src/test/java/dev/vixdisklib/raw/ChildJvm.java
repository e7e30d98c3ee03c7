/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.raw;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the tests in a JVM of its own: a process can use one VixDiskLib and never gets rid of it. */
final class ChildJvm {

    /** This module. */
    static final Path CLASSES = Built.ROOT.resolve("vixdisklib-raw/target/classes");

    private static final long TIMEOUT_SECONDS = 60;

    private ChildJvm() {}

    /**
     * Runs a program with native access enabled for this module only, and nothing in {@code LD_LIBRARY_PATH}.
     *
     * @return what it printed; it has ended without a failure
     */
    static String run(Class<?> program, Object... arguments) throws IOException, InterruptedException {
        return run(List.of("--enable-native-access=dev.vixdisklib.raw"), program, arguments);
    }

    /** As above, with other options for native access. */
    static String run(List<String> options, Class<?> program, Object... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dstdout.encoding=UTF-8"));
        command.addAll(options);
        command.addAll(List.of("--module-path", CLASSES.toString()));
        command.addAll(List.of("--patch-module", "dev.vixdisklib.raw=" + CLASSES.resolveSibling("test-classes")));
        command.addAll(List.of("--module", "dev.vixdisklib.raw/" + program.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }

        Path output = Files.createTempFile("child-jvm-", ".out");
        Path errors = Files.createTempFile("child-jvm-", ".err");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
            builder.environment().remove("LD_LIBRARY_PATH");
            Process process = builder.start();
            boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            if (!ended || process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command)
                        + (ended ? " ended with exit code " + process.exitValue() : " did not end")
                        + "; it printed:\n" + Files.readString(output) + "\nand as errors:\n"
                        + Files.readString(errors));
            }
            return Files.readString(output);
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }
}
