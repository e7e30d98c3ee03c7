/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.CopyCheckpoint;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The file that a copy goes on with: text that says what is copied to where, what the target is called until it is finished, and how
 * far the copy is. It has the last checkpoint or the one before in it at any time, also after the process was killed.
 */
final class CheckpointFile {

    private static final String FORMAT = "format";
    private static final String FORMAT_1 = "vixdisk copy 1";
    private static final String UNFINISHED = "unfinished";
    private static final String REACHED = "reached";

    /** More than there is in any such file. */
    private static final int MOST_BYTES = 1 << 16;

    private final Path path;

    CheckpointFile(Path path) {
        this.path = path;
    }

    /**
     * What is in the file.
     *
     * @param copy what is copied to where, by what it is called
     * @param unfinished the hidden name of the target; empty if it has none
     * @param reached how far it is
     */
    record Entry(Map<String, String> copy, String unfinished, CopyCheckpoint reached) {

        /** What is another copy than this one; empty if it is the same. */
        Optional<String> difference(Map<String, String> other) {
            Map<String, String> all = new TreeMap<>(copy);
            all.putAll(other);
            String differences = all.keySet().stream()
                    .filter(name -> !said(copy, name).equals(said(other, name)))
                    .map(name -> "its " + name + " is " + said(copy, name) + ", and not " + said(other, name))
                    .collect(Collectors.joining("; "));
            return Optional.of(differences).filter(text -> !text.isEmpty());
        }

        private static String said(Map<String, String> copy, String name) {
            return copy.getOrDefault(name, "unknown");
        }

        Entry at(CopyCheckpoint checkpoint) {
            return new Entry(copy, unfinished, checkpoint);
        }
    }

    /**
     * Reads the file.
     *
     * @return what is in it; empty if there is none
     * @throws IOException if it cannot be read, or is no such file
     */
    Optional<Entry> read() throws IOException {
        FileKind kind = FileKind.of(path);
        if (kind == FileKind.MISSING) {
            return Optional.empty();
        }
        if (kind != FileKind.REGULAR) {
            throw new FileSystemException(path.toString(), null, "is no regular file, and a checkpoint needs one");
        }
        Properties lines = lines();
        try {
            String unfinished = value(lines, UNFINISHED);
            CopyCheckpoint reached = CopyCheckpoint.parse(value(lines, REACHED));
            Map<String, String> copy = new TreeMap<>();
            lines.stringPropertyNames().forEach(name -> copy.put(name, lines.getProperty(name)));
            copy.keySet().removeAll(List.of(FORMAT, UNFINISHED, REACHED));
            return Optional.of(new Entry(copy, unfinished, reached));
        } catch (IllegalArgumentException e) {
            throw isNone(e);
        }
    }

    private Properties lines() throws IOException {
        Properties lines = new Properties();
        try (InputStream file = Files.newInputStream(path)) {
            byte[] text = file.readNBytes(MOST_BYTES + 1);
            if (text.length > MOST_BYTES) {
                throw isNone(null);
            }
            lines.load(new StringReader(new String(text, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            throw isNone(e);
        }
        if (!FORMAT_1.equals(lines.getProperty(FORMAT))) {
            throw isNone(null);
        }
        return lines;
    }

    /** Says that the file is something else. */
    IOException isNone(@Nullable Throwable cause) {
        return new IOException(
                path + " is there, and is no checkpoint of this version of vixdisk copy; name another file", cause);
    }

    private static String value(Properties lines, String name) {
        String value = lines.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException("there is no " + name);
        }
        return value;
    }

    /** Replaces the file as a whole, on stable storage. May be called by a thread that is interrupted, which harms no file here. */
    void write(Entry entry) throws IOException {
        Properties lines = new Properties();
        lines.putAll(entry.copy());
        lines.setProperty(FORMAT, FORMAT_1);
        lines.setProperty(UNFINISHED, entry.unfinished());
        lines.setProperty(REACHED, entry.reached().toString());
        StringWriter text = new StringWriter();
        lines.store(text, "With this, the same vixdisk copy goes on.");
        Path next = Partial.nextOf(path);
        try {
            try (FileOutputStream file = new FileOutputStream(next.toFile())) {
                file.write(text.toString().getBytes(StandardCharsets.UTF_8));
                file.getFD().sync();
            }
            // After a power failure, the one before may be there, which is as good.
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(next);
            throw Messages.about(path, e);
        }
    }

    /** What to do if a process was ended when it had finished the target, and before it could delete the file; to be added. */
    String howToEnd(Entry entry) {
        return entry.reached().isComplete()
                ? "; if " + entry.copy().get("target") + " is the whole copy, delete " + path
                : "";
    }

    void delete() throws IOException {
        Files.deleteIfExists(path);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
