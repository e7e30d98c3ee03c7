/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.ConnectionSpec;
import java.io.IOException;
import picocli.CommandLine.ArgGroup;

/** What commands have in common that are for a server, and for no disk. */
abstract class ServerCommand extends LibraryCommand {

    private final boolean needsPlace;

    @ArgGroup(validate = false, heading = "%nThe server:%n")
    private final ServerOptions server = new ServerOptions();

    /**
     * A command.
     *
     * @param needsPlace whether it is for a machine or first-class disk, and not for the server as a whole
     */
    ServerCommand(Console console, boolean needsPlace) {
        super(console);
        this.needsPlace = needsPlace;
    }

    @Override
    final void checkCommon() {
        server.problemWithServer(needsPlace).ifPresent(problem -> {
            throw wrongUsage(problem);
        });
    }

    final ConnectionSpec spec() throws IOException {
        return server.spec(false);
    }
}
