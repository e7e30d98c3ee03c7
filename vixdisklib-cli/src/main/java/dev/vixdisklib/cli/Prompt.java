/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks something on the terminal where the program was started, wherever its standard streams go, without showing the
 * answer.
 */
final class Prompt {

    private static final Path TERMINAL = Path.of("/dev/tty");

    /** What is typed while the terminal is set back must neither stop nor end that. */
    private static final String UNDISTURBED = "trap '' INT QUIT TSTP TTOU; ";

    /** Two, for one that is read keeps who writes to it waiting. */
    private final FileChannel input;

    private final FileChannel output;
    private final String settings;
    private boolean isOver;

    private Prompt(FileChannel input, FileChannel output) throws IOException {
        this.input = input;
        this.output = output;
        this.settings = stty("", "-g");
    }

    /**
     * Asks.
     *
     * @param question what to print
     * @param answer gets the bytes of the line, without its end
     * @throws java.nio.file.FileSystemException if there is no terminal
     * @throws IOException if what is typed cannot be hidden
     */
    static void ask(String question, ByteBuffer answer) throws IOException {
        try (FileChannel input = FileChannel.open(TERMINAL, StandardOpenOption.READ);
                FileChannel output = FileChannel.open(TERMINAL, StandardOpenOption.WRITE)) {
            Prompt prompt = new Prompt(input, output);
            Runnable whenOver = CleanUp.atEnd(prompt::end);
            try {
                prompt.begin(question);
                prompt.read(answer);
            } finally {
                prompt.end();
                whenOver.run();
            }
        }
    }

    private synchronized void begin(String question) throws IOException {
        if (isOver || CleanUp.isInterrupted()) {
            throw new IOException("interrupted");
        }
        stty("", "-echo");
        print(question);
    }

    private void read(ByteBuffer answer) throws IOException {
        int from = 0;
        while (answer.hasRemaining() && input.read(answer) > 0) {
            for (; from < answer.position(); from++) {
                if (answer.get(from) == '\n') {
                    answer.position(from).flip();
                    return;
                }
            }
        }
        answer.flip();
    }

    /** Has the terminal show again what is typed, and begins a line there, for the end of this one was not shown. */
    private synchronized void end() {
        if (isOver) {
            return;
        }
        isOver = true;
        try {
            stty(UNDISTURBED, settings);
            print(System.lineSeparator());
        } catch (IOException e) {
            // It is gone.
        }
    }

    private void print(String text) throws IOException {
        ByteBuffer bytes = charset().encode(text);
        while (bytes.hasRemaining()) {
            output.write(bytes);
        }
    }

    /** What a terminal is written to and read in. */
    static Charset charset() {
        return Charset.forName(System.getProperty("native.encoding", "UTF-8"));
    }

    /** Changes the settings of the terminal, or tells them. */
    private static String stty(String before, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c", before + "exec stty \"$@\"", "sh"));
        command.addAll(List.of(args));
        Process stty = new ProcessBuilder(command)
                .redirectInput(TERMINAL.toFile())
                .redirectError(Redirect.DISCARD)
                .start();
        try (var output = stty.inputReader()) {
            String told = output.readLine();
            if (stty.waitFor() != 0) {
                throw new IOException("what is typed here cannot be hidden, for stty is not there or failed");
            }
            return told == null ? "" : told;
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
