/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** What something is called while it is being made. */
final class Partial {

    /** In bytes, on every file system that matters. */
    private static final int LONGEST_NAME = 255;

    private Partial() {}

    /**
     * A hidden name beside a path, which no other process uses.
     *
     * @throws IOException if nothing can be made there
     */
    static Path pathFor(Path path) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null || !Files.exists(directory)) {
            throw new NoSuchFileException(String.valueOf(directory));
        }
        if (!Files.isDirectory(directory)) {
            throw new NotDirectoryException(directory.toString());
        }
        if (!Files.isWritable(directory)) {
            throw new AccessDeniedException(directory.toString());
        }
        String end = "." + ProcessHandle.current().pid() + ".partial";
        String begin = "." + path.getFileName();
        while ((begin + end).getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            begin = begin.substring(0, begin.offsetByCodePoints(begin.length(), -1));
        }
        return directory.resolve(begin + end);
    }
}
