/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads passwords from where no other user sees them, and leaves no copies behind. */
final class Secrets {

    /** Longer than any password or cookie. */
    private static final int MAX_BYTES = 64 << 10;

    private static final String OTHERWISE = "it can also come from --password-file, --password-fd or --password-env";

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
            return decoded(ByteBuffer.wrap(bytes, 0, length), StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            FileSystemException failure =
                    new FileSystemException(file.toString(), null, "its first line is no text in UTF-8");
            failure.initCause(e);
            throw failure;
        } catch (IOException e) {
            throw Messages.about(file, e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static char[] decoded(ByteBuffer bytes, Charset charset) throws CharacterCodingException {
        CharBuffer chars = CharBuffer.allocate(bytes.remaining());
        try {
            CharsetDecoder decoder = charset.newDecoder();
            if (decoder.decode(bytes, chars, true).isError()
                    || decoder.flush(chars).isError()) {
                throw new CharacterCodingException();
            }
            return Arrays.copyOf(chars.array(), chars.position());
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
    static char[] ofTerminal(String prompt) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(MAX_BYTES);
        try {
            Prompt.ask(Messages.printable(prompt), bytes);
            if (!bytes.hasRemaining()) {
                throw new IOException("no password was given");
            }
            return decoded(bytes, Prompt.charset());
        } catch (FileSystemException e) {
            throw new IOException("no password was given, and there is no terminal to ask for it; " + OTHERWISE, e);
        } catch (CharacterCodingException e) {
            throw new IOException("what was typed is no text in " + Prompt.charset(), e);
        } finally {
            bytes.clear();
            while (bytes.hasRemaining()) {
                bytes.put((byte) 0);
            }
        }
    }
}
