/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.vixdisklib.ConfigKey.NfcLogLevel;
import dev.vixdisklib.ConfigKey.TransportLogLevel;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {

    private static final String SIZE = "vixDiskLib.nfcAio.Session.BufSizeIn64KB";
    private static final int MIB = 1 << 20;

    private final Path directory;

    ConfigurationTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private static Configuration.Builder builder() {
        return Configuration.builder();
    }

    private static <T> String text(ConfigKey<T> key, T value) {
        return builder().set(key, value).build().fileText("8.0.3");
    }

    @Test
    void unitsAreThoseOfJavaAndTheFileHasThoseOfTheLibrary() {
        // @start region="example"
        Configuration configuration = Configuration.builder()
                .set(ConfigKey.NFC_READ_TIMEOUT, Duration.ofMinutes(1))
                .set(ConfigKey.NFC_BUFFER_SIZE, 1 << 20)
                .set(ConfigKey.NFC_BUFFER_COUNT, 4)
                .set(ConfigKey.NFC_LOG_LEVEL, NfcLogLevel.WARNING)
                .set(ConfigKey.SAN_DENY_LIST, List.of("/dev/sda", "/dev/sdb*"))
                .build();
        // @end
        assertThat(configuration.fileText("8.0.3")).isEqualTo("""
                        vixDiskLib.nfc.ReadTimeoutMs=60000
                        vixDiskLib.nfcAio.Session.BufSizeIn64KB=16
                        vixDiskLib.nfcAio.Session.BufCount=4
                        vixDiskLib.nfc.LogLevel=2
                        vixDiskLib.transport.san.denyList="/dev/sda,/dev/sdb*"
                        """);
        assertThat(configuration.get(ConfigKey.NFC_READ_TIMEOUT)).contains(Duration.ofMinutes(1));
        assertThat(configuration.get(ConfigKey.NFC_BUFFER_SIZE)).contains(MIB);
        assertThat(configuration.get(ConfigKey.NFC_LOG_LEVEL)).contains(NfcLogLevel.WARNING);
        assertThat(configuration.get(ConfigKey.SAN_DENY_LIST)).contains(List.of("/dev/sda", "/dev/sdb*"));
        assertThat(configuration.get(ConfigKey.NFC_WRITE_TIMEOUT)).isEmpty();
    }

    @Test
    void eachKeyTakesTheEndsOfItsRange() {
        assertThat(text(ConfigKey.TMP_DIRECTORY, Path.of("/tmp/a b"))).isEqualTo("tmpDirectory=\"/tmp/a b\"\n");
        assertThat(text(ConfigKey.TRANSPORT_LOG_LEVEL, TransportLogLevel.PANIC)).endsWith("LogLevel=0\n");
        assertThat(text(ConfigKey.TRANSPORT_LOG_LEVEL, TransportLogLevel.TRIVIA))
                .endsWith("LogLevel=6\n");
        assertThat(text(ConfigKey.NFC_LOG_LEVEL, NfcLogLevel.NONE)).endsWith("LogLevel=0\n");
        assertThat(text(ConfigKey.NFC_LOG_LEVEL, NfcLogLevel.DEBUG)).endsWith("LogLevel=4\n");
        assertThat(text(ConfigKey.NFC_ACCEPT_TIMEOUT, Duration.ZERO)).endsWith("AcceptTimeoutMs=0\n");
        assertThat(text(ConfigKey.NFC_REQUEST_TIMEOUT, Duration.ofMillis(2147483648L)))
                .endsWith("RequestTimeoutMs=2147483648\n");
        assertThat(text(ConfigKey.NFC_BUFFER_COUNT, 256)).endsWith("BufCount=256\n");
        assertThat(text(ConfigKey.NFC_BUFFER_SIZE, 4 * MIB)).endsWith("BufSizeIn64KB=64\n");
        assertThat(text(ConfigKey.ENABLE_CACHE, true)).endsWith("EnableCache=1\n");
        assertThat(text(ConfigKey.ENABLE_PHONE_HOME, false)).endsWith("EnablePhoneHome=0\n");
        assertThat(text(ConfigKey.SAN_ALLOW_LIST, List.of("all"))).endsWith("allowList=all\n");
        assertThat(text(ConfigKey.PRODUCT_NAME, "A Product 2.0")).endsWith("ProductName=\"A Product 2.0\"\n");
        assertThat(text(ConfigKey.LOG_FILE_NAME, "/var/log/#1")).isEqualTo("log.fileName=\"/var/log/#1\"\n");
    }

    private static <T> void assertRefused(ConfigKey<T> key, T value) {
        Configuration.Builder builder = builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.set(key, value))
                .withMessageStartingWith(key.name() + " cannot be \"")
                .withMessageEndingWith(": it is " + key.range())
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
        assertThat(builder.build().settings()).isEmpty();
    }

    @Test
    void whatIsOutOfItsRangeIsRefused() {
        assertRefused(ConfigKey.NFC_READ_TIMEOUT, Duration.ofMillis(-1));
        assertRefused(ConfigKey.NFC_READ_TIMEOUT, Duration.ofMillis(2147483649L));
        assertRefused(ConfigKey.NFC_READ_TIMEOUT, Duration.ofSeconds(Long.MAX_VALUE));
        // It would be cut to 0, and wait for ever.
        assertRefused(ConfigKey.NFC_READ_TIMEOUT, Duration.ofNanos(1));
        assertRefused(ConfigKey.NFC_BUFFER_SIZE, 16);
        assertRefused(ConfigKey.NFC_BUFFER_SIZE, 0);
        assertRefused(ConfigKey.NFC_BUFFER_SIZE, -65536);
        assertRefused(ConfigKey.NFC_BUFFER_SIZE, 16 * MIB + 65536);
        assertRefused(ConfigKey.NFC_BUFFER_COUNT, 0);
        assertRefused(ConfigKey.NFC_BUFFER_COUNT, 257);
        assertRefused(ConfigKey.TMP_DIRECTORY, Path.of("relative"));
        assertRefused(ConfigKey.TMP_DIRECTORY, Path.of("/tmp/\"quoted\""));
        assertRefused(ConfigKey.PHONE_HOME_DIRECTORY, Path.of("/tmp/line\nlog.fileName=x"));
        assertRefused(ConfigKey.PRODUCT_NAME, "a\"b");
        assertRefused(ConfigKey.PRODUCT_NAME, "größer");
        assertRefused(ConfigKey.PRODUCT_VERSION, " ");
        assertRefused(ConfigKey.LOG_FILE_NAME, "a\nb=c");
        assertRefused(ConfigKey.LOG_FILE_LEVEL, "a\0b");
        assertRefused(ConfigKey.LOG_FILE_LEVEL, "");
        assertRefused(ConfigKey.SAN_DENY_LIST, List.of());
        assertRefused(ConfigKey.SAN_DENY_LIST, List.of("/dev/sda", " "));
        assertRefused(ConfigKey.SAN_DENY_LIST, List.of("/dev/sda,/dev/sdb"));
        assertRefused(ConfigKey.SAN_DENY_LIST, List.of("/dev/\"sda"));
        assertRefused(ConfigKey.SAN_ALLOW_LIST, List.of("/dev/sda", "all"));
    }

    @ParameterizedTest
    @CsvSource({
        "64, 5, false",
        "64, 4, true",
        "65, , false",
        ", 256, true",
        "256, 1, true",
        "256, , false",
        "2, 129, false"
    })
    void theBuffersOfASessionHaveAtMost16MebibytesTogether(Integer units, Integer count, boolean fits) {
        Configuration.Builder builder = builder();
        if (units != null) {
            builder.set(ConfigKey.NFC_BUFFER_SIZE, units * 65536);
        }
        if (count != null) {
            builder.set(ConfigKey.NFC_BUFFER_COUNT, count);
        }
        if (fits) {
            assertThat(builder.build().settings()).isNotEmpty();
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(builder::build)
                    .withMessageContaining("a session may have 16777216")
                    .withMessageContaining((count == null ? "4 NFC buffers (the default)" : count + " NFC buffers")
                            + " of " + units * 65536 + " bytes")
                    .withMessageContaining(SIZE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "vixDiskLib.nfcAio.Session.BufSizeIn64K, vixDiskLib.nfcAio.Session.BufSizeIn64KB",
        "BufSizeIn64K, vixDiskLib.nfcAio.Session.BufSizeIn64KB",
        "vixdisklib.nfc.loglevel, vixDiskLib.nfc.LogLevel",
        "vixDiskLib.nfc.RequestTimeoutsMs, vixDiskLib.nfc.RequestTimeoutMs",
        "vixDiskLib.disklib.EnabelCache, vixDiskLib.disklib.EnableCache",
        "tmpdirectory, tmpDirectory"
    })
    void forAMistypedKeyTheMostSimilarIsProposed(String mistyped, String meant) throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().set(mistyped, "1"))
                .withMessage("no key is called \"" + mistyped + "\"; did you mean " + meant + "?");
        Path file = Files.writeString(directory.resolve("vddk.conf"), "\n" + mistyped + "=1\n");
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> Configuration.read(file))
                .withMessage(file + ": line 2: no key is called \"" + mistyped + "\"; did you mean " + meant + "?");
    }

    @Test
    void whatIsLikeNoKeyIsRefusedUnlessItIsToBePassed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().set("vddkFake.strict", "1"))
                .withMessage("no key is called \"vddkFake.strict\"; use pass for a key that only the library knows");
        assertThat(builder().pass("vddkFake.strict", "1").build().fileText("8.0.3"))
                .isEqualTo("vddkFake.strict=1\n");
        assertThat(builder()
                        .pass("vixDiskLib.nfcAio.Session.BufSizeIn64K", " 16")
                        .build()
                        .fileText("8.0.3"))
                .isEqualTo("vixDiskLib.nfcAio.Session.BufSizeIn64K=\" 16\"\n");
        assertThat(builder().pass("empty", "").build().fileText("8.0.3")).isEqualTo("empty=\"\"\n");
    }

    @Test
    void whatAFileCannotHoldIsNotPassed() {
        for (String name : List.of("", "a b", "a=b", "#a", "1a", "a\n", "ä", "\"a\"")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder().pass(name, "1"))
                    .withMessageStartingWith("not a name for a key");
        }
        for (String value : List.of("\"", "a\nb=c", "a\rb", "\0")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder().pass("a.name", value))
                    .withMessageContaining("a.name");
        }
        for (String known : List.of(SIZE, "vixDiskLib.transport.san.whitelist", "vixDiskLib.nfc.ReadTimeoutsMs")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> builder().pass(known, "1"))
                    .withMessage(known + " is a key whose values are checked: use set");
        }
    }

    @Test
    void keysCanBeSetAsFilesHaveThem() {
        Configuration configuration = builder()
                .set("vixDiskLib.nfc.ReadTimeoutsMs", "60000")
                .set("vixDiskLib.transport.san.blacklist", "/dev/sda, /dev/sdb")
                .set("vixDiskLib.transport.san.allowlist", "all")
                .set(SIZE, "016")
                .set("vixDiskLib.disklib.EnableCache", "1")
                .build();
        assertThat(configuration.get(ConfigKey.NFC_READ_TIMEOUT)).contains(Duration.ofMinutes(1));
        assertThat(configuration.get(ConfigKey.ENABLE_CACHE)).contains(true);
        assertThat(configuration.settings())
                .containsExactly(
                        Map.entry("vixDiskLib.nfc.ReadTimeoutMs", "60000"),
                        Map.entry("vixDiskLib.transport.san.denyList", "/dev/sda,/dev/sdb"),
                        Map.entry("vixDiskLib.transport.san.allowList", "all"),
                        Map.entry(SIZE, "16"),
                        Map.entry("vixDiskLib.disklib.EnableCache", "1"));
    }

    @ParameterizedTest
    @CsvSource({
        "vixDiskLib.nfc.LogLevel, 5",
        "vixDiskLib.nfc.LogLevel, -1",
        "vixDiskLib.nfc.LogLevel, DEBUG",
        "vixDiskLib.nfc.LogLevel, ''",
        "vixDiskLib.nfc.LogLevel, 99999999999999999999",
        "vixDiskLib.nfc.WriteTimeoutMs, 60s",
        "vixDiskLib.nfc.WriteTimeoutMs, 2147483649",
        "vixDiskLib.nfc.WriteTimeoutMs, ٣",
        "vixDiskLib.nfcAio.Session.BufSizeIn64KB, 65536",
        "vixDiskLib.disklib.EnableCache, TRUE",
        "vixDiskLib.disklib.EnableCache, 2",
        "vixDiskLib.transport.san.denyList, '/dev/sda,,/dev/sdb'",
        "tmpDirectory, relative",
    })
    void textsThatAreNoValuesAreRefused(String name, String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().set(name, value))
                .withMessageStartingWith(name + " cannot be \"" + value + "\": it is ");
    }

    @Test
    void olderLibrariesGetTheNamesThatTheyKnow() {
        Configuration configuration = builder()
                .set(ConfigKey.SAN_DENY_LIST, List.of("all"))
                .set(ConfigKey.SAN_ALLOW_LIST, List.of("/dev/sda"))
                .build();
        String old = "vixDiskLib.transport.san.blacklist=all\nvixDiskLib.transport.san.whitelist=\"/dev/sda\"\n";
        assertThat(configuration.fileText("6.7.3")).isEqualTo(old);
        assertThat(configuration.fileText("7.0.3")).isEqualTo(old);
        assertThat(configuration.fileText("8.0.0"))
                .isEqualTo(configuration.fileText("9.0.0"))
                .isEqualTo(configuration.fileText("unknown"))
                .contains("denyList=all", "allowList=");
        assertThat(ConfigKey.NFC_BUFFER_SIZE.isIn("7.0.2")).isFalse();
        assertThat(ConfigKey.NFC_BUFFER_SIZE.isIn("7.0.3")).isTrue();
        assertThat(ConfigKey.NFC_BUFFER_SIZE.isIn("unknown")).isTrue();
    }

    @Test
    void aConfigurationIsAValue() {
        Configuration one = builder()
                .set(ConfigKey.NFC_BUFFER_COUNT, 8)
                .set(ConfigKey.ENABLE_CACHE, true)
                .build();
        Configuration same = builder()
                .set(ConfigKey.ENABLE_CACHE, false)
                .set(ConfigKey.ENABLE_CACHE, true)
                .set(ConfigKey.NFC_BUFFER_COUNT, 8)
                .build();
        assertThat(one)
                .isEqualTo(same)
                .hasSameHashCodeAs(same)
                .isEqualTo(one.toBuilder().build());
        Configuration.Builder more = one.toBuilder().set(ConfigKey.NFC_BUFFER_COUNT, 9);
        assertThat(one.settings()).containsEntry("vixDiskLib.nfcAio.Session.BufCount", "8");
        assertThat(more.build()).isNotEqualTo(one);
        assertThat(one).hasToString("{vixDiskLib.nfcAio.Session.BufCount=8, vixDiskLib.disklib.EnableCache=1}");
        assertThat(one.settings()).isUnmodifiable();
    }

    @Test
    void aBuilderThatGoesOnDoesNotChangeWhatItHasMade() {
        Configuration.Builder builder = builder().set(ConfigKey.NFC_BUFFER_COUNT, 8);
        Configuration made = builder.build();
        builder.set(ConfigKey.NFC_BUFFER_COUNT, 9);
        assertThat(made.get(ConfigKey.NFC_BUFFER_COUNT)).contains(8);
    }

    @Test
    void filesAreReadInAllTheirForms() throws IOException {
        Path file = Files.writeString(directory.resolve("vddk.conf"), """
                \ufeff# settings\r
                \r
                  tmpDirectory = "/tmp/a b"  \r
                vixDiskLib.nfc.LogLevel=4
                vixDiskLib.nfc.WriteTimeoutsMs = 600000
                vddkFake.strict = "1"
                another.product = a=b
                \t# vixDiskLib.nfc.LogLevel=5
                log.fileName="x # y\"""");
        assertThat(Configuration.read(file).settings())
                .containsExactly(
                        Map.entry("tmpDirectory", "/tmp/a b"),
                        Map.entry("vixDiskLib.nfc.LogLevel", "4"),
                        Map.entry("vixDiskLib.nfc.WriteTimeoutMs", "600000"),
                        Map.entry("vddkFake.strict", "1"),
                        Map.entry("another.product", "a=b"),
                        Map.entry("log.fileName", "x # y"));
    }

    @Test
    void everythingThatIsWrongWithAFileIsToldAtOnce() throws IOException {
        Path file = Files.writeString(directory.resolve("vddk.conf"), """
                no equals sign
                =1
                vixDiskLib.nfc.LogLevel=7
                vixDiskLib.nfc.ReadTimeoutMs=1
                vixDiskLib.nfc.ReadTimeoutsMs=1
                tmpDirectory="/tmp
                two words=1
                """);
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> Configuration.read(file))
                .satisfies(e -> assertThat(
                                String.valueOf(e.getMessage()).lines().map(String::strip))
                        .hasSize(6)
                        .satisfiesExactly(
                                line -> assertThat(line).isEqualTo(file + ": line 1: not of the form name=value"),
                                line -> assertThat(line).isEqualTo("line 2: not of the form name=value"),
                                line -> assertThat(line).startsWith("line 3: vixDiskLib.nfc.LogLevel cannot be \"7\""),
                                line -> assertThat(line)
                                        .isEqualTo(
                                                "line 5: vixDiskLib.nfc.ReadTimeoutsMs is set again; line 4 has set it"),
                                line -> assertThat(line).startsWith("line 6: tmpDirectory cannot be \"\"/tmp\""),
                                line -> assertThat(line).startsWith("line 7: not a name for a key: \"two words\"")));
    }

    @Test
    void whatAFileSaysAboutBuffersIsCheckedToo() throws IOException {
        Path file = Files.writeString(directory.resolve("vddk.conf"), SIZE + "=65\n");
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> Configuration.read(file))
                .withMessageStartingWith(file + ": 4 NFC buffers (the default) of 4259840 bytes");
    }

    @Test
    void aFileThatIsNotThereIsSaidToBeMissing() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> Configuration.read(directory.resolve("missing")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.5.4", "7.0.3", "8.0.3"})
    void whatIsWrittenIsReadAgain(String version) throws IOException {
        Configuration.Builder builder = builder().pass("other.key", "a b#c");
        SampleConfiguration.fill(builder);
        Configuration configuration = builder.build();
        Path file = Files.writeString(directory.resolve("vddk.conf"), configuration.fileText(version));
        assertThat(Configuration.read(file)).isEqualTo(configuration);
        assertThat(configuration.settings()).hasSize(ConfigKey.all().size() + 1);
    }

    @Test
    void aFileInAnotherEncodingIsRefusedAsAWhole() throws IOException {
        Path file = Files.write(directory.resolve("latin.conf"), "tmpDirectory=/tmp/\u00e4".getBytes(ISO_8859_1));
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(() -> Configuration.read(file))
                .withMessageContaining(file.toString())
                .withMessageContaining("no text in UTF-8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Configuration.builder().pass("name", "\ud800"))
                .withMessageContaining("surrogate");
    }
}
