/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import picocli.CommandLine.ArgGroup;

/** What all commands have in common that use disks, of this host and of a server. */
abstract class DiskCommand extends LibraryCommand {

    @ArgGroup(validate = false, heading = ServerOptions.HEADING)
    private final ServerOptions server = new ServerOptions();

    DiskCommand(Console console) {
        super(console);
    }

    @Override
    final void checkCommon() {
        server.problem().ifPresent(problem -> {
            throw wrongUsage(problem);
        });
    }

    final ServerOptions server() {
        return server;
    }

    /** Opens the library for disks that are only read. */
    final Disks openToRead() throws IOException {
        return new Disks(library().open(), server, true);
    }

    /** Opens the library for disks that are changed. */
    final Disks openToWrite() throws IOException {
        return new Disks(library().open(), server, false);
    }

    /** Refuses names that are none of disks, or do not go with the options of a server. */
    final void requireDisks(String... names) {
        for (String name : names) {
            requireDisk(name);
        }
        requireUseOfServer(names);
    }

    /** Refuses options of a server with names that are all of this host, and names that fit to none of its disks. */
    final void requireUseOfServer(String... names) {
        boolean isUsed = false;
        for (String name : names) {
            if (server.isOnServer(name)) {
                isUsed = true;
                server.problemWithName(name).ifPresent(problem -> {
                    throw wrongUsage(problem);
                });
            }
        }
        if (server.isGiven() && !isUsed) {
            throw wrongUsage("--server is given, and no disk on it; names there begin with [datastore] or server:");
        }
    }
}
