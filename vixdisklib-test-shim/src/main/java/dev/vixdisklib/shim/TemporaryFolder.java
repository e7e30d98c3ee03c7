/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Folders that only this user can enter. */
final class TemporaryFolder {

    private TemporaryFolder() {}

    /** A new folder that is deleted when the JVM ends. */
    static Path untilExit(String prefix) throws IOException {
        Path folder = Files.createTempDirectory(prefix).toAbsolutePath();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteTree(folder), "vixdisklib-fake-cleanup"));
        return folder;
    }

    /** Deletes as much of a folder as it can. */
    static void deleteTree(Path folder) {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            walk.forEach(files::add);
            for (Path file : files.reversed()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            System.getLogger("dev.vixdisklib.shim").log(System.Logger.Level.DEBUG, "left behind: " + folder, e);
        }
    }
}
