/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A new raw image, with holes where nothing is written. It has another name until it is finished. */
final class RawTarget implements Target {

    private final Path path;
    private final boolean replace;
    private final Path partial;
    private @Nullable FileChannel channel;
    private boolean done;

    RawTarget(Path path, boolean replace) throws IOException {
        this.path = path;
        this.replace = replace;
        this.partial = Partial.pathFor(path);
    }

    @Override
    public synchronized void begin(long bytes, @Nullable AdapterType adapter) throws IOException {
        requireNotDone();
        channel = FileChannel.open(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Override
    public void write(long offset, MemorySegment data) throws IOException {
        try {
            write(Objects.requireNonNull(channel), offset, data);
        } catch (IOException e) {
            throw Messages.about(path, e);
        }
    }

    /** Writes all of the data at an offset in bytes. */
    static void write(FileChannel channel, long offset, MemorySegment data) throws IOException {
        ByteBuffer unwritten = data.asByteBuffer();
        while (unwritten.hasRemaining()) {
            channel.write(unwritten, offset + unwritten.position());
        }
    }

    @Override
    public synchronized void finish(long bytes) throws IOException {
        requireNotDone();
        try (FileChannel written = Objects.requireNonNull(channel);
                RandomAccessFile file = new RandomAccessFile(partial.toFile(), "rw")) {
            file.setLength(bytes);
            written.force(true);
        } catch (IOException e) {
            throw Messages.about(path, e);
        }
        CopyOption[] options = replace ? new CopyOption[] {StandardCopyOption.REPLACE_EXISTING} : new CopyOption[0];
        Files.move(partial, path, options);
        done = true;
    }

    @Override
    public synchronized void close() throws IOException {
        if (!done) {
            done = true;
            if (channel != null) {
                channel.close();
                Files.deleteIfExists(partial);
            }
        }
    }

    private void requireNotDone() throws IOException {
        if (done) {
            throw new IOException(path + ": the copy was cancelled");
        }
    }
}
