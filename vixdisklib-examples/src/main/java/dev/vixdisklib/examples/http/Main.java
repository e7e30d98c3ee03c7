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
     * @throws InterruptedException never, since nobody interrupts it
     */
    public static void main(String... args) throws InterruptedException {
        if (args.length < 2) {
            System.err.println("usage: PORT DISK.vmdk ...");
            System.exit(2);
        }
        try (VixDiskLib lib = Vddk.open();
                Connection host = lib.connectLocalReadOnly()) {
            serve(Integer.parseInt(args[0]), host, List.of(args).subList(1, args.length));
        } catch (IOException | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static void serve(int port, Connection host, List<String> vmdks) throws IOException, InterruptedException {
        Map<String, String> disks = vmdks.stream()
                .collect(Collectors.toMap(vmdk -> String.valueOf(Path.of(vmdk).getFileName()), vmdk -> vmdk));
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        InFlightLimit limit = InFlightLimit.ofBytes(InFlightLimit.DEFAULT_BYTES);
        try (DiskServer server = new DiskServer(address, host, disks, limit, MAX_STREAMS)) {
            for (String name : disks.keySet()) {
                System.out.println("http:/" + server.address() + "/disks/" + name);
            }
            new CountDownLatch(1).await();
        }
    }
}
