/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a name stands for, symbolic links followed. */
enum FileKind {
    /** Nothing, or a symbolic link that leads nowhere. */
    MISSING,
    /** A file that can be replaced. */
    REGULAR,
    /** A whole medium or partition, with a size. */
    BLOCK_DEVICE,
    /** A pipe or a character device: bytes in order, without a size. */
    STREAM;

    private static final int TYPE = 0xF000;
    private static final int BLOCK = 0x6000;

    /**
     * What a path stands for.
     *
     * @throws FileSystemException if it is a directory
     */
    static FileKind of(Path path) throws IOException {
        if (!Files.exists(path)) {
            return MISSING;
        }
        if (Files.isRegularFile(path)) {
            return REGULAR;
        }
        if (Files.isDirectory(path)) {
            throw new FileSystemException(path.toString(), null, "is a directory");
        }
        return ((int) Files.getAttribute(path, "unix:mode") & TYPE) == BLOCK ? BLOCK_DEVICE : STREAM;
    }

    /** What a symbolic link leads to: that is replaced, not the link. */
    static Path followed(Path path) throws IOException {
        if (!Files.isSymbolicLink(path)) {
            return path;
        }
        if (!Files.exists(path)) {
            throw new FileSystemException(path.toString(), null, "is a symbolic link to what does not exist");
        }
        return path.toRealPath();
    }
}
