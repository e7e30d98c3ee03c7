/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that uses the library. */
final class LibraryOptions {

    private static boolean verbose;

    static final String LIBDIR_VARIABLE = "VIXDISKLIB_LIBDIR";

    @Option(
            names = "--libdir",
            paramLabel = "DIR",
            defaultValue = "${env:" + LIBDIR_VARIABLE + "}",
            description = {
                "A VDDK (vmware-vix-disklib-distrib), or its lib64. Without it, and without the environment variable "
                        + LIBDIR_VARIABLE + ", the fake VDDK of this build is used, which knows local files."
            })
    private @Nullable Path libdir;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A configuration file, as docs/reference/configuration.md explains.")
    private @Nullable Path configuration;

    @Option(
            names = {"-v", "--verbose"},
            defaultValue = "false",
            description = "Tell what the library logs, and where a failure comes from.")
    void setVerbose(boolean value) {
        verbose = value;
    }

    /** The options of a program that takes none. */
    static LibraryOptions ofEnvironment() {
        LibraryOptions options = new LibraryOptions();
        String directory = System.getenv(LIBDIR_VARIABLE);
        options.libdir = directory == null ? null : Path.of(directory);
        return options;
    }

    /** Whether the user wants details: one setting for the process, as loggers are. */
    static boolean isVerbose() {
        return verbose;
    }

    boolean isFake() {
        return named().isEmpty();
    }

    VixDiskLib open() throws IOException {
        Path place = named().orElseGet(FakeVddk::directory);
        return configuration == null ? VixDiskLib.open(place) : VixDiskLib.open(place, configuration);
    }

    /** The directory that the user names; an empty name is none, as with other variables. */
    private Optional<Path> named() {
        return Optional.ofNullable(libdir)
                .filter(directory -> !directory.toString().isEmpty());
    }
}
