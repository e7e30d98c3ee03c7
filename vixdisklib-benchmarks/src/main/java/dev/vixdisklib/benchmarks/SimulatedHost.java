/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.Connection;
import dev.vixdisklib.ConnectionSpec;
import dev.vixdisklib.Credentials;
import dev.vixdisklib.TransportMode;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.shim.Inventory;
import dev.vixdisklib.shim.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The one host of the benchmarks, with one machine that has all disks; {@code yardstick.c} knows it, too. */
final class SimulatedHost {

    private static final String NAME = "esxi.example.com";
    private static final String USER = "benchmark";

    /** No secret: there is no such host. */
    private static final String PASSWORD = "simulated";

    private static final String DATASTORE = "datastore1";
    private static final String MACHINE = "vm-1";

    /** Over SAN, nothing is written without one. */
    private static final String SNAPSHOT = "snapshot-1";

    private SimulatedHost() {}

    /** What the fake is told about it, for disks in a folder. */
    static Inventory inventory(Path folder, List<Path> disks) {
        return Inventory.builder()
                .esxi(NAME)
                .user(USER, PASSWORD)
                .datastore(
                        DATASTORE,
                        "datastore-1",
                        datastore -> datastore.folder(folder.toAbsolutePath()).transports(Transport.SAN, Transport.NBD))
                .vm(MACHINE, disks.stream().map(SimulatedHost::name).toArray(String[]::new))
                .snapshot(SNAPSHOT, MACHINE)
                .build();
    }

    /** The name that a disk has there. */
    static String name(Path disk) {
        return "[" + DATASTORE + "] " + disk.getFileName();
    }

    /** Connects to it, or to this machine if the transport is {@code file}. */
    static Connection connect(VixDiskLib lib, String transport, boolean writing) throws IOException {
        if (transport.equals(TransportMode.FILE.toString())) {
            return lib.connectLocal();
        }
        ConnectionSpec host = ConnectionSpec.server(NAME, Credentials.password(USER, PASSWORD.toCharArray()))
                .vm(MACHINE, SNAPSHOT)
                .transportModes(TransportMode.of(transport));
        return lib.connect(writing ? host : host.readOnly());
    }
}
