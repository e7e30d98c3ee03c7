/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code vixdisk}. */
@Command(
        name = "vixdisk",
        description = "Looks into VMware virtual disks, copies and changes them, through VixDiskLib.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "See 'vixdisk COMMAND --help'. Exit status: 0 done, 1 failed, 2 wrong usage."})
public final class Main {

    /** What the JVM makes of bytes that are no text; a file under such a name would not be the one that was meant. */
    private static final char UNDECODABLE = '\uFFFD';

    /** Names of disks and images that begin as options do. */
    private static final Pattern FILE = Pattern.compile("(?i)-[^=]*\\.(vmdk|raw|img)");

    private Main() {}

    /**
     * Runs a command and ends the JVM with its exit status.
     *
     * @param args the arguments
     */
    public static void main(String[] args) {
        System.exit(run(Terminal.ofLauncher(), new StandardOutput(System.out.charset()), System.err, args));
    }

    /**
     * Runs a command.
     *
     * @param terminal what the output goes to
     * @param out standard output
     * @param err standard error
     * @param args the arguments
     * @return the exit status: 0, 1 for a failure, 2 for wrong usage; the help of some commands tells others
     */
    static int run(Terminal terminal, PrintStream out, PrintStream err, String... args) {
        CommandLine command = program(new Console(terminal, out, err), args);
        if (args.length == 0) {
            command.usage(err);
            return CommandLine.ExitCode.USAGE;
        }
        for (String arg : args) {
            if (arg.indexOf(UNDECODABLE) >= 0) {
                err.println("vixdisk: '" + Messages.oneLine(arg)
                        + "' has characters that the encoding of this locale lacks;"
                        + " rename the file, or set LC_ALL to a locale with its encoding");
                return CommandLine.ExitCode.USAGE;
            }
        }
        int status = command.execute(args);
        int failure = statusOfFailure(command);
        if (status < failure && isLost(out)) {
            err.println("vixdisk: standard output could not be written");
            return failure;
        }
        return status;
    }

    /** The program with the commands that it needs for its arguments; without any, all of them. */
    static CommandLine program(Console console, String... args) {
        Factory factory = new Factory(console);
        CommandLine command = new CommandLine(new Main(), factory);
        Commands.add(command, factory, args);
        command.setOut(new PrintWriter(console.out(), true, console.out().charset()));
        command.setErr(new PrintWriter(console.err(), true, console.err().charset()));
        command.setParameterExceptionHandler(wrongUsage());
        command.setExecutionExceptionHandler(failure());
        command.setCaseInsensitiveEnumValuesAllowed(true);
        // A name may begin with an @.
        command.setExpandAtFiles(false);
        command.setUsageHelpAutoWidth(false);
        command.setUsageHelpWidth(Math.clamp(console.terminal().columns(), 60, 120));
        return command;
    }

    /** Whether not all was written, and the reader had not seen enough. */
    private static boolean isLost(PrintStream out) {
        return out.checkError() && !(out instanceof StandardOutput standard && standard.isUnwanted());
    }

    /** The exit status that the command has for failures: for most it is 1. */
    private static int statusOfFailure(CommandLine command) {
        CommandLine last = command;
        while (last.getParseResult() != null && last.getParseResult().hasSubcommand()) {
            last = last.getParseResult().subcommand().commandSpec().commandLine();
        }
        return last.getCommandSpec().exitCodeOnExecutionException();
    }

    private static IParameterExceptionHandler wrongUsage() {
        return (exception, args) -> {
            CommandLine command = exception.getCommandLine();
            command.getErr()
                    .println("vixdisk: " + Messages.oneLine(whatIsWrong(exception) + fileLikeOption(args)) + "; see '"
                            + command.getCommandSpec().qualifiedName() + " --help'");
            return CommandLine.ExitCode.USAGE;
        };
    }

    private static @Nullable String whatIsWrong(ParameterException exception) {
        if (!(exception instanceof UnmatchedArgumentException e)) {
            String message = exception.getMessage();
            return message == null
                    ? null
                    : message.replaceFirst("^Error: ", "")
                            .replaceFirst(
                                    "' is not an? (?:int|long)$", "' is no whole number, or one that is too large")
                            .replaceFirst("' is not a double$", "' is no number");
        }
        Map<String, CommandLine> commands = e.getCommandLine().getSubcommands();
        String first = e.getUnmatched().get(0);
        String option = first.replaceFirst("=.*", "");
        if (commands.values().stream()
                .anyMatch(command -> command.getCommandSpec().optionsMap().containsKey(option))) {
            return "'" + option + "' belongs to a command; write it after the command";
        }
        if (e.isUnknownOption()) {
            // Without the values: one may be a password, written where there is no option for it.
            return String.valueOf(e.getMessage()).replaceAll("'(-[^'=]+)=[^']*'", "'$1'");
        }
        return commands.isEmpty()
                ? "'" + first + "' is one argument too many"
                : "'" + first + "' is no command; there are "
                        + String.join(
                                ", ", e.getCommandLine().getParent() == null ? Commands.NAMES : commands.keySet());
    }

    /** What to write for the name of a file that was taken for an option; nothing if there is none. */
    private static String fileLikeOption(String... args) {
        return Arrays.stream(args)
                .takeWhile(arg -> !arg.equals("--"))
                .filter(arg -> arg.startsWith("-") && (FILE.matcher(arg).matches() || Files.exists(Path.of(arg))))
                .findFirst()
                .map(arg -> "; for a file of the name " + arg + " write ./" + arg)
                .orElse("");
    }

    private static IExecutionExceptionHandler failure() {
        return (exception, command, parsed) -> {
            if (exception instanceof ParameterException e) {
                return command.getParameterExceptionHandler().handleParseException(e, new String[0]);
            }
            if (!CleanUp.isInterrupted()) {
                command.getErr().println("vixdisk: " + Messages.of(exception));
            }
            if (LibraryOptions.isVerbose()) {
                exception.printStackTrace(command.getErr());
            }
            return command.getCommandSpec().exitCodeOnExecutionException();
        };
    }

    /** Makes commands, which get what they need through their constructor. */
    private record Factory(Console console) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                if (Arrays.equals(constructor.getParameterTypes(), new Class<?>[] {Console.class})) {
                    return type.cast(constructor.newInstance(console));
                }
            }
            return CommandLine.defaultFactory().create(type);
        }
    }
}
