/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the library of this process is, and what it can do: for decisions, and, as the text that {@link #toString} makes of
 * it, for bug reports. It has no secrets. Immutable.
 *
 * @param libraryFile the file that was loaded; absolute, without symbolic links
 * @param directory the directory of the VDDK, as the library was told
 * @param version from the file's name, such as {@code 8.0.3}, or {@code unknown}
 * @param interfaceLevel the level of the interface that was asked for, such as {@code 8.0}: what this API is written for,
 *     as far as the library knows it
 * @param advancedTransports whether it was initialised for advanced transports, as all but
 *     {@link VixDiskLib#openWithoutAdvancedTransports} do
 * @param configuration what it was configured with, in words
 * @param functions the names of the functions that it has, without {@code VixDiskLib_}
 * @param missingFunctions the names of the functions of VixDiskLib 8.0 that it lacks, without {@code VixDiskLib_}
 * @param structSizes the sizes in bytes of the structs that it has, by their names without {@code VixDiskLib}; of one with
 *     an array at its end, with one element
 * @param transportModes the ways in which it can reach disks, in its own order
 * @param companions the names of the files beside the library that are mapped too, on Linux
 * @param warnings what went wrong while it was loaded and did not prevent it, and what is wrong with the environment
 * @param suspects libraries that were mapped before this one, and that it may clash with; on Linux
 */
public record Capabilities(
        Path libraryFile,
        Path directory,
        String version,
        String interfaceLevel,
        boolean advancedTransports,
        String configuration,
        SortedSet<String> functions,
        SortedSet<String> missingFunctions,
        SortedMap<String, Long> structSizes,
        List<TransportMode> transportModes,
        SortedSet<String> companions,
        List<String> warnings,
        List<Suspect> suspects) {

    /**
     * A library in the process that is not the VDDK's, and that it may clash with.
     *
     * @param file what is mapped; it may have been deleted since
     * @param reason why that can be a problem, and what to do
     */
    public record Suspect(Path file, String reason) {

        @Override
        public String toString() {
            return file + ": " + reason;
        }
    }

    /** What a library can do; the collections are copied. */
    public Capabilities {
        functions = Collections.unmodifiableSortedSet(new TreeSet<>(functions));
        missingFunctions = Collections.unmodifiableSortedSet(new TreeSet<>(missingFunctions));
        structSizes = Collections.unmodifiableSortedMap(new TreeMap<>(structSizes));
        transportModes = List.copyOf(transportModes);
        companions = Collections.unmodifiableSortedSet(new TreeSet<>(companions));
        warnings = List.copyOf(warnings);
        suspects = List.copyOf(suspects);
    }

    /**
     * Whether the library has a function.
     *
     * @param function its name, with or without {@code VixDiskLib_}
     * @return whether it has; false for a name that no function of VixDiskLib 8.0 has
     */
    public boolean has(String function) {
        String prefix = "VixDiskLib_";
        return functions.contains(function.startsWith(prefix) ? function.substring(prefix.length()) : function);
    }

    /**
     * A report for people, of several lines.
     *
     * @return a text whose form may change
     */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(System.lineSeparator());
        text.add("VixDiskLib " + version);
        line(text, "file", libraryFile.toString());
        line(text, "directory", directory.toString());
        line(
                text,
                "initialised",
                (advancedTransports ? "InitEx" : "Init") + ", interface " + interfaceLevel + ", with " + configuration);
        line(
                text,
                "transports",
                transportModes.stream().map(TransportMode::name).collect(Collectors.joining(":")));
        line(text, "functions", functions.size() + " of " + (functions.size() + missingFunctions.size()));
        lines(text, "missing", missingFunctions);
        line(
                text,
                "structs",
                structSizes.entrySet().stream()
                                .map(struct -> struct.getKey() + " " + struct.getValue())
                                .collect(Collectors.joining(", "))
                        + " (bytes)");
        line(text, "companions", companions.isEmpty() ? "none" : String.join(", ", companions));
        lines(text, "warnings", warnings);
        lines(text, "suspects", suspects);
        return text.toString();
    }

    private static void lines(StringJoiner text, String title, Iterable<?> values) {
        String next = title;
        for (Object value : values) {
            line(text, next, value.toString());
            next = "";
        }
        if (next.equals(title)) {
            line(text, title, "none");
        }
    }

    private static void line(StringJoiner text, String title, String value) {
        text.add(String.format("  %-12s %s", title, value).stripTrailing());
    }
}
