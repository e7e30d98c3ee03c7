/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElfFileTest {

    private static final Path SMALL = Built.fixture("needs-companion").resolve("lib64/libcompanion.so.1");
    private static final int IDENT_CLASS = 4;
    private static final int IDENT_DATA = 5;
    private static final int SECTION_TABLE_OFFSET = 40;
    private static final int SECTION_COUNT = 60;

    @TempDir
    Path directory;

    @Test
    void readsTheNamesInALibrary() throws IOException {
        ElfFile library = ElfFile.read(Built.LIBRARY);

        assertThat(library.soname()).isEqualTo("libvixDiskLib.so.8");
        assertThat(library.needed()).contains("libc.so.6", Built.COMPANION);
        assertThat(library.functions())
                .containsAll(VddkLibrary.functions())
                .contains("VddkFake_LiveCount")
                .doesNotContain("malloc", "dlopen");
    }

    @Test
    void readsWhatALibraryNeedsFromItsOwnDirectory() throws IOException {
        ElfFile library = ElfFile.read(SMALL);

        assertThat(library.soname()).isEqualTo("libcompanion.so.1");
        assertThat(library.needed()).contains("libcompanionDependency.so.2");
        assertThat(library.functions()).contains("companion_value").doesNotContain("companionDependency_value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "This is a text.", "A text that is longer than the header of an ELF file, which has 64."})
    void refusesWhatIsNoElfFile(String content) throws IOException {
        Path file = Files.writeString(directory.resolve("text"), content);

        assertThatThrownBy(() -> ElfFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage("not a 64-bit little-endian ELF file");
    }

    @ParameterizedTest
    @ValueSource(ints = {IDENT_CLASS, IDENT_DATA})
    void refusesElfFilesOfOtherMachines(int index) throws IOException {
        byte[] content = Files.readAllBytes(SMALL);
        content[index] ^= 3;
        Path file = write(content);

        assertThatThrownBy(() -> ElfFile.read(file)).hasMessage("not a 64-bit little-endian ELF file");
    }

    @Test
    void refusesWhatCannotBeRead() {
        assertThatThrownBy(() -> ElfFile.read(directory)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> ElfFile.read(directory.resolve("missing"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void findsNothingInAFileWithoutSectionHeaders() throws IOException {
        byte[] content = Files.readAllBytes(SMALL);
        littleEndian(content).putLong(SECTION_TABLE_OFFSET, 0).putShort(SECTION_COUNT, (short) 0);
        ElfFile library = ElfFile.read(write(content));

        assertThat(library.soname()).isNull();
        assertThat(library.needed()).isEmpty();
        assertThat(library.functions()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 1 << 20})
    void refusesTablesThatAreOutsideTheFile(long offset) throws IOException {
        byte[] content = Files.readAllBytes(SMALL);
        littleEndian(content).putLong(SECTION_TABLE_OFFSET, offset);
        Path file = write(content);

        assertThatThrownBy(() -> ElfFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage("damaged ELF file: it ends before one of its tables");
    }

    @Test
    void refusesALibraryThatEndsEarlyWhereverThatIs() throws IOException {
        Path file = write(Files.readAllBytes(SMALL));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (long length = channel.size() - 1; length >= 0; length--) {
                channel.truncate(length);
                String description = "the first " + length + " bytes";
                assertThat(isRead(file, description)).as(description).isFalse();
            }
        }
    }

    @Test
    void readsOrRefusesADamagedLibraryWhateverTheDamage() {
        long seed = Long.getLong("vixdisklib.seed", System.nanoTime());

        assertTimeoutPreemptively(
                Duration.ofSeconds(30),
                () -> readDamagedLibraries(seed),
                () -> "run again with -Dvixdisklib.seed=" + seed);
    }

    private void readDamagedLibraries(long seed) throws IOException {
        Random random = new Random(seed);
        byte[] good = Files.readAllBytes(SMALL);
        int sections = (int) littleEndian(good).getLong(SECTION_TABLE_OFFSET);
        for (int round = 0; round < 2_000; round++) {
            byte[] content = good.clone();
            for (int damage = random.nextInt(1, 16); damage > 0; damage--) {
                // Damage elsewhere is rarely noticed: most of it goes where the reader looks.
                int at = switch (random.nextInt(3)) {
                    case 0 -> random.nextInt(16, 64);
                    case 1 -> random.nextInt(sections, content.length);
                    default -> random.nextInt(content.length);
                };
                content[at] = (byte) (random.nextBoolean() ? random.nextInt(4) : random.nextInt());
            }
            isRead(write(content), "round " + round + " of -Dvixdisklib.seed=" + seed);
        }
    }

    private static boolean isRead(Path file, String description) {
        try {
            ElfFile.read(file);
            return true;
        } catch (IOException e) {
            return false;
        } catch (Throwable e) {
            throw new AssertionError("neither read nor refused: " + description, e);
        }
    }

    private Path write(byte[] content) throws IOException {
        return Files.write(directory.resolve("library"), content);
    }

    private static ByteBuffer littleEndian(byte[] content) {
        return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }
}
