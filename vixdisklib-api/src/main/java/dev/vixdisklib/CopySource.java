/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.util.Iterator;
import java.util.List;

/** Where a copy takes sectors from. */
abstract class CopySource {

    /** A size that is not known before the end. */
    static final long UNKNOWN = -1;

    /** The size in bytes, of which the last sector may be incomplete; {@link #UNKNOWN} before the end of a channel. */
    abstract long bytes() throws IOException;

    /** Throws {@link IllegalArgumentException} if it cannot be read. */
    void requireReadable() throws IOException {
        // Most can.
    }

    /**
     * What is copied unless there is a plan; what is before a sector may be kept.
     *
     * @param bytes the size as it was when the copy began: that of a file can change
     */
    abstract Iterable<CopyPlan.Step> everything(long bytes, long start);

    /** Reads what some steps say, of as many bytes. */
    abstract CopyStream open(
            long bytes, Iterator<CopyPlan.Step> steps, StreamOptions options, Cancellation cancellation);

    /** A disk. */
    static class OfDisk extends CopySource {

        private final Disk disk;

        OfDisk(Disk disk) {
            this.disk = disk;
        }

        final Disk disk() {
            return disk;
        }

        @Override
        long bytes() {
            return Sectors.toBytes(disk.capacity());
        }

        @Override
        Iterable<CopyPlan.Step> everything(long bytes, long start) {
            AllocatedBlocks blocks = disk.allocatedBlocks();
            long rest = disk.capacity() - start;
            return start == 0 || rest == 0
                    ? CopyPlan.full(blocks)
                    : CopyPlan.full(blocks.within(new SectorRange(start, rest)));
        }

        @Override
        CopyStream open(long bytes, Iterator<CopyPlan.Step> steps, StreamOptions options, Cancellation cancellation) {
            return CopyStream.of(disk.newReader(steps, options));
        }

        @Override
        public String toString() {
            return disk.name();
        }
    }

    /** A part of a disk, which is copied as if it was all of one: its first sector is number 0. */
    static final class OfPart extends OfDisk {

        private final SectorRange part;

        OfPart(Disk disk, SectorRange part) {
            super(disk);
            this.part = part;
        }

        @Override
        long bytes() {
            return Sectors.toBytes(part.count());
        }

        @Override
        Iterable<CopyPlan.Step> everything(long bytes, long start) {
            return CopyPlan.ofPart(disk().allocatedBlocks(), part, start < part.count() ? start : 0);
        }

        @Override
        CopyStream open(long bytes, Iterator<CopyPlan.Step> steps, StreamOptions options, Cancellation cancellation) {
            return CopyStream.of(disk().newReader(new OnDisk(steps, part), options), part.start());
        }

        @Override
        public String toString() {
            return part + " of " + disk().name();
        }

        /** The steps with the sectors as the disk counts them. */
        private record OnDisk(Iterator<CopyPlan.Step> steps, SectorRange part) implements Iterator<CopyPlan.Step> {

            @Override
            public boolean hasNext() {
                return steps.hasNext();
            }

            @Override
            public CopyPlan.Step next() {
                CopyPlan.Step step = steps.next();
                SectorRange range = step.range();
                return new CopyPlan.Step(step.kind(), new SectorRange(part.start() + range.start(), range.count()));
            }
        }
    }

    /** A file with a raw image in it. */
    static final class OfFile extends CopySource {

        private final FileChannel file;

        OfFile(FileChannel file) {
            this.file = file;
        }

        FileChannel file() {
            return file;
        }

        @Override
        long bytes() throws IOException {
            return file.size();
        }

        @Override
        Iterable<CopyPlan.Step> everything(long bytes, long start) {
            long sectors = Math.ceilDiv(bytes, Sectors.SIZE);
            return sectors == 0
                    ? List.of()
                    : List.of(new CopyPlan.Step(CopyPlan.Kind.COPY, new SectorRange(0, sectors)));
        }

        @Override
        void requireReadable() throws IOException {
            requireReadable(file, "source");
        }

        @Override
        CopyStream open(long bytes, Iterator<CopyPlan.Step> steps, StreamOptions options, Cancellation cancellation) {
            return new ImageStream(file, bytes, CopyException.Side.SOURCE, steps, options, cancellation);
        }

        static void requireReadable(FileChannel file, String what) throws IOException {
            try {
                file.read(ByteBuffer.allocate(0), 0);
            } catch (NonReadableChannelException e) {
                throw new IllegalArgumentException(
                        "the " + what + " file was not opened to be read: open it with StandardOpenOption.READ", e);
            }
        }

        @Override
        public String toString() {
            return "the source file";
        }
    }

    /** A channel that is read to its end. */
    static final class OfChannel extends CopySource {

        private final ReadableByteChannel channel;

        OfChannel(ReadableByteChannel channel) {
            this.channel = channel;
        }

        ReadableByteChannel channel() {
            return channel;
        }

        @Override
        long bytes() {
            return UNKNOWN;
        }

        @Override
        Iterable<CopyPlan.Step> everything(long bytes, long start) {
            return List.of();
        }

        @Override
        CopyStream open(long bytes, Iterator<CopyPlan.Step> steps, StreamOptions options, Cancellation cancellation) {
            CopyRules.requireBlocking(channel, "source");
            return new ChannelStream(channel, options, cancellation);
        }

        @Override
        public String toString() {
            return "the source channel";
        }
    }
}
