/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.backup;

import dev.vixdisklib.Connection;
import dev.vixdisklib.CopyProgress;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.examples.Vddk;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/** Backs up local disks from the command line. */
public final class Main {

    private static final String USAGE = """
            usage: backup SET DISK.vmdk             makes a backup in the folder SET
                   list SET                         tells which backups there are
                   verify SET NUMBER                tells whether one can be restored
                   restore SET NUMBER NEW.vmdk      makes a disk of one
            """;

    private Main() {}

    /**
     * Runs the command in the arguments.
     *
     * @param args a command, and what it is to be done with
     * @throws IOException if something fails
     * @throws InterruptedException never, since nobody interrupts it
     */
    public static void main(String... args) throws IOException, InterruptedException {
        boolean isUnderstood;
        try (VixDiskLib lib = Vddk.open();
                Connection host = lib.connectLocal()) {
            isUnderstood = run(host, List.of(args), System.out);
        }
        if (!isUnderstood) {
            System.err.print(USAGE);
            System.exit(2);
        }
    }

    /** Returns false if the arguments are none. */
    static boolean run(Connection host, List<String> args, PrintStream out) throws IOException, InterruptedException {
        if (args.size() < 2) {
            return false;
        }
        BackupSet set = new BackupSet(Path.of(args.get(1)));
        switch (args.get(0) + " " + args.size()) {
            case "backup 3" -> out.println(backup(host, set, Path.of(args.get(2)), out));
            case "list 2" -> set.points().forEach(out::println);
            case "verify 3" -> {
                set.verify(Integer.parseInt(args.get(2)));
                out.println("all images are as they were");
            }
            case "restore 4" -> restore(host, set, Integer.parseInt(args.get(2)), Path.of(args.get(3)), out);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static BackupPoint backup(Connection host, BackupSet set, Path vmdk, PrintStream out)
            throws IOException, InterruptedException {
        try (Disk disk = host.openDisk(vmdk, OpenFlag.READ_ONLY)) {
            return set.backup(disk, new ComparingTracker(host, disk, set), progress -> tell(progress, out));
        }
    }

    private static void restore(Connection host, BackupSet set, int number, Path vmdk, PrintStream out)
            throws IOException, InterruptedException {
        host.createDisk(
                vmdk, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, set.point(number).capacity()));
        try (Disk disk = host.openDisk(vmdk)) {
            set.restore(number, disk, progress -> tell(progress, out));
        }
    }

    private static void tell(CopyProgress progress, PrintStream out) {
        out.printf(
                "%s of %s bytes%s%n",
                progress.doneBytes(),
                progress.totalBytes().isPresent() ? progress.totalBytes().getAsLong() : "?",
                progress.remaining()
                        .map(time -> ", " + time.toSeconds() + " s left")
                        .orElse(""));
    }
}
