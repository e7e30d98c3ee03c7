/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.Connection;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.shim.FakeDisk;
import dev.vixdisklib.shim.FakeSetup;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.Strictness;
import dev.vixdisklib.shim.Timing;
import dev.vixdisklib.shim.Transport;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** The disks and programs that are measured. */
final class Laboratory {

    private static final String READ = "read";
    private static final String WRITE = "write";
    private static final int CHUNK = 1 << 20;

    private final Path folder;
    private final Path yardstick;
    private final Strictness strictness;

    /**
     * A laboratory.
     *
     * @param folder an empty one
     * @param yardstick the C program
     * @param strictness of the fake; anything but {@code OFF} takes time
     */
    Laboratory(Path folder, Path yardstick, Strictness strictness) {
        this.folder = folder;
        this.yardstick = yardstick;
        this.strictness = strictness;
    }

    /** A flat disk with random content, which is in the page cache after that. Bytes are whole sectors. */
    Path flatDisk(String name, long bytes) throws IOException {
        Path disk = folder.resolve(name);
        Path data = FakeDisk.create(disk, Sectors.ofBytes(bytes));
        Random random = new Random(bytes);
        byte[] chunk = new byte[CHUNK];
        try (OutputStream out = Files.newOutputStream(data, StandardOpenOption.WRITE)) {
            for (long left = bytes; left > 0; left -= chunk.length) {
                random.nextBytes(chunk);
                out.write(chunk, 0, (int) Math.min(chunk.length, left));
            }
        }
        return disk;
    }

    /** A disk that is one hole: reading it is the least that the fake can do. */
    Path emptyDisk(String name, long bytes) throws IOException {
        Path disk = folder.resolve(name);
        try (VixDiskLib lib = VixDiskLib.open(FakeVddk.directory());
                Connection host = lib.connectLocal()) {
            host.createDisk(disk, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, Sectors.ofBytes(bytes)));
        }
        return disk;
    }

    /** The C program at work on a disk whose requests take a time. */
    Contestant c(Path disk, Duration latency) throws IOException {
        return Contestant.start(c(disk, latency, READ));
    }

    /** The C program on a disk that it may write. */
    Contestant cWriting(Path disk) throws IOException {
        return Contestant.start(c(disk, Duration.ZERO, WRITE));
    }

    /** The Java program at work on a disk whose requests take a time. */
    Contestant java(Path disk, Duration latency) throws IOException {
        return Contestant.start(java(disk, latency, READ));
    }

    /** The Java program on a disk that it may write. */
    Contestant javaWriting(Path disk) throws IOException {
        return Contestant.start(java(disk, Duration.ZERO, WRITE));
    }

    private List<String> c(Path disk, Duration latency, String access) throws IOException {
        return List.of(
                yardstick.toString(),
                FakeVddk.directory().toString(),
                configuration(latency).toString(),
                disk.toString(),
                access);
    }

    private List<String> java(Path disk, Duration latency, String access) throws IOException {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx32m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                FakeVddk.directory().toString(),
                configuration(latency).toString(),
                disk.toString(),
                access);
    }

    private Path configuration(Duration latency) throws IOException {
        return FakeSetup.create()
                .withTiming(Transport.FILE, Timing.latency(latency))
                .withStrictness(strictness)
                .write(folder.resolve("latency-" + latency.toMillis()));
    }
}
