/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vixdisk rename}. */
@Command(
        name = "rename",
        description = {
            "Gives a disk another name, maybe in another folder.",
            "The folder is on the same file system. The files with its data are renamed as well. Its children do not find it under the new name."
        })
final class RenameCommand extends LocalCommand {

    @Parameters(index = "0", paramLabel = "DISK", description = "The disk, which nobody has open.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Its new name; nothing must be there.")
    private String newName = "";

    RenameCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        requireFile(name);
        requireFile(newName);
    }

    @Override
    void run() throws IOException {
        if (Files.isDirectory(Path.of(newName))) {
            throw new FileSystemException(
                    newName, null, "is a directory; give the name that the disk is to have in it");
        }
        try (Disks disks = open()) {
            Path disk = Path.of(name);
            disks.requireDisk(disk);
            requireOwnData(disk);
            Partial.requirePlace(Path.of(newName));
            disks.lib().renameDisk(disk, Path.of(newName));
        }
    }

    /** Refuses a descriptor that was copied alone: with its data, another disk would lose its own. */
    private static void requireOwnData(Path disk) throws IOException {
        for (Path file : Extents.files(disk)) {
            Path owner = Extents.descriptorOf(file).orElse(disk);
            if (!Files.isSameFile(owner, disk)) {
                throw new IOException(disk + " has its data in " + file + ", which is that of the disk " + owner
                        + ", too; a disk of its own is what 'vixdisk copy' makes");
            }
        }
    }
}
