/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.CopyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/** What a failure is called in one line. */
final class Messages {

    private Messages() {}

    static String of(Throwable failure) {
        if (failure instanceof UncheckedIOException e && e.getCause() != null) {
            return of(e.getCause());
        }
        if (failure instanceof FileSystemException e) {
            return oneLine(e.getFile() + ": " + reason(e));
        }
        String message = failure.getMessage();
        if (failure instanceof IOException && message != null) {
            return oneLine(inWordsOfTool(message));
        }
        return oneLine("internal error: " + failure + " (--verbose tells where)");
    }

    /** What the library advises a programmer to do, as the user of the tool does it. */
    static String inWordsOfTool(String message) {
        return message.replace("Connection.repairDisk", "'vixdisk check --repair'")
                .replace("with createChild, and open it with SINGLE_LINK", "with 'vixdisk child'");
    }

    /** The same failure with the name of the file, which the system does not tell. */
    static IOException about(Object file, IOException failure) {
        return failure instanceof FileSystemException
                ? failure
                : new IOException(file + ": " + failure.getMessage(), failure);
    }

    /** A failure of one side of a copy, with its name. */
    static IOException ofSide(CopyException failure, Object source, Object target) {
        return failure.getCause() instanceof IOException cause
                ? about(failure.side() == CopyException.Side.SOURCE ? source : target, cause)
                : failure;
    }

    private static String reason(FileSystemException failure) {
        if (failure instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "exists already";
        }
        if (failure instanceof NotDirectoryException) {
            return "is not a directory";
        }
        if (failure instanceof DirectoryNotEmptyException) {
            return "the directory is not empty";
        }
        String reason = failure.getReason();
        return reason == null ? failure.toString() : reason;
    }

    /** A number and what it counts, whose plural ends in s. */
    static String counted(long count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }

    /** Without what would steer a terminal: names, and what a disk says of itself, can have anything in them. */
    static String printable(String text) {
        return text.replaceAll("[\\p{Cc}&&[^\\r\\n]]", "?");
    }

    static String oneLine(@Nullable String text) {
        return printable(String.valueOf(text))
                .strip()
                .replaceAll(":\\s*\\R\\s*", ": ")
                .replaceAll("\\s*\\R\\s*", "; ");
    }
}
