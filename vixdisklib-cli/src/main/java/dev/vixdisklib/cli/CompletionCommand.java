/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code vixdisk completion}. */
@Command(
        name = "completion",
        description = {
            "Prints a script that completes commands in bash and zsh.",
            "In both: source <(vixdisk completion), there or in ~/.bashrc or ~/.zshrc."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CompletionCommand implements Runnable {

    /** Keeps bash from completing names of files where nothing else fits, as those of disks. */
    private static final Pattern NO_FILES = Pattern.compile("(?m)^ *type compopt .* && compopt \\+o default\n");

    private final Console console;

    @Spec
    private @Nullable CommandSpec spec;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        CommandSpec root = Objects.requireNonNull(Objects.requireNonNull(spec).parent());
        String script = AutoComplete.bash(root.name(), root.commandLine());
        console.out().print(NO_FILES.matcher(script).replaceAll(""));
    }
}
