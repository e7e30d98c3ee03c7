/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.CleanupException;
import dev.vixdisklib.CleanupResult;
import dev.vixdisklib.VixDiskLib;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code vixdisk cleanup}. */
@Command(
        name = "cleanup",
        description = {
            "Removes what crashed programs have left on a server.",
            "That is disks attached by hotadd, and machines prepared for access. Do not use it while such programs run."
        },
        footer = {"", "Exit status: 0 nothing is left, 1 machines remain, or failed, 2 wrong usage."})
final class CleanupCommand extends ServerCommand {

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private int remaining;

    CleanupCommand(Console console) {
        super(console, false);
    }

    @Override
    void run() throws IOException {
        try (VixDiskLib lib = library().open()) {
            tell(lib.cleanup(spec()));
        } catch (CleanupException e) {
            if (e.result().remaining() == 0 && e.result().cleanedUp() == 0) {
                throw e;
            }
            tell(e.result());
            console().err().println("vixdisk: " + Messages.of(e));
        }
    }

    private void tell(CleanupResult result) {
        remaining = result.remaining();
        if (json) {
            out().println(new Json().put("cleanedUp", result.cleanedUp()).put("remaining", remaining));
        } else {
            out().println(Table.ofFacts(console().style())
                    .row("cleaned up", Messages.counted(result.cleanedUp(), "machine"))
                    .row("remaining", Messages.counted(remaining, "machine")));
        }
    }

    @Override
    int exitStatus() {
        return remaining > 0 ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }
}
