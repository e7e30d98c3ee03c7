/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.SectorRange;
import dev.vixdisklib.Sectors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.LongConsumer;

/** A raw image: the bytes of a disk from the first to the last. */
final class RawSource implements Source {

    private final Path path;
    private final FileChannel channel;
    private final long bytes;

    private RawSource(Path path, FileChannel channel, long bytes) {
        this.path = path;
        this.channel = channel;
        this.bytes = bytes;
    }

    static RawSource open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        return new RawSource(path, channel, channel.size());
    }

    /**
     * What comes from a channel, stored in a file first. The file has no name any more when this returns, so nothing is left
     * of it in any case.
     */
    static RawSource spooled(ReadableByteChannel input, String name, Path spool, LongConsumer progress)
            throws IOException {
        FileChannel file = FileChannel.open(
                spool,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        try (Transfer transfer = new Transfer((offset, data) -> store(file, offset, data, spool), progress)) {
            long bytes = transfer.copy(input, name);
            if (file.size() < bytes) {
                // It ends in zeros, which the transfer has left out.
                file.write(ByteBuffer.allocate(1), bytes - 1);
            }
            return new RawSource(spool, file, bytes);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static void store(FileChannel file, long offset, MemorySegment data, Path spool) throws IOException {
        try {
            RawTarget.write(file, offset, data);
        } catch (IOException e) {
            throw Messages.about(spool, e);
        }
    }

    @Override
    public long bytes() {
        return bytes;
    }

    /** Everything: which sectors are zeros is found out while copying. */
    @Override
    public List<SectorRange> allocated() {
        return bytes == 0 ? List.of() : List.of(new SectorRange(0, Transfer.sectors(bytes)));
    }

    @Override
    public void read(long startSector, MemorySegment buffer) throws IOException {
        long offset = Sectors.toBytes(startSector);
        ByteBuffer unread = buffer.asByteBuffer();
        unread.limit((int) Math.min(unread.limit(), bytes - offset));
        try {
            while (unread.hasRemaining()) {
                if (channel.read(unread, offset + unread.position()) < 0) {
                    throw new IOException("has become shorter while it was read");
                }
            }
        } catch (IOException e) {
            throw Messages.about(path, e);
        }
        buffer.asSlice(unread.limit()).fill((byte) 0);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
