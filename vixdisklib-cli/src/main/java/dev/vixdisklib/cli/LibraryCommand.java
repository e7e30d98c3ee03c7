/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands have in common that use the library. */
@Command(mixinStandardHelpOptions = true, abbreviateSynopsis = true, versionProvider = Version.class)
abstract class LibraryCommand implements Callable<Integer> {

    private final Console console;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final LibraryOptions library = new LibraryOptions();

    LibraryCommand(Console console) {
        this.console = console;
    }

    /** Does what the command is for, after its arguments were found right. */
    abstract void run() throws IOException, InterruptedException;

    /** Checks what no option can check by itself, before anything is opened. */
    void check() throws IOException {}

    /** Checks options that many commands have. */
    void checkCommon() {}

    /** What to tell the caller, after all went well. */
    int exitStatus() {
        return CommandLine.ExitCode.OK;
    }

    @Override
    public final Integer call() throws IOException, InterruptedException {
        checkCommon();
        check();
        run();
        return exitStatus();
    }

    final Console console() {
        return console;
    }

    final PrintStream out() {
        return console.out();
    }

    final LibraryOptions library() {
        return library;
    }

    /** Refuses a name that is none of a disk. */
    final void requireDisk(String name) {
        if (name.isEmpty()) {
            throw wrongUsage("a name is empty");
        }
        if (name.equals("-")) {
            throw wrongUsage(name() + " needs a file and reads no standard input; a file of that name is ./-");
        }
    }

    /** Makes a target, and puts it in its place when it is whole. */
    final void make(DiskTarget target, String name, CleanUp.Work work) throws IOException {
        AtomicBoolean complete = new AtomicBoolean();
        CleanUp.during(
                target,
                console.terminal(),
                console.err(),
                () -> "interrupted; " + Messages.oneLine(name) + (complete.get() ? " is complete" : " was not made"),
                () -> {
                    work.run();
                    target.finish(true);
                    complete.set(true);
                });
    }

    /**
     * Changes a disk where it is. That cannot be stopped halfway without harm, so if the process is ended, it ends only
     * after that.
     */
    final void change(Disks disks, String name, CleanUp.Work work) throws IOException {
        String printable = Messages.oneLine(name);
        finish(
                disks,
                printable + " is being changed, which must not be stopped halfway",
                () -> printable + " is not being changed any more",
                work);
    }

    /**
     * Does what the library does not stop halfway, so if the process is ended, it ends only after that.
     *
     * @param doing what to tell the user that it waits for
     * @param done what to tell in the end
     */
    final void finish(Disks disks, String doing, Supplier<String> done, CleanUp.Work work) throws IOException {
        CleanUp.during(
                () -> {
                    console.err().println("vixdisk: " + doing + "; waiting for the end of that ...");
                    disks.close();
                },
                console.terminal(),
                console.err(),
                () -> "interrupted; " + done.get(),
                work);
    }

    private String name() {
        return Objects.requireNonNull(spec).name();
    }

    final ParameterException wrongUsage(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }
}
