/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.cli.Block.Mark;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The program and the script that a page is. In both, lines have the numbers that they have on the page, and where a block
 * begins and ends, they speak with a {@link Conversation}.
 */
final class PageSources {

    /** What jshell imports, and what pages are about. */
    private static final String IMPORTS = Stream.of(
                    "dev.vixdisklib",
                    "dev.vixdisklib.shim",
                    "java.io",
                    "java.lang.foreign",
                    "java.math",
                    "java.net",
                    "java.nio.channels",
                    "java.nio.file",
                    "java.security",
                    "java.time",
                    "java.util",
                    "java.util.concurrent",
                    "java.util.function",
                    "java.util.stream",
                    "java.util.zip")
            .map(name -> "import " + name + ".*; ")
            .collect(Collectors.joining());

    private static final String IMPORT = "import ";

    private final Page page;

    PageSources(Page page) {
        this.page = page;
    }

    boolean hasProgram() {
        return page.blocks().stream().anyMatch(Block::isJava);
    }

    /** A class {@code ThePage} with all blocks of Java in its method. */
    List<String> program(Path vmdk) {
        String[] lines = emptyLines();
        for (Block block : blocks(Block::isJava)) {
            put(block, lines, "go();", "done();");
        }
        StringBuilder imports = new StringBuilder(IMPORTS);
        for (int i = 0; i < lines.length; i++) {
            if (lines[i].startsWith(IMPORT)) {
                imports.append(lines[i]);
                lines[i] = "";
            }
        }
        lines[0] = imports + beginning(vmdk).replace("\n", " ") + lines[0];
        lines[lines.length - 1] += "}}";
        return List.of(lines);
    }

    private static String beginning(Path vmdk) {
        return """
                final class ThePage {
                    static final Path vddk = FakeVddk.directory();
                    static final Path vmdk = Path.of("%s");
                    static final PrintStream out = System.out;
                    static void go() throws IOException { System.in.read(); }
                    static void done() { System.out.println("%s"); }
                    public static void main(String[] args) throws Exception {
                """.formatted(vmdk, Conversation.DONE);
    }

    /** All blocks of shell. */
    List<String> script() {
        String[] lines = emptyLines();
        // Commands of the page read nothing of what this process is told.
        lines[0] = "exec 9<&0 < /dev/null; ";
        for (Block block : blocks(Block::isShell)) {
            String first = block.marks().getOrDefault(Mark.FIRST, ":");
            put(
                    block,
                    lines,
                    "read -r next <&9 || exit 0; { " + first + "; } > /dev/null",
                    "echo '" + Conversation.DONE + "'");
        }
        return List.of(lines);
    }

    /** What a reader pastes into a jshell. */
    List<String> snippets() {
        return Stream.concat(
                        blocks(Block::isJava).stream().flatMap(block -> block.lines().stream()), Stream.of("/exit"))
                .toList();
    }

    private List<Block> blocks(Predicate<Block> which) {
        return page.blocks().stream().filter(which).toList();
    }

    /** One more than there are, for what has to be after the last one. */
    private String[] emptyLines() {
        String[] lines = new String[page.lines() + 1];
        Arrays.fill(lines, "");
        return lines;
    }

    /** Fences give way to what is before and after a block. */
    private static void put(Block block, String[] lines, String before, String after) {
        lines[block.begin() - 1] += before;
        for (int i = 0; i < block.lines().size(); i++) {
            lines[block.begin() + i] = block.lines().get(i);
        }
        lines[block.end() - 1] += after;
    }
}
