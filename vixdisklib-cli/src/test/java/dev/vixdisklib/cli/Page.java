/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.cli.Block.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation and the blocks in it.
 *
 * @param name its path in the project
 * @param lines how many it has
 * @param blocks in their order
 */
record Page(String name, int lines, List<Block> blocks) {

    private static final Pattern FENCE = Pattern.compile("( *)```(\\S*)");
    private static final Pattern COMMENT = Pattern.compile(" *<!-- ([a-z ]+): (.+) -->");

    /** Those of Java and the shell are run, texts after them compared; the others are for readers. */
    private static final Set<String> LANGUAGES =
            Set.of("", "dockerfile", "ini", "java", "json", "mermaid", "properties", "sh", "text", "xml", "yaml");

    /** All texts for people, those that are not run too. */
    static List<Path> texts(Path root) throws IOException {
        try (Stream<Path> docs = Files.walk(root.resolve("docs"))) {
            return Stream.concat(
                            Stream.of(
                                            "README.md",
                                            "CONTRIBUTING.md",
                                            "CHANGELOG.md",
                                            "vixdisklib-examples/README.md",
                                            "vixdisklib-test-shim/src/test/c/fuzz/README.md")
                                    .map(root::resolve),
                            docs.sorted())
                    .filter(path -> path.toString().endsWith(".md"))
                    .toList();
        }
    }

    /** The pages that are run: neither the decisions, which stay as they were, nor those that their own module runs. */
    static List<Path> all(Path root) throws IOException {
        return texts(root).stream()
                .filter(path -> !path.startsWith(root.resolve("docs/adr")))
                .filter(path -> root.relativize(path).getNameCount() == 1 || path.startsWith(root.resolve("docs")))
                .toList();
    }

    static Page read(Path root, Path path) throws IOException {
        return parse(root.relativize(path).toString(), Files.readAllLines(path));
    }

    static Page parse(String name, List<String> lines) {
        List<Block> blocks = new ArrayList<>();
        Map<Mark, String> marks = new EnumMap<>(Mark.class);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            Matcher comment = COMMENT.matcher(line);
            if (comment.matches() && isBeforeABlock(lines, i + 1)) {
                String words = comment.group(1);
                Optional<Mark> mark = Mark.of(words);
                check(mark.isPresent(), name, i, "an unknown comment before a block: " + words);
                marks.put(mark.orElseThrow(), comment.group(2));
            } else if (line.stripLeading().startsWith("```")) {
                Block block = block(name, lines, i, marks);
                blocks.add(block);
                marks.clear();
                i = block.end() - 1;
            } else {
                check(!comment.matches() || Mark.of(comment.group(1)).isEmpty(), name, i, "no block after it: " + line);
            }
        }
        return new Page(name, lines.size(), blocks);
    }

    private static boolean isBeforeABlock(List<String> lines, int at) {
        for (int i = at; i < lines.size(); i++) {
            String line = lines.get(i);
            if (!line.isBlank() && !COMMENT.matcher(line).matches()) {
                return line.stripLeading().startsWith("```");
            }
        }
        return false;
    }

    private static Block block(String name, List<String> lines, int at, Map<Mark, String> marks) {
        Matcher fence = FENCE.matcher(lines.get(at));
        check(fence.matches(), name, at, "a fence with more than a language: " + lines.get(at));
        check(LANGUAGES.contains(fence.group(2)), name, at, "an unknown language: " + fence.group(2));
        String indent = fence.group(1);
        List<String> code = new ArrayList<>();
        for (int i = at + 1; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.strip().equals("```")) {
                return new Block(fence.group(2), at + 1, List.copyOf(code), Map.copyOf(marks));
            }
            code.add(line.startsWith(indent) ? line.substring(indent.length()) : line.stripLeading());
        }
        throw new AssertionError(name + ":" + (at + 1) + ": a block without an end");
    }

    private static void check(boolean isRight, String name, int at, String message) {
        if (!isRight) {
            throw new AssertionError(name + ":" + (at + 1) + ": " + message);
        }
    }
}
