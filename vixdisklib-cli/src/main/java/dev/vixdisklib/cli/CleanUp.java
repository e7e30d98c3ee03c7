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

    /** Whether something is closed when the process is ended, which then tells the user. */
    private static volatile boolean tells;

    private CleanUp() {}

    /**
     * Has the cursor leave the line of a progress bar if the process is ended, unless something is closed then, which tells.
     *
     * @return what undoes that
     */
    static Runnable leavingLine(PrintStream err) {
        return atEnd(() -> {
            if (!tells) {
                err.println();
            }
        });
    }

    /**
     * Has something done if the process is ended.
     *
     * @return what undoes that
     */
    static Runnable atEnd(Runnable action) {
        Thread hook = new Thread(
                () -> {
                    interrupted = true;
                    action.run();
                },
                "vixdisk-end");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            interrupted = true;
        }
        return () -> remove(hook);
    }

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
        tells = true;
        try {
            work.run();
        } finally {
            remove(hook);
            tells = interrupted;
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is running.
            interrupted = true;
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
