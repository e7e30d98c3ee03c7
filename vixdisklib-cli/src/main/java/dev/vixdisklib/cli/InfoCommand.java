/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskInfo;
import dev.vixdisklib.Geometry;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.TransportMode;
import java.io.IOException;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vixdisk info}. */
@Command(name = "info", description = "Tells what a disk is.")
final class InfoCommand extends DiskCommand {

    @Parameters(paramLabel = "DISK", description = "A VMDK file; for a flat or split disk its descriptor.")
    private String name = "";

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    InfoCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        requireDisks(name);
    }

    @Override
    void run() throws IOException {
        try (Disks disks = openToRead();
                Disk disk = disks.open(name, OpenFlag.READ_ONLY)) {
            out().println(json ? json(disk) : table(disk).fitted(console().terminal()));
        }
    }

    private static Json json(Disk disk) throws IOException {
        DiskInfo info = disk.info();
        return new Json()
                .put("path", disk.name())
                .put("capacitySectors", info.capacity())
                .put("capacityBytes", Sectors.toBytes(info.capacity()))
                .put("adapterType", Adapters.name(info.adapterType()))
                .put("numLinks", info.numLinks())
                .put("uuid", info.uuid().orElse(null))
                .put("parentFileNameHint", info.parentFileNameHint().orElse(null))
                .put(
                        "transportMode",
                        disk.transportMode().map(TransportMode::name).orElse(null))
                .put("logicalSectorSize", info.logicalSectorSize())
                .put("physicalSectorSize", info.physicalSectorSize())
                .put("biosGeometry", json(info.biosGeometry()))
                .put("physicalGeometry", json(info.physicalGeometry()));
    }

    private static Json json(Geometry geometry) {
        return new Json()
                .put("cylinders", geometry.cylinders())
                .put("heads", geometry.heads())
                .put("sectors", geometry.sectors());
    }

    private Table table(Disk disk) throws IOException {
        DiskInfo info = disk.info();
        long bytes = Sectors.toBytes(info.capacity());
        return Table.ofFacts(console().style())
                .row("path", disk.name())
                .row(
                        "capacity",
                        Sizes.format(bytes) + " (" + bytes + " bytes, " + Messages.counted(info.capacity(), "sector")
                                + ")")
                .row("adapter", Adapters.name(info.adapterType()))
                .row("links", info.numLinks() + (info.numLinks() > 1 ? ", this one and its parents" : ""))
                .row("parent", info.parentFileNameHint().orElse("-"))
                .row("uuid", info.uuid().orElse("-"))
                .row("transport", disk.transportMode().map(TransportMode::name).orElse("-"))
                .row(
                        "sector size",
                        sectorSize(info.logicalSectorSize()) + " logical, " + sectorSize(info.physicalSectorSize())
                                + " physical")
                .row("BIOS geometry", text(info.biosGeometry()))
                .row("disk geometry", text(info.physicalGeometry()));
    }

    private static String sectorSize(OptionalInt bytes) {
        return bytes.isPresent() ? bytes.getAsInt() + " bytes" : "unknown";
    }

    private static String text(Geometry geometry) {
        return Messages.counted(geometry.cylinders(), "cylinder") + ", " + Messages.counted(geometry.heads(), "head")
                + ", " + Messages.counted(geometry.sectors(), "sector");
    }
}
