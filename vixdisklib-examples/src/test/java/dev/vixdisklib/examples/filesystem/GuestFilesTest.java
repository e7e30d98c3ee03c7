/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.examples.filesystem;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import de.waldheinz.fs.FsDirectory;
import de.waldheinz.fs.fat.FatFileSystem;
import de.waldheinz.fs.fat.FatType;
import de.waldheinz.fs.fat.SuperFloppyFormatter;
import dev.vixdisklib.Connection;
import dev.vixdisklib.Disk;
import dev.vixdisklib.DiskChannel;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.DiskType;
import dev.vixdisklib.OpenFlag;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.shim.FakeSession;
import dev.vixdisklib.shim.junit.FakeVddkTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@FakeVddkTest
final class GuestFilesTest {

    private static final long MEGABYTE = 1 << 20;
    private static final Partition SECOND = new Partition(2, 0x0c, MEGABYTE, 600 * MEGABYTE);

    private final long seed = new Random().nextLong();
    private final Map<String, byte[]> written = new TreeMap<>();
    private VixDiskLib lib;
    private Connection host;
    private Path vmdk;

    @BeforeEach
    void aDiskWithAPartition(FakeSession fake) throws IOException {
        System.out.println("seed " + seed);
        lib = VixDiskLib.open(fake.vddk(), fake.configuration());
        host = lib.connectLocal();
        vmdk = fake.folder().resolve("guest.vmdk");
        host.createDisk(vmdk, DiskSpec.of(DiskType.MONOLITHIC_SPARSE, (SECOND.start() + SECOND.size()) / 512 + 99));
        try (Disk disk = host.openDisk(vmdk)) {
            disk.newChannel().write(bootRecord(SECOND.type()), 0);
        }
    }

    @AfterEach
    void theLibraryIsClosed() throws IOException {
        host.close();
        lib.close();
    }

    private static ByteBuffer bootRecord(int type) {
        ByteBuffer bytes = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(446 + 16 + 4, (byte) type);
        bytes.putInt(446 + 16 + 8, (int) (SECOND.start() / 512));
        bytes.putInt(446 + 16 + 12, (int) (SECOND.size() / 512));
        return bytes.putShort(510, (short) 0xaa55);
    }

    private void format(FatType type) throws IOException {
        Random random = new Random(seed);
        try (Disk disk = host.openDisk(vmdk);
                DiskChannel channel = disk.newChannel()) {
            FatFileSystem files = SuperFloppyFormatter.get(new PartitionDevice(channel, SECOND))
                    .setFatType(type)
                    .format();
            FsDirectory root = files.getRoot();
            write(root, "empty", new byte[0]);
            write(root, "A long name, with an umlaut: \u00e4.txt", "long".getBytes(UTF_8));
            FsDirectory logs = root.addDirectory("logs").getDirectory();
            for (int i = 0; i < 40; i++) {
                byte[] content = new byte[random.nextInt(300_000)];
                random.nextBytes(content);
                write(logs.addDirectory("day " + i).getDirectory(), "log-" + i + ".gz", content);
                written.put("/logs/day " + i + "/log-" + i + ".gz", content);
            }
            written.put("/empty", new byte[0]);
            written.put("/A long name, with an umlaut: \u00e4.txt", "long".getBytes(UTF_8));
            files.close();
        }
    }

    private static void write(FsDirectory folder, String name, byte[] content) throws IOException {
        folder.addFile(name).getFile().write(0, ByteBuffer.wrap(content));
    }

    private static byte[] read(GuestFiles files, String path) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        files.read(path, Channels.newChannel(bytes));
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @EnumSource(names = {"FAT16", "FAT32"})
    void filesOfAGuestAreReadToTheByte(FatType type) throws IOException {
        format(type);
        try (Disk disk = host.openDisk(vmdk, OpenFlag.READ_ONLY)) {
            GuestFiles files = GuestFiles.open(disk.newChannel(), 2);
            Map<String, Long> found = new TreeMap<>();
            files.walk("/", found::put);

            assertThat(found.keySet()).isEqualTo(written.keySet());
            for (Map.Entry<String, byte[]> file : written.entrySet()) {
                assertThat(found.get(file.getKey())).isEqualTo(file.getValue().length);
                assertThat(read(files, file.getKey())).as(file.getKey()).isEqualTo(file.getValue());
            }
        }
    }

    @Test
    void littleOfTheDiskIsRead() throws IOException {
        format(FatType.FAT32);
        try (Disk disk = host.openDisk(vmdk, OpenFlag.READ_ONLY)) {
            read(GuestFiles.open(disk.newChannel(), 2), "/logs/day 7/log-7.gz");
            long read = disk.statistics().of("Read").bytes();
            assertThat(read).isLessThan(SECOND.size() / 100);
        }
    }

    @Test
    void whatIsNotThereIsNamed() throws IOException {
        format(FatType.FAT32);
        try (Disk disk = host.openDisk(vmdk, OpenFlag.READ_ONLY)) {
            DiskChannel channel = disk.newChannel();
            GuestFiles files = GuestFiles.open(channel, 2);
            assertThatThrownBy(() -> GuestFiles.open(channel, 1)).hasMessageContaining("partition 1");
            for (String path : List.of("/", "/none", "/logs", "/none/a", "/empty/a")) {
                assertThatThrownBy(() -> read(files, path))
                        .isInstanceOf(NoSuchFileException.class)
                        .hasMessageContaining(path);
            }
        }
    }

    @Test
    void otherTablesOfPartitionsAreRefused() throws IOException {
        try (Disk disk = host.openDisk(vmdk)) {
            DiskChannel channel = disk.newChannel();
            channel.write(bootRecord(0xee), 0);
            assertThatThrownBy(() -> Partition.of(channel)).hasMessageContaining("GPT");
            channel.write(ByteBuffer.allocate(512), 0);
            assertThatThrownBy(() -> Partition.of(channel)).hasMessageContaining("no master boot record");
        }
    }

    @Test
    void theProgramShowsFiles(FakeSession fake) throws IOException {
        format(FatType.FAT32);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, true, UTF_8)) {
            String disk = vmdk.toString();
            assertThat(Main.run(lib, List.of("partitions", disk), out)).isTrue();
            assertThat(Main.run(lib, List.of("list", disk, "2"), out)).isTrue();
            assertThat(Main.run(lib, List.of("cat", disk, "2", "/A long name, with an umlaut: \u00e4.txt"), out))
                    .isTrue();
            assertThat(Main.run(lib, List.of("cat", disk), out)).isFalse();
        }
        assertThat(bytes.toString(UTF_8))
                .startsWith(SECOND.toString())
                .contains("           0 /empty")
                .endsWith("long");
    }
}
