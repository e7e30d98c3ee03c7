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
import java.util.List;
import java.util.Locale;
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

    private final StringBuilder page = new StringBuilder();
    private final CommandSpec spec;

    private ManPages(CommandSpec spec) {
        this.spec = spec;
    }

    /** Takes the directory for the pages, and the version of the project. */
    public static void main(String[] args) throws IOException {
        write(Path.of(args[0]), args[1]);
    }

    /** Writes {@code vixdisk.1}, {@code vixdisk-info.1} and so on into a directory. */
    static void write(Path directory, String version) throws IOException {
        Files.createDirectories(directory);
        CommandLine program = Main.program(new Console(Terminal.NONE, System.out, System.err));
        for (CommandLine command : Stream.concat(Stream.of(program), program.getSubcommands().values().stream())
                .toList()) {
            CommandSpec spec = command.getCommandSpec();
            Files.writeString(
                    directory.resolve(name(spec) + ".1"), new ManPages(spec).text(version), StandardCharsets.US_ASCII);
        }
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
        status();
        section("SEE ALSO");
        line(spec.parent() == null ? "\\fBvixdisk COMMAND \\-\\-help\\fR" : "\\fBvixdisk\\fR(1)");
        return page.toString();
    }

    private void names() {
        section("NAME");
        line(escaped(name(spec)) + " \\- "
                + escaped(spec.usageMessage().description()[0].replaceFirst("\\.$", "")));
    }

    private void synopsis() {
        section("SYNOPSIS");
        String what = spec.parent() == null
                ? "\\fICOMMAND\\fR"
                : Stream.of(
                                spec.options().stream()
                                        .filter(OptionSpec::required)
                                        .map(ManPages::names),
                                Stream.of("[\\fIOPTIONS\\fR]"),
                                spec.positionalParameters().stream().map(ManPages::argument))
                        .flatMap(parts -> parts)
                        .collect(Collectors.joining(" "));
        line("\\fB" + escaped(spec.qualifiedName()) + "\\fR " + what);
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
        entries(spec.options().stream().filter(option -> option.group() == null));
        for (ArgGroupSpec group : spec.argGroups()) {
            String heading = String.format(String.valueOf(group.heading())).strip();
            line(".SS " + quoted(heading.replaceFirst(":$", "")));
            entries(group.options().stream());
        }
    }

    private void entries(Stream<OptionSpec> options) {
        options.sorted(Comparator.comparing(OptionSpec::longestName)).forEach(option -> entry(names(option), option));
    }

    private static String names(OptionSpec option) {
        String names = Stream.of(option.names())
                .map(name -> "\\fB" + escaped(name) + "\\fR")
                .collect(Collectors.joining(", "));
        return option.arity().max() == 0 ? names : names + "=\\fI" + escaped(option.paramLabel()) + "\\fR";
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

    private void status() {
        section("EXIT STATUS");
        List<String> footer = Stream.of(spec.usageMessage().footer())
                .filter(line -> line.contains("Exit status: "))
                .toList();
        String told = footer.isEmpty() ? DEFAULT_STATUS : footer.getFirst();
        line(escaped(told.replaceFirst(".*Exit status: ", "")));
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
