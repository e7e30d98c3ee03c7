/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.HardwareVersion;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vixdisk create}. */
@Command(
        name = "create",
        customSynopsis = "vixdisk create --size=SIZE [OPTIONS] DISK",
        description = {"Makes a disk, which reads as zeros.", "It appears when it is whole."})
final class CreateCommand extends LocalCommand {

    @Parameters(paramLabel = "DISK", description = "What to make.")
    private String name = "";

    @Option(
            names = "--size",
            required = true,
            paramLabel = "SIZE",
            converter = Sizes.class,
            description = "Its size, such as 10G: whole sectors of 512 bytes.")
    private long size;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            defaultValue = "sparse",
            converter = Type.Writable.class,
            completionCandidates = Type.Writable.class,
            description = "How it is stored: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Type type = Type.SPARSE;

    @Option(
            names = "--adapter",
            paramLabel = "ADAPTER",
            defaultValue = "lsilogic",
            converter = Adapters.class,
            completionCandidates = Adapters.class,
            description = "What it is for: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private AdapterType adapter = AdapterType.LSILOGIC;

    @Option(
            names = "--hardware-version",
            paramLabel = "N",
            description = "Of the virtual machine, such as 7 for ESX 4, 11 for ESX 6.0. Default: "
                    + HardwareVersion.CURRENT + ", for ESX 6.5.")
    private int hardwareVersion = HardwareVersion.CURRENT;

    @Option(
            names = "--sector-size",
            paramLabel = "BYTES",
            description = "What a guest takes for a sector, 512 or 4096. Local disks have 512.")
    private @Nullable Integer sectorSize;

    @Option(
            names = "--physical-sector-size",
            paramLabel = "BYTES",
            description = "What a guest should write as a whole, 512 or 4096.")
    private @Nullable Integer physicalSectorSize;

    @Option(names = "--force", description = "Replace the disk if it exists.")
    private boolean force;

    CreateCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        requireFile(name);
        spec();
    }

    private DiskSpec spec() {
        try {
            DiskSpec spec = DiskSpec.of(type.diskType(), sectors("--size", size))
                    .withAdapter(adapter)
                    .withHardwareVersion(hardwareVersion);
            spec = physicalSectorSize == null ? spec : spec.withPhysicalSectorSize(physicalSectorSize);
            return sectorSize == null ? spec : spec.withLogicalSectorSize(sectorSize);
        } catch (IllegalArgumentException e) {
            throw wrongUsage(String.valueOf(e.getMessage()));
        }
    }

    @Override
    void run() throws IOException {
        try (Disks disks = open();
                DiskTarget target = DiskTarget.at(disks.local(), Path.of(name), type.diskType(), force);
                ProgressBar bar = console().progress("creating")) {
            make(target, name, () -> target.begin(at -> disks.local().createDisk(at, spec(), bar::atPercent)));
        }
    }
}
