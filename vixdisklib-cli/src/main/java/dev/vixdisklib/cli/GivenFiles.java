/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that were open when the program was started, by the numbers of their descriptors. The JVM opens others under
 * numbers that are free, so only the launcher knows which were there before.
 */
final class GivenFiles {

    /** Where the launcher tells their numbers, with blanks between; not set where something else has started the program. */
    private static final String PROPERTY = "vixdisk.descriptors";

    private static final Pattern FLAGS = Pattern.compile("(?m)^flags:\\s+([0-7]+)$");
    private static final int ACCESS_MODE = 3;
    private static final int WRITE_ONLY = 1;

    private GivenFiles() {}

    /** The name under which a descriptor can be opened. */
    static Path path(int descriptor) {
        return Path.of("/dev/fd/" + descriptor);
    }

    /** Why nothing can be read from a descriptor; empty if it can be tried. */
    static Optional<String> problem(int descriptor) {
        if (descriptor < 0) {
            return Optional.of("a file descriptor is 0 or more, not " + descriptor);
        }
        if (descriptor == 1 || descriptor == 2) {
            return Optional.of("file descriptor " + descriptor + " is standard "
                    + (descriptor == 1 ? "output" : "error") + ", from which nothing is read");
        }
        if (!isGiven(descriptor)) {
            return Optional.of("file descriptor " + descriptor + " was not open when vixdisk was started; in a shell, "
                    + descriptor + "< FILE opens it");
        }
        return isToWrite(descriptor)
                ? Optional.of("file descriptor " + descriptor + " is open to write only")
                : Optional.empty();
    }

    private static boolean isGiven(int descriptor) {
        String given = System.getProperty(PROPERTY);
        return given == null
                ? Files.exists(path(descriptor))
                : List.of(given.strip().split(" +")).contains(Integer.toString(descriptor));
    }

    /** To read from the end of a pipe that others write to would be to wait for ever. */
    private static boolean isToWrite(int descriptor) {
        try {
            Matcher flags = FLAGS.matcher(Files.readString(Path.of("/proc/self/fdinfo/" + descriptor)));
            return flags.find() && (Long.parseLong(flags.group(1), 8) & ACCESS_MODE) == WRITE_ONLY;
        } catch (IOException e) {
            // Only Linux tells.
            return false;
        }
    }
}
