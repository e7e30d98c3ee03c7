/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as other projects use it, which have nothing else of this one, and maybe no JUnit. */
class JarIT {

    private static final String JAR = System.getProperty("vixdisklib.jar");
    private static final long PATIENCE_SECONDS = 60;

    private static final String PROGRAM = """
            package app;

            import dev.vixdisklib.shim.*;
            import java.nio.file.*;
            import java.nio.file.attribute.PosixFilePermissions;

            public final class Program {
                private Program() {}

                public static void main(String[] arguments) throws Exception {
                    for (FakeVddk.Version version : FakeVddk.Version.values()) {
                        Path directory = FakeVddk.directory(version);
                        System.out.println(directory);
                        System.out.println(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
                        Path library = directory.resolve("lib64/libvixDiskLib.so");
                        System.out.println(Files.readSymbolicLink(library) + " " + library.toRealPath().getFileName());
                    }
                    System.out.println(FakeVddk.directory().equals(FakeVddk.directory(FakeVddk.Version.V8_0)));
                    Inventory inventory = Inventory.builder().datastore("ds1", "datastore-11").build();
                    try (FakeSession session = FakeSession.begin(FakeSetup.create().withInventory(inventory))) {
                        System.out.println(session.folder());
                        Path sectors = session.createDisk("[ds1] a.vmdk", new byte[512]);
                        System.out.println(Files.size(sectors));
                        System.out.println(session.control().liveCount(FakeControl.Kind.DISKS));
                    }
                }
            }
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path directory;

    private Path temporary = Path.of("");

    @BeforeEach
    void hasATemporaryDirectoryOfItsOwn() throws IOException {
        temporary = Files.createDirectory(directory.resolve("tmp"));
    }

    @Test
    void works_on_the_class_path() throws Exception {
        Path classes = compile(List.of("-cp", JAR), "app/Program.java", PROGRAM);
        assertWorks(run("--enable-native-access=ALL-UNNAMED", "-cp", JAR + ":" + classes, "app.Program"));
    }

    @Test
    void works_as_a_module() throws Exception {
        Path classes = compile(
                List.of("-p", JAR),
                "app/Program.java",
                PROGRAM,
                "module-info.java",
                "module app {\n    requires dev.vixdisklib.shim;\n}\n");
        assertWorks(
                run("--enable-native-access=dev.vixdisklib.shim", "-p", JAR + ":" + classes, "-m", "app/app.Program"));
    }

    private void assertWorks(List<String> lines) throws IOException {
        Iterator<String> line = lines.iterator();
        for (String number : List.of("6.5.4", "6.7.3", "7.0.3", "8.0.3", "9.0.0.0")) {
            String soname = "libvixDiskLib.so." + number.charAt(0);
            assertThat(Path.of(line.next())).hasParentRaw(temporary);
            assertThat(line.next()).isEqualTo("rwx------");
            assertThat(line.next()).isEqualTo(soname + " libvixDiskLib.so." + number);
        }
        assertThat(line.next()).isEqualTo("true");
        assertThat(Path.of(line.next())).startsWithRaw(temporary);
        assertThat(line).toIterable().containsExactly("512", "0");
        // Nothing is left when the program has ended.
        assertThat(temporary).isEmptyDirectory();
    }

    /** Compiles files, each a name and a text, with all warnings as errors. */
    private Path compile(List<String> options, String... files) throws IOException {
        Path classes = directory.resolve("classes");
        List<String> arguments = new ArrayList<>(options);
        arguments.addAll(List.of("-Xlint:all", "-Werror", "-d", classes.toString()));
        for (int i = 0; i < files.length; i += 2) {
            Path file = directory.resolve("src").resolve(files[i]);
            Files.createDirectories(file.resolve(".."));
            Files.writeString(file, files[i + 1]);
            arguments.add(file.toString());
        }
        ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
        assertThat(javac.run(System.out, System.err, arguments.toArray(String[]::new)))
                .isZero();
        return classes;
    }

    /** Returns what the program printed. It prints no errors and no warnings. */
    private List<String> run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:disable", "-Xlog:all=error:stderr"));
        command.add("-Djava.io.tmpdir=" + temporary);
        command.addAll(List.of(arguments));
        Path out = directory.resolve("out");
        Path errors = directory.resolve("errors");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(errors.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        assertThat(errors).isEmptyFile();
        assertThat(ended && process.exitValue() == 0).isTrue();
        return Files.readAllLines(out);
    }
}
