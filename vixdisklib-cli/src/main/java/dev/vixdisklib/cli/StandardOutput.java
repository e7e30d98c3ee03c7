/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;

/** Standard output, which knows whether it is lost, or nobody wanted more of it, as with a pipe into {@code head}. */
final class StandardOutput extends PrintStream {

    private static final Path FILE = Path.of("/dev/stdout");
    private static final int BUFFER = 8192;
    private static final int TYPE = 0xF000;
    private static final int PIPE = 0x1000;
    private static final int SOCKET = 0xC000;

    StandardOutput(Charset charset) {
        super(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER), true, charset);
    }

    /** Whether what could not be written was for a reader that has closed its end: for a pipe there is no other reason. */
    boolean isUnwanted() {
        try {
            int type = (int) Files.getAttribute(FILE, "unix:mode") & TYPE;
            return checkError() && (type == PIPE || type == SOCKET);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
