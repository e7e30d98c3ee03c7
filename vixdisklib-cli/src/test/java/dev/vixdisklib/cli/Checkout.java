/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the launchers need of a checkout, with the jars that this build has packaged, at a path with spaces and other
 * characters that a script can trip over. Made once for all tests; nobody changes it.
 */
final class Checkout {

    /** The project. */
    static final Path PROJECT = Path.of(System.getProperty("vixdisklib.root"));

    private static final Path PLACE = PROJECT.resolve("vixdisklib-cli/target/checkouts");

    static final Path ROOT = make("a ch\u00e9ckout & 'more'");
    static final Path VIXDISK = ROOT.resolve("bin/vixdisk");
    static final Path VIXSHELL = ROOT.resolve("bin/vixshell");

    private Checkout() {}

    /** Makes one more, for a test that changes it. */
    static Path make(String name) {
        try {
            Path root = PLACE.resolve(name);
            if (Files.exists(root)) {
                deleteTree(root);
            }
            copy(PROJECT.resolve("bin"), root.resolve("bin"), "");
            copy(PROJECT.resolve("build"), root.resolve("build"), "");
            copy(PROJECT.resolve("vixdisklib-cli/target/app"), app(root), ".jar");
            for (String file : List.of("pom.xml", "vixdisklib-cli/pom.xml", "vixdisklib-test-shim/CMakeLists.txt")) {
                Files.createDirectories(root.resolve(file).getParent());
                Files.createFile(root.resolve(file));
            }
            Files.createDirectories(source(root).getParent());
            Files.createFile(source(root));
            FakeVddk.unpack(Files.createDirectories(root.resolve("vixdisklib-test-shim/target/vddk")));
            // As Maven and the launcher do after a build; later than everything else, whatever the clock's resolution
            // is.
            FileTime later = FileTime.from(Instant.now().plusSeconds(1));
            Files.setLastModifiedTime(Files.createFile(built(root)), later);
            Files.setLastModifiedTime(Files.createFile(app(root).resolve("learnt")), later);
            return root;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path app(Path root) {
        return root.resolve("vixdisklib-cli/target/app");
    }

    static Path built(Path root) {
        return app(root).resolve("built");
    }

    /** A source file that the launcher looks at. */
    static Path source(Path root) {
        return root.resolve("vixdisklib-cli/src/main/java/Source.java");
    }

    private static void copy(Path from, Path to, String suffix) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(suffix)).toList()) {
                Files.copy(file, to.resolve(file.getFileName()), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    private static void deleteTree(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList().reversed()) {
                Files.delete(file);
            }
        }
    }
}
