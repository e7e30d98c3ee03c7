/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.SectorRange;
import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.function.LongConsumer;

/** Moves the data of a disk; what is only zeros stays behind. */
final class Transfer implements AutoCloseable {

    /** Where data goes. */
    @FunctionalInterface
    interface Output {
        /** Writes whole sectors, or the last bytes; calls come with ascending offsets, in bytes. */
        void write(long offset, MemorySegment data) throws IOException;
    }

    /** Sectors in a read. */
    private static final int CHUNK = 2048;

    /** What is looked at for zeros and left out as a whole, in bytes: the grain of a sparse disk. */
    private static final long GRANULE = 128L * Sectors.SIZE;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment buffer = Sectors.allocate(arena, CHUNK);
    private final MemorySegment zeros = arena.allocate(GRANULE);
    private final Output output;
    private final LongConsumer progress;

    /**
     * A transfer.
     *
     * @param output where the data goes
     * @param progress hears how many bytes of the disk are done
     */
    Transfer(Output output, LongConsumer progress) {
        this.output = output;
        this.progress = progress;
    }

    /** The sectors that a number of bytes needs, the last one maybe incomplete. */
    static long sectors(long bytes) {
        return bytes / Sectors.SIZE + (bytes % Sectors.SIZE == 0 ? 0 : 1);
    }

    /**
     * Copies a whole disk.
     *
     * @return its size in bytes
     */
    long copy(Source source) throws IOException {
        for (SectorRange range : source.allocated()) {
            long count;
            for (long sector = range.start(); sector < range.end(); sector += count) {
                // Reads begin at multiples of the chunk, so that zeros are found grain by grain.
                count = Math.min(CHUNK - sector % CHUNK, range.end() - sector);
                MemorySegment chunk = buffer.asSlice(0, Sectors.toBytes(count));
                source.read(sector, chunk);
                write(Sectors.toBytes(sector), chunk);
                progress.accept(Sectors.toBytes(sector + count));
            }
        }
        return source.bytes();
    }

    /**
     * Copies what comes from a channel.
     *
     * @param name what to call it in a failure
     * @return how many bytes came
     */
    long copy(ReadableByteChannel channel, String name) throws IOException {
        long offset = 0;
        while (true) {
            ByteBuffer chunk = buffer.asByteBuffer();
            boolean more = true;
            try {
                while (more && chunk.hasRemaining()) {
                    more = channel.read(chunk) >= 0;
                }
            } catch (IOException e) {
                throw Messages.about(name, e);
            }
            write(offset, buffer.asSlice(0, chunk.position()));
            offset += chunk.position();
            if (!more) {
                return offset;
            }
            progress.accept(offset);
        }
    }

    private void write(long offset, MemorySegment chunk) throws IOException {
        long begin = 0;
        while (begin < chunk.byteSize()) {
            while (begin < chunk.byteSize() && isZero(chunk, begin)) {
                begin = granuleEnd(chunk, begin);
            }
            long end = begin;
            while (end < chunk.byteSize() && !isZero(chunk, end)) {
                end = granuleEnd(chunk, end);
            }
            if (begin < end) {
                output.write(offset + begin, chunk.asSlice(begin, end - begin));
            }
            begin = end;
        }
    }

    private boolean isZero(MemorySegment chunk, long begin) {
        long length = granuleEnd(chunk, begin) - begin;
        return MemorySegment.mismatch(chunk, begin, begin + length, zeros, 0, length) < 0;
    }

    private static long granuleEnd(MemorySegment chunk, long begin) {
        return Math.min(begin + GRANULE, chunk.byteSize());
    }

    @Override
    public void close() {
        arena.close();
    }
}
