/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Counted;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a {@linkplain DiskCopy copy} was: all sectors before one are on the target, and on stable storage. A copy that was
 * ended goes on from there with {@link DiskCopy#resumingFrom}, also in another process. The {@linkplain #toString text} can be
 * kept in a file and {@linkplain #parse read} again.
 *
 * @param capacity the size of the source, in sectors
 * @param sector the first sector that may not be on the target, 0 to {@code capacity}
 */
public record CopyCheckpoint(long capacity, long sector) {

    /** Keeps the checkpoints of a copy, for example in a file. */
    @FunctionalInterface
    public interface Keeper {

        /**
         * Keeps a checkpoint, in place of the one before. What the checkpoint says is on the target stays there whether it is
         * kept or not, so one that could not be kept does no harm: the copy goes on from the one before then.
         *
         * @param reached how far the copy is
         * @throws IOException if it cannot be kept, which ends the copy
         */
        void keep(CopyCheckpoint reached) throws IOException;
    }

    private static final Pattern TEXT = Pattern.compile("vixdisklib copy 1: (\\d{1,18}) of (\\d{1,18}) sectors");

    /**
     * A checkpoint.
     *
     * @throws IllegalArgumentException if the sector is not 0 to {@code capacity}
     */
    public CopyCheckpoint {
        if (sector < 0 || sector > capacity) {
            throw new IllegalArgumentException("sector " + sector + " is not of a disk with "
                    + Counted.of(capacity, "sector") + ", and not the end of it");
        }
    }

    /**
     * Whether nothing is left to do.
     *
     * @return whether all sectors are on the target
     */
    public boolean isComplete() {
        return sector == capacity;
    }

    /**
     * Reads a text that {@link #toString} has made, by this version or an older one.
     *
     * @param text the text; space around it does not matter
     * @return the checkpoint
     * @throws IllegalArgumentException if it is no such text
     */
    public static CopyCheckpoint parse(String text) {
        Matcher parts = TEXT.matcher(text.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException("this is no checkpoint of a copy, which is like '"
                    + new CopyCheckpoint(200, 100) + "': '" + text + "'");
        }
        return new CopyCheckpoint(Long.parseLong(parts.group(2)), Long.parseLong(parts.group(1)));
    }

    /**
     * The text for {@link #parse}.
     *
     * @return one line without its end, such as {@code vixdisklib copy 1: 100 of 200 sectors}
     */
    @Override
    public String toString() {
        return "vixdisklib copy 1: " + sector + " of " + capacity + " sectors";
    }
}
