/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.cli.Chain.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vixdisk chain}. Reads the files itself: the library opens no disk of which something is missing. */
@Command(
        name = "chain",
        description = {
            "Shows the links of a disk: itself, its parents, the base.",
            "It has to be a disk of this host.",
            "A content ID changes when the disk is written to; a child whose parent has another one than when the child"
                    + " was made does not open."
        },
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        versionProvider = Version.class,
        footer = {"", "Exit status: 0 the chain is complete, 1 something is missing or does not fit, 2 wrong usage."})
final class ChainCommand implements Callable<Integer> {

    /** Of lines with all columns, in characters; narrower terminals get those that matter. */
    private static final int LEAST_WIDTH_OF_ALL = 66;

    private final Console console;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "DISK", description = "A VMDK file; for a flat or split disk its descriptor.")
    private String name = "";

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    ChainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (name.isEmpty() || name.equals("-") || name.startsWith("[")) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    name.isEmpty()
                            ? "a name is empty"
                            : name.equals("-")
                                    ? "chain needs a file and reads no standard input; a file of that name is ./-"
                                    : "'" + name + "' is on a server, of which only 'vixdisk info' tells how many links"
                                            + " there are");
        }
        Path disk = Path.of(name);
        if (FileKind.of(disk) == FileKind.MISSING) {
            throw new NoSuchFileException(name);
        }
        List<Link> links = Chain.links(disk);
        requireDisk(links.get(0));
        List<String> problems = problems(links);
        console.out().println(json ? json(links, problems) : table(links).fitted(console.terminal()));
        problems.forEach(problem -> console.err().println("vixdisk: " + Messages.oneLine(problem)));
        return problems.isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    private static void requireDisk(Link link) throws IOException {
        if (link.descriptor().flatMap(Descriptor::contentId).isEmpty()) {
            Optional<Path> of = Extents.descriptorOf(link.path());
            throw new IOException(link.path()
                    + of.map(disk -> " is a part of the disk " + disk + "; name that")
                            .orElse(" is no VMDK: there is no descriptor in it"));
        }
    }

    /** What keeps the disk from being opened, as far as files tell. */
    private static List<String> problems(List<Link> links) {
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < links.size(); i++) {
            Link link = links.get(i);
            for (Path file : link.missing()) {
                boolean isParent = file.equals(link.path()) && i > 0;
                problems.add((isParent ? links.get(i - 1).path() : link.path()) + " needs " + file
                        + ", which was not found");
            }
            if (i > 0 && Files.exists(link.path()) && !fits(links.get(i - 1), link)) {
                problems.add(links.get(i - 1).path() + " was made of " + link.path() + " when that had the content ID "
                        + links.get(i - 1)
                                .descriptor()
                                .flatMap(Descriptor::parentContentId)
                                .orElse("-")
                        + "; now it has " + id(link));
            }
        }
        return problems;
    }

    private static boolean fits(Link child, Link parent) {
        return child.descriptor()
                .flatMap(Descriptor::parentContentId)
                .filter(id -> id.equals(id(parent)))
                .isPresent();
    }

    private static String id(Link link) {
        return link.descriptor().flatMap(Descriptor::contentId).orElse("-");
    }

    private static String type(Link link) {
        return link.descriptor().flatMap(Descriptor::type).orElse("-");
    }

    private Table table(List<Link> links) throws IOException {
        boolean isNarrow = console.terminal().isNarrowerThan(LEAST_WIDTH_OF_ALL);
        Table table = isNarrow
                ? Table.withColumns(console.style(), "LINK", "SIZE", "PATH")
                : Table.withColumns(console.style(), "LINK", "TYPE", "SIZE", "CID", "PATH");
        for (int i = 0; i < links.size(); i++) {
            Link link = links.get(i);
            String what = i == links.size() - 1 ? "base" : i == 0 ? "top" : Integer.toString(i);
            boolean isThere = Files.exists(link.path());
            String place = isThere ? what : "missing";
            String size = isThere ? Sizes.format(link.bytes()) : "0 B";
            if (isNarrow) {
                table.row(place, size, shown(link.path()));
            } else {
                table.row(place, type(link), size, id(link), shown(link.path()));
            }
        }
        return table;
    }

    /** What is beside the disk is named as the disk is. */
    private String shown(Path path) {
        Path top = Path.of(name).toAbsolutePath().normalize();
        Path absolute = path.toAbsolutePath().normalize();
        return Objects.equals(absolute.getParent(), top.getParent())
                ? Path.of(name).resolveSibling(absolute.getFileName()).toString()
                : path.toString();
    }

    private static Json json(List<Link> links, List<String> problems) throws IOException {
        List<Json> objects = new ArrayList<>();
        for (Link link : links) {
            objects.add(new Json()
                    .put("path", link.path().toAbsolutePath().toString())
                    .put("exists", Files.exists(link.path()))
                    .put("type", link.descriptor().flatMap(Descriptor::type).orElse(null))
                    .put("bytes", link.bytes())
                    .put(
                            "contentId",
                            link.descriptor().flatMap(Descriptor::contentId).orElse(null))
                    .put(
                            "parentContentId",
                            link.descriptor()
                                    .flatMap(Descriptor::parentContentId)
                                    .orElse(null))
                    .put(
                            "files",
                            link.files().stream().map(Path::toAbsolutePath).toList())
                    .put(
                            "missing",
                            link.missing().stream().map(Path::toAbsolutePath).toList()));
        }
        return new Json().put("links", objects).put("problems", problems);
    }
}
