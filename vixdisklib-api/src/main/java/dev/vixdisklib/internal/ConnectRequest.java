/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to connect to, and how.
 *
 * @param server null for the files of this host
 * @param target what on the server
 * @param transportModes names of transport modes, in order of preference; none to leave it to the library
 * @param readOnly whether everything opened through the connection is to be read-only
 */
public record ConnectRequest(
        @Nullable ServerAddress server, ConnectTarget target, List<String> transportModes, boolean readOnly) {

    /** Whether this is for the files of this host. */
    boolean isLocal() {
        return server == null;
    }

    /** What to log in with; null for the files of this host. */
    @Nullable
    Login login() {
        return server == null ? null : server.login();
    }

    /** The snapshot of a virtual machine, which is an argument of its own; null if there is none. */
    @Nullable
    String snapshotOfVm() {
        return target instanceof ConnectTarget.Vm vm ? vm.snapshot() : null;
    }

    /**
     * The transport modes as the library takes them; null to leave them to it.
     *
     * @param known those of the library
     */
    @Nullable
    String transportModes(List<String> known) {
        // With a snapshot and no modes, it takes all that it knows; but a VDDK has crashed (fact sheet, paragraph 7).
        List<String> modes = transportModes.isEmpty() && snapshotOfVm() != null ? known : transportModes;
        return modes.isEmpty() ? null : String.join(":", modes);
    }

    /** The same for the server as a whole. */
    ConnectRequest ofServer() {
        return new ConnectRequest(server, ConnectTarget.NONE, List.of(), readOnly);
    }

    /** What an exception is about; null for the files of this host, where it would say nothing. */
    @Nullable
    String about() {
        return server == null ? null : toString();
    }

    @Override
    public String toString() {
        if (server == null) {
            return "this host";
        }
        return target instanceof ConnectTarget.None ? server.name() : target + " on " + server.name();
    }
}
