/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** A target that takes bytes in order only, such as a pipe; holes become zeros. */
final class StreamTarget implements Target {

    private static final int ZEROS = 1 << 16;

    private final String name;
    private final FileChannel channel;
    private final boolean isDevice;
    private long position;

    /**
     * A target.
     *
     * @param isDevice whether data has to be synced to it
     */
    StreamTarget(String name, FileChannel channel, boolean isDevice) {
        this.name = name;
        this.channel = channel;
        this.isDevice = isDevice;
    }

    @Override
    public void begin(long bytes, @Nullable AdapterType adapter) {
        // It is there already.
    }

    @Override
    public void write(long offset, MemorySegment data) throws IOException {
        writeZerosUntil(offset);
        write(data.asByteBuffer());
    }

    private void writeZerosUntil(long offset) throws IOException {
        @Nullable ByteBuffer zeros = null;
        while (position < offset) {
            zeros = zeros == null ? ByteBuffer.allocateDirect(ZEROS) : zeros.clear();
            zeros.limit((int) Math.min(ZEROS, offset - position));
            write(zeros);
        }
    }

    private void write(ByteBuffer data) throws IOException {
        try {
            while (data.hasRemaining()) {
                position += channel.write(data);
            }
        } catch (IOException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void finish(long bytes) throws IOException {
        writeZerosUntil(bytes);
        if (isDevice) {
            channel.force(true);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
