/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vixdisk grow}. */
@Command(
        name = "grow",
        customSynopsis = "vixdisk grow --size=SIZE [OPTIONS] DISK",
        description = {
            "Makes a disk larger; what is new reads as zeros.",
            "It has neither a parent nor children, and nobody has it open. An interrupt waits until it is done."
        })
final class GrowCommand extends LocalCommand {

    @Parameters(paramLabel = "DISK", description = "The disk.")
    private String name = "";

    @Option(
            names = "--size",
            required = true,
            paramLabel = "SIZE",
            converter = Sizes.class,
            description = "The new size, such as 20G: whole sectors of 512 bytes, more than it has.")
    private long size;

    @Option(
            names = "--update-geometry",
            description = "Calculate the geometry anew; guests that boot by it may want the old one.")
    private boolean updateGeometry;

    GrowCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        requireFile(name);
        sectors("--size", size);
    }

    @Override
    void run() throws IOException {
        try (Disks disks = open();
                ProgressBar bar = console().progress("growing")) {
            Path disk = Path.of(name);
            long before = disks.requireDisk(disk);
            long sectors = sectors("--size", size);
            if (sectors <= before) {
                throw new IOException(
                        name + " has " + Sectors.toBytes(before) + " bytes already, and a disk only grows");
            }
            change(disks, name, () -> disks.local().growDisk(disk, sectors, updateGeometry, bar::atPercent));
        }
    }
}
