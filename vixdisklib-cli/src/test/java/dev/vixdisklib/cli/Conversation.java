/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A process that works through a page, block by block, whenever it is told to. */
final class Conversation implements AutoCloseable {

    /** What the process prints after each block, on a line of its own or behind one without an end. */
    static final String DONE = "----- the end of this block -----";

    private static final long TIMEOUT_SECONDS = 300;

    private final Process process;
    private final BufferedReader output;
    private final CompletableFuture<Void> timeout;

    Conversation(Command command) throws IOException {
        this.process = command.withErrorsAsOutput().start();
        this.output = process.inputReader();
        this.timeout = CompletableFuture.runAsync(
                this::kill, CompletableFuture.delayedExecutor(TIMEOUT_SECONDS, TimeUnit.SECONDS));
    }

    /** Has it run its next block. */
    String next() throws IOException, InterruptedException {
        tell();
        StringBuilder printed = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.endsWith(DONE)) {
                return printed.append(line, 0, line.length() - DONE.length()).toString();
            }
            printed.append(line).append('\n');
        }
        throw new AssertionError("ended with status " + process.waitFor() + " and this output:\n" + printed);
    }

    private void tell() {
        try {
            process.outputWriter().write('\n');
            process.outputWriter().flush();
        } catch (IOException e) {
            // It has ended; what it has printed tells why.
            return;
        }
    }

    /** After the last block. */
    void end() throws IOException, InterruptedException {
        StringBuilder printed = new StringBuilder();
        output.lines().forEach(line -> printed.append(line).append('\n'));
        int status = process.waitFor();
        if (status != 0 || !printed.isEmpty()) {
            throw new AssertionError("ended with status " + status + " and this output:\n" + printed);
        }
    }

    @Override
    public void close() {
        timeout.cancel(false);
        kill();
    }

    private void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
