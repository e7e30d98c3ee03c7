/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Disk;
import dev.vixdisklib.OpenFlag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vixdisk child}. */
@Command(
        name = "child",
        description = {
            "Makes a disk that takes from a parent what it lacks.",
            "From then on, write nothing to the parent, or its children no longer open. An interrupt waits until it is"
                    + " done."
        })
final class ChildCommand extends LocalCommand {

    @Parameters(index = "0", paramLabel = "PARENT", description = "The disk that it begins as.")
    private String parent = "";

    @Parameters(index = "1", paramLabel = "DISK", description = "What to make; nothing must be there.")
    private String name = "";

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            defaultValue = "sparse",
            converter = Type.OfChild.class,
            completionCandidates = Type.OfChild.class,
            description = "How it is stored: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Type type = Type.SPARSE;

    ChildCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        requireFile(parent);
        requireFile(name);
    }

    @Override
    void run() throws IOException {
        try (Disks disks = open();
                Disk from = disks.open(parent, OpenFlag.READ_ONLY);
                ProgressBar bar = console().progress("creating")) {
            Path child = Path.of(name);
            String printable = Messages.oneLine(name);
            Partial.requirePlace(child);
            finish(
                    disks,
                    printable + " is being made",
                    () -> printable + (Files.exists(child) ? " is complete" : " was not made"),
                    () -> from.createChild(child, type.diskType(), bar::atPercent));
        }
    }
}
