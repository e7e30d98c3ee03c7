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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FakeVddkTest {

    private static final Path BUILT = Path.of(System.getProperty("vixdisklib.fake"));

    @Test
    void unpacks_the_tree_that_the_build_made(@TempDir Path directory) throws IOException {
        FakeVddk.unpack(directory);

        assertThat(tree(directory)).isEqualTo(tree(BUILT));
        for (String name : List.of("lib64/libvixDiskLib.so", "lib64/libvixDiskLib.so.8", "lib64/libdiskLibPlugin.so")) {
            assertThat(directory.resolve(name)).hasSameBinaryContentAs(BUILT.resolve(name));
        }
        assertThat(directory.resolve("lib64/libvixDiskLib.so")).isSymbolicLink();
        assertThat(directory.resolve("lib64/libvixDiskLib.so.8")).isSymbolicLink();
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
