/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.AdapterType;
import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskCopy;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.ErrorCode;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.VixDiskLibException;
import java.io.File;
import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A new disk of the library. It is made in a directory of its own, under its own name because the descriptor of a flat disk
 * names the other file, and moved when it is finished, the descriptor last.
 */
final class DiskTarget implements ResumableTarget {

    private static final int MAX_ATTEMPTS = 1000;

    private final Connection host;
    private final Path path;
    private final DiskType type;
    private final boolean replace;
    private volatile Path directory;
    private volatile @Nullable Disk disk;

    /** Whether what is there is deleted when this is closed: it was begun here, and nobody is to go on with it. */
    private boolean isDeleted;

    private boolean done;

    /** Makes a disk where it is told to. */
    @FunctionalInterface
    interface Maker {
        void make(Path at) throws IOException;
    }

    /**
     * A disk at a path, or at that to which a symbolic link leads.
     *
     * @throws IOException if there is something that cannot be replaced, or is not to be
     */
    static DiskTarget at(Connection host, Path path, DiskType type, boolean replace) throws IOException {
        FileKind kind = FileKind.of(path);
        if (kind == FileKind.STREAM || kind == FileKind.BLOCK_DEVICE) {
            throw new FileSystemException(path.toString(), null, "is no regular file, and a .vmdk can be nothing else");
        }
        Path place = FileKind.followed(path);
        for (Path file : files(place, type)) {
            if (!replace && Files.exists(file)) {
                throw exists(file);
            }
        }
        return new DiskTarget(host, place, type, replace);
    }

    DiskTarget(Connection host, Path path, DiskType type, boolean replace) throws IOException {
        this.host = host;
        this.path = path;
        this.type = type;
        this.replace = replace;
        this.directory = Partial.pathFor(path);
    }

    /** The files that a disk of any size is made of; a split one can have more. */
    static List<Path> files(Path path, DiskType type) {
        String end = switch (type) {
            case MONOLITHIC_FLAT, VMFS_FLAT -> "-flat.vmdk";
            case SPLIT_SPARSE -> "-s001.vmdk";
            case SPLIT_FLAT -> "-f001.vmdk";
            default -> "";
        };
        return end.isEmpty() ? List.of(path) : List.of(path, path.resolveSibling(stem(path) + end));
    }

    /** The files that a disk of any size is made of, and those that are there and a disk of some size would have. */
    static List<Path> allFiles(Path path, DiskType type) throws IOException {
        List<Path> files = new ArrayList<>(files(path, type));
        if (type == DiskType.SPLIT_SPARSE || type == DiskType.SPLIT_FLAT) {
            Pattern name = Pattern.compile(
                    Pattern.quote(stem(path)) + (type == DiskType.SPLIT_FLAT ? "-f" : "-s") + "\\d{3,}\\.vmdk");
            try (Stream<Path> beside = Files.list(path.toAbsolutePath().getParent())) {
                beside.map(Path::getFileName)
                        .filter(file -> name.matcher(file.toString()).matches())
                        .forEach(file -> files.add(path.resolveSibling(file)));
            }
        }
        return files;
    }

    private static String stem(Path path) {
        return path.getFileName().toString().replaceFirst("(?i)\\.vmdk$", "");
    }

    /** The files that a new disk would replace or delete; some may not be there. */
    static List<Path> replaced(Path path, DiskType type, boolean replace) throws IOException {
        List<Path> replaced = new ArrayList<>(List.of(path));
        Path place = Files.exists(path) ? path.toRealPath() : path;
        replaced.addAll(allFiles(place, type));
        if (replace) {
            replaced.addAll(deletedWith(place));
        }
        return replaced;
    }

    /** The other files of a disk, which are deleted with it when it is replaced. */
    private static List<Path> deletedWith(Path path) throws IOException {
        return hasOnlyFilesOfItsName(path) ? Extents.files(path) : List.of();
    }

    /**
     * Whether the data of the disk that is to be replaced is in files that are called like it. If a descriptor was copied or
     * renamed alone, its data is that of another disk, maybe of the source.
     */
    static boolean hasOnlyFilesOfItsName(Path path) throws IOException {
        String begin = stem(path) + "-";
        // What follows has no second hyphen: a-1-flat.vmdk is of a-1.vmdk, and not of a.vmdk.
        return Extents.names(path).stream()
                .allMatch(name ->
                        name.startsWith(begin) && name.substring(begin.length()).matches("[^-/]+"));
    }

    @Override
    public void begin(long bytes, @Nullable AdapterType adapter) throws IOException {
        DiskSpec spec = DiskSpec.of(type, Math.ceilDiv(bytes, Sectors.SIZE));
        begin(at -> {
            host.createDisk(at, adapter == null ? spec : spec.withAdapter(adapter));
            disk = host.openDisk(at);
        });
    }

    /** Begins with a disk that is made in any way. Does not keep {@link #close} waiting meanwhile, which can be long. */
    void begin(Maker maker) throws IOException {
        synchronized (this) {
            requireNotDone();
            Files.createDirectory(directory);
            isDeleted = true;
        }
        try {
            maker.make(directory.resolve(path.getFileName()));
        } catch (IOException e) {
            throw named(e);
        }
        requireNothingInTheWay();
    }

    private void requireNothingInTheWay() throws IOException {
        for (Path file : filesDescriptorLast()) {
            if (!replace && Files.exists(placeOf(file))) {
                throw exists(placeOf(file));
            }
        }
    }

    @Override
    public String unfinished() {
        return directory.toString();
    }

    @Override
    public void resume(String unfinished, long bytes) throws IOException {
        synchronized (this) {
            requireNotDone();
            directory = Partial.earlier(path, unfinished);
        }
        Path begun = directory.resolve(path.getFileName());
        Disk opened = host.openDisk(begun);
        disk = opened;
        long sectors = Math.ceilDiv(bytes, Sectors.SIZE);
        if (opened.capacity() != sectors) {
            throw new IOException(
                    begun + " has " + opened.capacity() + " sectors, and had " + sectors + " when it was begun");
        }
        requireNothingInTheWay();
    }

    @Override
    public void beginAgain(String unfinished, long bytes, @Nullable AdapterType adapter) throws IOException {
        synchronized (this) {
            requireNotDone();
            directory = Partial.earlier(path, unfinished);
            Disk opened = disk;
            if (opened != null) {
                opened.close();
                disk = null;
            }
            deleteDirectory();
        }
        begin(bytes, adapter);
    }

    /** The library keeps other processes from writing to it. */
    @Override
    public synchronized void keepUnfinished() {
        isDeleted = false;
    }

    /** Says that a file is in the way. */
    static FileSystemException exists(Path file) {
        return new FileSystemException(file.toString(), null, "exists already; --force replaces it");
    }

    private Path placeOf(Path file) {
        return path.resolveSibling(file.getFileName());
    }

    @Override
    public DiskCopy copyOf(DiskCopy.Source source) {
        return source.to(Objects.requireNonNull(disk)).ontoZeros();
    }

    /** The failure with the name that the user knows in place of the one in the hidden directory. */
    @Override
    public IOException named(IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (!message.contains(directory + File.separator)) {
            return failure;
        }
        return new IOException(
                message.replace(
                        directory + File.separator, path.toAbsolutePath().resolveSibling("") + File.separator),
                failure);
    }

    @Override
    public synchronized void finish(boolean syncs) throws IOException {
        requireNotDone();
        Disk written = disk;
        if (written != null) {
            written.close();
        }
        if (replace) {
            deletePrevious();
        }
        CopyOption[] options = replace ? new CopyOption[] {StandardCopyOption.REPLACE_EXISTING} : new CopyOption[0];
        List<Path> moved = new ArrayList<>();
        try {
            for (Path file : filesDescriptorLast()) {
                Files.move(file, placeOf(file), options);
                moved.add(file);
            }
        } catch (IOException e) {
            // A further process can finish what is kept.
            for (Path file : moved) {
                try {
                    Files.move(placeOf(file), file);
                } catch (IOException another) {
                    e.addSuppressed(another);
                }
            }
            throw e;
        }
        Files.delete(directory);
        done = true;
    }

    /** Deletes the disk that is to be replaced, its other files included; what is no disk is only written over. */
    private void deletePrevious() throws IOException {
        if (!Files.exists(path) || !hasOnlyFilesOfItsName(path)) {
            return;
        }
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
            Disk unfinished = disk;
            try {
                if (unfinished != null) {
                    unfinished.close();
                }
            } finally {
                if (isDeleted) {
                    deleteDirectory();
                }
            }
        }
    }

    private void requireNotDone() throws IOException {
        if (done) {
            throw new IOException(path + ": was cancelled");
        }
    }

    private void deleteDirectory() throws IOException {
        for (int attempts = 1; ; attempts++) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.deleteIfExists(file);
                }
                Files.deleteIfExists(directory);
                return;
            } catch (NoSuchFileException e) {
                return;
            } catch (DirectoryNotEmptyException e) {
                // The library is still making files, until there is no directory for them.
                if (attempts == MAX_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
