/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may clash with a VDDK, from texts as Linux writes them. */
class MappedLibrariesTest {

    private static final String MAPS = """
            5608a4c00000-5608a4c01000 r--p 00000000 08:01 131 /usr/bin/java
            7f0c60000000-7f0c60021000 rw-p 00000000 00:00 0
            7f0c6c200000-7f0c6c3b1000 r--p 00000000 08:01 1450                       /usr/lib/libssl.so.3
            7f0c6c3b1000-7f0c6c3b2000 r-xp 001b1000 08:01 1450                       /usr/lib/libssl.so.3
            7f0c6d000000-7f0c6d010000 r--p 00000000 08:01 1451                       /tmp/a b/libx\\012y.so (deleted)
            7f0c6d100000-7f0c6d110000 r--p 00000000 08:01 1452                       /opt/lib/libstdc++.so.6.0.30
            7f0c6d200000-7f0c6d210000 r--p 00000000 08:01 1453                       /opt/data.so.txt
            7f0c6d300000-7f0c6d310000 r--s 00000000 08:01 1454                       /opt/lib/modules
            7ffd1b9e6000-7ffd1ba07000 rw-p 00000000 00:00 0                          [stack]
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
            not a line of it
            """;

    private final Path directory;

    MappedLibrariesTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void librariesAreFoundOnceWhateverTheirNames() {
        assertThat(MappedLibraries.parse(MAPS))
                .containsExactly(
                        Path.of("/opt/lib/libstdc++.so.6.0.30"),
                        Path.of("/tmp/a b/libx\ny.so"),
                        Path.of("/usr/lib/libssl.so.3"));
        assertThat(MappedLibraries.parse("")).isEmpty();
    }

    @Test
    void thoseOfThisProcessAreFound() {
        assertThat(MappedLibraries.now()).anySatisfy(file -> assertThat(file).hasFileName("libjvm.so"));
    }

    private List<String> suspects(String... files) {
        return Surroundings.suspects(List.of(files).stream().map(Path::of).toList(), directory).stream()
                .map(suspect -> suspect.file() + " " + suspect.reason().substring(0, 10))
                .toList();
    }

    @Test
    void onlyWhatCanClashIsSuspect() throws IOException {
        Files.createFile(directory.resolve("libglib-2.0.so.0"));
        assertThat(suspects(
                        "/usr/lib/libssl.so.3",
                        "/usr/lib/libcrypto.so.1.1",
                        "/tmp/libnetty_tcnative_linux_x86_64123.so",
                        "/tmp/libtcnative-1.so.0",
                        "/tmp/libconscrypt_openjdk_jni-linux-x86_64.so",
                        "/usr/lib/libstdc++.so.6",
                        "/usr/lib/libgcc_s.so.1",
                        "/usr/lib/libcurl-gnutls.so.4",
                        "/usr/lib/libglib-2.0.so.0.6",
                        "/usr/lib/libgobject-2.0.so.0",
                        "/usr/lib/libc.so.6",
                        "/usr/lib/libm.so.6",
                        directory.resolve("libssl.so.1.0.2").toString()))
                .containsExactly(
                        "/usr/lib/libssl.so.3 a TLS libr",
                        "/usr/lib/libcrypto.so.1.1 a TLS libr",
                        "/tmp/libnetty_tcnative_linux_x86_64123.so a TLS libr",
                        "/tmp/libtcnative-1.so.0 a TLS libr",
                        "/tmp/libconscrypt_openjdk_jni-linux-x86_64.so a TLS libr",
                        "/usr/lib/libstdc++.so.6 the VDDK m",
                        "/usr/lib/libgcc_s.so.1 the VDDK m",
                        "/usr/lib/libcurl-gnutls.so.4 the VDDK m",
                        "/usr/lib/libglib-2.0.so.0.6 the VDDK h");
    }

    @Test
    void aCopyThatTheVddkHasItselfIsWarnedAbout() throws IOException {
        Files.createFile(directory.resolve("libstdc++.so.6"));
        Surroundings.suspects(List.of(Path.of("/usr/lib/libstdc++.so.6"), Path.of("/usr/lib/libgcc_s.so.1")), directory)
                .forEach(suspect -> assertThat(Surroundings.level(suspect, directory))
                        .isEqualTo(
                                suspect.file().endsWith("libgcc_s.so.1")
                                        ? System.Logger.Level.DEBUG
                                        : System.Logger.Level.WARNING));
        assertThat(suspects("/usr/lib/libstdc++.so.6")).containsExactly("/usr/lib/libstdc++.so.6 the VDDK h");
    }

    @Test
    void aLibraryPathIntoAVddkIsAPitfall() throws IOException {
        Files.createFile(directory.resolve("libvixDiskLib.so.8"));
        assertThat(Surroundings.pitfalls(Map.of("LD_LIBRARY_PATH", "/usr/lib::" + directory + ":/missing")))
                .singleElement()
                .satisfies(
                        text -> assertThat(text).startsWith("LD_LIBRARY_PATH has " + directory + ", where a VDDK is"));
        assertThat(Surroundings.pitfalls(Map.of("LD_LIBRARY_PATH", "/usr/lib"))).isEmpty();
        assertThat(Surroundings.pitfalls(Map.of())).isEmpty();
    }
}
