/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Init;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_InitEx;

import dev.vixdisklib.Capabilities.Suspect;
import dev.vixdisklib.ConfigKey;
import dev.vixdisklib.raw.VddkLibrary;
import dev.vixdisklib.raw.VddkVersion;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Loads a library and initialises it. One at a time.
 *
 * @param library what was loaded
 * @param suspects what was mapped before it, and may clash with it
 */
record Initialisation(VddkLibrary library, List<Suspect> suspects) {

    private static final System.Logger LOGGER = System.getLogger("dev.vixdisklib");

    /** What was mapped when the library was loaded; that is not undone if it fails to initialise. */
    private static @Nullable SortedSet<Path> mappedBefore;

    /**
     * Loads a library.
     *
     * @throws IllegalCallerException if native access is denied to the raw module, with what to do
     */
    static Initialisation load(Path location, Collection<String> required) throws IOException {
        SortedSet<Path> mapped = mappedBefore == null ? MappedLibraries.now() : mappedBefore;
        try {
            VddkLibrary library = VddkLibrary.load(location, required);
            mappedBefore = mapped;
            return new Initialisation(library, Surroundings.suspects(mapped, directory(library)));
        } catch (IllegalCallerException e) {
            throw new IllegalCallerException(
                    "native access is denied to the module dev.vixdisklib.raw: start java with"
                            + " --enable-native-access=dev.vixdisklib.raw, or with --enable-native-access=ALL-UNNAMED if"
                            + " vixdisklib is on the class path; the manifest of an executable jar can have"
                            + " Enable-Native-Access: ALL-UNNAMED",
                    e);
        }
    }

    private static Path directory(VddkLibrary library) {
        return library.file().resolveSibling("");
    }

    /** The level of the interface to ask for: what this API is written for, as far as the library knows it. */
    static VddkVersion level(VddkVersion version) {
        if (version.isAtLeast(8, 0)) {
            return new VddkVersion(8, 0, 0);
        }
        return version.isAtLeast(7, 0) ? new VddkVersion(7, 0, 0) : new VddkVersion(6, 5, 0);
    }

    /** Initialises the library. */
    void run(Startup startup) throws IOException {
        // In a handler, another open would come here again.
        Callback.run(() -> warn(startup));
        startup.callWithFile(library.version().toString(), file -> call(startup, file));
    }

    private void warn(Startup startup) {
        library.warnings().forEach(warning -> LOGGER.log(Level.WARNING, warning));
        Surroundings.pitfalls(System.getenv()).forEach(pitfall -> LOGGER.log(Level.WARNING, pitfall));
        for (Suspect suspect : suspects) {
            LOGGER.log(Surroundings.level(suspect, directory(library)), "this process has loaded " + suspect);
        }
        for (String name : startup.configuration().settings().keySet()) {
            ConfigKey.ofName(name)
                    .filter(key -> !key.isIn(library.version().toString()))
                    .ifPresent(key -> LOGGER.log(
                            Level.WARNING,
                            key + " has no effect: VDDK " + key.since() + " and later have it, and this is "
                                    + library));
        }
    }

    private void call(Startup startup, @Nullable Path configuration) throws IOException {
        VddkVersion level = level(library.version());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment directory = arena.allocateFrom(library.directory().toString());
            MemorySegment file =
                    configuration == null ? MemorySegment.NULL : arena.allocateFrom(configuration.toString());
            NativeCalls.call(
                    startup.function(),
                    configuration == null ? null : configuration.toString(),
                    startup.function() == NativeFunction.INIT
                            ? () -> VixDiskLib_Init(
                                    level.major(), level.minor(), Upcalls.LOG, Upcalls.WARN, Upcalls.PANIC, directory)
                            : () -> VixDiskLib_InitEx(
                                    level.major(),
                                    level.minor(),
                                    Upcalls.LOG,
                                    Upcalls.WARN,
                                    Upcalls.PANIC,
                                    directory,
                                    file));
        }
    }
}
