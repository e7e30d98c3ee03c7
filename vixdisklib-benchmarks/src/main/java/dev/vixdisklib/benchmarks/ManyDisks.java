/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.Chunk;
import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskReader;
import dev.vixdisklib.InFlightLimit;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.StreamOptions;
import dev.vixdisklib.VixDiskLib;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Streams of many disks of a host at once, each read by a virtual thread, under one limit. Its arguments are the directory of
 * a VDDK, a configuration file, a transport, the limit in bytes, and the names of disks.
 */
final class ManyDisks {

    private static final int DISKS_FROM = 4;

    private ManyDisks() {}

    /** Reads the disks, and tells how that went. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> names = List.of(arguments).subList(DISKS_FROM, arguments.length);
        try (VixDiskLib lib = Worker.open(Path.of(arguments[0]), arguments[1]);
                Connection host = SimulatedHost.connect(lib, arguments[2], false)) {
            List<Disk> disks = new ArrayList<>();
            for (String name : names) {
                disks.add(host.openDisk(name, OpenFlag.READ_ONLY));
            }
            InFlightLimit limit = InFlightLimit.ofBytes(Long.parseLong(arguments[3]));
            // So that what counts is not how the program begins.
            readAll(disks, limit);
            long begin = System.nanoTime();
            long bytes = readAll(disks, limit);
            long nanoseconds = System.nanoTime() - begin;
            System.out.println(
                    Figures.of("bytes", bytes, "nanoseconds", nanoseconds, "mostInFlight", limit.mostInFlight())
                            .line());
            for (Disk disk : disks) {
                disk.close();
            }
        }
    }

    private static long readAll(List<Disk> disks, InFlightLimit limit) throws IOException, InterruptedException {
        List<Future<Long>> reads = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Disk disk : disks) {
                reads.add(threads.submit(() -> read(disk, limit)));
            }
        }
        long bytes = 0;
        for (Future<Long> read : reads) {
            try {
                bytes += read.get();
            } catch (ExecutionException e) {
                throw new IOException("a disk cannot be read", e.getCause());
            }
        }
        return bytes;
    }

    private static long read(Disk disk, InFlightLimit limit) throws IOException, InterruptedException {
        long bytes = 0;
        try (DiskReader reader = disk.newReader(StreamOptions.defaults().withLimit(limit))) {
            Chunk chunk = reader.next();
            while (chunk != null) {
                bytes += chunk.segment().byteSize();
                chunk.close();
                chunk = reader.next();
            }
        }
        return bytes;
    }
}
