/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskInfo;
import dev.vixdisklib.Geometry;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.TransportMode;
import dev.vixdisklib.VixDiskLib;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vixdisk info}. */
@Command(
        name = "info",
        description = "Tells what a disk is.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class InfoCommand implements Callable<Integer> {

    private final PrintStream out;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final LibraryOptions library = new LibraryOptions();

    @Parameters(paramLabel = "DISK", description = "A VMDK file; for a flat or split disk its descriptor.")
    private String name = "";

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    InfoCommand(PrintStream out) {
        this.out = out;
    }

    @Override
    public Integer call() throws IOException {
        if (name.isEmpty()) {
            throw wrongUsage("a name is empty");
        }
        if (name.equals("-")) {
            throw wrongUsage("info needs a file and reads no standard input; a file of that name is ./-");
        }
        try (VixDiskLib lib = library.open();
                Connection host = lib.connectLocal();
                Disk disk = DiskSource.open(host, Path.of(name)).disk()) {
            out.println(json ? json(disk) : Messages.printable(table(disk)));
        }
        return CommandLine.ExitCode.OK;
    }

    private ParameterException wrongUsage(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }

    private static Json json(Disk disk) throws IOException {
        DiskInfo info = disk.info();
        return new Json()
                .put("path", disk.name())
                .put("capacitySectors", info.capacity())
                .put("capacityBytes", Sectors.toBytes(info.capacity()))
                .put("adapterType", name(info.adapterType()))
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

    private static String table(Disk disk) throws IOException {
        DiskInfo info = disk.info();
        long bytes = Sectors.toBytes(info.capacity());
        return String.join(
                System.lineSeparator(),
                "path            " + disk.name(),
                "capacity        " + Sizes.format(bytes) + " (" + bytes + " bytes, " + info.capacity() + " sectors)",
                "adapter         " + name(info.adapterType()),
                "links           " + info.numLinks() + (info.numLinks() > 1 ? ", this one and its parents" : ""),
                "parent          " + info.parentFileNameHint().orElse("-"),
                "uuid            " + info.uuid().orElse("-"),
                "transport       "
                        + disk.transportMode().map(TransportMode::name).orElse("-"),
                "sector size     " + sectorSize(info.logicalSectorSize()) + " logical, "
                        + sectorSize(info.physicalSectorSize()) + " physical",
                "BIOS geometry   " + text(info.biosGeometry()),
                "disk geometry   " + text(info.physicalGeometry()));
    }

    private static String sectorSize(OptionalInt bytes) {
        return bytes.isPresent() ? bytes.getAsInt() + " bytes" : "unknown";
    }

    private static String text(Geometry geometry) {
        return geometry.cylinders() + " cylinders, " + geometry.heads() + " heads, " + geometry.sectors() + " sectors";
    }

    private static String name(AdapterType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
