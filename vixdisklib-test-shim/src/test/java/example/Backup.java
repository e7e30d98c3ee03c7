/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package example;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small backup program, for the example in the documentation: copies a disk of a snapshot to a file. */
final class Backup {

    private static final int SECTORS_AT_ONCE = 2048;

    private final Path vddk;
    private final Path configuration;

    Backup(Path vddk, Path configuration) {
        this.vddk = vddk;
        this.configuration = configuration;
    }

    /** The file is there when it is whole. */
    void run(String vm, String snapshot, String path, Path raw) throws IOException {
        Path partial = raw.resolveSibling(raw.getFileName() + ".part");
        try (Vddk library = new Vddk(vddk, configuration)) {
            Vddk.Params params = Vddk.Params.vm(vm, snapshot);
            library.prepareForAccess(params, "backup");
            try (Vddk.Connection connection = library.connect(params);
                    Vddk.Disk disk = connection.open(path, Vddk.READ_ONLY);
                    OutputStream out = Files.newOutputStream(partial)) {
                copy(disk, out);
            } finally {
                library.endAccess(params, "backup");
            }
            Files.move(partial, raw);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static void copy(Vddk.Disk disk, OutputStream out) throws IOException {
        long capacity = disk.capacity();
        for (long sector = 0; sector < capacity; sector += SECTORS_AT_ONCE) {
            out.write(disk.read(sector, (int) Math.min(SECTORS_AT_ONCE, capacity - sector)));
        }
    }
}
