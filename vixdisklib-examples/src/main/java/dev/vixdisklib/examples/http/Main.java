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
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
     * @param args a port, and disks, which are called by their file names; those with the same one by their folders, too
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
        Map<String, String> disks = byName(vmdks);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        InFlightLimit limit = InFlightLimit.ofBytes(InFlightLimit.DEFAULT_BYTES);
        try (DiskServer server = new DiskServer(address, host, disks, limit, MAX_STREAMS)) {
            disks.keySet().stream()
                    .map(name -> server.uri(name).toASCIIString())
                    .sorted()
                    .forEach(System.out::println);
            new CountDownLatch(1).await();
        }
    }

    /** The disks by what clients call them: the names of their files, with as many folders as it takes to tell them apart. */
    static Map<String, String> byName(List<String> vmdks) throws NoSuchFileException {
        for (String vmdk : vmdks) {
            if (!Files.isRegularFile(Path.of(vmdk))) {
                throw new NoSuchFileException(vmdk, null, "there is no such file");
            }
        }
        List<Path> paths = vmdks.stream()
                .map(vmdk -> Path.of(vmdk).toAbsolutePath().normalize())
                .distinct()
                .toList();
        return paths.stream().collect(Collectors.toMap(path -> name(path, paths), Path::toString));
    }

    private static String name(Path path, List<Path> all) {
        int names = 1;
        while (names < path.getNameCount() && isOfMany(end(path, names), all)) {
            names++;
        }
        return end(path, names).toString();
    }

    private static Path end(Path path, int names) {
        return path.subpath(path.getNameCount() - names, path.getNameCount());
    }

    private static boolean isOfMany(Path end, List<Path> all) {
        return all.stream().filter(path -> path.endsWith(end)).count() > 1;
    }
}
