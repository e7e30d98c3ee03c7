/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/** A target that takes bytes in order only, such as a pipe; holes become zeros. */
final class StreamTarget implements Target {

    private static final int ZEROS = 1 << 16;

    private final String name;
    private final WritableByteChannel channel;
    private long position;

    StreamTarget(String name, WritableByteChannel channel) {
        this.name = name;
        this.channel = channel;
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
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
