/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.VixDiskLib;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all commands have in common that use disks. */
@Command(mixinStandardHelpOptions = true, abbreviateSynopsis = true, versionProvider = Version.class)
abstract class DiskCommand implements Callable<Integer> {

    private final Console console;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private final LibraryOptions library = new LibraryOptions();

    @ArgGroup(validate = false, heading = ServerOptions.HEADING)
    private final ServerOptions server = new ServerOptions();

    DiskCommand(Console console) {
        this.console = console;
    }

    /** Does what the command is for, after its arguments were found right. */
    abstract void run() throws IOException, InterruptedException;

    /** Checks what no option can check by itself, before anything is opened. */
    void check() throws IOException {}

    @Override
    public final Integer call() throws IOException, InterruptedException {
        server.problem().ifPresent(problem -> {
            throw wrongUsage(problem);
        });
        check();
        run();
        return CommandLine.ExitCode.OK;
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

    final ServerOptions server() {
        return server;
    }

    /** Opens the library for disks that are only read. */
    final Disks openToRead() throws IOException {
        return open(true);
    }

    /** Opens the library for disks that are changed. */
    final Disks openToWrite() throws IOException {
        return open(false);
    }

    private Disks open(boolean isReadOnly) throws IOException {
        VixDiskLib lib = library.open();
        return new Disks(lib, server, isReadOnly);
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

    /** Refuses options of a server with names that are all of this host. */
    final void requireUseOfServer(String... names) {
        for (String name : names) {
            if (server.isOnServer(name)) {
                return;
            }
        }
        if (server.isGiven()) {
            throw wrongUsage("--server is given, and no disk on it; names there begin with [datastore] or server:");
        }
    }

    private String name() {
        return Objects.requireNonNull(spec).name();
    }

    final ParameterException wrongUsage(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }
}
