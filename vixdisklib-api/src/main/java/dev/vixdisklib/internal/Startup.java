/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.Configuration;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How the library is to be initialised: once in a process, so all who open it have to agree. */
public final class Startup {

    private static final Configuration NO_CONFIGURATION =
            Configuration.builder().build();

    private final NativeFunction function;
    private final @Nullable Path file;
    private final Configuration configuration;

    private Startup(NativeFunction function, @Nullable Path file, Configuration configuration) {
        this.function = function;
        this.file = file;
        this.configuration = configuration;
    }

    /**
     * With a configuration.
     *
     * @param configuration the settings; without any, no configuration file is used
     * @return the startup
     */
    public static Startup with(Configuration configuration) {
        return new Startup(NativeFunction.INIT_EX, null, Objects.requireNonNull(configuration, "configuration"));
    }

    /**
     * Without configuration.
     *
     * @return the startup
     */
    public static Startup withDefaults() {
        return with(NO_CONFIGURATION);
    }

    /**
     * With the configuration file of a user.
     *
     * @param file the file
     * @return the startup
     * @throws IllegalArgumentException if it is not of this host's file system
     */
    public static Startup withFile(Path file) {
        return new Startup(NativeFunction.INIT_EX, HostPaths.absolute(file).normalize(), NO_CONFIGURATION);
    }

    /**
     * With the function that was there before InitEx: without advanced transports and configuration.
     *
     * @return the startup
     */
    public static Startup withoutAdvancedTransports() {
        return new Startup(NativeFunction.INIT, null, NO_CONFIGURATION);
    }

    /** Init or InitEx. */
    NativeFunction function() {
        return function;
    }

    /** The settings that keys are checked against; none if they are in a file of the user. */
    Configuration configuration() {
        return configuration;
    }

    /**
     * Throws unless the file of the user can be read, if there is one: a library may go on without it, and then there is
     * no second chance.
     */
    void requireReadable() throws IOException {
        if (file == null) {
            return;
        }
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString(), null, "there is no such configuration file");
        }
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "a configuration is a file, and this is a directory");
        }
        if (!Files.isReadable(file)) {
            throw new AccessDeniedException(file.toString(), null, "the configuration file cannot be read");
        }
    }

    /** A call that is given a configuration file, or null for none. */
    @FunctionalInterface
    interface FileUse {
        void with(@Nullable Path file) throws IOException;
    }

    /**
     * Calls with the configuration file: that of the user, or one of this process if there is something to be said. The
     * latter is deleted when the JVM ends, since nobody knows whether a library reads it again; at once if the call fails.
     */
    void callWithFile(String version, FileUse call) throws IOException {
        if (configuration.settings().isEmpty()) {
            call.with(file);
            return;
        }
        // Nobody but its owner may read or write it.
        Path own = Files.createTempFile("vixdisklib-", ".conf");
        own.toFile().deleteOnExit();
        try {
            // Not a channel, which an interrupt of the thread would close.
            try (OutputStream out = new FileOutputStream(own.toFile())) {
                out.write(configuration.fileText(version).getBytes(StandardCharsets.UTF_8));
            }
            call.with(own);
        } catch (IOException | RuntimeException | Error e) {
            Files.deleteIfExists(own);
            throw e;
        }
    }

    /** What is not the same in another one, to be appended to a sentence; empty if not even the ways are the same. */
    String difference(Startup other) {
        if (function != other.function || file != null || other.file != null) {
            return "";
        }
        Map<String, String> mine = configuration.settings();
        Map<String, String> others = other.configuration.settings();
        return Stream.concat(mine.keySet().stream(), others.keySet().stream())
                .distinct()
                .sorted()
                .filter(name -> !Objects.equals(mine.get(name), others.get(name)))
                .map(name -> name + " is " + mine.getOrDefault(name, "not set") + " and "
                        + others.getOrDefault(name, "not set"))
                .collect(Collectors.joining("; ", ": ", ""));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Startup startup
                && function == startup.function
                && Objects.equals(file, startup.file)
                && configuration.equals(startup.configuration);
    }

    @Override
    public int hashCode() {
        return Objects.hash(function, file, configuration);
    }

    @Override
    public String toString() {
        if (function == NativeFunction.INIT) {
            return "no configuration file and no advanced transports";
        }
        if (file != null) {
            return "the configuration file " + file;
        }
        return configuration.settings().isEmpty() ? "no configuration file" : "the configuration " + configuration;
    }
}
