/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.backup;

import dev.vixdisklib.Connection;
import dev.vixdisklib.ConnectionSpec;
import dev.vixdisklib.CopyProgress;
import dev.vixdisklib.Disk;
import dev.vixdisklib.HostUnavailableException;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.PreparedAccess;
import dev.vixdisklib.RetryPolicy;
import dev.vixdisklib.VixDiskLib;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * Backs up a disk of a virtual machine, which may be running.
 *
 * <p>It shows the order that the VDDK guide asks for, as scopes: the machine is kept where it is, has a snapshot, and the disk of
 * the snapshot is read; then all that ends in the opposite order, whatever happens. A connection that is lost is made anew,
 * and the backup goes on at its last checkpoint.
 *
 * <p>A product would add: a snapshot that is quiesced; all disks of the machine in one snapshot, several at a time
 * ({@link Connection#inFlightLimit} bounds what they have in flight together); {@link VixDiskLib#cleanup} after a crash; and
 * the configuration of the machine, which is in no disk.
 */
public final class VmBackup {

    private static final String IDENTITY = "vixdisklib-examples";

    private final VixDiskLib lib;
    private final ConnectionSpec server;
    private final String vm;
    private final Snapshots snapshots;
    private final RetryPolicy retries;

    /** Makes snapshots of the machine, for which the VDDK has nothing: {@code VirtualMachine.createSnapshot_Task} does it. */
    @FunctionalInterface
    public interface Snapshots {

        /**
         * Makes a snapshot.
         *
         * @return the snapshot
         * @throws IOException if that fails
         */
        Snapshot create() throws IOException;
    }

    /** A snapshot; closing it deletes it. */
    public interface Snapshot extends AutoCloseable {

        /**
         * What the server calls it.
         *
         * @return its managed object reference, such as {@code snapshot-47}
         */
        String reference();

        /**
         * What has changed on a disk before the snapshot was made.
         *
         * @param disk such as {@code [datastore1] web/web.vmdk}
         * @return tells it
         */
        ChangeTracker changesOf(String disk);

        @Override
        void close() throws IOException;
    }

    /**
     * Backups of the disks of a machine.
     *
     * @param lib the library
     * @param server a vCenter Server, without anything on it
     * @param vm the managed object reference of the machine, such as {@code vm-42}
     * @param snapshots makes snapshots of the machine
     * @param retries how often a backup connects, and how long it waits before it does so again
     */
    public VmBackup(VixDiskLib lib, ConnectionSpec server, String vm, Snapshots snapshots, RetryPolicy retries) {
        this.lib = lib;
        this.server = server;
        this.vm = vm;
        this.snapshots = snapshots;
        this.retries = retries;
    }

    /**
     * Makes a backup.
     *
     * @param disk such as {@code [datastore1] web/web.vmdk}
     * @param set where the backups of this disk are
     * @param progress hears how far it is
     * @return the backup
     * @throws IOException if something fails; what was prepared has ended then
     * @throws InterruptedException if the thread is interrupted
     */
    @SuppressWarnings("try") // the access is there for its end; in sources for Java 22, "PreparedAccess _" says so
    public BackupPoint run(String disk, BackupSet set, Consumer<? super CopyProgress> progress)
            throws IOException, InterruptedException {
        try (PreparedAccess access = lib.prepareForAccess(server.vm(vm), IDENTITY);
                Snapshot snapshot = snapshots.create()) {
            for (int attempt = 1; ; attempt++) {
                try {
                    return backup(snapshot, disk, set, progress);
                } catch (HostUnavailableException e) {
                    if (attempt == retries.attempts()) {
                        throw e;
                    }
                    Thread.sleep(retries.delay());
                }
            }
        }
    }

    private BackupPoint backup(Snapshot snapshot, String disk, BackupSet set, Consumer<? super CopyProgress> progress)
            throws IOException, InterruptedException {
        try (Connection connection =
                        lib.connect(server.vm(vm, snapshot.reference()).readOnly());
                Disk opened = connection.openDisk(disk, OpenFlag.READ_ONLY)) {
            return set.backup(opened, snapshot.changesOf(disk), progress);
        }
    }
}
