/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads passwords from where no other user sees them, and leaves no copies behind. */
final class Secrets {

    /** Longer than any password or cookie. */
    private static final int MAX_BYTES = 64 << 10;

    private Secrets() {}

    /** The first line of a file, in UTF-8. */
    static char[] ofFile(Path file, String what) throws IOException {
        byte[] bytes = new byte[MAX_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            int count = in.readNBytes(bytes, 0, bytes.length);
            int length = 0;
            while (length < count && bytes[length] != '\n' && bytes[length] != '\r') {
                length++;
            }
            if (length == 0 || length == MAX_BYTES) {
                throw new FileSystemException(
                        file.toString(),
                        null,
                        length == 0 ? "its first line is empty, and should be " + what : "its first line is too long");
            }
            return decoded(ByteBuffer.wrap(bytes, 0, length), file);
        } catch (IOException e) {
            throw Messages.about(file, e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static char[] decoded(ByteBuffer bytes, Path file) throws IOException {
        CharBuffer chars = CharBuffer.allocate(bytes.remaining());
        try {
            if (StandardCharsets.UTF_8.newDecoder().decode(bytes, chars, true).isError()) {
                throw new CharacterCodingException();
            }
            return Arrays.copyOf(chars.array(), chars.position());
        } catch (CharacterCodingException e) {
            FileSystemException failure =
                    new FileSystemException(file.toString(), null, "its first line is no text in UTF-8");
            failure.initCause(e);
            throw failure;
        } finally {
            Arrays.fill(chars.array(), '\0');
        }
    }

    static char[] ofEnvironment(String name) throws IOException {
        String value = System.getenv(name);
        if (value == null || value.isEmpty()) {
            throw new IOException("the environment variable " + name + ", which should have the password, is "
                    + (value == null ? "not set" : "empty"));
        }
        return value.toCharArray();
    }

    /** Asks the user, who does not see what is typed. */
    @SuppressWarnings("SystemConsoleNull") // It is without a terminal, but for JDK 22 to 24.
    static char[] ofTerminal(String prompt) throws IOException {
        Console console = System.console();
        char[] password = console == null || !console.isTerminal() ? null : console.readPassword("%s", prompt);
        if (password == null || password.length == 0) {
            throw new IOException(
                    "no password was given; unless standard input and output are a terminal, it comes from"
                            + " --password-file, --password-fd or --password-env");
        }
        return password;
    }
}
