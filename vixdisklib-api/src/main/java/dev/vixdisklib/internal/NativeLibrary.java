/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static java.util.function.Predicate.not;

import dev.vixdisklib.Capabilities;
import dev.vixdisklib.Capabilities.Suspect;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.Sectors;
import dev.vixdisklib.TransportMode;
import dev.vixdisklib.VixError;
import dev.vixdisklib.raw.VddkLibrary;
import dev.vixdisklib.raw.VddkVersion;
import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The initialised library of this process. VixDiskLib may be initialised once in a process and not again after Exit (VDDK
 * guide, "Initialize the Library"), so it stays until the process ends; Exit runs from a shutdown hook.
 */
public final class NativeLibrary {

    private static final System.Logger LOGGER = System.getLogger("dev.vixdisklib");

    /** The first version that opens disks by their datastore and folder (fact sheet, paragraph 9). */
    private static final VddkVersion DATASTORE_SPECS = new VddkVersion(8, 0, 1);

    private static final Duration EXIT_PATIENCE = Duration.ofSeconds(5);

    /** Without these, and the one that initialises, nothing works. For the others see {@link #require}. */
    private static final Set<NativeFunction> REQUIRED = EnumSet.of(
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

    /** What every transport but the one for local files needs (fact sheet, paragraph 5). */
    private static final String PLUGIN = "libdiskLibPlugin.so";

    private static @Nullable NativeLibrary instance;

    private static volatile @Nullable Path missingPlugin;

    private final ControlThread control = new ControlThread();
    private final VddkLibrary library;
    private final Startup startup;
    private final List<Suspect> suspects;

    /** How many connections are open, and other uses not at their end; confined to the control thread. */
    private int connections;

    /** Confined to the control thread. */
    private boolean shuttingDown;

    /** Held during Exit, also by the log handlers that it calls, and by what must not run after it. */
    private final ReentrantLock exiting = new ReentrantLock();

    /** Written on the control thread, with the lock held. */
    private boolean ended;

    private NativeLibrary(Initialisation initialisation, Startup startup) {
        this.library = initialisation.library();
        this.startup = startup;
        this.suspects = initialisation.suspects();
    }

    /**
     * Loads and initialises the library, unless that was done before.
     *
     * @param location as {@link VddkLibrary#load} takes it
     * @param startup how to initialise it
     * @return the library of this process
     * @throws IOException if it cannot be loaded, fails to initialise, or the configuration file cannot be read
     * @throws IllegalArgumentException if the location is not a path of this host's file system
     * @throws IllegalCallerException if native access is denied to the raw module
     * @throws IllegalStateException if this process uses another library, or this one with another startup, or if a
     *     callback of the library is calling
     */
    public static NativeLibrary open(Path location, Startup startup) throws IOException {
        Callback.requireNone();
        return openLocked(HostPaths.absolute(location), startup);
    }

    private static synchronized NativeLibrary openLocked(Path location, Startup startup) throws IOException {
        NativeLibrary present = instance;
        if (present == null) {
            startup.requireReadable();
            Initialisation initialisation = Initialisation.load(location, required(startup));
            missingPlugin = missingPlugin(initialisation.library());
            initialisation.run(startup);
            present = new NativeLibrary(initialisation, startup);
            Runtime.getRuntime().addShutdownHook(new Thread(present::exit, "vixdisklib-exit"));
            instance = present;
            return present;
        }
        VddkLibrary library = VddkLibrary.load(location, required(startup));
        if (!present.startup.equals(startup)) {
            throw new IllegalStateException("this process has initialised " + library.file() + " with "
                    + present.startup + ", and it cannot be initialised again with " + startup
                    + present.startup.difference(startup));
        }
        return present;
    }

    private static List<String> required(Startup startup) {
        return Stream.concat(REQUIRED.stream(), Stream.of(startup.function()))
                .map(NativeFunction::symbol)
                .toList();
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
            exiting.lock();
            try {
                ended = true;
                if (!NativeLog.hasPanicked()) {
                    NativeCalls.run(NativeFunction.EXIT, VixDiskLibNative::VixDiskLib_Exit);
                }
            } finally {
                exiting.unlock();
            }
        }
    }

    /** Something brief that needs the library but nothing open; or something else, if the library was ended. */
    <T> T unlessEnded(Supplier<T> action, Supplier<T> otherwise) {
        exiting.lock();
        try {
            return (ended ? otherwise : action).get();
        } finally {
            exiting.unlock();
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

    /** Counts a connection, once it is open, or another use that the library must not end under; on the control thread. */
    void connected() {
        connections++;
    }

    /** Takes a connection or other use from the count, once it is closed; on the control thread. */
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

    /** What this library is and can do; on the control thread. */
    Capabilities capabilities(List<TransportMode> transportModes) {
        VddkVersion level = Initialisation.level(library.version());
        SortedSet<String> functions = new TreeSet<>();
        for (NativeFunction function : NativeFunction.values()) {
            if (has(function)) {
                functions.add(function.shortName());
            }
        }
        List<String> warnings = new ArrayList<>(library.warnings());
        warnings.addAll(Surroundings.pitfalls(System.getenv()));
        return new Capabilities(
                library.file(),
                library.directory(),
                library.version().toString(),
                level.major() + "." + level.minor(),
                startup.function() == NativeFunction.INIT_EX,
                startup.toString(),
                functions,
                missingFunctions(),
                NativeStructs.sizes(
                        knowsSectorSizes(),
                        has(NativeFunction.ALLOCATE_CONNECT_PARAMS),
                        has(NativeFunction.QUERY_ALLOCATED_BLOCKS)),
                transportModes,
                companions(),
                warnings,
                suspects);
    }

    /** The names of what is mapped beside the library's file. */
    private SortedSet<String> companions() {
        return MappedLibraries.now().stream()
                .filter(file -> !file.equals(library.file())
                        && library.file().resolveSibling(file.getFileName()).equals(file))
                .map(file -> file.getFileName().toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The library's text for an error; on the control thread. */
    String errorText(VixError error) {
        requireRunning();
        return NativeCalls.text(error.value());
    }

    private static @Nullable Path missingPlugin(VddkLibrary library) {
        Path plugin = library.file().resolveSibling(PLUGIN);
        return Files.exists(plugin) ? null : plugin;
    }

    /** Where the library's plugin should be and is not; null if it is there, or no library is in use. */
    static @Nullable Path missingPlugin() {
        return missingPlugin;
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

    /** Whether the struct of connect parameters has the fields for what is no virtual machine: first-class disks. */
    boolean hasConnectSpecs() {
        return has(NativeFunction.ALLOCATE_CONNECT_PARAMS);
    }

    /** Whether those fields can name a datastore. */
    boolean hasDatastoreSpecs() {
        return hasConnectSpecs() && library.version().compareTo(DATASTORE_SPECS) >= 0;
    }

    /** The names of the transport modes, in the library's order; on the control thread. */
    List<String> transportModes() {
        requireRunning();
        MemorySegment modes = NativeCalls.pointer(
                NativeFunction.LIST_TRANSPORT_MODES, VixDiskLibNative::VixDiskLib_ListTransportModes);
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
