/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.Capabilities.Suspect;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What in a process and its environment has made VixDiskLib fail elsewhere, for no reason that one could see. */
final class Surroundings {

    private static final String LIBRARY_PATH = "LD_LIBRARY_PATH";

    /** OpenSSL itself, and what brings it or a relative of it along. */
    private static final Pattern TLS = Pattern.compile("lib(ssl|crypto)[.-].*|.*tcnative.*|libconscrypt.*");

    /** What a VDDK has copies of. */
    private static final Pattern COMMON = Pattern.compile("lib(stdc\\+\\+|gcc_s|curl|xml2)[.-].*");

    private Surroundings() {}

    /** The libraries that a VDDK may clash with, among those that were mapped before it was loaded. */
    static List<Suspect> suspects(Collection<Path> mapped, Path libraryDirectory) {
        Set<String> bundled = baseNames(libraryDirectory);
        List<Suspect> suspects = new ArrayList<>();
        for (Path file : mapped) {
            String reason = file.startsWith(libraryDirectory) ? null : reason(name(file), bundled);
            if (reason != null) {
                suspects.add(new Suspect(file, reason));
            }
        }
        return suspects;
    }

    private static @Nullable String reason(String name, Set<String> bundled) {
        if (TLS.matcher(name).matches()) {
            return "a TLS library beside that of the VDDK, which has made InitEx end the process; load it after the VDDK,"
                    + " or do one of the two in another process";
        }
        if (bundled.contains(baseName(name))) {
            return "the VDDK has a copy of its own, in whose place this one may be used";
        }
        return COMMON.matcher(name).matches() ? "the VDDK may have been made for another version of it" : null;
    }

    /** How loud to be about one: some JVMs need a C++ library, and all is well as long as the VDDK brings none. */
    static Level level(Suspect suspect, Path libraryDirectory) {
        String name = name(suspect.file());
        return TLS.matcher(name).matches() || baseNames(libraryDirectory).contains(baseName(name))
                ? Level.WARNING
                : Level.DEBUG;
    }

    /** What is wrong with the variables of an environment. */
    static List<String> pitfalls(Map<String, String> environment) {
        return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(environment.getOrDefault(LIBRARY_PATH, ""))
                .filter(Surroundings::hasVddk)
                .map(directory -> LIBRARY_PATH + " has " + directory
                        + ", where a VDDK is: every program that this one starts gets its copies of OpenSSL and libstdc++,"
                        + " and may fail; this API does not need it, so unset it")
                .toList();
    }

    private static boolean hasVddk(String directory) {
        try {
            return !directory.isEmpty() && baseNames(Path.of(directory)).contains("libvixDiskLib");
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** The names of the libraries in a directory up to {@code .so}; none if it cannot be read. */
    private static Set<String> baseNames(Path directory) {
        Set<String> names = new HashSet<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.map(Surroundings::name)
                    .filter(name -> name.contains(".so"))
                    .forEach(name -> names.add(baseName(name)));
        } catch (IOException | UncheckedIOException e) {
            // Not there, or not for us.
        }
        return names;
    }

    private static String baseName(String name) {
        int end = name.indexOf(".so");
        return end < 0 ? name : name.substring(0, end);
    }

    private static String name(Path file) {
        Path name = file.getFileName();
        return name == null ? "" : name.toString();
    }
}
