/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Counted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.WritableByteChannel;
import java.util.Iterator;

/** Where a copy is to go. */
abstract class CopyPlace {

    /** Whether it is a disk. */
    boolean isDisk() {
        return false;
    }

    /** Whether it takes bytes in order only. */
    boolean isChannel() {
        return false;
    }

    /** Throws {@link IllegalArgumentException} with a reason if a copy cannot go here. */
    abstract void require(CopySource source, long bytes, CopySettings settings) throws IOException;

    /** Throws {@link IllegalArgumentException} if it is too small to have so much of an earlier copy. */
    void requireHas(long bytes) throws IOException {
        // Most have their size from the beginning.
    }

    abstract CopyTarget open(StreamOptions options, Cancellation cancellation);

    /** Reads what was written. */
    abstract CopyStream read(
            long bytes, Iterator<CopyPlan.Step> steps, StreamOptions options, Cancellation cancellation);

    /** A disk. */
    static final class OfDisk extends CopyPlace {

        private final Disk disk;

        OfDisk(Disk disk) {
            this.disk = disk;
        }

        @Override
        boolean isDisk() {
            return true;
        }

        @Override
        void require(CopySource source, long bytes, CopySettings settings) {
            if (disk.isReadOnly()) {
                throw new IllegalArgumentException("the target " + disk.name()
                        + " was opened to be read only: open it without OpenFlag.READ_ONLY");
            }
            if (source instanceof CopySource.OfDisk from && isSame(from.disk())) {
                throw new IllegalArgumentException(disk.name() + " is the source and the target");
            }
            if (bytes == CopySource.UNKNOWN) {
                throw new IllegalArgumentException("a channel does not tell its size, and the disk " + disk.name()
                        + " has one: copy to a file first, and from that to the disk");
            }
            long sectors = Math.ceilDiv(bytes, Sectors.SIZE);
            if (disk.capacity() < sectors) {
                throw new IllegalArgumentException(
                        "the target " + disk.name() + " has " + Counted.of(disk.capacity(), "sector") + ", and "
                                + source + " has " + sectors + ": grow the target, or make a larger one");
            }
        }

        private boolean isSame(Disk source) {
            return source == disk || (source.name().equals(disk.name()) && source.isOfSameConnection(disk));
        }

        @Override
        CopyTarget open(StreamOptions options, Cancellation cancellation) {
            return new CopyTarget.OfDisk(disk, options);
        }

        @Override
        CopyStream read(long bytes, Iterator<CopyPlan.Step> steps, StreamOptions options, Cancellation cancellation) {
            return CopyStream.of(disk.newReader(steps, options));
        }

        @Override
        public String toString() {
            return disk.name();
        }
    }

    /** A file that becomes a raw image. */
    static final class OfFile extends CopyPlace {

        private final FileChannel file;

        OfFile(FileChannel file) {
            this.file = file;
        }

        @Override
        void require(CopySource source, long bytes, CopySettings settings) throws IOException {
            if (source instanceof CopySource.OfFile from && from.file().equals(file)) {
                throw new IllegalArgumentException("the same file is the source and the target");
            }
            try {
                file.write(ByteBuffer.allocate(0), 0);
            } catch (NonWritableChannelException e) {
                throw new IllegalArgumentException(
                        "the target file was not opened to be written: open it with StandardOpenOption.WRITE", e);
            }
            if (isAppended()) {
                throw new IllegalArgumentException(
                        "the target file was opened for appending, and a copy writes anywhere:"
                                + " open it without StandardOpenOption.APPEND");
            }
            if (settings.verifies || settings.hashesEarlier()) {
                CopySource.OfFile.requireReadable(file, "target");
            }
        }

        @Override
        void requireHas(long bytes) throws IOException {
            if (file.size() < bytes) {
                throw new IllegalArgumentException(
                        "the target file has " + Counted.of(file.size(), "byte") + ", and had " + bytes
                                + " at the checkpoint: it is another file, or has lost some, so copy all of it");
            }
        }

        /** Whether all that is written goes behind the end, which then is the position, whatever is set. */
        private boolean isAppended() throws IOException {
            long position = file.position();
            if (position == 0) {
                // An empty file is no other than a device here.
                return false;
            }
            file.position(0);
            boolean isAppended = file.position() > 0;
            file.position(position);
            return isAppended;
        }

        @Override
        CopyTarget open(StreamOptions options, Cancellation cancellation) {
            return new CopyTarget.OfFile(file);
        }

        @Override
        CopyStream read(long bytes, Iterator<CopyPlan.Step> steps, StreamOptions options, Cancellation cancellation) {
            return new ImageStream(file, bytes, CopyException.Side.TARGET, steps, options, cancellation);
        }

        @Override
        public String toString() {
            return "the target file";
        }
    }

    /** A channel. */
    static final class OfChannel extends CopyPlace {

        private final WritableByteChannel channel;

        OfChannel(WritableByteChannel channel) {
            this.channel = channel;
        }

        @Override
        boolean isChannel() {
            return true;
        }

        @Override
        void require(CopySource source, long bytes, CopySettings settings) {
            if (source instanceof CopySource.OfChannel from && from.channel().equals(channel)) {
                throw new IllegalArgumentException("the same channel is the source and the target");
            }
            CopyRules.requireBlocking(channel, "target");
            if (settings.plan != null && settings.plan.keepsSome()) {
                throw new IllegalArgumentException("the plan keeps sectors, and a channel has none to keep:"
                        + " copy to a disk or a file that has them");
            }
        }

        @Override
        CopyTarget open(StreamOptions options, Cancellation cancellation) {
            return new CopyTarget.OfChannel(channel, cancellation);
        }

        @Override
        CopyStream read(long bytes, Iterator<CopyPlan.Step> steps, StreamOptions options, Cancellation cancellation) {
            throw new IllegalStateException("a channel cannot be read");
        }

        @Override
        public String toString() {
            return "the target channel";
        }
    }
}
