/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Disk;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code vixdisk shrink} and {@code vixdisk defrag} have in common, which move data inside a disk. */
abstract class CompactCommand extends LocalCommand {

    @Parameters(paramLabel = "DISK", description = "A sparse disk, which nobody has open.")
    private String name = "";

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final String label;

    private CompactCommand(Console console, String label) {
        super(console);
        this.label = label;
    }

    abstract void compact(Disk disk, ProgressListener listener) throws IOException;

    @Override
    void check() {
        requireFile(name);
    }

    @Override
    void run() throws IOException {
        long before;
        try (Disks disks = open();
                Disk disk = disks.open(name, OpenFlag.SINGLE_LINK);
                ProgressBar bar = console().progress(label)) {
            before = bytes(Path.of(name));
            change(disks, name, () -> compact(disk, bar::atPercent));
        }
        long after = bytes(Path.of(name));
        if (json) {
            out().println(new Json()
                    .put("path", Path.of(name).toAbsolutePath().toString())
                    .put("fileBytesBefore", before)
                    .put("fileBytesAfter", after));
        } else {
            out().println(Messages.oneLine(name + ": its files have " + Sizes.format(after)
                    + (before == after ? ", as before" : ", and had " + Sizes.format(before))));
        }
    }

    /** The size of the files of a disk. */
    private static long bytes(Path disk) throws IOException {
        List<Path> files = new ArrayList<>(List.of(disk));
        files.addAll(Extents.files(disk));
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    /** {@code vixdisk shrink}. */
    @Command(
            name = "shrink",
            description = {
                "Gives back the space that zeros take in a sparse disk.",
                "What the disk can hold stays the same. 'vixdisk defrag' before it helps. An interrupt waits until it is done."
            })
    static final class Shrink extends CompactCommand {
        Shrink(Console console) {
            super(console, "shrinking");
        }

        @Override
        void compact(Disk disk, ProgressListener listener) throws IOException {
            disk.shrink(listener);
        }
    }

    /** {@code vixdisk defrag}. */
    @Command(
            name = "defrag",
            description = {
                "Puts the pieces of a sparse disk into order.",
                "That is the order of their sectors, which a flat disk has. An interrupt waits until it is done."
            })
    static final class Defrag extends CompactCommand {
        Defrag(Console console) {
            super(console, "defragmenting");
        }

        @Override
        void compact(Disk disk, ProgressListener listener) throws IOException {
            disk.defragment(listener);
        }
    }
}
