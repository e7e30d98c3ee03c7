/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.http;

import dev.vixdisklib.Connection;
import dev.vixdisklib.InFlightLimit;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.examples.Vddk;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

/** Serves local disks to this host, until it is ended by Ctrl-C. */
public final class Main {

    private static final int MAX_STREAMS = 32;

    private Main() {}

    /**
     * Serves disks.
     *
     * @param args a port, and disks, which are called by their file names
     * @throws IOException if the port is in use
     * @throws InterruptedException never, since nobody interrupts it
     */
    @SuppressWarnings("try") // the server works by itself
    public static void main(String... args) throws IOException, InterruptedException {
        if (args.length < 2) {
            System.err.println("usage: PORT DISK.vmdk ...");
            System.exit(2);
        }
        Map<String, String> disks = List.of(args).subList(1, args.length).stream()
                .map(Path::of)
                .collect(Collectors.toMap(path -> path.getFileName().toString(), Path::toString));
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        InFlightLimit limit = InFlightLimit.ofBytes(InFlightLimit.DEFAULT_BYTES);
        try (VixDiskLib lib = Vddk.open();
                Connection host = lib.connectLocalReadOnly();
                DiskServer server = new DiskServer(address, host, disks, limit, MAX_STREAMS)) {
            for (String name : disks.keySet()) {
                System.out.println("http:/" + server.address() + "/disks/" + name);
            }
            new CountDownLatch(1).await();
        }
    }
}
