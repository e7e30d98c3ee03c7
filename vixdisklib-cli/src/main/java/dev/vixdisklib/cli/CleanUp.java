/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.VixDiskLib;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;
import java.util.function.Supplier;

/** Closes something when the process is interrupted or terminated while it works on it. */
final class CleanUp {

    /** Work that can be interrupted. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    private static volatile boolean interrupted;

    private CleanUp() {}

    /**
     * Works, and closes a resource if the process is ended meanwhile.
     *
     * @param message what to tell the user in that case, asked for when the resource is closed
     */
    static void during(Closeable resource, Terminal terminal, PrintStream err, Supplier<String> message, Work work)
            throws IOException {
        Thread hook = new Thread(() -> close(resource, terminal, err, message), "vixdisk-clean-up");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            interrupted = true;
            throw new IOException("interrupted", e);
        }
        try {
            work.run();
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // It is running.
                interrupted = true;
            }
        }
    }

    private static void close(Closeable resource, Terminal terminal, PrintStream err, Supplier<String> message) {
        interrupted = true;
        if (terminal.errIsTerminal()) {
            // Below the progress bar.
            err.println();
        }
        try {
            resource.close();
        } catch (IOException | RuntimeException e) {
            err.println("vixdisk: " + Messages.of(e));
        }
        err.println("vixdisk: " + message.get());
    }

    /** Closes the library, so that nothing more is made, and then the files, while the process is ending. */
    static void end(VixDiskLib lib, Closeable files) throws IOException {
        try (files) {
            lib.close();
        }
    }

    /** Whether the process is ending early, so that failures are only consequences. */
    static boolean isInterrupted() {
        return interrupted;
    }
}
