/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.shim.FakeDisk;
import dev.vixdisklib.shim.FakeSession;
import dev.vixdisklib.shim.junit.FakeVddkTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

@FakeVddkTest
final class MainTest {

    @Test
    void theProgramMakesBackupsAndRestoresThem(FakeSession fake) throws Exception {
        Path vmdk = fake.folder().resolve("disk.vmdk");
        Path sectors =
                FakeDisk.create(vmdk, "It was like this. ".repeat(100_000).getBytes(UTF_8));
        byte[] before = Files.readAllBytes(sectors);
        String set = fake.folder().resolve("set").toString();

        assertThat(run(fake, "make", set, vmdk.toString())).contains("1 full");
        try (RandomAccessFile file = new RandomAccessFile(sectors.toFile(), "rw")) {
            file.write("It is like that. ".getBytes(UTF_8));
        }
        assertThat(run(fake, "make", set, vmdk.toString())).contains("2 incremental, 1 sector copied");
        assertThat(run(fake, "list", set)).hasLineCount(2);
        assertThat(run(fake, "verify", set, "2")).contains("as they were");

        Path first = fake.folder().resolve("first.vmdk");
        run(fake, "restore", set, "1", first.toString());
        assertThat(Arrays.equals(content(fake, first), before)).isTrue();
        Path second = fake.folder().resolve("second.vmdk");
        run(fake, "restore", set, "2", second.toString());
        assertThat(Arrays.equals(content(fake, second), Files.readAllBytes(sectors)))
                .isTrue();

        assertThatThrownBy(() -> run(fake, "restore", set, "1", second.toString()))
                .hasMessageContaining("second.vmdk: exists already");
        assertThat(fake.folder().resolve(".second.vmdk.partial")).doesNotExist();
    }

    private static String run(FakeSession fake, String... args) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (VixDiskLib lib = VixDiskLib.open(fake.vddk(), fake.configuration());
                Connection host = lib.connectLocal();
                PrintStream out = new PrintStream(bytes, true, UTF_8)) {
            assertThat(Main.run(lib, host, List.of(args), out)).isTrue();
        }
        return bytes.toString(UTF_8);
    }

    private static byte[] content(FakeSession fake, Path vmdk) throws Exception {
        try (VixDiskLib lib = VixDiskLib.open(fake.vddk(), fake.configuration());
                Connection host = lib.connectLocal();
                Disk disk = host.openDisk(vmdk)) {
            return disk.newInputStream().readAllBytes();
        }
    }
}
