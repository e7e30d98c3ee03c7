/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.filesystem;

import de.waldheinz.fs.BlockDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/**
 * A partition as the library for file systems wants it. There is a class like this for every such library: each has its own
 * interface to what it reads from, and all of them are some lines over a {@link SeekableByteChannel}.
 *
 * <p>For one thread, as that library is.
 */
final class PartitionDevice implements BlockDevice {

    private final SeekableByteChannel disk;
    private final Partition partition;
    private boolean isClosed;

    PartitionDevice(SeekableByteChannel disk, Partition partition) {
        this.disk = disk;
        this.partition = partition;
    }

    @Override
    public long getSize() {
        return partition.size();
    }

    @Override
    public int getSectorSize() {
        return 512;
    }

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
        requireInside(offset, target);
        Partition.readFully(disk, partition.start() + offset, target);
    }

    /** Is refused by the channel if the disk was opened to be read only. */
    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
        requireInside(offset, source);
        disk.position(partition.start() + offset);
        while (source.hasRemaining()) {
            disk.write(source);
        }
    }

    /** What is damaged in a file system must not lead into the next partition. */
    private void requireInside(long offset, ByteBuffer bytes) throws IOException {
        if (offset < 0 || offset > partition.size() - bytes.remaining()) {
            throw new IOException(bytes.remaining() + " bytes from byte " + offset + " are not inside partition "
                    + partition.number() + ", which has " + partition.size() + ": its file system is damaged");
        }
    }

    @Override
    public void flush() {
        // Whoever opened the disk flushes it.
    }

    @Override
    public void close() {
        isClosed = true;
    }

    @Override
    public boolean isClosed() {
        return isClosed;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }
}
