/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The links that a disk is read from: the disk, its parent, the parent of that, and so on. */
final class Chain {

    private Chain() {}

    /**
     * All files that a disk is read from, but the one that names it.
     *
     * @return the files, which need not exist
     * @throws IOException if one of them cannot be read that tells where there are more
     */
    static List<Path> files(Path disk) throws IOException {
        List<Path> files = new ArrayList<>();
        Set<Path> seen = new HashSet<>();
        Optional<Path> link = Optional.of(disk);
        // A chain can lead back to where it came from. The library says so.
        while (link.isPresent()
                && Files.isReadable(link.get())
                && seen.add(link.get().toRealPath())) {
            files.addAll(Extents.files(link.get()));
            link = parent(link.get());
            link.ifPresent(files::add);
        }
        return files;
    }

    /**
     * A link.
     *
     * @param path its descriptor, or its only file
     * @param descriptor what it says of itself; empty if it is missing or no disk
     * @param files all files of it, which need not exist
     */
    record Link(Path path, Optional<Descriptor> descriptor, List<Path> files) {

        List<Path> missing() {
            return files.stream().filter(file -> !Files.exists(file)).toList();
        }

        /** How long the files are together. */
        long bytes() throws IOException {
            long sum = 0;
            for (Path file : files) {
                sum += Files.exists(file) ? Files.size(file) : 0;
            }
            return sum;
        }
    }

    /**
     * The links from a disk to its base, or to the first one that is missing.
     *
     * @throws IOException if one of them cannot be read, or the chain leads back to itself
     */
    static List<Link> links(Path disk) throws IOException {
        List<Link> links = new ArrayList<>();
        Set<Path> seen = new HashSet<>();
        Optional<Path> next = Optional.of(disk);
        while (next.isPresent()) {
            Path path = next.get();
            if (Files.exists(path) && !seen.add(path.toRealPath())) {
                throw new FileSystemException(path.toString(), null, "is its own parent, by way of others or not");
            }
            List<Path> files = new ArrayList<>(List.of(path));
            files.addAll(Extents.files(path));
            links.add(new Link(path, Descriptor.read(path), List.copyOf(files)));
            next = Files.exists(path) ? parent(path) : Optional.empty();
        }
        return links;
    }

    /** Where the library looks for the parent of a link: where the link says, or else beside the link. */
    private static Optional<Path> parent(Path link) throws IOException {
        String hint = Descriptor.read(link).flatMap(Descriptor::parentHint).orElse(null);
        if (hint == null) {
            return Optional.empty();
        }
        try {
            Path place = link.toRealPath();
            Path parent = place.resolveSibling(hint);
            Path name = parent.getFileName();
            return Optional.of(
                    name == null || Files.exists(parent) || !Files.exists(place.resolveSibling(name))
                            ? parent
                            : place.resolveSibling(name));
        } catch (InvalidPathException e) {
            // There can be links behind it that have names.
            throw new FileSystemException(
                    link.toString(),
                    null,
                    "its parent has a name with characters that the encoding of this locale lacks;"
                            + " set LC_ALL to a locale with its encoding");
        }
    }
}
