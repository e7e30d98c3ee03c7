/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.CopyException;
import dev.vixdisklib.CopyProgress;
import dev.vixdisklib.DiskCopy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/** A raw image: the bytes of a disk from the first to the last. */
final class RawSource implements Source {

    private final FileChannel channel;
    private final long bytes;

    private RawSource(FileChannel channel, long bytes) {
        this.channel = channel;
        this.bytes = bytes;
    }

    static RawSource open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        return new RawSource(channel, channel.size());
    }

    /**
     * What comes from a channel, stored in a file first. The file has no name any more when this returns, so nothing is left
     * of it in any case.
     */
    static RawSource spooled(ReadableByteChannel input, String name, Path spool, Consumer<CopyProgress> progress)
            throws IOException {
        FileChannel file = FileChannel.open(
                spool,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
        try {
            long bytes = DiskCopy.fromChannel(input)
                    .toFile(file)
                    .skippingZeros()
                    .withoutSync()
                    .withProgress(progress)
                    .run()
                    .totalBytes();
            return new RawSource(file, bytes);
        } catch (CopyException e) {
            file.close();
            throw Messages.ofSide(e, name, spool);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        } catch (InterruptedException e) {
            file.close();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public DiskCopy.Source contents() {
        return DiskCopy.fromFile(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
