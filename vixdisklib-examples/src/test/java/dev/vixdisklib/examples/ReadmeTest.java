/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import de.waldheinz.fs.FileSystem;
import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskCopy;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.raw.VddkLibrary;
import dev.vixdisklib.shim.FakeVddk;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows can be done, in a folder that looks like a checkout. */
final class ReadmeTest {

    private static final Path README = Path.of(System.getProperty("vixdisklib.root"), "vixdisklib-examples/README.md");

    /** With what is before it, which may say why it is not run. */
    private static final Pattern BLOCK = Pattern.compile("(.*)\n```sh\n((?s:.*?))```");

    @TempDir
    Path folder;

    @BeforeEach
    void aCheckout() throws IOException {
        program("bin/vixdisk", "'" + Vixdisk.class.getName() + "'");
        program("vixdisklib-examples/run", "\"dev.vixdisklib.examples.$1.Main\"\nshift");
        Files.copy(README, folder.resolve("README.md"));
    }

    private void program(String name, String main) throws IOException {
        String java = "exec '%s' --enable-native-access=ALL-UNNAMED '-D%s=%s' -cp '%s' \"$main\" \"$@\"\n"
                .formatted(
                        Path.of(System.getProperty("java.home"), "bin", "java"),
                        FakeVddk.DIRECTORY_PROPERTY,
                        FakeVddk.directory(),
                        classPath());
        Path program = folder.resolve(name);
        Files.createDirectories(program.getParent());
        Files.writeString(program, "#!/bin/sh\nmain=" + main + "\n" + java);
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    private static String classPath() {
        return Stream.of(
                        VixDiskLib.class,
                        VddkLibrary.class,
                        FakeVddk.class,
                        FileSystem.class,
                        Vddk.class,
                        ReadmeTest.class)
                .map(type ->
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The only thing that is done with it here: {@code vixdisk copy RAW VMDK}. */
    static final class Vixdisk {

        private Vixdisk() {}

        public static void main(String... args) throws Exception {
            if (args.length != 3 || !args[0].equals("copy")) {
                throw new IllegalArgumentException(String.join(" ", args));
            }
            try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                    Connection host = lib.connectLocal();
                    FileChannel raw = FileChannel.open(Path.of(args[1]))) {
                long sectors = Math.ceilDiv(raw.size(), Sectors.SIZE);
                host.createDisk(Path.of(args[2]), DiskSpec.of(DiskType.MONOLITHIC_SPARSE, sectors));
                try (Disk disk = host.openDisk(Path.of(args[2]))) {
                    DiskCopy.fromFile(raw).to(disk).run();
                }
            }
        }
    }

    @Test
    void allThatIsNotMarkedIsRun() throws Exception {
        assertThat(headings().filter(heading -> !blocks(heading).isEmpty()))
                .containsExactly("Examples", "backup", "filesystem", "http");
        assertThat(blocks("Examples")).hasSize(2);
        assertThat(Stream.of("backup", "filesystem", "http").map(ReadmeTest::blocks))
                .allSatisfy(blocks -> assertThat(blocks).hasSize(1));
    }

    @Test
    void anExampleSaysWhatItTakes() throws Exception {
        assertThat(run("status=0\n" + blocks("Examples").get(0).strip().replaceFirst("( *#.*)?$", " || status=\\$?")
                        + "\ntest $status -eq 2"))
                .contains("usage: make SET DISK.vmdk");
    }

    @Test
    void disksAreServed() throws Exception {
        for (String tool : List.of("curl", "od")) {
            assumeTrue(isThere(tool), "there is no " + tool + " here");
        }
        String served = blocks("http").get(0).replace("8080", String.valueOf(freePort()));
        assertThat(run(blocks("Examples").get(1) + served + "wait\ncmp -n 3000000 disk.raw image.raw\n"))
                .contains("/disks/disk.vmdk", "0000064\n");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void backupsAreMadeAndRestored() throws Exception {
        assertThat(run(blocks("Examples").get(1) + blocks("backup").get(0)))
                .contains("1 full", "2 incremental", "as they were");
        assertThat(folder.resolve("restored.vmdk")).exists();
    }

    @Test
    void filesAreShown() throws Exception {
        for (String tool : List.of("sfdisk", "mkfs.fat", "mcopy")) {
            assumeTrue(isThere(tool), "there is no " + tool + " here");
        }
        assertThat(run(blocks("filesystem").get(0))).contains("partition 1, type 0c", "/README.MD", read(README));
    }

    private static boolean isThere(String tool) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
    }

    private static Stream<String> headings() {
        return Pattern.compile("^##? (.*)$", Pattern.MULTILINE)
                .matcher(read(README))
                .results()
                .map(heading -> heading.group(1));
    }

    /** The blocks of shell below a heading that are to be run, until the next one. */
    private static List<String> blocks(String heading) {
        String text = read(README);
        int start = Pattern.compile("^#+ " + heading + "$", Pattern.MULTILINE)
                .matcher(text)
                .results()
                .findFirst()
                .orElseThrow()
                .end();
        int end = text.indexOf("\n## ", start);
        return BLOCK.matcher(text.substring(start, end < 0 ? text.length() : end))
                .results()
                .filter(block -> !block.group(1).startsWith("<!-- not run: "))
                .map(block -> block.group(2))
                .toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String run(String script) throws Exception {
        Process shell = new ProcessBuilder("sh", "-eu", "-c", script)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String out = new String(shell.getInputStream().readAllBytes(), UTF_8);
        assertThat(shell.waitFor()).as(out).isZero();
        return out;
    }
}
