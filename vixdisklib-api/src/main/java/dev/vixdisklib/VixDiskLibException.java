/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * VixDiskLib said no. The message has operation, sectors, disk, code, the library's own text and, where experience has one,
 * a hint at what to do. What the library has logged before is in {@link #recentLog()}.
 *
 * <p>There are subclasses where callers go on in another way: {@link DiskLockedException}, {@link HostUnavailableException}
 * and {@link AuthenticationException}. For everything else, ask {@code error().is(...)}. Codes that this version does not
 * know are kept as numbers.
 */
public sealed class VixDiskLibException extends java.io.IOException
        permits AuthenticationException, CleanupException, DiskLockedException, HostUnavailableException {

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
    /** What to do, or null. */
    private final @Nullable String hint;
    /** First to last. */
    private final LogLine[] recentLog;

    /**
     * What the library said, with neither a hint nor a log.
     *
     * @param operation the function, without prefix, such as {@code "Open"}
     * @param target the path of the disk or what a connection is for, or null where neither is involved
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
        this(operation, target, sectors, error, libraryText, null, List.of());
    }

    /**
     * What the library said.
     *
     * @param operation the function, without prefix, such as {@code "Open"}
     * @param target the path of the disk, or null where no disk is involved
     * @param sectors the sectors that were read or written, or null for another operation
     * @param error the error
     * @param libraryText the library's text for the error
     * @param hint what to do about it, or null
     * @param recentLog what the library has logged before, first to last
     */
    @SuppressWarnings("exports") // of the null annotations, which nobody needs at run time
    public VixDiskLibException(
            String operation,
            @Nullable String target,
            @Nullable SectorRange sectors,
            VixError error,
            String libraryText,
            @Nullable String hint,
            List<LogLine> recentLog) {
        super(message(operation, target, sectors, error, libraryText, hint));
        this.operation = operation;
        this.target = target;
        this.firstSector = sectors == null ? 0 : sectors.start();
        this.sectorCount = sectors == null ? 0 : sectors.count();
        this.error = error.value();
        this.libraryText = libraryText;
        this.hint = hint;
        this.recentLog = recentLog.toArray(LogLine[]::new);
    }

    private static String message(
            String operation,
            @Nullable String target,
            @Nullable SectorRange sectors,
            VixError error,
            String libraryText,
            @Nullable String hint) {
        StringBuilder message = new StringBuilder(operation);
        if (sectors != null) {
            message.append(" of ").append(sectors);
        }
        if (target != null) {
            message.append(" of ").append(target);
        }
        message.append(": ").append(libraryText).append(" [").append(error).append(']');
        if (hint != null) {
            message.append("; ").append(hint);
        }
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
     * The disk that it failed on, or the connection.
     *
     * @return the name of the disk as given to the library, both names with a word between them for an operation with two
     *     disks, or what on which server a connection is for; empty where none of them is involved
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

    /**
     * What to do about it, from what the operation, the error and the disk have in common with what others have met. The
     * message ends with it.
     *
     * @return a short advice; empty for errors that speak for themselves or are rare
     */
    public Optional<String> hint() {
        return Optional.ofNullable(hint);
    }

    /**
     * The last lines that the library had logged when the call failed, whatever the level of the logger
     * {@code dev.vixdisklib.native} is; see {@link LogLine#duringCall()}. They are not in the message, and the library may
     * name hosts, users and disks in them.
     *
     * @return at most 20 lines, first to last
     */
    public List<LogLine> recentLog() {
        return List.of(recentLog);
    }
}
