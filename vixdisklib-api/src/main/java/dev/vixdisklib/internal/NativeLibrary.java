/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Exit;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_InitEx;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_ListTransportModes;
import static java.util.function.Predicate.not;

import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.raw.VddkLibrary;
import dev.vixdisklib.raw.VddkVersion;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The initialised library of this process. VixDiskLib may be initialised once in a process and not again after Exit (VDDK
 * guide, "Initialize the Library"), so it stays until the process ends; Exit runs from a shutdown hook.
 */
public final class NativeLibrary {

    private static final System.Logger LOGGER = System.getLogger("dev.vixdisklib");

    private static final Duration EXIT_PATIENCE = Duration.ofSeconds(5);

    /** Without these nothing works. For the others see {@link #require}. */
    private static final Set<NativeFunction> REQUIRED = EnumSet.of(
            NativeFunction.INIT_EX,
            NativeFunction.EXIT,
            NativeFunction.GET_ERROR_TEXT,
            NativeFunction.FREE_ERROR_TEXT,
            NativeFunction.LIST_TRANSPORT_MODES,
            NativeFunction.CONNECT,
            NativeFunction.DISCONNECT,
            NativeFunction.OPEN,
            NativeFunction.CLOSE,
            NativeFunction.GET_INFO,
            NativeFunction.FREE_INFO,
            NativeFunction.GET_TRANSPORT_MODE,
            NativeFunction.READ,
            NativeFunction.WRITE);

    private static @Nullable NativeLibrary instance;

    private final ControlThread control = new ControlThread();
    private final VddkLibrary library;
    private final @Nullable Path configuration;

    /** How many connections are open; confined to the control thread. */
    private int connections;

    /** Confined to the control thread. */
    private boolean shuttingDown;

    /** Confined to the control thread. */
    private boolean ended;

    private NativeLibrary(VddkLibrary library, @Nullable Path configuration) {
        this.library = library;
        this.configuration = configuration;
    }

    /**
     * Loads and initialises the library, unless that was done before.
     *
     * @param location as {@link VddkLibrary#load} takes it
     * @param configuration a configuration file, null for none
     * @return the library of this process
     * @throws IOException if it cannot be loaded, fails to initialise, or the configuration file cannot be read
     * @throws IllegalArgumentException if one of the two is not a path of this host's file system
     * @throws IllegalStateException if this process uses another library, or this one with another configuration, or if a
     *     callback of the library is calling
     */
    public static NativeLibrary open(Path location, @Nullable Path configuration) throws IOException {
        Callback.requireNone();
        return openLocked(location, configuration);
    }

    private static synchronized NativeLibrary openLocked(Path location, @Nullable Path configuration)
            throws IOException {
        Path absolute =
                configuration == null ? null : HostPaths.absolute(configuration).normalize();
        List<String> required = REQUIRED.stream().map(NativeFunction::symbol).toList();
        NativeLibrary present = instance;
        if (present == null && absolute != null) {
            // A library may go on without it, and then there is no second chance.
            requireReadable(absolute);
        }
        VddkLibrary library = VddkLibrary.load(HostPaths.absolute(location), required);
        if (present == null) {
            present = initialise(library, absolute);
            instance = present;
        } else if (!Objects.equals(present.configuration, absolute)) {
            throw new IllegalStateException("this process has initialised " + library.file() + " with "
                    + described(present.configuration) + ", and it cannot be initialised again with "
                    + described(absolute));
        }
        return present;
    }

    private static void requireReadable(Path file) throws IOException {
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

    private static String described(@Nullable Path configuration) {
        return configuration == null ? "no configuration file" : "the configuration file " + configuration;
    }

    private static NativeLibrary initialise(VddkLibrary library, @Nullable Path configuration) throws IOException {
        // In a handler, another open would come here again.
        Callback.run(() -> library.warnings().forEach(warning -> LOGGER.log(Level.WARNING, warning)));
        VddkVersion level = level(library.version());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment directory = arena.allocateFrom(library.directory().toString());
            MemorySegment file =
                    configuration == null ? MemorySegment.NULL : arena.allocateFrom(configuration.toString());
            NativeCalls.call(
                    NativeFunction.INIT_EX,
                    configuration == null ? null : configuration.toString(),
                    () -> VixDiskLib_InitEx(
                            level.major(), level.minor(), Upcalls.LOG, Upcalls.WARN, Upcalls.PANIC, directory, file));
        }
        NativeLibrary initialised = new NativeLibrary(library, configuration);
        Runtime.getRuntime().addShutdownHook(new Thread(initialised::exit, "vixdisklib-exit"));
        return initialised;
    }

    /** The level of the interface to ask for: what this API is written for, as far as the library knows it. */
    private static VddkVersion level(VddkVersion version) {
        if (version.isAtLeast(8, 0)) {
            return new VddkVersion(8, 0, 0);
        }
        return version.isAtLeast(7, 0) ? new VddkVersion(7, 0, 0) : new VddkVersion(6, 5, 0);
    }

    /** Ends the library, or has the last connection do it: other threads may be in the middle of a call until then. */
    private void exit() {
        try {
            control.call(
                    () -> {
                        shuttingDown = true;
                        endIfUnused();
                    },
                    EXIT_PATIENCE);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            LOGGER.log(Level.DEBUG, "the library was not ended in order", e);
        }
    }

    private void endIfUnused() {
        if (shuttingDown && connections == 0 && !ended) {
            ended = true;
            VixDiskLib_Exit();
        }
    }

    /**
     * Throws after the library was ended; on the control thread, before whatever needs no connection.
     *
     * @throws IllegalStateException if the library was ended
     */
    void requireRunning() {
        if (ended) {
            throw new IllegalStateException("the library was ended, because the JVM is shutting down");
        }
    }

    /** Counts a connection, once it is open; on the control thread. */
    void connected() {
        connections++;
    }

    /** Takes a connection from the count, once it is closed; on the control thread. */
    void disconnected() {
        connections--;
        endIfUnused();
    }

    /** The thread that opens and closes. */
    ControlThread control() {
        return control;
    }

    /**
     * The library.
     *
     * @return what was loaded
     */
    public VddkLibrary library() {
        return library;
    }

    /**
     * The names of functions that the library lacks.
     *
     * @return names without prefix
     */
    public SortedSet<String> missingFunctions() {
        SortedSet<String> names = new TreeSet<>();
        library.missingFunctions().forEach(name -> names.add(name.substring(NativeFunction.PREFIX.length())));
        return names;
    }

    /** Whether the library has a function. */
    boolean has(NativeFunction function) {
        return !library.missingFunctions().contains(function.symbol());
    }

    /**
     * Throws unless the library has a function; before every call of a function that not every library has.
     *
     * @throws UnsupportedOperationException if it has not
     */
    void require(NativeFunction function) {
        if (!has(function)) {
            throw new UnsupportedOperationException(library + " has no function " + function.symbol() + ", which VDDK "
                    + function.since() + " and later have");
        }
    }

    /** Whether the structs of the library have the fields for sector sizes. */
    boolean knowsSectorSizes() {
        return library.version().isAtLeast(7, 0);
    }

    /**
     * Throws unless the library can be told the sector sizes of a new disk. Those that all libraries know are no matter.
     *
     * @throws UnsupportedOperationException if it cannot
     */
    void requireSectorSizes(DiskSpec spec) {
        int largest = Math.max(
                spec.logicalSectorSize().orElse(Sectors.SIZE),
                spec.physicalSectorSize().orElse(Sectors.SIZE));
        if (largest != Sectors.SIZE && !knowsSectorSizes()) {
            throw new UnsupportedOperationException(library + " makes disks with sectors of " + Sectors.SIZE
                    + " bytes only; VDDK 7.0 and later can be told another size");
        }
    }

    /**
     * Whether the library is to be given the handle of a parent back after Attach. Before 7.0 that was a mistake, and
     * later ones leak it otherwise (fact sheet, paragraph 4.10).
     */
    boolean wantsAttachedParentsClosed() {
        return library.version().isAtLeast(7, 0);
    }

    /** The names of the transport modes, in the library's order; on the control thread. */
    List<String> transportModes() {
        requireRunning();
        MemorySegment modes = VixDiskLib_ListTransportModes();
        return modes.address() == 0
                ? List.of()
                : Pattern.compile(":")
                        .splitAsStream(modes.getString(0))
                        .filter(not(String::isEmpty))
                        .toList();
    }

    @Override
    public String toString() {
        return library.toString();
    }
}
