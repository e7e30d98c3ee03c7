/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import example.Vddk;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FakeDiskTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path directory;

    @Test
    void has_the_content_and_zeros_to_the_end_of_the_sector() throws Exception {
        byte[] content = new byte[3 * Vddk.SECTOR + 5];
        new Random(1).nextBytes(content);
        Path path = directory.resolve("new/ü b.vmdk");
        FakeDisk.create(path, content);

        try (Vddk library = new Vddk(FakeVddk.directory(), null);
                Vddk.Connection host = library.connectLocal();
                Vddk.Disk disk = host.open(path.toString(), 0)) {
            assertThat(disk.capacity()).isEqualTo(4);
            byte[] read = disk.read(0, 4);
            assertThat(read).startsWith(content);
            assertThat(read).endsWith(new byte[Vddk.SECTOR - 5]);
            disk.write(1, new byte[Vddk.SECTOR]);
        }
        assertThat(Files.size(directory.resolve("new/ü b-flat.vmdk"))).isEqualTo(4L * Vddk.SECTOR);
    }

    @Test
    void can_be_larger_than_the_file_system() throws Exception {
        long capacity = 3L << 31;
        Path path = directory.resolve("disk.vmdk");
        Path sectors = FakeDisk.create(path, capacity);

        assertThat(Files.getAttribute(sectors, "unix:size")).isEqualTo(capacity * Vddk.SECTOR);
        try (Vddk library = new Vddk(FakeVddk.directory(), null);
                Vddk.Connection host = library.connectLocal();
                Vddk.Disk disk = host.open(path.toString(), Vddk.READ_ONLY)) {
            assertThat(disk.capacity()).isEqualTo(capacity);
            assertThat(disk.read(capacity - 1, 1)).containsOnly(0);
        }
    }

    @Test
    void replaces_nothing() throws Exception {
        Path path = directory.resolve("disk.vmdk");
        FakeDisk.create(path, 1);
        assertThatThrownBy(() -> FakeDisk.create(path, 1)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"disk", "disk.raw", "a\"b.vmdk", "a\nb.vmdk"})
    void refuses_names_that_a_disk_cannot_have(String name) {
        assertThatThrownBy(() -> FakeDisk.create(directory.resolve(name), 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MAX_VALUE})
    void refuses_capacities_that_a_disk_cannot_have(long sectors) {
        assertThatThrownBy(() -> FakeDisk.create(directory.resolve("disk.vmdk"), sectors))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(directory).isEmptyDirectory();
    }
}
