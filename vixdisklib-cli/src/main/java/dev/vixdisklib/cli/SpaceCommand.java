/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.ErrorCode;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.VixDiskLibException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vixdisk space}. */
@Command(
        name = "space",
        description = {
            "Tells how much room copies of a disk take, by type.",
            "What is in its parents counts, too. The library reckons it, and knows some types for disks of this host only."
        })
final class SpaceCommand extends DiskCommand {

    /** What the library says of types that it knows no copies of, or none as large. */
    private static final List<ErrorCode> UNKNOWN =
            List.of(ErrorCode.INVALID_ARG, ErrorCode.NOT_SUPPORTED, ErrorCode.FILE_TOO_BIG);

    @Parameters(paramLabel = "DISK", description = "A VMDK file; for a flat or split disk its descriptor.")
    private String name = "";

    @Option(names = "--json", description = "Print a JSON array.")
    private boolean json;

    SpaceCommand(Console console) {
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
            List<Json> objects = new ArrayList<>();
            Table table = Table.withColumns(console().style(), "TYPE", "SIZE", "BYTES");
            for (DiskType type : DiskType.values()) {
                OptionalLong bytes = needed(disk, type);
                if (bytes.isPresent()) {
                    objects.add(new Json().put("type", name(type)).put("bytes", bytes.getAsLong()));
                    table.row(name(type), Sizes.format(bytes.getAsLong()), bytes.getAsLong());
                }
            }
            if (objects.isEmpty()) {
                throw new IOException("the library cannot tell for any type what a copy of " + name + " would take");
            }
            out().println(json ? Json.array(objects) : table);
        }
    }

    /** The bytes that a copy takes; empty if the library knows no copies of the type. */
    private static OptionalLong needed(Disk disk, DiskType type) throws IOException {
        try {
            return OptionalLong.of(disk.spaceNeededForClone(type));
        } catch (VixDiskLibException e) {
            if (UNKNOWN.stream().anyMatch(e.error()::is)) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    /** As the option --type has them. */
    private static String name(DiskType type) {
        return Arrays.stream(Type.values())
                .filter(known -> known.diskType() == type)
                .map(Type::toString)
                .findFirst()
                .orElseGet(() -> type.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    }
}
