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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the fake VDDK is.
 *
 * <p>All methods may be called from any thread.
 */
public final class FakeVddk {

    /** The system property that names the directory of a fake VDDK to use in place of the embedded one. */
    public static final String DIRECTORY_PROPERTY = "vixdisklib.fake";

    private static final String LIBRARY = "libvixDiskLib.so";
    private static final String VERSION = "8.0.3";
    private static final List<String> FILES = List.of(
            "lib64/" + LIBRARY + "." + VERSION,
            "lib64/libdiskLibPlugin.so",
            "include/vixDiskLib.h",
            "include/vm_basic_types.h",
            "include/vddkFake.h");

    private FakeVddk() {}

    /**
     * The directory of the fake VDDK, laid out like a real one: {@code lib64/libvixDiskLib.so.8.0.3} with the usual
     * symbolic links, {@code lib64/libdiskLibPlugin.so} and {@code include/}. The system property
     * {@value #DIRECTORY_PROPERTY} decides if it is set; otherwise the embedded files are unpacked on the first call into
     * a new directory that only this user can enter, and that is deleted when the JVM ends.
     *
     * @return the directory, absolute
     * @throws UncheckedIOException if the property names no directory, or the files could not be unpacked
     */
    public static Path directory() {
        String given = System.getProperty(DIRECTORY_PROPERTY);
        if (given == null) {
            return Unpacked.DIRECTORY;
        }
        Path directory = Path.of(given).toAbsolutePath();
        if (!Files.isDirectory(directory)) {
            throw new UncheckedIOException(new FileNotFoundException("the system property " + DIRECTORY_PROPERTY
                    + " names no directory: " + directory + "; build the fake VDDK with mvn package"));
        }
        return directory;
    }

    /**
     * Unpacks the embedded fake VDDK.
     *
     * @param directory an existing directory to put {@code lib64} and {@code include} into
     * @throws IOException if a file could not be written, or exists already
     */
    public static void unpack(Path directory) throws IOException {
        for (String name : FILES) {
            Path file = directory.resolve(name);
            Files.createDirectories(file.getParent());
            try (InputStream embedded = FakeVddk.class.getResourceAsStream("vddk/" + name)) {
                if (embedded == null) {
                    throw new FileNotFoundException("this build of the fake VDDK has no embedded " + name);
                }
                Files.copy(embedded, file);
            }
        }
        Path library = directory.resolve("lib64").resolve(LIBRARY);
        String major = "." + VERSION.substring(0, VERSION.indexOf('.'));
        Path soname = library.resolveSibling(LIBRARY + major);
        Files.createSymbolicLink(soname, Path.of(LIBRARY + "." + VERSION));
        Files.createSymbolicLink(library, Path.of(LIBRARY + major));
    }

    /** Unpacks on first use, once for the process. */
    private static final class Unpacked {
        static final Path DIRECTORY = create();

        private static Path create() {
            try {
                Path directory = Files.createTempDirectory("vixdisklib-fake-");
                Runtime.getRuntime()
                        .addShutdownHook(new Thread(() -> deleteTree(directory), "vixdisklib-fake-cleanup"));
                unpack(directory);
                return directory.toAbsolutePath();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot unpack the fake VDDK", e);
            }
        }

        private static void deleteTree(Path directory) {
            List<Path> files = new ArrayList<>();
            try (Stream<Path> walk = Files.walk(directory)) {
                walk.forEach(files::add);
                for (Path file : files.reversed()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                System.getLogger("dev.vixdisklib.shim").log(System.Logger.Level.DEBUG, "left behind: " + directory, e);
            }
        }
    }
}
