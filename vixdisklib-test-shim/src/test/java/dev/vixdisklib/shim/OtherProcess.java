/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import example.Vddk;
import example.Vddk.Params;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program that uses a server beside the test, until it is killed or told to end. */
final class OtherProcess implements AutoCloseable {

    private static final String IS_READY = "is ready";
    private static final int PATIENCE_SECONDS = 60;

    private final Process process;

    private OtherProcess(Process process) {
        this.process = process;
    }

    /** Starts a process that prepares a machine for access, and waits until it has. */
    static OtherProcess preparing(String vm, FakeSession session) throws IOException {
        return start("prepare", session, session.configuration(), vm);
    }

    /** Starts a process that opens a disk of a machine, with a configuration of its own, and waits until it has. */
    static OtherProcess opening(String vm, String disk, FakeSession session, Path configuration) throws IOException {
        return start("open", session, configuration, vm, disk);
    }

    private static OtherProcess start(String what, FakeSession session, Path configuration, String... more)
            throws IOException {
        Path classes = Path.of(URI.create(OtherProcess.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-cp", classes.toString(), OtherProcess.class.getName(), what));
        command.addAll(List.of(session.vddk().toString(), configuration.toString()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            List<String> lines = new ArrayList<>();
            for (String line = output.readLine(); !IS_READY.equals(line); line = output.readLine()) {
                if (line == null) {
                    throw new IOException("the process has ended: " + String.join("\n", lines));
                }
                lines.add(line);
            }
        } catch (IOException e) {
            process.destroyForcibly();
            throw e;
        }
        return new OtherProcess(process);
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("it lives on");
        }
    }

    /** Has it give back what it has, and waits for its end. */
    void end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError("it does not end well");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The process: what to do, the directory of the library, the configuration, a machine, and a disk. */
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws IOException {
        try (Vddk library = new Vddk(Path.of(arguments[1]), Path.of(arguments[2]))) {
            Params params = Params.vm(arguments[3]);
            if ("open".equals(arguments[0])) {
                try (Vddk.Connection connection = library.connect(params)) {
                    connection.open(arguments[4], Vddk.READ_ONLY).close();
                    waitForEnd();
                }
            } else {
                library.prepareForAccess(params, "test");
                waitForEnd();
                library.endAccess(params, "test");
            }
        }
    }

    private static void waitForEnd() throws IOException {
        System.out.println("\n" + IS_READY);
        if (System.in.read() >= 0) {
            throw new IOException("nothing is to be read");
        }
    }
}
