/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files with the data of a disk whose descriptor is a file of its own. */
final class Extents {

    /** What such a file is usually called. */
    private static final Pattern NAME = Pattern.compile("(?i)(.+)-(?:flat|delta|[fs]\\d+)(\\.vmdk)");

    private Extents() {}

    /**
     * The names in a descriptor, as they are written there.
     *
     * @return the names; none if the file is missing, is no descriptor, or has the data in it
     * @throws IOException if the file cannot be read
     */
    static List<String> names(Path disk) throws IOException {
        return Descriptor.read(disk).map(Descriptor::extents).orElse(List.of());
    }

    /**
     * The files that a descriptor names.
     *
     * @return the files, which need not exist; none where {@link #names} gives none
     * @throws IOException if the descriptor cannot be read
     */
    static List<Path> files(Path disk) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String name : names(disk)) {
            try {
                files.add(disk.toRealPath().resolveSibling(name));
            } catch (InvalidPathException e) {
                // This locale has no name for it, so nobody can have named it in a command.
            }
        }
        return files;
    }

    /** The descriptor of the disk that a file is a part of, found by its name. */
    static Optional<Path> descriptorOf(Path file) throws IOException {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        if (!name.matches() || !Files.exists(file)) {
            return Optional.empty();
        }
        Path descriptor = file.resolveSibling(name.group(1) + name.group(2));
        for (Path extent : Files.isReadable(descriptor) ? files(descriptor) : List.<Path>of()) {
            if (Files.exists(extent) && Files.isSameFile(extent, file)) {
                return Optional.of(descriptor);
            }
        }
        return Optional.empty();
    }
}
