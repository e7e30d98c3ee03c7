/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Disk;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.TransportMode;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vixdisk modes}. */
@Command(name = "modes", description = "Tells how the library can reach disks, or reaches one.")
final class ModesCommand extends DiskCommand {

    @Parameters(paramLabel = "DISK", arity = "0..1", description = "A disk to be opened, read-only.")
    private @Nullable String name;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    ModesCommand(Console console) {
        super(console);
    }

    @Override
    void check() {
        if (name != null) {
            requireDisks(name);
        } else if (server().isGiven()) {
            throw wrongUsage("--server is given, and no disk on it");
        }
    }

    @Override
    void run() throws IOException {
        try (Disks disks = openToRead()) {
            List<String> modes = disks.lib().transportModes().stream()
                    .map(TransportMode::name)
                    .toList();
            String used = used(disks);
            if (json) {
                out().println(new Json().put("modes", modes).put("used", used));
                return;
            }
            Table table = Table.ofFacts(console().style()).row("modes", String.join(":", modes));
            if (name != null) {
                table.row("used", used == null ? "the library does not tell" : used);
            }
            out().println(table.fitted(console().terminal()));
        }
    }

    private @Nullable String used(Disks disks) throws IOException {
        if (name == null) {
            return null;
        }
        try (Disk disk = disks.open(name, OpenFlag.READ_ONLY)) {
            return disk.transportMode().map(TransportMode::name).orElse(null);
        }
    }
}
