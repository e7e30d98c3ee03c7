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
