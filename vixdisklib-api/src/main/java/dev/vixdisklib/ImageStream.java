/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Reads what a plan says of a file that has the bytes of a disk in it. */
final class ImageStream implements CopyStream {

    private final FileChannel file;
    private final long bytes;
    private final CopyException.Side side;
    private final Iterator<CopyPlan.Step> steps;
    private final StreamOptions options;
    private final ChunkSupply chunks;

    // What is to be read next.
    private long at;
    private long end;
    private boolean isZero;

    /**
     * A stream.
     *
     * @param bytes the size of the disk, of which the last sector may be incomplete
     */
    ImageStream(
            FileChannel file,
            long bytes,
            CopyException.Side side,
            Iterator<CopyPlan.Step> steps,
            StreamOptions options,
            Cancellation cancellation) {
        this.file = file;
        this.bytes = bytes;
        this.side = side;
        this.steps = steps;
        this.options = options;
        this.chunks = new ChunkSupply(this, options, cancellation);
    }

    @Override
    public @Nullable Chunk next() throws IOException, InterruptedException {
        while (at == end) {
            if (!steps.hasNext()) {
                return null;
            }
            CopyPlan.Step step = steps.next();
            if (step.kind() != CopyPlan.Kind.KEEP) {
                isZero = step.kind() == CopyPlan.Kind.ZERO;
                at = step.range().start();
                end = step.range().end();
            }
        }
        long start = at;
        long count = isZero ? end - at : options.requestSectors(at, end);
        Chunk chunk = isZero ? chunks.takeOfZeros() : read(start, count);
        at += count;
        return chunk.handOut(start, count);
    }

    private Chunk read(long start, long count) throws IOException, InterruptedException {
        Chunk chunk = chunks.take();
        boolean isRead = false;
        try {
            ByteBuffer unread = chunk.bytes(0, Sectors.toBytes(count));
            long offset = Sectors.toBytes(start);
            unread.limit((int) Math.min(unread.limit(), bytes - offset));
            while (unread.hasRemaining()) {
                if (file.read(unread, offset + unread.position()) < 0) {
                    throw new IOException("it has become shorter while it was read");
                }
            }
            chunk.memory(count).asSlice(unread.limit()).fill((byte) 0);
            isRead = true;
            return chunk;
        } catch (IOException e) {
            throw new CopyException(side, "reading", new SectorRange(start, count), e);
        } finally {
            if (!isRead) {
                chunks.putBack(chunk);
            }
        }
    }

    @Override
    public void close() {
        chunks.close();
    }
}
