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
            "The folder is on the same file system. The files with its data are renamed as well. Its children do not find"
                    + " it under the new name. An interrupt waits until it is done."
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
            requireNoLink(disk);
            requireOwnData(disk);
            Path target = Path.of(newName);
            Partial.requirePlace(target);
            finish(
                    disks,
                    Messages.oneLine(name) + " is being renamed, which must not be stopped halfway",
                    () -> Messages.oneLine("the disk is " + (Files.exists(disk) ? disk : target)),
                    () -> disks.lib().renameDisk(disk, target));
        }
    }

    /** Refuses a link, which would be left leading to nothing while its disk gets the name. */
    private static void requireNoLink(Path disk) throws IOException {
        if (Files.isSymbolicLink(disk)) {
            throw new FileSystemException(
                    disk.toString(),
                    null,
                    "is a symbolic link; rename the disk itself, which is " + disk.toRealPath()
                            + ", and make the link anew, or only the link with mv");
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
