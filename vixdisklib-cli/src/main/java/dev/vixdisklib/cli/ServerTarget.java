/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskCopy;
import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A disk on a server, which is there already, since only the server makes disks. It is written in place. */
final class ServerTarget implements ResumableTarget {

    private final Disks disks;
    private final String name;
    private @Nullable Disk disk;
    private boolean closed;

    ServerTarget(Disks disks, String name) {
        this.disks = disks;
        this.name = name;
    }

    /** Does not keep {@link #close} waiting while the server opens the disk. */
    @Override
    public void begin(long bytes, @Nullable AdapterType adapter) throws IOException {
        Disk opened = disks.open(name);
        synchronized (this) {
            disk = opened;
            if (closed) {
                opened.close();
                throw new IOException(name + ": the copy was cancelled");
            }
        }
        long sectors = Math.ceilDiv(bytes, Sectors.SIZE);
        if (opened.capacity() != sectors) {
            throw new IOException(name + " has " + opened.capacity() + " sectors, and the source has " + sectors
                    + "; a disk on a server is overwritten as it is, and has to be of the same size");
        }
    }

    @Override
    public String unfinished() {
        return "";
    }

    @Override
    public void resume(String unfinished, long bytes) throws IOException {
        begin(bytes, null);
    }

    /** Has no hidden name. */
    @Override
    public void beginAgain(String unfinished, long bytes, @Nullable AdapterType adapter) throws IOException {
        begin(bytes, adapter);
    }

    /** It is kept in any case. */
    @Override
    public void keepUnfinished() {}

    @Override
    public DiskCopy copyOf(DiskCopy.Source source) {
        return source.to(Objects.requireNonNull(disk));
    }

    @Override
    public void finish(boolean syncs) throws IOException {
        close();
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        if (disk != null) {
            disk.close();
        }
    }
}
