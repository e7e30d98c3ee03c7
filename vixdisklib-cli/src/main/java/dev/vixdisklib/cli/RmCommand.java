/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vixdisk rm}. */
@Command(
        name = "rm",
        description = {
            "Deletes disks with all their files.",
            "It says which, and does not ask. Parents and children stay; a child is of no use without its parent. What is no disk is not deleted."
        })
final class RmCommand extends LocalCommand {

    @Parameters(paramLabel = "DISK", arity = "1..*", description = "A disk, which nobody has open.")
    private List<String> names = List.of();

    RmCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        names.forEach(this::requireFile);
    }

    @Override
    void run() throws IOException {
        try (Disks disks = open()) {
            for (String name : names) {
                delete(disks, Path.of(name));
            }
        }
    }

    private void delete(Disks disks, Path disk) throws IOException {
        if (Extents.names(disk).isEmpty()) {
            disks.requireDisk(disk);
        } else if (!DiskTarget.hasOnlyFilesOfItsName(disk)) {
            throw new IOException(
                    disk + " has its data in " + Extents.files(disk).get(0)
                            + ", which is called as if it were of another disk; delete by hand what is not needed");
        }
        List<Path> files = new ArrayList<>(List.of(disk));
        Path place = disk;
        if (Files.isSymbolicLink(disk)) {
            place = disk.toRealPath();
            files.add(place);
        }
        for (String name : Extents.names(disk)) {
            files.add(place.resolveSibling(name));
        }
        files.removeIf(file -> !Files.exists(file));
        disks.local().deleteDisk(disk);
        files.stream().filter(file -> !Files.exists(file)).forEach(this::tell);
    }

    private void tell(Path deleted) {
        out().println(Messages.oneLine("deleted " + deleted));
    }
}
