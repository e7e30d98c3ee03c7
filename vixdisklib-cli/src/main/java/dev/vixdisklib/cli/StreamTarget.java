/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import dev.vixdisklib.DiskCopy;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** A target that takes bytes in order only, such as a pipe; holes become zeros. */
final class StreamTarget implements Target {

    private final String name;
    private final FileChannel channel;
    private final boolean isDevice;

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
    public DiskCopy copyOf(DiskCopy.Source source) {
        return source.toChannel(channel);
    }

    @Override
    public void finish(boolean syncs) throws IOException {
        if (isDevice && syncs) {
            try {
                channel.force(true);
            } catch (IOException e) {
                throw Messages.about(name, e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
