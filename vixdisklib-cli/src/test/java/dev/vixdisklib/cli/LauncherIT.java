/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.cli.Images.Contents;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code bin/vixdisk} and {@code bin/vixshell} as users start them. */
class LauncherIT {

    @TempDir
    Path directory;

    private Path disk;

    @BeforeEach
    void makeDisk() throws IOException {
        disk = directory.resolve("a.vmdk");
        Cli.run("copy", Images.raw(directory.resolve("a.raw"), 1 << 20, Contents.HOLES, 1), disk)
                .succeeded();
    }

    @Test
    void exitStatusesAreThoseOfTheCommand() throws Exception {
        Command.vixdisk("info", disk).run().succeeded();
        Command.vixdisk("info", directory.resolve("missing.vmdk")).run().failed("not found");
        Command.vixdisk("info").run().refused("DISK");
    }

    @Test
    void namesAreRelativeToTheCurrentDirectory() throws Exception {
        Command.vixdisk("copy", "a.vmdk", "b.raw").in(directory).run().succeeded();
        assertThat(Files.mismatch(directory.resolve("a.raw"), directory.resolve("b.raw")))
                .isEqualTo(-1);
    }

    @Test
    void aSymbolicLinkToTheLauncherWorks() throws Exception {
        Path bin = Files.createDirectories(directory.resolve("some where/bin"));
        Files.createSymbolicLink(bin.resolve("direct"), Checkout.VIXDISK);
        Path link = Files.createSymbolicLink(bin.resolve("vixdisk"), Path.of("direct"));
        assertThat(Command.of(link, "--version").run().succeeded()).startsWith("vixdisk ");
        assertThat(Command.script("PATH=$1:$PATH; vixdisk --version", bin).run().succeeded())
                .startsWith("vixdisk ");
        // JUnit would warn that it leads out of the directory.
        Files.delete(bin.resolve("direct"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "C.UTF-8", ""})
    void namesCanHaveAnyCharactersInEveryLocale(String locale) throws Exception {
        Path odd = directory.resolve("\u20ac d\u00efsk 'x' $HOME *.vmdk");
        Command.vixdisk("copy", disk, odd)
                .environment("LC_ALL", locale)
                .environment("LANG", "C")
                .run()
                .succeeded();
        assertThat(Command.vixdisk("info", odd)
                        .environment("LC_ALL", locale)
                        .environment("LANG", "C")
                        .run()
                        .succeeded())
                .contains(odd.toString());
    }

    @Test
    void aNameThatIsNoTextIsRefused() throws Exception {
        List<String> before = Images.listing(directory);
        Command.script("cd \"$1\" && \"$VIXDISK\" copy a.vmdk \"$(printf '\\344.raw')\"", directory)
                .run()
                .refused("LC_ALL");
        assertThat(Images.listing(directory)).isEqualTo(before);
    }

    @Test
    void aTerminalShowsABarThatFitsAndIsWiped() throws Exception {
        Tools.require("script", "bsdutils or util-linux");
        // Long enough for a bar, and zeros are soon copied.
        Path big = Images.hole(directory.resolve("big"), 2L << 30);
        for (int columns : new int[] {0, 60}) {
            String shown = terminal("stty cols " + columns + "; exec \"$VIXDISK\" copy '" + big + "' /dev/null");
            List<String> lines =
                    Arrays.asList(java.util.regex.Pattern.compile("\r").split(shown, -1));
            int width = columns == 0 ? 80 : columns;
            assertThat(lines)
                    .hasSizeGreaterThan(3)
                    .allSatisfy(line -> assertThat(line).hasSizeLessThan(width));
            assertThat(lines).anySatisfy(line -> assertThat(line).contains("copying ", "of 2 GiB", "left"));
            assertThat(lines.get(lines.size() - 2)).isBlank().hasSize(width - 1);
            assertThat(lines.getLast()).isEmpty();
        }
    }

    @Test
    void aTerminalTellsItsWidthThroughStandardOutputToo() throws Exception {
        Tools.require("script", "bsdutils or util-linux");
        assertThat(terminal("stty cols 60; \"$VIXDISK\" error 4 2> /dev/null").lines())
                .hasSizeGreaterThan(4)
                .allSatisfy(line ->
                        assertThat(line.replaceAll("\u001b\\[\\d+m", "")).hasSizeLessThanOrEqualTo(60));
    }

    @Test
    void aTerminalIsNoPlaceForADisk() throws Exception {
        Tools.require("script", "bsdutils or util-linux");
        assertThat(terminal("\"$VIXDISK\" copy '" + disk + "' -")).contains("standard output is a terminal");
    }

    private static String terminal(String command) throws Exception {
        return Command.of("script", "-qec", command, "/dev/null")
                .environment("VIXDISK", Checkout.VIXDISK)
                .environment("SHELL", "/bin/sh")
                .run()
                .out();
    }

    @Test
    void theShellReadsSectorsOfItsDiskAndLeavesNothing() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        Path script = Files.writeString(directory.resolve("try.jsh"), """
                var b = Sectors.allocate(arena, 1)
                disk.read(0, b)
                System.out.println(b.getString(0) + " " + disk.capacity() + " " + Files.exists(Path.of(disk.name())))
                System.getLogger("test").log(System.Logger.Level.ERROR, "an error")
                /exit 7
                """);
        Outcome outcome = Command.of(
                        Checkout.VIXSHELL, "-R-Djava.io.tmpdir=" + temporary, "-J-Djava.io.tmpdir=" + temporary, script)
                .run();
        assertThat(outcome.err())
                .startsWith("VixDiskLib 8.0.3")
                .contains("small.vmdk of 64 MiB")
                .endsWith("\nvixshell: ERROR: an error\n");
        assertThat(outcome.out()).isEqualTo("Hello from sector 0 of a virtual disk. 131072 true\n");
        assertThat(outcome.status()).isEqualTo(7);
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void theDemoLeavesNothing() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("tmp"));
        String out = Command.vixdisk("demo", "--size", "16M", "--data", "1M")
                .environment("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + temporary)
                .run()
                .out();
        assertThat(out).contains("verify ", "bin/vixdisk info disks/demo.vmdk");
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void aNewerSourceIsBuiltOnceAndTheProgramsAreLearnt() throws Exception {
        Path root = Checkout.make("to be built");
        Files.setLastModifiedTime(
                Checkout.source(root), FileTime.from(Instant.now().plusSeconds(2)));
        String path =
                programs("mvn", "echo \"$PWD $*\" > " + directory.resolve("mvn.log")) + ":" + System.getenv("PATH");

        Outcome first = Command.of(root.resolve("bin/vixdisk"), "--version")
                .environment("PATH", path)
                .run();

        assertThat(first.status()).isZero();
        assertThat(first.out()).startsWith("vixdisk ");
        assertThat(first.err()).matches("vixdisk: building what this needs; [^\n]+\n");
        assertThat(directory.resolve("mvn.log"))
                .content()
                .startsWith(root + " ")
                .contains("-pl vixdisklib-cli -am package");
        for (String archive : List.of("vixdisk.jsa", "vixshell.jsa")) {
            assertThat(Checkout.app(root).resolve(archive)).isNotEmptyFile();
        }
        assertThat(Checkout.app(root)).isDirectoryNotContaining("glob:**.new");

        // The source is still newer than the build, for the clock says so; once it is older, all is current.
        Files.setLastModifiedTime(Checkout.source(root), FileTime.from(Instant.EPOCH));
        Command.of(root.resolve("bin/vixdisk"), "--version")
                .environment("PATH", "/nowhere:" + System.getenv("PATH"))
                .run()
                .succeeded();

        // A build by hand makes new jars, which the archives do not fit.
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(Checkout.app(root), "vixdisklib-cli-*.jar")) {
            for (Path jar : jars) {
                Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(2)));
            }
        }
        Outcome learnsAgain =
                Command.of(root.resolve("bin/vixdisk"), "--version").run();
        assertThat(learnsAgain.status()).isZero();
        assertThat(learnsAgain.err()).isEqualTo("vixdisk: preparing a quick start ...\n");
    }

    @Test
    void aBuildThatFailsIsToldAndTriedAgain() throws Exception {
        Path root = Checkout.make("broken");
        Files.delete(Checkout.built(root));
        String path = programs("mvn", "echo '[ERROR] it is broken'; exit 1") + ":" + System.getenv("PATH");
        for (int i = 0; i < 2; i++) {
            Outcome outcome = Command.of(root.resolve("bin/vixdisk"), "--version")
                    .environment("PATH", path)
                    .run();
            assertThat(outcome.status()).isEqualTo(1);
            assertThat(outcome.out()).isEmpty();
            assertThat(outcome.err())
                    .contains(
                            "[ERROR] it is broken",
                            "vixdisk: the build failed; " + root.resolve("target/launcher-build.log"));
        }
    }

    @Test
    void whatTheBuildLacksIsToldInOneLine() throws Exception {
        Path root = Checkout.make("to be built without tools");
        Files.delete(Checkout.built(root));
        Path tools = Files.createDirectory(directory.resolve("tools"));
        for (String tool : List.of(
                "sh",
                "basename",
                "dirname",
                "readlink",
                "find",
                "sed",
                "env",
                "mkdir",
                "flock",
                "cut",
                "stty",
                "touch",
                "rm")) {
            String found = Command.script("command -v \"$1\"", tool).run().succeeded();
            program(tools, tool, "exec " + found.strip() + " \"$@\"");
        }
        Command vixdisk = Command.of(root.resolve("bin/vixdisk"), "--version").environment("PATH", tools);

        vixdisk.run().failed("mvn not found", "apt-get install maven");
        program(tools, "mvn", "exit 0");
        lacks(vixdisk, "cmake not found", "apt-get install cmake");
        program(tools, "cmake", "exit 0");
        lacks(vixdisk, "no C compiler (cc)", "apt-get install gcc");
        program(tools, "cc", "exit 0");
        lacks(vixdisk, "no C++ compiler (c++)", "apt-get install g++");
        program(tools, "c++", "exit 0");
        lacks(vixdisk, "make not found");
    }

    private static void lacks(Command vixdisk, String... words) throws Exception {
        Outcome outcome = vixdisk.run();
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err())
                .matches("vixdisklib cannot be built: [^\n]+\n")
                .contains(words);
    }

    /** Hides every JDK that the launcher finds. */
    @Test
    void aMissingJdkIsToldInOneLine() throws Exception {
        Tools.requireMounts();
        Command.of("unshare", "-m", "sh", "-c", """
                        . "$1/build/find-jdk.sh"
                        while jdk=$(find_jdk); do mount -t tmpfs none "$jdk" || exit 4; done
                        exec "$1/bin/vixdisk" --version
                        """, "sh", Checkout.ROOT)
                .run()
                .failed("no JDK 22 or newer found", "JAVA_HOME", "/usr/lib/jvm");
    }

    @Test
    void aJdkThatIsTooOldIsPassedOver() throws Exception {
        Path old = Files.createDirectory(directory.resolve("old"));
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"17.0.1\"\n");
        program(Files.createDirectory(old.resolve("bin")), "javac", "exit 1");
        String home = System.getProperty("java.home");
        assertThat(Command.vixdisk("--version")
                        .environment("JAVA_HOME", old)
                        .environment("JAVA25_HOME", home)
                        .run()
                        .succeeded())
                .startsWith("vixdisk ");
    }

    @Test
    void aCheckoutThatNoModulePathCanNameIsRefused() throws Exception {
        Path root = Checkout.make("with:colon");
        Command.of(root.resolve("bin/vixdisk"), "--version").run().failed("colon", "move");
    }

    @Test
    void aReadOnlyCheckoutThatIsBuiltWorks() throws Exception {
        Tools.requireMounts();
        assertThat(Command.of("unshare", "-m", "sh", "-c", """
                        mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" || exit 4
                        exec "$1/bin/vixdisk" --version
                        """, "sh", Checkout.ROOT)
                        .run()
                        .succeeded())
                .startsWith("vixdisk ");
    }

    /** A directory with a program in it. */
    private Path programs(String name, String script) throws IOException {
        return program(Files.createDirectory(directory.resolve("programs")), name, script);
    }

    private static Path program(Path place, String name, String script) throws IOException {
        Path program = Files.writeString(place.resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        return place;
    }
}
