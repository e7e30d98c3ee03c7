/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.shim.Strictness;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures and writes the figures into {@code docs/performance.md}; or, if sections are named, measures those and prints
 * them. Started by the script {@code run} of this module.
 */
final class Main {

    private static final String PAGE = "performance.md";
    private static final String PLOT = "performance-depth.svg";
    private static final String WRITING_PLOT = "performance-depth-writing.svg";

    private final Path project;
    private final Path documents;
    private final List<Section> sections = new ArrayList<>();

    /**
     * What is to be measured.
     *
     * @param project whose commit is told
     * @param documents where the page is
     * @param laboratory with an empty folder
     * @param effort how much is done
     */
    Main(Path project, Path documents, Laboratory laboratory, Effort effort) {
        this.project = project;
        this.documents = documents;
        sections.add(new Host(project));
        sections.add(new SequentialReads(laboratory, effort));
        sections.add(new SingleCalls(laboratory, effort));
        sections.add(Depth.ofReads(laboratory, effort, documents.resolve(PLOT)));
        sections.add(Depth.ofWrites(laboratory, effort, documents.resolve(WRITING_PLOT)));
        sections.add(new Copies(laboratory, effort.whole()));
        sections.add(new Hosts(laboratory, effort.whole()));
        sections.add(new Memory(laboratory, effort.whole()));
        sections.add(new Blocks(laboratory, effort.whole()));
        sections.add(new Calls(effort));
        // The last one: it tells of the time since now.
        sections.add(new Disturbance());
    }

    /** Measures what its arguments name, or everything. */
    public static void main(String[] arguments) throws IOException {
        Path project = Path.of(System.getProperty("vixdisklib.root"));
        Path yardstick = Path.of(System.getProperty("vixdisklib.yardstick"));
        Path folder = Files.createTempDirectory(yardstick.toAbsolutePath().getParent(), "laboratory-");
        try {
            Main main = new Main(
                    project,
                    project.resolve("docs"),
                    new Laboratory(folder, yardstick, List.of(System.getProperty("vixdisklib.tool")), Strictness.OFF),
                    Effort.SHORT);
            if (arguments.length == 0) {
                main.write(System.out);
            } else {
                main.print(List.of(arguments), System.out);
            }
        } finally {
            deleteTree(folder);
        }
    }

    /** Measures everything and writes the page, at the end and all at once. */
    void write(PrintStream out) throws IOException {
        Map<String, String> figures = new LinkedHashMap<>();
        for (Section section : sections) {
            out.println("measuring: " + section.name());
            figures.put(section.name(), section.measure());
        }
        Path file = documents.resolve(PAGE);
        Page page = new Page(Files.readString(file));
        for (Map.Entry<String, String> part : figures.entrySet()) {
            page = page.with(part.getKey(), part.getValue());
        }
        Files.writeString(file, page.toString());
        out.println("written: " + project.relativize(file));
    }

    /** Measures sections and prints them. */
    void print(List<String> names, PrintStream out) throws IOException {
        List<String> known = sections.stream().map(Section::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("there is no section " + name + ", but " + known);
            }
        }
        for (Section section : sections) {
            if (names.contains(section.name())) {
                out.println(section.measure());
            }
        }
    }

    private static void deleteTree(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.toList();
        }
        for (Path file : files.reversed()) {
            Files.delete(file);
        }
    }
}
