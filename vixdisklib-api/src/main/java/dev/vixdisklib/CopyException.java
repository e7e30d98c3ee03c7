/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file or a channel that a {@linkplain DiskCopy copy} reads or writes has failed; the cause is what that has thrown. A disk
 * that fails throws a {@link VixDiskLibException}, whose operation is {@code Read} or {@code ReadAsync} for the source, and
 * {@code Write} or {@code WriteAsync} for the target.
 */
public final class CopyException extends IOException {

    private static final long serialVersionUID = 1;

    /** An end of a copy. */
    public enum Side {
        /** Where sectors come from. */
        SOURCE,
        /** Where they go. */
        TARGET
    }

    /** The end. */
    private final Side side;
    /** Where on the disk. */
    private final transient @Nullable SectorRange sectors;

    CopyException(Side side, String doing, SectorRange sectors, IOException cause) {
        super(
                doing + " " + sectors + (side == Side.SOURCE ? " of the source" : " of the target") + " failed: "
                        + reason(cause),
                cause);
        this.side = side;
        this.sectors = sectors;
    }

    /** The target has failed to put what was written on stable storage. */
    CopyException(IOException cause) {
        super("putting the target on stable storage failed: " + reason(cause), cause);
        this.side = Side.TARGET;
        this.sectors = null;
    }

    private static String reason(IOException cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    /**
     * Which end has failed.
     *
     * @return the end
     */
    public Side side() {
        return side;
    }

    /**
     * The sectors of the disk that were to be read or written.
     *
     * @return the sectors, of which some may have been read or written; empty if the target failed when it was put on stable
     *     storage, which concerns all of them
     */
    public Optional<SectorRange> sectors() {
        return Optional.ofNullable(sectors);
    }
}
