/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.ErrorCode;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.VixDiskLibException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A new disk of the library. It is made in a directory of its own, under its own name because the descriptor of a flat disk
 * names the other file, and moved when it is finished, the descriptor last.
 */
final class DiskTarget implements Target {

    private final Connection host;
    private final Path path;
    private final boolean replace;
    private final Path directory;
    private final Disk disk;
    private boolean done;

    DiskTarget(Connection host, Path path, DiskSpec spec, boolean replace) throws IOException {
        if (!replace && Files.exists(path)) {
            throw new FileAlreadyExistsException(path.toString());
        }
        this.host = host;
        this.path = path;
        this.replace = replace;
        this.directory = Partial.pathFor(path);
        Files.createDirectory(directory);
        @Nullable Disk made = null;
        try {
            Path inside = directory.resolve(path.getFileName());
            host.createDisk(inside, spec);
            made = host.openDisk(inside);
        } finally {
            if (made == null) {
                deleteDirectory();
            }
        }
        this.disk = made;
    }

    @Override
    public void write(long offset, MemorySegment data) throws IOException {
        disk.write(Sectors.ofBytes(offset), data);
    }

    @Override
    public synchronized void finish(long bytes) throws IOException {
        if (done) {
            throw new IOException(path + ": the copy was cancelled");
        }
        disk.flush();
        disk.close();
        if (replace) {
            deletePrevious();
        }
        CopyOption[] options = replace ? new CopyOption[] {StandardCopyOption.REPLACE_EXISTING} : new CopyOption[0];
        List<Path> moved = new ArrayList<>();
        try {
            for (Path file : filesDescriptorLast()) {
                Path place = path.resolveSibling(file.getFileName());
                Files.move(file, place, options);
                moved.add(place);
            }
        } catch (IOException e) {
            for (Path file : moved) {
                Files.deleteIfExists(file);
            }
            throw e;
        }
        Files.delete(directory);
        done = true;
    }

    /** Deletes the disk that is to be replaced, its other files included; what is no disk is only written over. */
    private void deletePrevious() throws IOException {
        try {
            host.deleteDisk(path);
        } catch (VixDiskLibException e) {
            if (e.error().is(ErrorCode.FILE_ALREADY_LOCKED)) {
                throw e;
            }
        }
    }

    private List<Path> filesDescriptorLast() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            Path descriptor = directory.resolve(path.getFileName());
            return Stream.concat(files.filter(file -> !file.equals(descriptor)).sorted(), Stream.of(descriptor))
                    .toList();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (!done) {
            done = true;
            try {
                disk.close();
            } finally {
                deleteDirectory();
            }
        }
    }

    private void deleteDirectory() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            return;
        }
        Files.deleteIfExists(directory);
    }
}
