/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintStream;

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
     * @param message what to tell the user in that case
     */
    static void during(Closeable resource, PrintStream err, String message, Work work) throws IOException {
        Thread hook = new Thread(() -> close(resource, err, message), "vixdisk-clean-up");
        Runtime.getRuntime().addShutdownHook(hook);
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

    private static void close(Closeable resource, PrintStream err, String message) {
        interrupted = true;
        err.println();
        err.println("vixdisk: " + message);
        try {
            resource.close();
        } catch (IOException e) {
            err.println("vixdisk: " + Messages.of(e));
        }
    }

    /** Whether the process is ending early, so that failures are only consequences. */
    static boolean isInterrupted() {
        return interrupted;
    }
}
