/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.util.List;
import picocli.CommandLine;

/** All commands, of which most runs load one. */
final class Commands {

    /** Their names, in the order of the help. */
    static final List<String> NAMES = List.of(
            "demo",
            "info",
            "copy",
            "map",
            "compare",
            "checksum",
            "dump",
            "meta",
            "space",
            "chain",
            "bench",
            "create",
            "child",
            "attach",
            "clone",
            "grow",
            "shrink",
            "defrag",
            "check",
            "rename",
            "rm",
            "modes",
            "prepare",
            "end-access",
            "cleanup",
            "error",
            "doctor",
            "completion");

    private Commands() {}

    private static Class<?> type(String name) {
        return switch (name) {
            case "demo" -> DemoCommand.class;
            case "info" -> InfoCommand.class;
            case "copy" -> CopyCommand.class;
            case "map" -> MapCommand.class;
            case "compare" -> CompareCommand.class;
            case "checksum" -> ChecksumCommand.class;
            case "dump" -> DumpCommand.class;
            case "meta" -> MetaCommand.class;
            case "space" -> SpaceCommand.class;
            case "chain" -> ChainCommand.class;
            case "bench" -> BenchCommand.class;
            case "create" -> CreateCommand.class;
            case "child" -> ChildCommand.class;
            case "attach" -> AttachCommand.class;
            case "clone" -> CloneCommand.class;
            case "grow" -> GrowCommand.class;
            case "shrink" -> CompactCommand.Shrink.class;
            case "defrag" -> CompactCommand.Defrag.class;
            case "check" -> CheckCommand.class;
            case "rename" -> RenameCommand.class;
            case "rm" -> RmCommand.class;
            case "modes" -> ModesCommand.class;
            case "prepare" -> AccessCommand.Prepare.class;
            case "end-access" -> AccessCommand.End.class;
            case "cleanup" -> CleanupCommand.class;
            case "error" -> ErrorCommand.class;
            case "doctor" -> DoctorCommand.class;
            case "completion" -> CompletionCommand.class;
            default -> throw new IllegalArgumentException("no command " + name);
        };
    }

    /** Adds to the program what the arguments ask for: one command where they begin with its name, or else all. */
    static void add(CommandLine program, CommandLine.IFactory factory, String... args) {
        boolean isOne = args.length > 0 && NAMES.contains(args[0]) && !args[0].equals("completion");
        for (String name : isOne ? List.of(args[0]) : NAMES) {
            program.addSubcommand(name, new CommandLine(type(name), factory));
        }
    }
}
