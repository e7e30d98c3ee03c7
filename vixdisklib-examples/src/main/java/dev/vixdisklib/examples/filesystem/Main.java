/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.filesystem;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskChannel;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.examples.Vddk;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Shows files in a disk from the command line. */
public final class Main {

    private static final String USAGE = """
            usage: partitions DISK.vmdk          tells the partitions
                   list DISK.vmdk NUMBER         tells the files in a partition
                   cat DISK.vmdk NUMBER PATH     writes a file to standard output
            """;

    private Main() {}

    /**
     * Runs the command in the arguments.
     *
     * @param args a command, and what it is to be done with
     */
    public static void main(String... args) {
        int status = 0;
        try (VixDiskLib lib = Vddk.open()) {
            if (!run(lib, List.of(args), System.out)) {
                System.err.print(USAGE);
                status = 2;
            }
        } catch (IOException | IllegalArgumentException e) {
            System.err.println(e.getMessage());
            status = 1;
        }
        System.exit(status);
    }

    /** Returns false if the arguments are none. */
    static boolean run(VixDiskLib lib, List<String> args, PrintStream out) throws IOException {
        String command = args.size() < 2 ? "" : args.get(0) + " " + args.size();
        if (!List.of("partitions 2", "list 3", "cat 4").contains(command)) {
            return false;
        }
        try (Connection host = lib.connectLocal();
                Disk disk = host.openDisk(Path.of(args.get(1)), OpenFlag.READ_ONLY);
                DiskChannel channel = disk.newChannel()) {
            if (args.size() == 2) {
                Partition.of(channel).forEach(out::println);
                return true;
            }
            GuestFiles files = GuestFiles.open(channel, Integer.parseInt(args.get(2)));
            if (args.size() == 3) {
                files.walk("/", (path, size) -> out.printf(Locale.ROOT, "%12d %s%n", size, path));
            } else {
                files.read(args.get(3), Channels.newChannel(out));
            }
            out.flush();
            return true;
        }
    }
}
