/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What users write and read. */
class CommandLineTest {

    @TempDir
    Path directory;

    @Test
    void withoutACommandTheUsageIsOnStandardError() {
        Outcome outcome = Cli.run();
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).startsWith("Usage: vixdisk").contains("demo", "info", "copy", "Exit status");
    }

    static List<String> commands() {
        return Commands.NAMES;
    }

    @ParameterizedTest
    @MethodSource("commands")
    void eachCommandHasTheNameThatItIsFoundBy(String command) {
        assertThat(Cli.run(command, "--help").succeeded()).startsWith("Usage: vixdisk " + command + " ");
    }

    @Test
    void theHelpHasALineOrTwoForEachCommand() {
        String help = Cli.run("--help").succeeded();
        assertThat(Commands.NAMES).allSatisfy(name -> assertThat(help).containsPattern("(?m)^  " + name + " +[A-Z].*"));
        assertThat(help.lines()).hasSizeLessThan(50);
    }

    @ParameterizedTest
    @MethodSource("commands")
    @ValueSource(strings = "--help")
    void helpIsOnStandardOutputAndFitsTheTerminal(String command) {
        Object[] args = command.equals("--help") ? new Object[] {command} : new Object[] {command, "--help"};
        String help = Cli.run(new Terminal(true, true, 70, false), args).succeeded();
        assertThat(help).contains("Usage: vixdisk").doesNotContain("${");
        assertThat(help.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(70));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "demo --version", "info --version", "copy --version"})
    void theVersionNamesTheJavaItRunsOn(String args) {
        assertThat(Cli.run((Object[]) args.split(" ", -1)).succeeded())
                .startsWith("vixdisk ")
                .contains("Java " + Runtime.version());
    }

    @Test
    void wrongUsageIsOneLineThatTellsWhereHelpIs() {
        Cli.run("frobnicate")
                .refused(
                        "'frobnicate' is no command; there are demo, info, copy, ",
                        ", completion; see 'vixdisk --help'");
        Cli.run("json").refused("'json' is no command");
        for (String libdir : new String[] {"--libdir", "--libdir=b"}) {
            Cli.run(libdir, "b", "info", "a").refused("'--libdir' belongs to a command; write it after the command");
        }
        Cli.run("info").refused("DISK", "see 'vixdisk info --help'");
        Cli.run("info", "a", "b").refused("'b' is one argument too many; see 'vixdisk info --help'");
        Cli.run("info", "").refused("a name is empty");
        Cli.run("info", "-").refused("standard input", "./-");
        Cli.run("info", "--jsn", "a").refused("--jsn");
        Cli.run("copy", "a.vmdk").refused("TARGET", "see 'vixdisk copy --help'");
        Cli.run("copy", "a.vmdk", "b", "c").refused("'c' is one argument too many");
        Cli.run("copy", "a.vmdk", "b", "--type", "flat").refused("--type is for a target that ends in .vmdk", "b");
        Cli.run("copy", "a", "b.vmdk", "--type", "thick")
                .refused("'thick'", "there are sparse, flat, split-sparse, split-flat, vmfs-flat;");
        Cli.run("copy", "a", "b.vmdk", "--type", "stream-optimized").refused("written as a whole", "there are sparse");
        Cli.run("copy", "", "b").refused("empty");
        Cli.run("copy", "a", "").refused("empty");
        Cli.run("demo", "--size", "4X").refused("'4X'", "K, M, G, T, P or E");
        Cli.run("demo", "--size", "1K").refused("1 MiB");
        Cli.run("demo", "--size", "1M", "--data", "2M").refused("room for the data");
    }

    @Test
    void aFailureIsOneLineAndWithVerboseAStackTraceToo() {
        Path missing = directory.resolve("missing.vmdk");
        Cli.run("info", missing).failed("missing.vmdk", "not found", "VIX_E_FILE_NOT_FOUND");

        Outcome verbose = Cli.run("info", "--verbose", missing);
        assertThat(verbose.status()).isEqualTo(1);
        assertThat(verbose.out()).isEmpty();
        assertThat(verbose.err()).contains("VIX_E_FILE_NOT_FOUND", "\tat dev.vixdisklib");

        Cli.run("info", missing).failed("VIX_E_FILE_NOT_FOUND");
    }

    @Test
    void aNameThatBeginsWithAnAtSignIsAName() throws Exception {
        Path arguments = Files.writeString(directory.resolve("arguments"), "--help");
        Cli.run("info", "@" + arguments).failed("not found");
    }

    @Test
    void aNameThatBeginsWithAHyphenComesAfterTwoHyphens() {
        Cli.run("copy", "--", "-missing.raw", directory.resolve("x.raw")).failed("-missing.raw");
    }

    @Test
    void aNameThatThisLocaleCannotWriteIsRefused() {
        Cli.run("copy", "a.vmdk", directory.resolve("\uFFFD.raw")).refused("LC_ALL");
    }

    @Test
    void aNameCannotSteerTheTerminal() {
        Cli.run("info", "\u001b]0;title\u0007.vmdk").failed("?]0;title?.vmdk");
    }

    @Test
    void sizesAreCalledSizes() {
        assertThat(Cli.run("demo", "--help").succeeded()).contains("--size=SIZE", "--data=SIZE");
    }

    @Test
    void aDiskIsNotSentToATerminal() {
        Cli.run(new Terminal(true, true, 80, false), "copy", "a.vmdk", "-").refused("standard output is a terminal");
    }

    @Test
    void outputThatIsLostIsAFailure() throws Exception {
        PrintStream full = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws java.io.IOException {
                throw new java.io.IOException("full");
            }
        });
        java.io.ByteArrayOutputStream err = new java.io.ByteArrayOutputStream();
        int status = Main.run(
                Terminal.NONE, full, new PrintStream(err, true, java.nio.charset.StandardCharsets.UTF_8), "--version");
        new Outcome(status, "", err.toString(java.nio.charset.StandardCharsets.UTF_8)).failed("standard output");
    }

    @Test
    void messagesAreOneLine() {
        assertThat(Messages.oneLine("  tried:\n  one\n\n  two\r\nthree\n")).isEqualTo("tried: one; two; three");
        assertThat(Messages.oneLine(null)).isEqualTo("null");
    }

    @Test
    void failuresOfTheSystemAreNamed() {
        assertThat(List.of(
                        Messages.of(new java.nio.file.NoSuchFileException("x")),
                        Messages.of(new java.nio.file.AccessDeniedException("x")),
                        Messages.of(new java.nio.file.FileAlreadyExistsException("x")),
                        Messages.of(new java.nio.file.NotDirectoryException("x")),
                        Messages.of(new java.nio.file.DirectoryNotEmptyException("x")),
                        Messages.of(new java.nio.file.FileSystemException("x", null, "File name too long")),
                        Messages.of(new java.io.UncheckedIOException(new java.io.IOException("reason")))))
                .containsExactly(
                        "x: no such file or directory",
                        "x: permission denied",
                        "x: exists already",
                        "x: is not a directory",
                        "x: the directory is not empty",
                        "x: File name too long",
                        "reason");
        assertThat(Messages.of(new IllegalStateException("what"))).contains("internal error", "what", "--verbose");
    }

    @Test
    void aPasswordInAnOptionThatThereIsNotIsNotRepeated() {
        Outcome outcome = Cli.run("info", "--password=s3cret", "a.vmdk");
        outcome.refused("Unknown option: '--password'");
        assertThat(outcome.err()).doesNotContain("s3cret");
    }

    @Test
    void aNameThatLooksLikeAnOptionCanBeWritten() {
        Cli.run("rm", "-x.vmdk").refused("DISK", "for a file of the name -x.vmdk write ./-x.vmdk");
        Cli.run("info", "a.vmdk", "-x.raw").refused("Unknown option: '-x.raw'; for a file of the name -x.raw write ./");
        Cli.run("info", "--", "-x.vmdk").failed("-x.vmdk", "not found");
        Cli.run("info", "--password=x.vmdk", "a.vmdk").refused("Unknown option: '--password'; see");
    }
}
