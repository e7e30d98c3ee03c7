/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What something is called while it is being made. */
final class Partial {

    private Partial() {}

    /**
     * A hidden name beside a path, which no other process uses.
     *
     * @throws IOException if nothing can be made there
     */
    static Path pathFor(Path path) throws IOException {
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new NoSuchFileException(String.valueOf(directory));
        }
        if (!Files.isWritable(directory)) {
            throw new AccessDeniedException(directory.toString());
        }
        return directory.resolve(
                "." + path.getFileName() + "." + ProcessHandle.current().pid() + ".partial");
    }
}
