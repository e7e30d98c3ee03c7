/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Disk;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.VixError;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vixdisk attach}. */
@Command(
        name = "attach",
        description = {
            "Gives a child another parent, of the same size.",
            "What is not written to the child, it takes from there; its own data stays."
        })
final class AttachCommand extends DiskCommand {

    @Parameters(
            index = "0",
            paramLabel = "CHILD",
            description = "A disk of this host that has a parent, and that nobody has open.")
    private String child = "";

    @Parameters(index = "1", paramLabel = "PARENT", description = "What becomes its parent.")
    private String parent = "";

    AttachCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        requireDisk(child);
        requireDisk(parent);
        requireUseOfServer(parent);
        if (server().isOnServer(child)) {
            throw wrongUsage(child + " is on the server, and only disks of this host get other parents");
        }
    }

    @Override
    void run() throws IOException {
        try (Disks disks = openToWrite();
                Disk above = disks.open(parent, OpenFlag.READ_ONLY);
                Disk below = disks.open(child, OpenFlag.SINGLE_LINK)) {
            VixError problem = below.attachProblem(above).orElse(null);
            if (problem != null) {
                throw new IOException(child + " cannot be attached to " + parent + ": "
                        + disks.lib().errorText(problem) + " [" + problem + "]" + advice(problem));
            }
            change(disks, child, () -> below.attachTo(above));
        }
    }

    private static String advice(VixError problem) {
        return problem.code().stream()
                .flatMap(code -> code.hints().stream())
                .findFirst()
                .map(hint -> "; " + hint)
                .orElse("");
    }
}
