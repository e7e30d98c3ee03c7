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
import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Backs up local disks from the command line. */
public final class Main {

    private static final String USAGE = """
            usage: make SET DISK.vmdk               makes a backup in the folder SET
                   list SET                         tells which backups there are
                   verify SET NUMBER                tells whether one can be restored
                   restore SET NUMBER NEW.vmdk      makes a disk of one
            """;

    private static final long MEBIBYTE = 1 << 20;

    private Main() {}

    /**
     * Runs the command in the arguments.
     *
     * @param args a command, and what it is to be done with
     * @throws InterruptedException never, since nobody interrupts it
     */
    public static void main(String... args) throws InterruptedException {
        int status = 0;
        try (VixDiskLib lib = Vddk.open();
                Connection host = lib.connectLocal()) {
            if (!run(lib, host, List.of(args), System.out)) {
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
    static boolean run(VixDiskLib lib, Connection host, List<String> args, PrintStream out)
            throws IOException, InterruptedException {
        if (args.size() < 2) {
            return false;
        }
        BackupSet set = new BackupSet(Path.of(args.get(1)));
        switch (args.get(0) + " " + args.size()) {
            case "make 3" -> out.println(backup(host, set, Path.of(args.get(2))));
            case "list 2" -> set.points().forEach(out::println);
            case "verify 3" -> {
                set.verify(Integer.parseInt(args.get(2)));
                out.println("all images are as they were");
            }
            case "restore 4" -> restore(lib, host, set, Integer.parseInt(args.get(2)), Path.of(args.get(3)));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static BackupPoint backup(Connection host, BackupSet set, Path vmdk)
            throws IOException, InterruptedException {
        try (Disk disk = host.openDisk(vmdk, OpenFlag.READ_ONLY)) {
            return set.backup(disk, new ComparingTracker(host, disk, set), Main::tell);
        } finally {
            show("");
        }
    }

    /** The disk has another name until it is whole. */
    private static void restore(VixDiskLib lib, Connection host, BackupSet set, int number, Path vmdk)
            throws IOException, InterruptedException {
        if (Files.exists(vmdk)) {
            throw new FileAlreadyExistsException(vmdk.toString(), null, "exists already");
        }
        Path partial = vmdk.resolveSibling("." + vmdk.getFileName() + ".partial");
        Files.deleteIfExists(partial);
        long capacity = set.point(number).capacity();
        host.createDisk(partial, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, capacity));
        try (Disk disk = host.openDisk(partial)) {
            set.restore(number, disk, Main::tell);
        } finally {
            show("");
        }
        lib.renameDisk(partial, vmdk);
    }

    private static void tell(CopyProgress progress) {
        show(progress.doneBytes() / MEBIBYTE + " MiB, " + progress.bytesPerSecond() / MEBIBYTE + " MiB/s");
    }

    /** Shows what the next call, or whatever is printed next, replaces. */
    @SuppressWarnings("SystemConsoleNull") // there is none with -Djdk.console=java.base
    private static void show(String text) {
        Console console = System.console();
        if (console != null && console.isTerminal()) {
            console.printf("%s\033[K\r", text);
            console.flush();
        }
    }
}
