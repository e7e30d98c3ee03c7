/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.SortedSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Files that the library refuses. */
class RefusedFilesTest extends TestDisks {

    RefusedFilesTest() throws IOException {}

    /** Asserts that nothing is left behind by what is refused. */
    private VixDiskLibException assertRefusedWithoutTrace(
            ErrorCode code, String operation, Path target, ThrowingCallable call) throws IOException {
        SortedSet<String> before = files();
        VixDiskLibException refusal = assertRefused(code, operation, target, call);
        assertThat(files()).isEqualTo(before);
        assertThat(open()).containsExactly("1 CONNECTIONS");
        return refusal;
    }

    private void assertDoesNotOpen(ErrorCode code, Path path) throws IOException {
        assertRefusedWithoutTrace(code, "Open", path, () -> host.openDisk(path));
        assertRefusedWithoutTrace(code, "Open", path, () -> host.openDisk(path, OpenFlag.READ_ONLY));
    }

    @Test
    void aMissingFile() throws IOException {
        Path missing = directory.resolve("missing.vmdk");
        assertDoesNotOpen(ErrorCode.FILE_NOT_FOUND, missing);
        assertRefusedWithoutTrace(ErrorCode.FILE_NOT_FOUND, "Unlink", missing, () -> host.deleteDisk(missing));
        assertDoesNotOpen(ErrorCode.FILE_NOT_FOUND, directory.resolve("missing").resolve("disk.vmdk"));
    }

    @Test
    void aFileWhereADirectoryIsNeeded() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertDoesNotOpen(ErrorCode.FILE_NOT_FOUND, file.resolve("disk.vmdk"));
    }

    @Test
    void aDirectory() throws IOException {
        Path path = Files.createDirectory(directory.resolve("disk.vmdk"));
        assertDoesNotOpen(ErrorCode.INCORRECT_FILE_TYPE, path);
    }

    @Test
    void aFileThatIsNoDisk() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty.vmdk"));
        assertDoesNotOpen(ErrorCode.DISK_INVALIDDISK, empty);
        Path text = Files.writeString(directory.resolve("text.vmdk"), "not a disk\n".repeat(1000));
        assertDoesNotOpen(ErrorCode.DISK_INVALIDDISK, text);
        assertRefusedWithoutTrace(ErrorCode.DISK_INVALIDDISK, "Unlink", text, () -> host.deleteDisk(text));
        assertThat(text).exists();
    }

    @Test
    void aTruncatedSparseDisk() throws IOException {
        Path path = filled("disk.vmdk", SPARSE);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            file.truncate(1024);
        }
        assertDoesNotOpen(ErrorCode.DISK_INVALIDDISK, path);
    }

    @Test
    void aTruncatedFlatDisk() throws IOException {
        Path path = filled("disk.vmdk", FLAT);
        try (FileChannel file = FileChannel.open(directory.resolve("disk-flat.vmdk"), StandardOpenOption.WRITE)) {
            file.truncate(1024);
        }
        assertDoesNotOpen(ErrorCode.DISK_INVALIDDISK, path);
    }

    @Test
    void aDiskWithoutItsExtent() throws IOException {
        Path path = filled("disk.vmdk", FLAT);
        Files.delete(directory.resolve("disk-flat.vmdk"));
        assertDoesNotOpen(ErrorCode.FILE_NOT_FOUND, path);
        assertThat(assertRefused(ErrorCode.FILE_NOT_FOUND, "Open", path, () -> host.openDisk(path)))
                .hasMessageContaining("-flat.vmdk");
    }

    private Path filled(String name, DiskType type) throws IOException {
        Path path = disk(name, type, 1000);
        try (Disk disk = host.openDisk(path);
                Arena arena = Arena.ofConfined()) {
            disk.write(0, Sectors.allocate(arena, 1000).fill((byte) 1));
        }
        return path;
    }

    @Test
    void aFileThatIsNotPermitted() throws IOException {
        assumeFalse(
                "root".equals(System.getProperty("user.name")), "root is permitted everything: run as another user");
        Path path = disk("disk.vmdk");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
        assertDoesNotOpen(ErrorCode.FILE_ACCESS_ERROR, path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r--r--"));
        assertRefusedWithoutTrace(ErrorCode.FILE_ACCESS_ERROR, "Open", path, () -> host.openDisk(path));
        host.openDisk(path, OpenFlag.READ_ONLY).close();
    }

    @Test
    void aDirectoryThatTakesNoFiles() {
        // Not even those of root.
        Path path = Path.of("/sys/vixdisklib.vmdk");
        assertRefused(ErrorCode.FILE_ACCESS_ERROR, "Create", path, () -> host.createDisk(path, DiskSpec.of(SPARSE, 1)));
    }

    @Test
    void anExistingTarget() throws IOException {
        for (DiskType type : LOCAL) {
            Path path = Files.writeString(directory.resolve(type + ".vmdk"), "mine");
            assertRefusedWithoutTrace(
                    ErrorCode.FILE_ALREADY_EXISTS,
                    "Create",
                    path,
                    () -> host.createDisk(path, DiskSpec.of(type, 1000)));
            assertThat(path).hasContent("mine");
        }
    }

    @Test
    void anExistingTargetOfTheExtent() throws IOException {
        Path path = directory.resolve("disk.vmdk");
        for (String name : new String[] {"disk-flat.vmdk", "disk-s002.vmdk", "disk-f002.vmdk"}) {
            Files.writeString(directory.resolve(name), "mine");
        }
        // Of two pieces if it is split.
        for (DiskType type : new DiskType[] {FLAT, DiskType.VMFS_FLAT, DiskType.SPLIT_SPARSE, DiskType.SPLIT_FLAT}) {
            assertRefusedWithoutTrace(
                    ErrorCode.FILE_ALREADY_EXISTS,
                    "Create",
                    path,
                    () -> host.createDisk(path, DiskSpec.of(type, 3L << 21)));
        }
        for (String name : new String[] {"disk-flat.vmdk", "disk-s002.vmdk", "disk-f002.vmdk"}) {
            assertThat(directory.resolve(name)).hasContent("mine");
        }
    }

    @Test
    void whatCannotBeMade() throws IOException {
        Path path = directory.resolve("disk.vmdk");
        for (DiskType type : new DiskType[] {DiskType.VMFS_THIN, DiskType.VMFS_SPARSE}) {
            assertRefusedWithoutTrace(
                    ErrorCode.NOT_SUPPORTED, "Create", path, () -> host.createDisk(path, DiskSpec.of(type, 1)));
        }
        DiskSpec unknown = DiskSpec.of(SPARSE, 1).withAdapter(AdapterType.UNKNOWN);
        assertRefusedWithoutTrace(ErrorCode.INVALID_ARG, "Create", path, () -> host.createDisk(path, unknown));
        for (DiskType type : LOCAL) {
            assertRefusedWithoutTrace(
                    ErrorCode.FILE_TOO_BIG,
                    "Create",
                    path,
                    () -> host.createDisk(path, DiskSpec.of(type, Long.MAX_VALUE)));
        }
    }

    @Test
    void writingWhatWasOpenedReadOnly() throws IOException {
        Path path = disk("disk.vmdk");
        try (Disk disk = host.openDisk(path, OpenFlag.READ_ONLY)) {
            assertReadOnly(disk);
        }
    }

    @Test
    void writingThroughAReadOnlyConnection() throws IOException {
        Path path = disk("disk.vmdk");
        try (Connection readOnly = lib.connectLocalReadOnly()) {
            assertThat(readOnly).hasToString("the read-only connection to this host");
            try (Disk disk = readOnly.openDisk(path)) {
                assertReadOnly(disk);
            }
            Path other = directory.resolve("other.vmdk");
            assertRefused(
                    ErrorCode.FILE_READ_ONLY,
                    "Create",
                    other,
                    () -> readOnly.createDisk(other, DiskSpec.of(SPARSE, 1)));
            assertRefused(ErrorCode.FILE_READ_ONLY, "Unlink", path, () -> readOnly.deleteDisk(path));
        }
        assertThat(files()).containsExactly("", "disk.vmdk");
    }

    private static void assertReadOnly(Disk disk) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = Sectors.allocate(arena, 1).fill((byte) 1);
            assertThat(assertRefused(ErrorCode.FILE_READ_ONLY, "Write", disk.name(), () -> disk.write(7, buffer)))
                    .hasMessageContaining("sector 7 ")
                    .hasMessageContaining("opened read-only");
            assertRefused(
                    ErrorCode.FILE_READ_ONLY,
                    "WriteMetadata",
                    disk.name(),
                    () -> disk.metadata().put("note", "x"));
            disk.read(7, buffer);
            assertThat(bytes(buffer)).containsOnly(0);
        }
    }

    @Test
    void aSecondWriter() throws IOException {
        for (DiskType type : LOCAL) {
            Path path = disk(type + ".vmdk", type, 1000);
            Disk writer = host.openDisk(path);
            assertThat(assertRefused(ErrorCode.FILE_ALREADY_LOCKED, "Open", path, () -> host.openDisk(path)))
                    .hasMessageContaining("another program or handle");
            assertRefused(ErrorCode.FILE_ALREADY_LOCKED, "Unlink", path, () -> host.deleteDisk(path));
            writer.close();
            host.openDisk(path).close();
        }
    }

    @Test
    void anOpeningThatFailsHalfway() throws IOException {
        Path path = disk("disk.vmdk");
        fake.failNext("GetInfo", ErrorCode.FILE_ERROR.number());
        fake.failNext("Close", ErrorCode.DISK_FULL.number());
        VixDiskLibException refusal = assertRefused(ErrorCode.FILE_ERROR, "GetInfo", path, () -> host.openDisk(path));
        assertThat(refusal.getSuppressed())
                .singleElement()
                .satisfies(e -> assertThat(e).hasMessageStartingWith("Close of " + path));
        assertThat(open()).containsExactly("1 CONNECTIONS");
        host.openDisk(path).close();
    }

    @Test
    void aPathOfAnotherFileSystem() throws IOException {
        Path zip = directory.resolve("files.zip");
        Path path = disk("disk.vmdk");
        try (FileSystem archive =
                FileSystems.newFileSystem(URI.create("jar:" + zip.toUri()), Map.of("create", "true"))) {
            Path inside = archive.getPath(path.toString());
            for (ThrowingCallable call : new ThrowingCallable[] {
                () -> host.openDisk(inside),
                () -> host.createDisk(inside, DiskSpec.of(SPARSE, 1)),
                () -> host.deleteDisk(inside)
            }) {
                assertThatIllegalArgumentException()
                        .isThrownBy(call)
                        .withMessageContaining("files.zip")
                        .withMessageContaining("not a file of this host");
            }
        }
        assertThat(path).exists();
    }
}
