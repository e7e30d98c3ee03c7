/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Where the fake VDDK is, in each of the {@linkplain Version versions} that it plays. A process can load one of them.
 *
 * <p>All methods may be called from any thread.
 */
public final class FakeVddk {

    /** The system property that names the directory of a fake VDDK to use in place of the embedded one. */
    public static final String DIRECTORY_PROPERTY = "vixdisklib.fake";

    private static final String LIBRARY = "libvixDiskLib.so";

    /** Beside the library, in every version. */
    private static final List<String> COMPANIONS = List.of("libvddkFakeTexts.so", "libdiskLibPlugin.so");

    private static final List<String> HEADERS =
            List.of("vixDiskLib.h", "vm_basic_types.h", "vddkFake.h", "vddkFaultInjection.h");

    /** The versions of VDDK that there is a fake of. They differ in what the real ones are known to differ in. */
    public enum Version {
        /** Lacks AllocateConnectParams, QueryAllocatedBlocks and FreeBlockList; has the short structs. */
        V6_5("6.5.4"),
        /** Has all functions; its info and its parameters of Create have no sector sizes. */
        V6_7("6.7.3"),
        /** Has sector sizes. */
        V7_0("7.0.3"),
        /** What {@link #directory()} has. */
        V8_0("8.0.3"),
        /** As 8.0. */
        V9_0("9.0.0.0");

        private final String number;

        Version(String number) {
            this.number = number;
        }

        /** In the name of the library file. */
        String number() {
            return number;
        }

        /** The name of the tree among the embedded files, such as 6.5. */
        String tree() {
            return number.substring(0, number.indexOf('.', number.indexOf('.') + 1));
        }
    }

    private FakeVddk() {}

    /**
     * The directory of the fake VDDK of version 8.0, laid out like a real one: {@code lib64/libvixDiskLib.so.8.0.3} with
     * the usual symbolic links and what it needs beside it, and {@code include/}. The system property
     * {@value #DIRECTORY_PROPERTY} decides if it is set; otherwise the embedded files are unpacked on the first call into
     * a new directory that only this user can enter, and that is deleted when the JVM ends.
     *
     * @return the directory, absolute
     * @throws UncheckedIOException if the property names no directory, or the files could not be unpacked
     */
    public static Path directory() {
        String given = System.getProperty(DIRECTORY_PROPERTY);
        if (given == null) {
            return directory(Version.V8_0);
        }
        Path directory = Path.of(given).toAbsolutePath();
        if (!Files.isDirectory(directory)) {
            throw new UncheckedIOException(new FileNotFoundException("the system property " + DIRECTORY_PROPERTY
                    + " names no directory: " + directory + "; build the fake VDDK with mvn package"));
        }
        return directory;
    }

    /**
     * The directory of the fake VDDK of a version, laid out as {@link #directory()} tells. The embedded files are unpacked
     * on the first call, whatever the system property says.
     *
     * @param version which one
     * @return the directory, absolute; the same for every call in this process
     * @throws UncheckedIOException if the files could not be unpacked
     */
    public static Path directory(Version version) {
        return Unpacked.directory(version);
    }

    /**
     * Unpacks the embedded fake VDDK of version 8.0.
     *
     * @param directory an existing directory to put {@code lib64} and {@code include} into
     * @throws IOException if a file could not be written, or exists already
     */
    public static void unpack(Path directory) throws IOException {
        unpack(Version.V8_0, directory);
    }

    static void unpack(Version version, Path directory) throws IOException {
        Path libraries = Files.createDirectories(directory.resolve("lib64"));
        Path headers = Files.createDirectories(directory.resolve("include"));
        String file = LIBRARY + "." + version.number();
        copy(version.tree() + "/" + file, libraries.resolve(file));
        for (String companion : COMPANIONS) {
            copy(version.tree() + "/" + companion, libraries.resolve(companion));
        }
        for (String header : HEADERS) {
            copy("include/" + header, headers.resolve(header));
        }
        String soname = file.substring(0, file.indexOf('.', LIBRARY.length() + 1));
        Files.createSymbolicLink(libraries.resolve(soname), Path.of(file));
        Files.createSymbolicLink(libraries.resolve(LIBRARY), Path.of(soname));
    }

    private static void copy(String name, Path file) throws IOException {
        try (InputStream embedded = FakeVddk.class.getResourceAsStream("vddk/" + name)) {
            if (embedded == null) {
                throw new FileNotFoundException("this build of the fake VDDK has no embedded " + name);
            }
            Files.copy(embedded, file);
        }
    }

    /** What was unpacked, on first use and once for the process. */
    private static final class Unpacked {
        private static final Map<Version, Path> DIRECTORIES = new EnumMap<>(Version.class);

        static synchronized Path directory(Version version) {
            return DIRECTORIES.computeIfAbsent(version, Unpacked::create);
        }

        private static Path create(Version version) {
            try {
                Path directory = TemporaryFolder.untilExit("vixdisklib-fake-");
                unpack(version, directory);
                return directory.toAbsolutePath();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot unpack the fake VDDK", e);
            }
        }
    }
}
