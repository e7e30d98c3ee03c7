/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes a man page for each command, from what its help is made of; a program for the build. */
final class ManPages {

    private static final String DEFAULT_STATUS = "Exit status: 0 done, 1 failed, 2 wrong usage.";

    /** Rows of the table in the reference that says how all commands are. */
    private static final Pattern ROW = Pattern.compile("(?m)^\\| ([^|]+) \\| (.*) \\|$");

    private static final String HEAD_OF_TABLE = "what";
    private static final String STATUS = "exit status";

    /** What the program and its launcher look at; the reference has the rest. */
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "VIXDISKLIB_LIBDIR", "The VDDK to use, unless --libdir names one.",
            "NO_COLOR", "If it is not empty, nothing is coloured; nor is anything if TERM is dumb.",
            "COLUMNS", "How wide the output is; without it, as wide as the terminal.",
            "JAVA_HOME", "A JDK of version 22 or newer. Others are looked for where JDKs usually are.",
            "JDK_JAVA_OPTIONS", "Options for the JVM.");

    private final StringBuilder page = new StringBuilder();
    private final CommandSpec spec;
    private final Map<String, String> conventions;

    private ManPages(CommandSpec spec, Map<String, String> conventions) {
        this.spec = spec;
        this.conventions = conventions;
    }

    /** Takes the directory for the pages, the version of the project, and the reference of the commands. */
    public static void main(String[] args) throws IOException {
        write(Path.of(args[0]), args[1], Path.of(args[2]));
    }

    /** Writes {@code vixdisk.1}, {@code vixdisk-info.1} and so on into a directory. */
    static void write(Path directory, String version, Path reference) throws IOException {
        Files.createDirectories(directory);
        Map<String, String> conventions = conventions(Files.readString(reference));
        CommandLine program = Main.program(new Console(Terminal.NONE, System.out, System.err));
        for (CommandSpec spec : all(program).map(CommandLine::getCommandSpec).toList()) {
            Files.writeString(
                    directory.resolve(name(spec) + ".1"),
                    new ManPages(spec, conventions).text(version),
                    StandardCharsets.US_ASCII);
        }
    }

    private static Map<String, String> conventions(String reference) {
        Map<String, String> conventions = new LinkedHashMap<>();
        ROW.matcher(reference).results().forEach(row -> conventions.put(row.group(1), row.group(2)));
        conventions.remove(HEAD_OF_TABLE);
        return conventions;
    }

    /** A command and those that it has. */
    private static Stream<CommandLine> all(CommandLine command) {
        return Stream.concat(
                Stream.of(command), command.getSubcommands().values().stream().flatMap(ManPages::all));
    }

    private static String name(CommandSpec spec) {
        return spec.qualifiedName("-");
    }

    private String text(String version) {
        line(".TH " + quoted(name(spec).toUpperCase(Locale.ROOT)) + " 1 \"\" " + quoted("vixdisk " + version) + " "
                + quoted("vixdisk manual"));
        line(".ad l");
        line(".nh");
        names();
        synopsis();
        description();
        arguments();
        options();
        commands();
        if (spec.parent() == null) {
            theCommonOfAll();
        }
        status();
        section("SEE ALSO");
        line(
                spec.parent() == null
                        ? "\\fBvixdisk COMMAND \\-\\-help\\fR"
                        : "\\fB" + escaped(name(spec.parent())) + "\\fR(1)");
        return page.toString();
    }

    private void names() {
        section("NAME");
        line(escaped(name(spec)) + " \\- "
                + escaped(spec.usageMessage().description()[0].replaceFirst("\\.$", "")));
    }

    private void synopsis() {
        section("SYNOPSIS");
        String what = !spec.subcommands().isEmpty()
                ? "\\fICOMMAND\\fR"
                : Stream.of(
                                ofNoGroup().filter(OptionSpec::required).map(ManPages::names),
                                spec.argGroups().stream()
                                        .filter(ArgGroupSpec::exclusive)
                                        .filter(group -> !hasHeading(group))
                                        .map(ManPages::choice),
                                Stream.of("[\\fIOPTIONS\\fR]"),
                                spec.positionalParameters().stream().map(ManPages::argument))
                        .flatMap(parts -> parts)
                        .collect(Collectors.joining(" "));
        line("\\fB" + escaped(spec.qualifiedName()) + "\\fR " + what);
    }

    private Stream<OptionSpec> ofNoGroup() {
        return spec.options().stream().filter(option -> option.group() == null);
    }

    private static boolean hasHeading(ArgGroupSpec group) {
        return group.heading() != null;
    }

    /** Options of which one can be given. */
    private static String choice(ArgGroupSpec group) {
        return group.options().stream()
                .map(option -> "\\fB" + escaped(option.longestName()) + "\\fR" + value(option))
                .collect(Collectors.joining(" | ", "[", "]"));
    }

    private static String argument(PositionalParamSpec argument) {
        String name = "\\fI" + escaped(argument.paramLabel()) + "\\fR";
        String all = argument.arity().max() > 1 ? name + "..." : name;
        return argument.arity().min() == 0 ? "[" + all + "]" : all;
    }

    private void description() {
        section("DESCRIPTION");
        for (String paragraph : spec.usageMessage().description()) {
            line(".PP");
            line(escaped(String.format(paragraph)));
        }
    }

    private void arguments() {
        if (!spec.positionalParameters().isEmpty()) {
            section("ARGUMENTS");
            spec.positionalParameters().forEach(argument -> entry(argument(argument), argument));
        }
    }

    private void options() {
        section("OPTIONS");
        entries(Stream.concat(
                ofNoGroup(),
                spec.argGroups().stream()
                        .filter(group -> !hasHeading(group))
                        .flatMap(group -> group.options().stream())));
        for (ArgGroupSpec group : spec.argGroups()) {
            if (hasHeading(group)) {
                String heading = String.format(group.heading()).strip();
                line(".SS " + quoted(heading.replaceFirst(":$", "")));
                entries(group.options().stream());
            }
        }
    }

    private void entries(Stream<OptionSpec> options) {
        options.sorted(Comparator.comparing(OptionSpec::longestName)).forEach(option -> entry(names(option), option));
    }

    private static String names(OptionSpec option) {
        String names = Stream.of(option.names())
                .map(name -> "\\fB" + escaped(name) + "\\fR")
                .collect(Collectors.joining(", "));
        return names + value(option);
    }

    private static String value(OptionSpec option) {
        String more = option.splitRegex().isEmpty() ? "" : "[,...]";
        return option.arity().max() == 0 ? "" : "=\\fI" + escaped(option.paramLabel()) + "\\fR" + more;
    }

    private void entry(String name, ArgSpec arg) {
        line(".TP");
        line(name);
        line(escaped(String.format(String.join(" ", arg.description()))));
    }

    private void commands() {
        if (!spec.subcommands().isEmpty()) {
            section("COMMANDS");
        }
        for (CommandLine command : spec.subcommands().values()) {
            CommandSpec sub = command.getCommandSpec();
            line(".TP");
            line("\\fB" + escaped(name(sub)) + "\\fR(1)");
            line(escaped(sub.usageMessage().description()[0]));
        }
    }

    private void theCommonOfAll() {
        section("WHAT ALL COMMANDS HAVE IN COMMON");
        conventions.forEach((what, how) -> {
            if (!what.equals(STATUS)) {
                line(".TP");
                line("\\fB" + escaped(what) + "\\fR");
                line(ofMarkdown(how));
            }
        });
        section("ENVIRONMENT");
        new TreeMap<>(ENVIRONMENT).forEach((name, meaning) -> {
            line(".TP");
            line("\\fB" + escaped(name) + "\\fR");
            line(escaped(meaning));
        });
    }

    private void status() {
        section("EXIT STATUS");
        if (spec.parent() == null) {
            line(ofMarkdown(Objects.requireNonNull(conventions.get(STATUS), STATUS)));
            return;
        }
        List<String> footer = Stream.of(spec.usageMessage().footer())
                .filter(line -> line.contains("Exit status"))
                .toList();
        String told = footer.isEmpty() ? DEFAULT_STATUS : footer.getFirst();
        line(escaped(told.replaceFirst(".*Exit status(: |, )", "")));
    }

    /** A cell of a table as a sentence. */
    private static String ofMarkdown(String text) {
        String sentence = text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
        return escaped(sentence).replaceAll("`([^`]*)`", "\\\\fB$1\\\\fR");
    }

    private void section(String title) {
        line(".SH " + quoted(title));
    }

    private void line(String text) {
        page.append(text).append('\n');
    }

    private static String quoted(String text) {
        return '"' + escaped(text).replace("\"", "\\(dq") + '"';
    }

    /** Nothing in it is for the formatter: not at the beginning of a line, and nowhere else. */
    private static String escaped(String text) {
        String plain = text.replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("'", "\\(aq")
                .replace("\n", " ");
        return plain.startsWith(".") ? "\\&" + plain : plain;
    }
}
