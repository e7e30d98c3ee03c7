/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.backup;

import dev.vixdisklib.CopyPlan;
import dev.vixdisklib.SectorRange;
import dev.vixdisklib.SectorSet;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * A backup of a disk at one time: what its manifest says, which is a text to be read with any editor.
 *
 * @param number 1 for the first one in a set
 * @param full whether it has all of the disk; otherwise, it has what has changed since the one before
 * @param state what the {@link ChangeTracker} called the content of the disk
 * @param capacity the size of the disk, in sectors
 * @param copied the sectors whose content is in the image
 * @param zeros the sectors that contain zeros; all others are as they were before
 * @param sha256 of the image, as {@code sha256sum} prints it; of a full backup, that is the one of the disk. Empty as long as
 *     it is being copied
 */
public record BackupPoint(
        int number,
        boolean full,
        String state,
        long capacity,
        SectorSet copied,
        SectorSet zeros,
        Optional<String> sha256) {

    /** What this backup says about; of the other sectors, an earlier one does. */
    SectorSet changed() {
        return copied.union(zeros);
    }

    CopyPlan plan() {
        return full ? CopyPlan.full(capacity, copied) : CopyPlan.incremental(capacity, copied, changed());
    }

    BackupPoint withSha256(String hash) {
        return new BackupPoint(number, full, state, capacity, copied, zeros, Optional.of(hash));
    }

    static BackupPoint read(Path manifest) throws IOException {
        Properties lines = new Properties();
        try (Reader reader = Files.newBufferedReader(manifest)) {
            lines.load(reader);
            return new BackupPoint(
                    Integer.parseInt(value(lines, "number")),
                    Boolean.parseBoolean(value(lines, "full")),
                    value(lines, "state"),
                    Long.parseLong(value(lines, "capacity")),
                    sectors(value(lines, "copied")),
                    sectors(value(lines, "zeros")),
                    Optional.ofNullable(lines.getProperty("sha256")));
        } catch (IllegalArgumentException e) {
            throw new IOException(manifest + " is no manifest of a backup: " + e.getMessage(), e);
        }
    }

    private static String value(Properties lines, String key) {
        String value = lines.getProperty(key);
        if (value == null) {
            throw new IllegalArgumentException("there is no line " + key + "=");
        }
        return value;
    }

    /** The text for {@link #read}. */
    String manifest() throws IOException {
        Properties lines = new Properties();
        lines.setProperty("number", String.valueOf(number));
        lines.setProperty("full", String.valueOf(full));
        lines.setProperty("state", state);
        lines.setProperty("capacity", String.valueOf(capacity));
        lines.setProperty("copied", text(copied));
        lines.setProperty("zeros", text(zeros));
        sha256.ifPresent(hash -> lines.setProperty("sha256", hash));
        StringWriter text = new StringWriter();
        lines.store(text, "a backup of a disk, in sectors of 512 bytes, first+count");
        return text.toString();
    }

    private static String text(SectorSet sectors) {
        return sectors.ranges().stream()
                .map(range -> range.start() + "+" + range.count())
                .collect(Collectors.joining(" "));
    }

    private static SectorSet sectors(String text) {
        SectorSet.Builder sectors = SectorSet.builder();
        for (String range : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
            int plus = range.indexOf('+');
            if (plus < 0) {
                throw new IllegalArgumentException("no range of sectors, such as 0+128: '" + range + "'");
            }
            sectors.add(new SectorRange(
                    Long.parseLong(range.substring(0, plus)), Long.parseLong(range.substring(plus + 1))));
        }
        return sectors.build();
    }

    @Override
    public String toString() {
        return number + (full ? " full, " : " incremental, ") + copied.sectors()
                + (copied.sectors() == 1 ? " sector" : " sectors") + " copied, " + zeros.sectors()
                + " zeros, of " + capacity;
    }
}
