/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.util.Objects;
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
            "For bash: source <(vixdisk completion). In zsh, the same after: autoload -U +X bashcompinit && bashcompinit."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CompletionCommand implements Runnable {

    private final Console console;

    @Spec
    private @Nullable CommandSpec spec;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        CommandSpec root = Objects.requireNonNull(Objects.requireNonNull(spec).parent());
        console.out().print(AutoComplete.bash(root.name(), root.commandLine()));
    }
}
