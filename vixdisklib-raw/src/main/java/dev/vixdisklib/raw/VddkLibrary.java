/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.raw;

import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The VixDiskLib library of this process.
 *
 * <p>A process can use one library. {@link #load} finds it in a directory, loads first what it needs from its own
 * directory, and all of it by absolute path, so neither {@code LD_LIBRARY_PATH} nor anything else of the environment
 * matters or is changed. A library that was loaded stays until the process ends: VixDiskLib has threads of its own.
 *
 * <p>All methods may be called from any thread. The library belongs to the class loader of this class; a second class
 * loader in the same process cannot load it again, and the dynamic loader says so.
 *
 * @see <a href="https://man7.org/linux/man-pages/man8/ld.so.8.html">ld.so(8)</a>
 */
public final class VddkLibrary {

    /** Loaded at InitEx, by bare name; it is loaded here as well so that the name is found. */
    private static final String PLUGIN = "libdiskLibPlugin.so";

    private static final Object LOCK = new Object();
    private static @Nullable VddkLibrary loaded;

    private final Path file;
    private final Path directory;
    private final VddkVersion version;
    private final Set<String> definedFunctions;
    private final SortedSet<String> missingFunctions;
    private final List<String> warnings;

    private VddkLibrary(Path file, VddkVersion version, Set<String> definedFunctions, List<String> warnings) {
        this.file = file;
        this.directory = distribution(file);
        this.version = version;
        this.definedFunctions = Set.copyOf(definedFunctions);
        SortedSet<String> missing = functions();
        missing.removeAll(definedFunctions);
        this.missingFunctions = Collections.unmodifiableSortedSet(missing);
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Loads a library, unless the same one is loaded already.
     *
     * <p>In a directory, the newest {@code libvixDiskLib.so.N} that can be loaded is taken; the directory's
     * {@code lib64} is looked at before the directory itself.
     *
     * @param location the directory of a VDDK, or its {@code lib64}, or a library file
     * @param required the functions without which a library is of no use to the caller; a library that lacks one is
     *     not loaded
     * @return the library of this process
     * @throws VddkLoadException if there is no usable library; the message has a line for every place tried, with the
     *     dynamic loader's own words. Nothing is remembered: a later call can succeed
     * @throws IllegalStateException if this process has loaded another library before, and the location is there
     * @throws IllegalCallerException if native access is denied to this module
     */
    public static VddkLibrary load(Path location, Collection<String> required) throws VddkLoadException {
        synchronized (LOCK) {
            VddkLibrary present = loaded;
            if (present == null) {
                present = new Search(location.toAbsolutePath().normalize(), Set.copyOf(required)).load();
                loaded = present;
            } else if (!Files.exists(location)) {
                throw unusable(location.toAbsolutePath(), List.of(location.toAbsolutePath() + ": does not exist"));
            } else if (!present.isAt(location)) {
                throw new IllegalStateException("this process has loaded " + present.file
                        + " and can use no other VixDiskLib; " + location.toAbsolutePath()
                        + " needs a process of its own");
            } else {
                present.checkHas(required);
            }
            return present;
        }
    }

    /**
     * The names of the functions of VixDiskLib 8.0, as the header declares them.
     *
     * @return 43 names in alphabetical order
     */
    public static SortedSet<String> functions() {
        // The classes that hold the handles are touched by calls only, so this is safe before a library is loaded.
        return Arrays.stream(VixDiskLibNative.class.getMethods())
                .map(Method::getName)
                .filter(name -> name.startsWith("VixDiskLib_") && !name.contains("$"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The library file, with symbolic links resolved.
     *
     * @return an absolute path
     */
    public Path file() {
        return file;
    }

    /**
     * The directory of the VDDK, as InitEx wants it: the one above {@code lib64}, or the library's own directory where
     * that is not called {@code lib64}.
     *
     * @return an absolute path
     */
    public Path directory() {
        return directory;
    }

    /**
     * The version, from the file's name or soname.
     *
     * @return the version, or {@link VddkVersion#UNKNOWN}
     */
    public VddkVersion version() {
        return version;
    }

    /**
     * Which of the {@link #functions() 43 functions} the library lacks. Calling one of those ends in a
     * {@link LinkageError}.
     *
     * @return names in alphabetical order
     */
    public SortedSet<String> missingFunctions() {
        return missingFunctions;
    }

    /**
     * What went wrong while the library was loaded, but did not prevent it: newer libraries that could not be loaded, a
     * plugin that could not.
     *
     * @return messages for a log, maybe none
     */
    public List<String> warnings() {
        return warnings;
    }

    @Override
    public String toString() {
        return "VixDiskLib " + version + " (" + file + ")";
    }

    private void checkHas(Collection<String> required) throws VddkLoadException {
        try {
            checkDefined(required, definedFunctions);
        } catch (IOException e) {
            throw unusable(file, List.of(file + ": " + e.getMessage()));
        }
    }

    private static void checkDefined(Collection<String> required, Set<String> defined) throws IOException {
        Set<String> lacking = new TreeSet<>(required);
        lacking.removeAll(defined);
        if (!lacking.isEmpty()) {
            throw new IOException("lacks the function" + (lacking.size() == 1 ? " " : "s ") + String.join(", ", lacking)
                    + ", without which it cannot be used");
        }
    }

    private static VddkLoadException unusable(Path location, List<String> failures) {
        return new VddkLoadException(failures.stream()
                .collect(Collectors.joining(
                        System.lineSeparator() + "  ",
                        "no usable VixDiskLib library at " + location + "; tried:" + System.lineSeparator() + "  ",
                        "")));
    }

    private boolean isAt(Path location) {
        Path absolute = location.toAbsolutePath().normalize();
        try {
            return new Search(absolute, Set.of()).candidates().contains(file);
        } catch (IOException e) {
            return false;
        }
    }

    private static Path distribution(Path file) {
        Path libraries = parent(file);
        return libraries.endsWith("lib64") ? parent(libraries) : libraries;
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    /** One search for a library that can be loaded. */
    private static final class Search {

        private final Path location;
        private final Set<String> required;
        private final List<String> failures = new ArrayList<>();

        Search(Path location, Set<String> required) {
            this.location = location;
            this.required = required;
        }

        VddkLibrary load() throws VddkLoadException {
            List<Path> candidates;
            try {
                candidates = candidates();
            } catch (IOException e) {
                failures.add(location + ": cannot be read: " + e);
                candidates = List.of();
            }
            List<String> warnings = new ArrayList<>();
            for (Path candidate : candidates) {
                try {
                    return load(candidate, warnings);
                } catch (IOException | UnsatisfiedLinkError e) {
                    warnings.add(candidate + ": " + reason(e, candidate));
                }
            }
            failures.addAll(warnings);
            throw unusable(location, failures);
        }

        /** Library files, with links resolved, the newest first; adds to the failures where none can be. */
        List<Path> candidates() throws IOException {
            if (Files.isRegularFile(location)) {
                return List.of(location.toRealPath());
            }
            if (!Files.exists(location)) {
                failures.add(location + ": does not exist");
                return List.of();
            }
            for (Path directory : List.of(location.resolve("lib64"), location)) {
                if (!Files.isDirectory(directory)) {
                    failures.add(directory + ": is not a directory");
                    continue;
                }
                Set<Path> found = new HashSet<>();
                try (Stream<Path> files = Files.list(directory)) {
                    for (Path file : files.toList()) {
                        if (VddkVersion.isLibraryName(file.getFileName().toString()) && Files.isRegularFile(file)) {
                            found.add(file.toRealPath());
                        }
                    }
                }
                if (!found.isEmpty()) {
                    return found.stream()
                            .sorted(Comparator.comparing(Search::nameVersion)
                                    .reversed()
                                    .thenComparing(Comparator.naturalOrder()))
                            .toList();
                }
                failures.add(directory + ": has no libvixDiskLib.so.9, .8, .7 or .6");
            }
            return List.of();
        }

        private static VddkVersion nameVersion(Path file) {
            return VddkVersion.ofFileName(file.getFileName().toString());
        }

        /** Loads a file; adds to the warnings what went wrong with its plugin. */
        private VddkLibrary load(Path file, List<String> warnings) throws IOException {
            Path directory = parent(file);
            // A library that is mapped already is what the dynamic loader will use for that name, whatever is loaded
            // here.
            Set<String> present = mappedSonames();
            List<Path> order = new ArrayList<>();
            collect(file, directory, present, new HashSet<>(), order);

            Set<String> defined = new HashSet<>();
            for (Path library : order) {
                defined.addAll(ElfFile.read(library).functions());
            }
            checkDefined(required, defined);
            VddkVersion version = nameVersion(file);
            if (version.equals(VddkVersion.UNKNOWN)) {
                version = sonameVersion(file);
            }

            order.forEach(library -> System.load(library.toString()));
            loadPlugin(directory, present, new HashSet<>(order), warnings);
            return new VddkLibrary(file, version, defined, warnings);
        }

        private static VddkVersion sonameVersion(Path file) throws IOException {
            String soname = ElfFile.read(file).soname();
            return soname == null ? VddkVersion.UNKNOWN : VddkVersion.ofFileName(soname);
        }

        /** Adds a file to the order, after everything in its directory that it needs. */
        private static void collect(Path file, Path directory, Set<String> present, Set<Path> seen, List<Path> order)
                throws IOException {
            if (!seen.add(file)) {
                return;
            }
            for (String name : ElfFile.read(file).needed()) {
                Path needed = directory.resolve(name);
                if (!present.contains(name) && Files.isRegularFile(needed)) {
                    collect(needed.toRealPath(), directory, present, seen, order);
                }
            }
            order.add(file);
        }

        private static void loadPlugin(Path directory, Set<String> present, Set<Path> seen, List<String> warnings) {
            Path plugin = directory.resolve(PLUGIN);
            if (!Files.isRegularFile(plugin)) {
                return;
            }
            try {
                List<Path> order = new ArrayList<>();
                collect(plugin.toRealPath(), directory, present, seen, order);
                order.forEach(library -> System.load(library.toString()));
            } catch (IOException | UnsatisfiedLinkError e) {
                warnings.add(plugin + ": cannot be loaded, so only the transport modes built into the library work: "
                        + reason(e, plugin));
            }
        }

        private static Set<String> mappedSonames() throws IOException {
            Path maps = Path.of("/proc/self/maps");
            Set<String> names = new HashSet<>();
            if (!Files.isReadable(maps)) {
                return names;
            }
            // Not Files.lines, which stops at a name that is no UTF-8.
            Set<String> files = new String(Files.readAllBytes(maps), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.contains(".so") && line.indexOf('/') > 0)
                    .map(line -> line.substring(line.indexOf('/')))
                    .collect(Collectors.toSet());
            for (String file : files) {
                try {
                    String soname = ElfFile.read(Path.of(file)).soname();
                    if (soname != null) {
                        names.add(soname);
                    }
                } catch (IOException | InvalidPathException e) {
                    // Deleted since, not ELF, or of a name that this locale cannot say: not what a VDDK needs.
                }
            }
            return names;
        }

        private static String reason(Throwable e, Path file) {
            if (e instanceof FileSystemException) {
                // Its message is a path and no more.
                return "cannot be read: " + e;
            }
            String message = String.valueOf(e.getMessage());
            String prefix = file + ": ";
            return message.startsWith(prefix) ? message.substring(prefix.length()) : message;
        }
    }
}
