/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FakeVddkTest {

    private static final Path BUILT = Path.of(System.getProperty("vixdisklib.fake"));

    @ParameterizedTest
    @EnumSource
    void unpacks_the_tree_that_the_build_made(FakeVddk.Version version, @TempDir Path directory) throws IOException {
        Path built = version == FakeVddk.Version.V8_0 ? BUILT : BUILT.resolveSibling("vddk-" + version.tree());
        FakeVddk.unpack(version, directory);

        assertThat(tree(directory)).isEqualTo(tree(built)).contains("lib64/libvixDiskLib.so." + version.number());
        for (String name : tree(built)) {
            assertThat(Files.isSymbolicLink(directory.resolve(name)))
                    .isEqualTo(Files.isSymbolicLink(built.resolve(name)));
            if (Files.isRegularFile(built.resolve(name))) {
                assertThat(directory.resolve(name)).hasSameBinaryContentAs(built.resolve(name));
            }
        }
        assertThat(directory.resolve("lib64/libvixDiskLib.so")).isSymbolicLink();
    }

    @Test
    void unpacks_each_version_once_into_a_directory_of_its_own() {
        Set<Path> directories = new HashSet<>();
        for (FakeVddk.Version version : FakeVddk.Version.values()) {
            Path directory = FakeVddk.directory(version);
            assertThat(directory).isAbsolute().isEqualTo(FakeVddk.directory(version));
            assertThat(directory.resolve("lib64/libvixDiskLib.so." + version.number()))
                    .isRegularFile();
            directories.add(directory);
        }
        assertThat(directories).hasSize(5).doesNotContain(BUILT);
    }

    @Test
    void the_property_names_the_directory_of_the_default_version_only() {
        assertThat(FakeVddk.directory()).isEqualTo(BUILT);
        assertThat(FakeVddk.directory(FakeVddk.Version.V8_0)).isNotEqualTo(BUILT);
    }

    @Test
    void does_not_overwrite_files_when_it_unpacks(@TempDir Path directory) throws IOException {
        FakeVddk.unpack(directory);

        assertThatThrownBy(() -> FakeVddk.unpack(directory)).isInstanceOf(FileAlreadyExistsException.class);
    }

    private static List<String> tree(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            return files.map(file -> directory.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
