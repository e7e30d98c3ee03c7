/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Keeps a copy from replacing or deleting its source, or a part of it. */
final class Apart {

    private Apart() {}

    /**
     * Why something cannot be copied.
     *
     * @param sourceIsDisk whether the source is read from more files than that of its name
     * @param replaced the files that the copy would replace or delete; some may not be there
     * @return what is wrong; empty if source and target have nothing in common
     */
    static Optional<String> problem(Path source, boolean sourceIsDisk, Path target, List<Path> replaced)
            throws IOException {
        if (!Files.exists(source)) {
            return Optional.empty();
        }
        if (Files.exists(target) && Files.isSameFile(source, target)) {
            return Optional.of("source and target are the same file: " + source);
        }
        List<Path> lost = replaced.stream().filter(Files::exists).toList();
        Set<Object> parts = new HashSet<>();
        for (Path part : sourceIsDisk && !lost.isEmpty() ? Chain.files(source) : List.<Path>of()) {
            if (Files.exists(part)) {
                parts.add(identity(part));
            }
        }
        for (Path file : lost) {
            if (parts.contains(identity(file))) {
                return Optional.of(file + " is a part of the source " + source + "; choose another name");
            }
            if (Files.isSameFile(source, file)) {
                return Optional.of("the source " + source + " is a part of " + target + "; choose another name");
            }
        }
        return Optional.empty();
    }

    /** What two names of the same file have in common. */
    private static Object identity(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }
}
