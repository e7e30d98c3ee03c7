/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What tells one copy from another, so that none goes on where it does not belong: names, and when the source has changed last. */
final class CopyIdentity {

    private CopyIdentity() {}

    /**
     * What is copied to where.
     *
     * @param type how a disk of this host is made; null for any other target
     */
    static Map<String, String> of(ServerOptions server, String source, String target, @Nullable Type type)
            throws IOException {
        Map<String, String> copy = new TreeMap<>();
        if (server.isOnServer(source)) {
            copy.put("source", server.placeOf(source));
        } else {
            Path file = Path.of(source).toRealPath();
            copy.put("source", file.toString());
            copy.put("source.changed", lastChange(file, Side.isDisk(source, server)));
        }
        copy.put("target", server.isOnServer(target) ? server.placeOf(target) : place(target));
        if (type != null) {
            copy.put("target.type", type.toString());
        }
        return copy;
    }

    /** When a file of the source was changed last; what is written to a device changes no time. */
    private static String lastChange(Path source, boolean isDisk) throws IOException {
        FileTime last = Files.getLastModifiedTime(source);
        if (isDisk) {
            for (Path file : Chain.files(source)) {
                if (Files.exists(file) && Files.getLastModifiedTime(file).compareTo(last) > 0) {
                    last = Files.getLastModifiedTime(file);
                }
            }
        }
        return last.toString();
    }

    private static String place(String target) throws IOException {
        return Partial.realPlace(FileKind.followed(Path.of(target))).toString();
    }
}
