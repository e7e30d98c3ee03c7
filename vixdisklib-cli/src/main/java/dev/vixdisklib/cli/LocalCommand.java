/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What commands have in common that make or change disks of this host. */
abstract class LocalCommand extends LibraryCommand {

    LocalCommand(Console console) {
        super(console);
    }

    final Disks open() throws IOException {
        return new Disks(library().open(), new ServerOptions(), false);
    }

    /** Refuses a name that is none of a file. */
    final void requireFile(String name) {
        requireDisk(name);
        if (name.endsWith("/") && !Files.isDirectory(Path.of(name))) {
            throw wrongUsage(name + " names a directory, and a disk is a file; name the file");
        }
    }

    /** Sectors of a size that the user gives. */
    final long sectors(String option, long bytes) {
        if (bytes == 0 || bytes % Sectors.SIZE != 0) {
            throw wrongUsage(option + " is a multiple of " + Sectors.SIZE + " bytes, and not " + bytes);
        }
        return Sectors.ofBytes(bytes);
    }
}
