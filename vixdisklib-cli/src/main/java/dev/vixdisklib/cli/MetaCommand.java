/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Disk;
import dev.vixdisklib.Metadata;
import dev.vixdisklib.OpenFlag;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vixdisk meta}. */
@Command(
        name = "meta",
        description = {
            "Lists, reads and writes the metadata of a disk.",
            "These are keys and values that are stored in the disk, such as its adapter type."
        },
        subcommands = {MetaCommand.ListKeys.class, MetaCommand.Get.class, MetaCommand.SetKey.class},
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND")
final class MetaCommand implements Callable<Integer> {

    private static final String DISK = "A VMDK file; for a flat or split disk its descriptor.";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getErr());
        }
        return CommandLine.ExitCode.USAGE;
    }

    /** What the three have in common. */
    @Command
    abstract static class OfDisk extends DiskCommand {

        @Parameters(index = "0", paramLabel = "DISK", description = DISK)
        private String name = "";

        OfDisk(Console console) {
            super(console);
        }

        @Override
        void check() {
            requireDisks(name);
        }

        final String name() {
            return name;
        }

        final Disk openToRead(Disks disks) throws IOException {
            return disks.open(name, OpenFlag.READ_ONLY);
        }
    }

    /** {@code vixdisk meta list}. */
    @Command(name = "list", description = "Prints all keys and their values.")
    static final class ListKeys extends OfDisk {

        @Option(names = "--json", description = "Print one JSON object, with the keys as names.")
        private boolean json;

        ListKeys(Console console) {
            super(console);
        }

        @Override
        void run() throws IOException {
            try (Disks disks = openToRead();
                    Disk disk = openToRead(disks)) {
                Metadata metadata = disk.metadata();
                Json object = new Json();
                Table table = Table.ofFacts(console().style());
                for (String key : metadata.keys()) {
                    String value = metadata.get(key).orElse("");
                    object.put(key, value);
                    table.row(key, Messages.oneLine(value));
                }
                String text = json ? object.toString() : table.fitted(console().terminal());
                out().print(text.isEmpty() ? "" : text + "\n");
            }
        }
    }

    /** {@code vixdisk meta get}. */
    @Command(name = "get", description = "Prints the value of a key.")
    static final class Get extends OfDisk {

        @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
        private String key = "";

        @Option(names = "--json", description = "Print one JSON object, with the key as its name.")
        private boolean json;

        Get(Console console) {
            super(console);
        }

        @Override
        void run() throws IOException {
            try (Disks disks = openToRead();
                    Disk disk = openToRead(disks)) {
                String value = disk.metadata()
                        .get(key)
                        .orElseThrow(() -> new IOException(name() + " has no key '" + key
                                + "' in its metadata; 'vixdisk meta list' prints those that it has"));
                if (json) {
                    out().println(new Json().put(key, value));
                } else {
                    // A program gets it as it is.
                    out().println(console().terminal().outIsTerminal() ? Messages.printable(value) : value);
                }
            }
        }
    }

    /** {@code vixdisk meta set}. */
    @Command(name = "set", description = "Adds a key, or changes its value. Keys cannot be removed again.")
    static final class SetKey extends OfDisk {

        @Parameters(index = "1", paramLabel = "KEY", description = "The key.")
        private String key = "";

        @Parameters(index = "2", paramLabel = "VALUE", description = "The value.")
        private String value = "";

        SetKey(Console console) {
            super(console);
        }

        @Override
        void check() {
            super.check();
            if (key.isEmpty()) {
                throw wrongUsage("the key is empty");
            }
        }

        @Override
        void run() throws IOException {
            try (Disks disks = openToWrite();
                    Disk disk = disks.open(name())) {
                disk.metadata().put(key, value);
            }
        }
    }
}
