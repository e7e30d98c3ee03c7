/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What something is called while it is being made. */
final class Partial {

    /** In bytes, on every file system that matters. */
    private static final int LONGEST_NAME = 255;

    private static final String SUFFIX = ".partial";

    /** What {@link #pathFor} has put behind a name, in any process. */
    private static final Pattern END = Pattern.compile("\\.\\d+-[0-9a-f]{8}" + Pattern.quote(SUFFIX) + "$");

    /** Not the process id alone, which is the same in every container, and comes back while old files are still there. */
    private static final String PROCESS = "." + ProcessHandle.current().pid() + "-"
            + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());

    private Partial() {}

    /**
     * A hidden name beside a path, which no other process uses; the same each time in this one.
     *
     * @throws IOException if nothing can be made there
     */
    static Path pathFor(Path path) throws IOException {
        return pathFor(path, PROCESS + SUFFIX);
    }

    /**
     * Another hidden name, for what is to replace a file soon. It is none of {@link #pathFor}, also where long names are cut.
     *
     * @throws IOException if nothing can be made there
     */
    static Path nextOf(Path path) throws IOException {
        return pathFor(path, PROCESS + ".next");
    }

    private static Path pathFor(Path path, String end) throws IOException {
        Path directory = requirePlace(path);
        String begin = "." + path.getFileName();
        while ((begin + end).getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
            begin = begin.substring(0, begin.offsetByCodePoints(begin.length(), -1));
        }
        return directory.resolve(begin + end);
    }

    /**
     * A name that {@link #pathFor} has given in another process.
     *
     * @param kept the name, as it was kept in a file
     * @throws IOException if it is none of this path
     */
    static Path earlier(Path path, String kept) throws IOException {
        FileSystemException isNone = new FileSystemException(kept, null, "is no hidden name beside " + path);
        Path earlier;
        try {
            earlier = Path.of(kept);
        } catch (InvalidPathException e) {
            isNone.initCause(e);
            throw isNone;
        }
        Path name = earlier.getFileName();
        Path place = realPlace(path);
        if (name == null
                || !isOf(path, name.toString())
                || !place.resolveSibling(name).equals(realPlace(earlier))) {
            throw isNone;
        }
        return earlier;
    }

    private static boolean isOf(Path path, String name) {
        Matcher end = END.matcher(name);
        if (!end.find()) {
            return false;
        }
        String whole = "." + path.getFileName();
        String begin = name.substring(0, end.start());
        boolean isCut = (whole + end.group()).getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME;
        return isCut ? whole.startsWith(begin) && begin.length() > 1 : whole.equals(begin);
    }

    /**
     * Where something is, or is to be made, by the one name that its directory has without links.
     *
     * @throws IOException if nothing can be made there
     */
    static Path realPlace(Path path) throws IOException {
        return requirePlace(path).toRealPath().resolve(path.getFileName());
    }

    /**
     * The directory of a path, in which something is to be made.
     *
     * @throws IOException if nothing can be made there
     */
    static Path requirePlace(Path path) throws IOException {
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
        return directory;
    }
}
