/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.CheckResult;
import dev.vixdisklib.Connection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vixdisk check}. */
@Command(
        name = "check",
        description = {
            "Has the library examine a sparse disk, or repair it.",
            "That it reports no damage is no promise. What cannot be repaired is lost: copy the files before. An interrupt"
                    + " waits until a repair is done."
        },
        footer = {"", "Exit status: 0 no damage reported, or repaired; 1 damaged, or failed; 2 wrong usage."})
final class CheckCommand extends LocalCommand {

    /** What came out. */
    private enum Outcome {
        NO_DAMAGE_REPORTED("no damage reported"),
        NEEDS_REPAIR("is damaged; copy its files, then try 'vixdisk check --repair'"),
        REPAIRED("repaired, and no damage reported now");

        private final String told;

        Outcome(String told) {
            this.told = told;
        }
    }

    @Parameters(paramLabel = "DISK", description = "The disk, which nobody has open for writing.")
    private String name = "";

    @Option(names = "--repair", description = "Repair it, if it is damaged.")
    private boolean repair;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private Outcome outcome = Outcome.NO_DAMAGE_REPORTED;

    CheckCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        requireFile(name);
    }

    @Override
    void run() throws IOException {
        Path disk = Path.of(name);
        try (Disks disks = open()) {
            outcome = examine(disks.local(), disk);
            if (repair && outcome == Outcome.NEEDS_REPAIR) {
                change(disks, name, () -> disks.local().repairDisk(disk));
                if (examine(disks.local(), disk) == Outcome.NO_DAMAGE_REPORTED) {
                    outcome = Outcome.REPAIRED;
                }
            }
        }
        if (json) {
            out().println(new Json()
                    .put("path", disk.toAbsolutePath().toString())
                    .put("result", outcome.name().toLowerCase(Locale.ROOT).replace('_', '-')));
        } else {
            Style style = console().style();
            String told = outcome == Outcome.NEEDS_REPAIR ? style.red(outcome.told) : style.green(outcome.told);
            out().println(Messages.oneLine(name) + ": " + told);
        }
    }

    private static Outcome examine(Connection local, Path disk) throws IOException {
        return local.checkDisk(disk) == CheckResult.NEEDS_REPAIR ? Outcome.NEEDS_REPAIR : Outcome.NO_DAMAGE_REPORTED;
    }

    @Override
    int exitStatus() {
        return outcome == Outcome.NEEDS_REPAIR ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
    }
}
