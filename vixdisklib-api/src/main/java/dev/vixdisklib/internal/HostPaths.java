/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.nio.file.FileSystems;
import java.nio.file.Path;

/** Paths that the library is to have. */
public final class HostPaths {

    private HostPaths() {}

    /**
     * The absolute form of a path.
     *
     * @param path what the caller gives
     * @return an absolute path
     * @throws IllegalArgumentException if the path is not of this host's file system: the library would take the name for
     *     one that is
     */
    public static Path absolute(Path path) {
        if (!path.getFileSystem().equals(FileSystems.getDefault())) {
            throw new IllegalArgumentException(path.toUri() + " is not a file of this host");
        }
        return path.toAbsolutePath();
    }
}
