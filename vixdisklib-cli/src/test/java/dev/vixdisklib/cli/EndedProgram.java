/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.shim.FakeSession;
import dev.vixdisklib.shim.FakeSetup;
import dev.vixdisklib.shim.Fault;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A JVM that carries out a command and is ended while a function of the library works, as a signal ends it. The function
 * goes on when the program says that it waits for that, and never otherwise.
 */
final class EndedProgram {

    static final int STATUS = 130;

    private EndedProgram() {}

    /** Runs a command in a JVM of its own, up to a function that does not return. */
    static Outcome run(String function, Object... command) throws Exception {
        List<Object> all = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Dvixdisklib.fake=" + System.getProperty("vixdisklib.fake"),
                "-Djava.util.logging.config.file=/dev/null",
                "-cp",
                Stream.of(
                                System.getProperty("jdk.module.path"),
                                System.getProperty("java.class.path"),
                                Checkout.PROJECT.resolve("vixdisklib-cli/target/test-classes"))
                        .filter(Objects::nonNull)
                        .map(Object::toString)
                        .collect(Collectors.joining(File.pathSeparator)),
                EndedProgram.class.getName(),
                function));
        all.addAll(Arrays.asList(command));
        return Command.of(all.toArray()).run();
    }

    /** Takes the function and the command. */
    public static void main(String[] args) {
        FakeSession session = FakeSession.begin(FakeSetup.create());
        session.setFaults(Fault.on(args[0]).hang());
        PrintStream err = new PrintStream(
                new ByteArrayOutputStream() {
                    @Override
                    public synchronized void write(byte[] bytes, int offset, int length) {
                        System.err.write(bytes, offset, length);
                        super.write(bytes, offset, length);
                        if (toString(StandardCharsets.UTF_8).contains("waiting for the end")) {
                            session.control().releaseHangs();
                        }
                    }
                },
                true,
                StandardCharsets.UTF_8);
        String[] command = Arrays.copyOfRange(args, 1, args.length);
        Thread.ofPlatform().daemon().start(() -> Main.run(Terminal.NONE, System.out, err, command));
        session.control().awaitHangs(1);
        System.exit(STATUS);
    }
}
