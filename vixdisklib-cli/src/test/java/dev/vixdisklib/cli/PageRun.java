/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.cli.Block.Mark;
import dev.vixdisklib.cli.Images.Contents;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Does what a reader does: works through a page from its beginning to its end, in a folder that looks like a checkout.
 *
 * <p>All blocks of Java are one program, all blocks of shell are one script. Both processes run their blocks in the order of
 * the page, one at a time.
 */
final class PageRun {

    private static final Path JDK = Path.of(System.getProperty("java.home"));
    private static final String CLASS_PATH = "vixdisklib-cli/target/app/*";
    private static final String ANYTHING = "\u2026";

    private final Page page;
    private final PageSources sources;
    private final Path folder;
    private final Path hidden;

    /**
     * @param page the page
     * @param folder where readers are
     * @param hidden another one, for what they do not see
     */
    PageRun(Page page, Path folder, Path hidden) {
        this.page = page;
        this.sources = new PageSources(page);
        this.folder = folder;
        this.hidden = hidden;
    }

    void run() throws IOException, InterruptedException {
        link();
        try (Conversation shell = new Conversation(shell());
                Conversation java = new Conversation(java())) {
            run(shell, java);
        } finally {
            unlink();
        }
    }

    /** Has a jshell run the blocks of Java, as they would be pasted into it. */
    Outcome runInJshell() throws IOException, InterruptedException {
        link();
        try {
            return prepared(Command.of(
                            executable("jshell"),
                            "-s",
                            "--class-path",
                            CLASS_PATH,
                            "-R--enable-native-access=ALL-UNNAMED",
                            write("page.jsh", sources.snippets())))
                    .run();
        } finally {
            unlink();
        }
    }

    private void link() throws IOException {
        for (String name : List.of("bin", "build", "vixdisklib-cli", "vixdisklib-test-shim")) {
            Files.createSymbolicLink(folder.resolve(name), Checkout.ROOT.resolve(name));
        }
    }

    /** JUnit would warn of links that lead out of its directory. */
    private void unlink() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            for (Path link : all.filter(Files::isSymbolicLink).toList()) {
                Files.delete(link);
            }
        }
    }

    private void run(Conversation shell, Conversation java) throws IOException, InterruptedException {
        @Nullable String printed = null;
        for (Block block : page.blocks()) {
            String place = page.name() + ":" + block.begin();
            try {
                printed = take(block, printed, shell, java);
            } catch (AssertionError e) {
                throw new AssertionError(place + ": " + e.getMessage(), e);
            }
        }
        shell.end();
        java.end();
    }

    /** Gives what a block has printed; null if it does not print. */
    private @Nullable String take(Block block, @Nullable String printed, Conversation shell, Conversation java)
            throws IOException, InterruptedException {
        if (block.isShell()) {
            return shell.next();
        }
        if (block.isJava()) {
            return java.next();
        }
        if (block.has(Mark.FILE)) {
            Path file = folder.resolve(block.marks().get(Mark.FILE));
            Files.createDirectories(file.getParent());
            Files.writeString(file, block.text());
            compileFile(file);
        } else if (block.has(Mark.TESTED_IN)) {
            checkQuoted(block);
        } else if (block.language().equals("text") && printed != null && !block.has(Mark.NOT_COMPARED)) {
            compare(printed, block.text());
        }
        return null;
    }

    /** In a text, an ellipsis is anything on its line, or any lines if it is alone on its own. */
    private static void compare(String printed, String shown) {
        String[] parts =
                Pattern.compile("^ *" + ANYTHING + "\n", Pattern.MULTILINE).split(shown, -1);
        String pattern = Arrays.stream(parts)
                .map(part -> Arrays.stream(part.split(ANYTHING, -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining("[^\\n]*")))
                .collect(Collectors.joining("(?s:.*)"));
        assertThat(printed.stripTrailing() + "\n")
                .as("what the page shows:%n%s", shown)
                .matches(pattern);
    }

    /** Spaces at the beginning of lines may differ, as in a part of a method. */
    private static void checkQuoted(Block block) throws IOException {
        Path source = Checkout.PROJECT.resolve(block.marks().get(Mark.TESTED_IN));
        assertThat(unindented(Files.readString(source))).as("%s", source).contains(unindented(block.text()));
    }

    private static String unindented(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining("\n"));
    }

    private Command shell() throws IOException {
        return prepared(Command.of("sh", "-eu", write("page.sh", sources.script())));
    }

    private Command java() throws IOException, InterruptedException {
        if (!sources.hasProgram()) {
            return Command.of("true");
        }
        Path classes = compile(write("ThePage.java", sources.program(disk())));
        return prepared(Command.of(
                executable("java"),
                "--enable-native-access=ALL-UNNAMED",
                "-Dstdout.encoding=UTF-8",
                // A program that is ended because its page is wrong leaves the fake there.
                "-Djava.io.tmpdir=" + hidden,
                "-cp",
                CLASS_PATH + File.pathSeparator + classes,
                "ThePage"));
    }

    private Path write(String name, List<String> lines) throws IOException {
        return Files.write(hidden.resolve(name), lines);
    }

    /** The disk that pages call {@code vmdk}. */
    private Path disk() throws IOException {
        Path vmdk = hidden.resolve("disk.vmdk");
        Cli.run("copy", Images.raw(hidden.resolve("disk.raw"), 1 << 20, Contents.HOLES, 1), vmdk)
                .succeeded();
        return vmdk;
    }

    /** A file is compiled for the warnings only: the page says what is done with it. */
    private void compileFile(Path file) throws IOException, InterruptedException {
        String name = file.getFileName().toString();
        if (name.endsWith(".java") && !name.equals("module-info.java")) {
            compile(file);
        }
    }

    private Path compile(Path source) throws IOException, InterruptedException {
        Path classes = Files.createTempDirectory(hidden, "classes");
        Outcome outcome = prepared(Command.of(
                        executable("javac"),
                        "-J-Dstderr.encoding=UTF-8",
                        "--release",
                        "22",
                        "-Xlint:all",
                        "-Werror",
                        "-proc:none",
                        "-cp",
                        CLASS_PATH,
                        "-d",
                        classes,
                        source))
                .run();
        if (outcome.status() != 0) {
            throw new AssertionError(page.name() + " does not compile; lines have the numbers of the page\n"
                    + outcome.out()
                    + outcome.err());
        }
        return classes;
    }

    private Command prepared(Command command) {
        return command.in(folder)
                .environment("PATH", JDK.resolve("bin") + File.pathSeparator + System.getenv("PATH"))
                .environment("LC_ALL", "C.UTF-8");
    }

    private static Path executable(String name) {
        return JDK.resolve("bin").resolve(name);
    }
}
