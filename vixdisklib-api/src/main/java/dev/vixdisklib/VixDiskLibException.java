/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * VixDiskLib said no. The message has everything: operation, sectors, disk, code, the library's own text and, for common
 * errors, what to do.
 */
public final class VixDiskLibException extends java.io.IOException {

    private static final long serialVersionUID = 1L;

    /** The function, without prefix. */
    private final String operation;
    /** The path of the disk, or null. */
    private final @Nullable String target;

    /** Without meaning if there is no count. */
    private final long firstSector;
    /** Zero for an operation that is not on sectors. */
    private final long sectorCount;
    /** What the library returned. */
    private final long error;
    /** The library's text for it. */
    private final String libraryText;

    /**
     * What the library said.
     *
     * @param operation the function, without prefix, such as {@code "Open"}
     * @param target the path of the disk, or null where no disk is involved
     * @param sectors the sectors that were read or written, or null for another operation
     * @param error the error
     * @param libraryText the library's text for the error
     */
    @SuppressWarnings("exports") // of the null annotations, which nobody needs at run time
    public VixDiskLibException(
            String operation,
            @Nullable String target,
            @Nullable SectorRange sectors,
            VixError error,
            String libraryText) {
        super(message(operation, target, sectors, error, libraryText));
        this.operation = operation;
        this.target = target;
        this.firstSector = sectors == null ? 0 : sectors.start();
        this.sectorCount = sectors == null ? 0 : sectors.count();
        this.error = error.value();
        this.libraryText = libraryText;
    }

    private static String message(
            String operation,
            @Nullable String target,
            @Nullable SectorRange sectors,
            VixError error,
            String libraryText) {
        StringBuilder message = new StringBuilder(operation);
        if (sectors != null) {
            message.append(" of ").append(sectors);
        }
        if (target != null) {
            message.append(" of ").append(target);
        }
        message.append(": ").append(libraryText).append(" [").append(error).append(']');
        error.code()
                .flatMap(ErrorCode::hint)
                .ifPresent(hint -> message.append("; ").append(hint));
        return message.toString();
    }

    /**
     * The function that failed.
     *
     * @return its name without prefix, such as {@code Open}
     */
    public String operation() {
        return operation;
    }

    /**
     * The disk that it failed on.
     *
     * @return its path as given to the library, both paths with a word between them for an operation with two disks; empty
     *     where no disk is involved
     */
    public Optional<String> target() {
        return Optional.ofNullable(target);
    }

    /**
     * The sectors that were being read or written.
     *
     * @return the range; empty for other operations
     */
    public Optional<SectorRange> sectors() {
        return sectorCount == 0 ? Optional.empty() : Optional.of(new SectorRange(firstSector, sectorCount));
    }

    /**
     * The error.
     *
     * @return what the library returned
     */
    public VixError error() {
        return new VixError(error);
    }

    /**
     * The library's own text for the error.
     *
     * @return an English text
     */
    public String libraryText() {
        return libraryText;
    }
}
