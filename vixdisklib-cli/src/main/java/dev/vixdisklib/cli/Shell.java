/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.VixDiskLib;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * What {@code vixshell} has ready: a library, a connection to this host and a small disk, deleted when the shell ends. The
 * environment variable {@code VIXDISKLIB_LIBDIR} names a real VDDK.
 */
public final class Shell {

    /** The library. */
    public static final VixDiskLib lib;

    /** A connection to the files of this host. */
    public static final Connection host;

    /** A disk of 64 MiB with a few words in its first sector. */
    public static final Disk disk;

    /** Memory for as long as the shell runs. */
    public static final Arena arena = Arena.ofShared();

    static {
        ShellDisk small = ShellDisk.make();
        lib = small.lib();
        host = small.host();
        disk = small.disk();
        try {
            MemorySegment sector = Sectors.allocate(arena, 1);
            sector.setString(0, "Hello from sector 0 of a virtual disk.");
            disk.write(0, sector);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Shell() {}

    /**
     * What a user of the shell sees first.
     *
     * @return some lines
     */
    public static String welcome() {
        return """
                VixDiskLib %s (%s)
                  lib    the library           host   a connection to the files of this host
                  arena  for buffers           disk   %s of 64 MiB, deleted at the end
                Try:  var b = Sectors.allocate(arena, 1); disk.read(0, b); b.getString(0)
                """.formatted(
                        lib.version(), lib.libraryFile(), Path.of(disk.name()).getFileName());
    }
}
