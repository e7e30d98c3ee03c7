/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import dev.vixdisklib.DiskCopy;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A new raw image, with holes where nothing is written. It has another name until it is finished. */
final class RawTarget implements ResumableTarget {

    private final Path path;
    private final boolean replace;
    private Path partial;
    private boolean isKept;
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
        channel = FileChannel.open(
                partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        if (bytes != UNKNOWN) {
            // One hole: what is not written remains one, at the end too.
            try (RandomAccessFile file = new RandomAccessFile(partial.toFile(), "rw")) {
                file.setLength(bytes);
            } catch (IOException e) {
                throw Messages.about(path, e);
            }
        }
    }

    @Override
    public String unfinished() {
        return partial.toString();
    }

    @Override
    public synchronized void resume(String unfinished, long bytes) throws IOException {
        requireNotDone();
        isKept = true;
        partial = Partial.earlier(path, unfinished);
        channel = FileChannel.open(partial, StandardOpenOption.READ, StandardOpenOption.WRITE);
        keepUnfinished();
        long size = Files.size(partial);
        if (size != bytes) {
            throw new FileSystemException(
                    unfinished, null, "has " + size + " bytes, and had " + bytes + " when it was begun");
        }
    }

    @Override
    public synchronized void beginAgain(String unfinished, long bytes, @Nullable AdapterType adapter)
            throws IOException {
        requireNotDone();
        partial = Partial.earlier(path, unfinished);
        if (channel != null) {
            channel.close();
        }
        Files.deleteIfExists(partial);
        isKept = false;
        begin(bytes, adapter);
    }

    /** Also keeps other processes from writing to it, which take it for what another one has left. */
    @Override
    public synchronized void keepUnfinished() throws IOException {
        if (!isLocked(Objects.requireNonNull(channel))) {
            throw new InUseException(partial);
        }
        isKept = true;
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // By another thread of this process.
            return false;
        }
    }

    @Override
    public DiskCopy copyOf(DiskCopy.Source source) {
        return source.toFile(Objects.requireNonNull(channel)).ontoZeros();
    }

    @Override
    public synchronized void finish(boolean syncs) throws IOException {
        requireNotDone();
        Objects.requireNonNull(channel).close();
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
                if (!isKept) {
                    Files.deleteIfExists(partial);
                }
            }
        }
    }

    private void requireNotDone() throws IOException {
        if (done) {
            throw new IOException(path + ": the copy was cancelled");
        }
    }
}
