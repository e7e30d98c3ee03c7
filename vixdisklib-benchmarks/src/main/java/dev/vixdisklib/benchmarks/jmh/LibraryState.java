/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks.jmh;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.raw.c.VixDiskLibNative;
import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The library, and a folder for disks. */
@State(Scope.Benchmark)
@SuppressWarnings("NullAway.Init") // set up by JMH
public class LibraryState {

    /** The log of the library; a field, since loggers can be collected. */
    private static final Logger LOG = Logger.getLogger("dev.vixdisklib.native");

    private Path folder;
    private VixDiskLib lib;
    private Connection host;
    private Arena arena;
    private MemorySegment rawConnection;

    /** Opens it, with its log turned off. */
    @Setup
    public void open() throws IOException {
        LOG.setLevel(Level.OFF);
        folder = Files.createTempDirectory("vixdisklib-benchmark-");
        lib = VixDiskLib.open(FakeVddk.directory());
        host = lib.connectLocal();
        arena = Arena.ofShared();
        MemorySegment out = arena.allocate(VixDiskLibNative.C_POINTER);
        require(VixDiskLibNative.VixDiskLib_Connect(MemorySegment.NULL, out));
        rawConnection = out.get(VixDiskLibNative.C_POINTER, 0);
    }

    /** Closes it and deletes the disks. */
    @TearDown
    public void close() throws IOException {
        require(VixDiskLibNative.VixDiskLib_Disconnect(rawConnection));
        arena.close();
        lib.close();
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.toList();
        }
        for (Path file : files.reversed()) {
            Files.delete(file);
        }
    }

    /** A new disk that reads as zeros. */
    Disk disk(String name, DiskType type, long bytes) throws IOException {
        Path path = folder.resolve(name);
        host.createDisk(path, DiskSpec.of(type, Sectors.ofBytes(bytes)));
        return host.openDisk(path);
    }

    /** The handle of an open disk, opened once more without the API. */
    MemorySegment openRaw(String name) {
        MemorySegment out = arena.allocate(VixDiskLibNative.C_POINTER);
        MemorySegment path = arena.allocateFrom(folder.resolve(name).toString());
        require(VixDiskLibNative.VixDiskLib_Open(
                rawConnection, path, VixDiskLibNative.VIXDISKLIB_FLAG_OPEN_READ_ONLY(), out));
        return out.get(VixDiskLibNative.C_POINTER, 0);
    }

    static void closeRaw(MemorySegment handle) {
        require(VixDiskLibNative.VixDiskLib_Close(handle));
    }

    static void require(long error) {
        if (error != 0) {
            throw new IllegalStateException("VixDiskLib error " + error);
        }
    }

    /** Has messages for readers of information taken, or left out. */
    static void setLogged(boolean logged) {
        LOG.setUseParentHandlers(false);
        LOG.setLevel(logged ? Level.ALL : Level.INFO);
    }
}
