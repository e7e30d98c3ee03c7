/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.VixDiskLib;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The disk of {@link Shell}; apart from that class because the thread that ends the shell cannot wait for its initialiser. */
record ShellDisk(VixDiskLib lib, Connection host, Disk disk, Path directory) {

    private static final long CAPACITY = 131_072;

    /** Makes a disk that is deleted when the JVM ends; without one a shell is no use, and is ended. */
    static ShellDisk make() {
        StandardErrorLoggerFinder.setProgram("vixshell");
        try {
            VixDiskLib lib = LibraryOptions.ofEnvironment().open();
            Connection host = lib.connectLocal();
            Path directory = Files.createTempDirectory("vixshell-");
            Path path = directory.resolve("small.vmdk");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(lib, directory), "vixshell-end"));
            host.createDisk(path, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, CAPACITY));
            return new ShellDisk(lib, host, host.openDisk(path), directory);
        } catch (IOException | RuntimeException e) {
            System.err.println("vixshell: " + Messages.of(e));
            System.exit(1);
            throw new AssertionError(e);
        }
    }

    private static void end(VixDiskLib lib, Path directory) {
        try {
            CleanUp.end(lib, () -> delete(directory));
        } catch (IOException e) {
            System.err.println("vixshell: " + Messages.of(e));
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList().reversed()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
