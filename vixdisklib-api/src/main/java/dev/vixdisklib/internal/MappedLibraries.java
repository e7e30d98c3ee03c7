/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The shared libraries that a process has mapped. */
final class MappedLibraries {

    private static final Path MAPS = Path.of("/proc/self/maps");

    /** Addresses, permissions, offset, device and inode, and the file. */
    private static final Pattern LINE = Pattern.compile("\\S+ +\\S+ +\\S+ +\\S+ +\\S+ +(/.*)");

    private static final String DELETED = " (deleted)";
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");
    private static final Pattern LIBRARY = Pattern.compile(".*\\.so(\\.[0-9.]+)?");

    private MappedLibraries() {}

    /** Those of this process; none where the system does not tell in the way of Linux. */
    static SortedSet<Path> now() {
        try {
            return Files.isReadable(MAPS)
                    ? parse(new String(Files.readAllBytes(MAPS), StandardCharsets.UTF_8))
                    : new TreeSet<>();
        } catch (IOException e) {
            // Only a warning depends on it.
            return new TreeSet<>();
        }
    }

    /** The libraries in the text of {@code /proc/self/maps}, also those whose file is deleted by now. */
    static SortedSet<Path> parse(String maps) {
        SortedSet<Path> libraries = new TreeSet<>();
        maps.lines().forEach(line -> {
            Matcher parts = LINE.matcher(line);
            if (parts.matches()) {
                String file = parts.group(1);
                add(file.endsWith(DELETED) ? file.substring(0, file.length() - DELETED.length()) : file, libraries);
            }
        });
        return libraries;
    }

    private static void add(String file, SortedSet<Path> libraries) {
        if (!LIBRARY.matcher(file).matches()) {
            return;
        }
        try {
            libraries.add(Path.of(unescaped(file)));
        } catch (InvalidPathException e) {
            // A name that this locale cannot say is none that is looked for.
        }
    }

    /** Linux escapes line ends in names. */
    private static String unescaped(String file) {
        return OCTAL.matcher(file)
                .replaceAll(
                        octal -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(octal.group(1), 8))));
    }
}
