/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.raw.VddkLibrary;
import dev.vixdisklib.shim.FakeVddk;
import java.io.File;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A program that ran in a JVM of its own.
 *
 * @param status its exit status
 * @param out what it has printed
 * @param log what it has printed to standard error
 */
record ChildJvm(int status, List<String> out, String log) {

    private static final long PATIENCE_SECONDS = 60;
    private static final Logger LOGGER = Logger.getLogger("dev.vixdisklib.native");

    /**
     * Runs a program and waits for its end.
     *
     * @param program has a {@code main} method; it can use the API and the fake, no test libraries
     * @param directory for its output
     */
    static ChildJvm run(Class<?> program, Path directory, Object... arguments) throws Exception {
        return run(List.of(), Map.of(), program, directory, arguments);
    }

    /** As above, for a program that runs for some seconds. */
    static ChildJvm runFor(int seconds, Class<?> program, Path directory, Object... arguments) throws Exception {
        return run(seconds, List.of(), Map.of(), program, directory, arguments);
    }

    /** As above, with options for the JVM, and with variables added to the environment. */
    static ChildJvm run(
            List<String> options,
            Map<String, String> environment,
            Class<?> program,
            Path directory,
            Object... arguments)
            throws Exception {
        return run(0, options, environment, program, directory, arguments);
    }

    private static ChildJvm run(
            int seconds,
            List<String> options,
            Map<String, String> environment,
            Class<?> program,
            Path directory,
            Object... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(options);
        // A heap of a fixed size, resident from the start: what grows is something else.
        command.addAll(List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-D" + FakeVddk.DIRECTORY_PROPERTY + "=" + FakeVddk.directory());
        command.add("-Djava.util.logging.manager=" + KeptLog.class.getName());
        command.add("-cp");
        command.add(Stream.of(VixDiskLib.class, VddkLibrary.class, FakeVddk.class, ChildJvm.class)
                .map(ChildJvm::location)
                .collect(Collectors.joining(File.pathSeparator)));
        command.add(program.getName());
        return await(seconds, command, environment, directory, arguments);
    }

    /**
     * Runs a program that is in the module of the API, without the fake's Java, and waits for its end.
     *
     * @param options for the JVM
     */
    static ChildJvm runAsModule(List<String> options, Class<?> program, Path directory, Object... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(options);
        command.addAll(List.of("-XX:+UseSerialGC", "--module-path"));
        command.add(location(VixDiskLib.class) + File.pathSeparator + location(VddkLibrary.class));
        command.add("--patch-module=dev.vixdisklib=" + location(ChildJvm.class));
        command.add("--add-reads=dev.vixdisklib=java.logging");
        command.add("--module=dev.vixdisklib/" + program.getName());
        return await(0, command, Map.of(), directory, arguments);
    }

    private static ChildJvm await(
            int seconds, List<String> options, Map<String, String> environment, Path directory, Object... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(options);
        command.add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Path out = Files.createTempFile(directory, "child", ".out");
        Path log = Files.createTempFile(directory, "child", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(PATIENCE_SECONDS + seconds, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        ChildJvm child = new ChildJvm(process.exitValue(), Files.readAllLines(out), Files.readString(log));
        if (!ended) {
            throw new AssertionError("does not end: " + child);
        }
        return child;
    }

    /** The directory or jar that a class is in, which is not the one that its module has where it was patched in. */
    static String location(Class<?> type) {
        String name = "/" + type.getName().replace('.', '/') + ".class";
        URL url = Objects.requireNonNull(type.getResource(name));
        String text = url.toString();
        String file = text.substring(0, text.length() - name.length());
        if (file.startsWith("jar:")) {
            file = file.substring("jar:".length(), file.length() - "!".length());
        }
        return Path.of(URI.create(file)).toString();
    }

    /** Has what the library logs printed, to the very end of the program: logging stops when the end begins otherwise. */
    static void printLog() {
        LOGGER.setLevel(Level.ALL);
        LOGGER.addHandler(new Handler() {
            @Override
            public void publish(LogRecord line) {
                System.err.println(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
    }

    /** Does not forget its handlers when the JVM shuts down. */
    public static final class KeptLog extends LogManager {

        /** For the logging system. */
        public KeptLog() {}

        @Override
        public void reset() {}
    }
}
