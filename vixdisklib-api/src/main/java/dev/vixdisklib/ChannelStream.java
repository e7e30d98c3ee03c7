/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/** Reads a channel to its end. */
final class ChannelStream implements CopyStream {

    private final ReadableByteChannel channel;
    private final long chunkSectors;
    private final ChunkSupply chunks;
    private final Cancellation cancellation;
    private long bytes;
    private boolean ended;

    ChannelStream(ReadableByteChannel channel, StreamOptions options, Cancellation cancellation) {
        this.channel = channel;
        this.chunkSectors = options.chunkSectors();
        this.chunks = new ChunkSupply(this, options, cancellation);
        this.cancellation = cancellation;
    }

    /** How many bytes have come. */
    long bytes() {
        return bytes;
    }

    /** The next chunk; the last sector of the last one is filled up with zeros. */
    @Override
    public @Nullable Chunk next() throws IOException, InterruptedException {
        if (ended) {
            return null;
        }
        long start = bytes / Sectors.SIZE;
        Chunk chunk = chunks.take();
        boolean isHandedOut = false;
        try {
            ByteBuffer unread = chunk.bytes(0, Sectors.toBytes(chunkSectors));
            while (!ended && unread.hasRemaining()) {
                ended = read(unread) < 0;
            }
            if (unread.position() == 0) {
                return null;
            }
            bytes += unread.position();
            long count = Math.ceilDiv(unread.position(), Sectors.SIZE);
            chunk.memory(count).asSlice(unread.position()).fill((byte) 0);
            isHandedOut = true;
            return chunk.handOut(start, count);
        } catch (IOException e) {
            throw new CopyException(CopyException.Side.SOURCE, "reading", new SectorRange(start, chunkSectors), e);
        } finally {
            if (!isHandedOut) {
                chunks.putBack(chunk);
            }
        }
    }

    private int read(ByteBuffer unread) throws IOException {
        try {
            cancellation.beginBlocking();
            return channel.read(unread);
        } finally {
            cancellation.endBlocking();
        }
    }

    @Override
    public void close() {
        chunks.close();
    }
}
