/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** Where a copy goes. Calls come with ascending sectors, on one thread. */
abstract class CopyTarget implements AutoCloseable {

    /** Zeros to be written, in bytes. */
    private static final int ZEROS = 1 << 18;

    /** The size of the disk in bytes; of the last sector, no more than this is written. */
    private long bytes = Long.MAX_VALUE;

    /** Tells the size, once it is known. */
    final void endAt(long size) {
        bytes = size;
    }

    /** The bytes of sectors, without what is behind the end. */
    final long bytesIn(long start, long end) {
        return offset(end) - offset(start);
    }

    final long offset(long sector) {
        return Math.min(Sectors.toBytes(sector), bytes);
    }

    /** Which sectors have zeros in them if nothing was written to them. */
    abstract KnownZeros zeros() throws IOException;

    /** Writes sectors of a chunk; its memory is used until it {@linkplain #settle has settled}. */
    abstract void write(Chunk chunk, long start, long end) throws IOException, InterruptedException;

    /** Writes zeros. */
    abstract void zero(long start, long end) throws IOException, InterruptedException;

    /** Waits until all that was written has been carried out. */
    void settle() throws IOException, InterruptedException {
        // Most carry it out within the call.
    }

    /** Throws if it can be known before the work that it cannot be put on stable storage. */
    void requireSync() throws IOException {
        // Most can be, or not be known.
    }

    /** Puts all that has settled on stable storage. */
    abstract void sync() throws IOException;

    /** Makes the target large enough to have all sectors before one; all that was written has settled. */
    void reach(long sector) throws IOException {
        // Most are.
    }

    /** Frees the memory; what is written to remains open. */
    @Override
    public void close() throws IOException {
        // Most have none.
    }

    /** A disk. */
    static final class OfDisk extends CopyTarget {

        private final Disk disk;
        private final DiskWriter writer;

        OfDisk(Disk disk, StreamOptions options) {
            this.disk = disk;
            this.writer = disk.newWriter(options);
        }

        @Override
        KnownZeros zeros() {
            return KnownZeros.of(disk);
        }

        @Override
        void write(Chunk chunk, long start, long end) throws IOException, InterruptedException {
            if (start == chunk.startSector()) {
                writer.write(start, end - start, chunk);
                return;
            }
            // Requests are made from the beginning of a chunk, and this one may be in flight already.
            try (Chunk part = writer.chunk()) {
                MemorySegment.copy(
                        chunk.memory(chunk.sectorCount()),
                        Sectors.toBytes(start - chunk.startSector()),
                        part.segment(),
                        0,
                        Sectors.toBytes(end - start));
                writer.write(start, end - start, part);
            }
        }

        @Override
        void zero(long start, long end) throws IOException, InterruptedException {
            writer.zero(start, end - start);
        }

        @Override
        void settle() throws IOException, InterruptedException {
            writer.finish();
        }

        @Override
        void requireSync() throws IOException {
            disk.flush();
        }

        @Override
        void sync() throws IOException {
            disk.flush();
        }

        @Override
        public void close() throws IOException {
            writer.close();
        }
    }

    /** What takes bytes. */
    abstract static class OfBytes extends CopyTarget {

        private final ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS);

        @Override
        final void write(Chunk chunk, long start, long end) throws IOException {
            long from = Sectors.toBytes(start - chunk.startSector());
            write(chunk.bytes(from, from + bytesIn(start, end)), start, end);
        }

        @Override
        final void zero(long start, long end) throws IOException {
            long step = Sectors.ofBytes(ZEROS);
            for (long at = start; at < end; at += step) {
                long to = Math.min(at + step, end);
                write(zeros.clear().limit((int) bytesIn(at, to)), at, to);
            }
        }

        private void write(ByteBuffer data, long start, long end) throws IOException {
            try {
                write(data, offset(start));
            } catch (IOException e) {
                throw new CopyException(CopyException.Side.TARGET, "writing", new SectorRange(start, end - start), e);
            }
        }

        /** Writes all of a buffer. */
        abstract void write(ByteBuffer data, long offset) throws IOException;
    }

    /** A file, of which any part can be written. */
    static final class OfFile extends OfBytes {

        private final FileChannel file;

        OfFile(FileChannel file) {
            this.file = file;
        }

        @Override
        KnownZeros zeros() throws IOException {
            return KnownZeros.after(file.size());
        }

        @Override
        void write(ByteBuffer data, long offset) throws IOException {
            long begin = offset - data.position();
            while (data.hasRemaining()) {
                file.write(data, begin + data.position());
            }
        }

        @Override
        void sync() throws IOException {
            try {
                file.force(false);
            } catch (IOException e) {
                throw new CopyException(e);
            }
        }

        @Override
        void reach(long sector) throws IOException {
            long size = offset(sector);
            if (file.size() < size) {
                try {
                    write(ByteBuffer.allocate(1), size - 1);
                    requireReached(size);
                } catch (IOException e) {
                    throw new CopyException(CopyException.Side.TARGET, "writing", new SectorRange(sector - 1, 1), e);
                }
            }
        }

        /** Throws if what was written went elsewhere. */
        private void requireReached(long size) throws IOException {
            long reached = file.size();
            // A device has no size.
            if (reached > 0 && reached < size) {
                throw new IOException("it was opened for appending, and a copy writes anywhere:"
                        + " open it without StandardOpenOption.APPEND");
            }
        }
    }

    /** A channel, which takes bytes in order. */
    static final class OfChannel extends OfBytes {

        private final WritableByteChannel channel;
        private final Cancellation cancellation;

        OfChannel(WritableByteChannel channel, Cancellation cancellation) {
            this.channel = channel;
            this.cancellation = cancellation;
        }

        @Override
        KnownZeros zeros() {
            return KnownZeros.none();
        }

        @Override
        void write(ByteBuffer data, long offset) throws IOException {
            try {
                cancellation.beginBlocking();
                while (data.hasRemaining()) {
                    channel.write(data);
                    // One that does not wait until it can take something cannot be interrupted.
                    cancellation.check();
                }
            } finally {
                cancellation.endBlocking();
            }
        }

        @Override
        void sync() {
            // What the bytes go to from here is known to the user only.
        }
    }
}
