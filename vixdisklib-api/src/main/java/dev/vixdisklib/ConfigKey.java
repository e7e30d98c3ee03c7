/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.raw.VddkVersion;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A key of a {@link Configuration}, with the type of its value: what is documented for the configuration file of InitEx
 * (VDDK guide, "Initialize Virtual Disk API"; release notes). {@link #all()} has them as a table.
 *
 * <p>Immutable.
 *
 * @param <T> what its values are in Java; the library's own unit is in the name
 */
public final class ConfigKey<T> {

    /** How much the transports log; what NFC logs depends on {@link NfcLogLevel}. Each level includes those before it. */
    public enum TransportLogLevel {
        /** What the library cannot go on after. */
        PANIC,
        /** Errors. */
        ERROR,
        /** Warnings. */
        WARNING,
        /** What an audit wants to know. */
        AUDIT,
        /** Information. */
        INFO,
        /** Details. */
        VERBOSE,
        /** Everything; it costs throughput. */
        TRIVIA
    }

    /** How much NFC logs, the protocol of nbd and nbdssl. Each level includes those before it. */
    public enum NfcLogLevel {
        /** Nothing. */
        NONE,
        /** Errors. */
        ERROR,
        /** Warnings. */
        WARNING,
        /** Information. */
        INFO,
        /** Everything; it costs throughput. */
        DEBUG
    }

    /** For what no version is known to lack: the oldest version that this API is for. */
    private static final String ALWAYS = "6.5";

    /** What the SAN lists were called in a language that was given up. */
    private static final String RENAMED = "8.0";

    private static final String GUIDE = "VDDK guide";
    private static final String NOTES = "release notes of VDDK ";
    private static final String IN_USE = "configuration files of other products";
    private static final String NO_TIMEOUT = "none (0)";
    private static final int UNIT = 64 << 10;

    /** How many bytes the buffers of a session have at most. */
    static final int SESSION_BYTES = 16 << 20;

    /**
     * A folder for temporary files and logs. Programs should set it: the default can change from run to run, and leaves
     * things behind.
     */
    public static final ConfigKey<Path> TMP_DIRECTORY =
            new ConfigKey<>("tmpDirectory", ConfigValue.path(), ALWAYS, "the library's choice", GUIDE);

    /** How much the transports log, NFC not included. */
    public static final ConfigKey<TransportLogLevel> TRANSPORT_LOG_LEVEL = new ConfigKey<>(
            "vixDiskLib.transport.LogLevel",
            ConfigValue.level(TransportLogLevel.class),
            ALWAYS,
            "AUDIT (3); TRIVIA (6) before 6.7",
            GUIDE);

    /** How much NFC logs. For nbd and nbdssl. */
    public static final ConfigKey<NfcLogLevel> NFC_LOG_LEVEL = new ConfigKey<>(
            "vixDiskLib.nfc.LogLevel", ConfigValue.level(NfcLogLevel.class), ALWAYS, "ERROR (1)", GUIDE);

    /**
     * How long to wait for the host to accept. For nbd and nbdssl, for each disk; zero is for ever. VMware's sample file
     * has 180 seconds.
     */
    public static final ConfigKey<Duration> NFC_ACCEPT_TIMEOUT = timeout("vixDiskLib.nfc.AcceptTimeoutMs");

    /**
     * How long to wait for the answer to a request. For nbd and nbdssl, for each disk; zero is for ever. VMware's sample
     * file has 180 seconds.
     */
    public static final ConfigKey<Duration> NFC_REQUEST_TIMEOUT = timeout("vixDiskLib.nfc.RequestTimeoutMs");

    /**
     * How long to wait for data that is read. For nbd and nbdssl, for each disk; zero is for ever. VMware's sample file has
     * 60 seconds. Some sample files spell it with {@code ReadTimeoutsMs}.
     */
    public static final ConfigKey<Duration> NFC_READ_TIMEOUT =
            timeout("vixDiskLib.nfc.ReadTimeoutMs").alsoSpelled("vixDiskLib.nfc.ReadTimeoutsMs");

    /**
     * How long to wait for data to be written. For nbd and nbdssl, for each disk; zero is for ever. VMware's sample file
     * has 600 seconds. Some sample files spell it with {@code WriteTimeoutsMs}.
     */
    public static final ConfigKey<Duration> NFC_WRITE_TIMEOUT =
            timeout("vixDiskLib.nfc.WriteTimeoutMs").alsoSpelled("vixDiskLib.nfc.WriteTimeoutsMs");

    /**
     * How long the file system may be idle. For nbd and nbdssl; zero is for ever, and then a file system stays locked
     * after some rare failures of communication.
     */
    public static final ConfigKey<Duration> NFC_FILE_SYSTEM_TIMEOUT = timeout("vixDiskLib.nfcFssrvr.TimeoutMs");

    /** How long a write to the file system may take. For nbd and nbdssl; zero is for ever. */
    public static final ConfigKey<Duration> NFC_FILE_SYSTEM_WRITE_TIMEOUT =
            timeout("vixDiskLib.nfcFssrvrWrite.TimeoutMs");

    /**
     * The size of a buffer for asynchronous NFC, in bytes: a multiple of 64 KiB. For nbd and nbdssl. Its product with
     * {@link #NFC_BUFFER_COUNT} is at most 16 MiB, or every open of a disk on a server would fail. VMware found 1 MiB, with
     * 4 buffers, best; hosts have refused 16 MiB.
     */
    public static final ConfigKey<Integer> NFC_BUFFER_SIZE = new ConfigKey<>(
            "vixDiskLib.nfcAio.Session.BufSizeIn64KB",
            ConfigValue.bytes(UNIT, SESSION_BYTES / UNIT),
            "7.0.3",
            "65536 bytes (1)",
            NOTES + "7.0.3");

    /** How many buffers for asynchronous NFC a disk has. See {@link #NFC_BUFFER_SIZE}. */
    public static final ConfigKey<Integer> NFC_BUFFER_COUNT = new ConfigKey<>(
            "vixDiskLib.nfcAio.Session.BufCount",
            ConfigValue.count(1, SESSION_BYTES / UNIT),
            "7.0.3",
            "4",
            NOTES + "7.0.3");

    /** What the library takes for {@link #NFC_BUFFER_SIZE} where it is not set. */
    static final int DEFAULT_BUFFER_SIZE = UNIT;

    /** What the library takes for {@link #NFC_BUFFER_COUNT} where it is not set. */
    static final int DEFAULT_BUFFER_COUNT = 4;

    /**
     * Whether the library caches. Good for reading the same again, bad for backups: what other programs write is not
     * seen.
     */
    public static final ConfigKey<Boolean> ENABLE_CACHE =
            new ConfigKey<>("vixDiskLib.disklib.EnableCache", ConfigValue.onOff(), ALWAYS, "false (0)", GUIDE);

    /**
     * Devices in which SAN transport is not to look for disks; {@code all} is for all but those of
     * {@link #SAN_ALLOW_LIST}. The wildcards {@code * ? [a-z]} work from VDDK 8.0.1 on. Before 8.0 the key was called
     * {@code vixDiskLib.transport.san.blacklist}, and is written as that for such a library.
     */
    public static final ConfigKey<List<String>> SAN_DENY_LIST = new ConfigKey<>(
                    "vixDiskLib.transport.san.denyList", ConfigValue.devices(), ALWAYS, "no devices", GUIDE)
            .alsoSpelled("vixDiskLib.transport.san.denylist")
            .before8("vixDiskLib.transport.san.blacklist");

    /**
     * Devices in which SAN transport is to look for disks, though {@link #SAN_DENY_LIST} has them. The wildcards
     * {@code * ? [a-z]} work from VDDK 8.0.1 on. Before 8.0 the key was called
     * {@code vixDiskLib.transport.san.whitelist}, and is written as that for such a library.
     */
    public static final ConfigKey<List<String>> SAN_ALLOW_LIST = new ConfigKey<>(
                    "vixDiskLib.transport.san.allowList", ConfigValue.devices(), ALWAYS, "no devices", GUIDE)
            .alsoSpelled("vixDiskLib.transport.san.allowlist")
            .before8("vixDiskLib.transport.san.whitelist");

    /** Whether HotAdd does without an NFC session. */
    public static final ConfigKey<Boolean> HOTADD_NO_NFC_SESSION = new ConfigKey<>(
            "vixDiskLib.transport.hotadd.NoNfcSession", ConfigValue.onOff(), ALWAYS, "false (0)", IN_USE);

    /** Whether the certificates of servers are checked on Linux. Without effect since 6.0: they always are. */
    public static final ConfigKey<Boolean> VERIFY_CERTIFICATES =
            new ConfigKey<>("vixDiskLib.linuxSSL.verifyCertificates", ConfigValue.onOff(), ALWAYS, "false (0)", GUIDE);

    /** Whether TLS is to be that of FIPS 140. */
    public static final ConfigKey<Boolean> ENABLE_SSL_FIPS =
            new ConfigKey<>("vixDiskLib.ssl.enableSslFIPS", ConfigValue.onOff(), "7.0.1", "false (0)", NOTES + "7.0.1");

    /** Whether the library may report its use to VMware; it logs failures of that as warnings. */
    public static final ConfigKey<Boolean> ENABLE_PHONE_HOME =
            new ConfigKey<>("vixDiskLib.phoneHome.EnablePhoneHome", ConfigValue.onOff(), ALWAYS, "false (0)", IN_USE);

    /** The name of your product, or its vendor, for such reports. */
    public static final ConfigKey<String> PRODUCT_NAME =
            new ConfigKey<>("vixDiskLib.phoneHome.ProductName", ConfigValue.identification(), ALWAYS, "nothing", GUIDE);

    /** The version of your product for such reports. */
    public static final ConfigKey<String> PRODUCT_VERSION = new ConfigKey<>(
            "vixDiskLib.phoneHome.ProductVersion", ConfigValue.identification(), ALWAYS, "nothing", GUIDE);

    /** A folder for what is to be reported. */
    public static final ConfigKey<Path> PHONE_HOME_DIRECTORY = new ConfigKey<>(
            "vixDiskLib.phoneHome.DatabaseDir", ConfigValue.path(), ALWAYS, "the library's choice", GUIDE);

    /** The name of the library's own log file. This API takes the log before it gets there. */
    public static final ConfigKey<String> LOG_FILE_NAME =
            new ConfigKey<>("log.fileName", ConfigValue.text(), ALWAYS, "the library's choice", IN_USE);

    /** How much goes into the library's own log file. This API takes the log before it gets there. */
    public static final ConfigKey<String> LOG_FILE_LEVEL =
            new ConfigKey<>("log.fileLevel", ConfigValue.text(), ALWAYS, "the library's choice", IN_USE);

    private static final List<ConfigKey<?>> ALL = List.of(
            TMP_DIRECTORY,
            TRANSPORT_LOG_LEVEL,
            NFC_LOG_LEVEL,
            NFC_ACCEPT_TIMEOUT,
            NFC_REQUEST_TIMEOUT,
            NFC_READ_TIMEOUT,
            NFC_WRITE_TIMEOUT,
            NFC_FILE_SYSTEM_TIMEOUT,
            NFC_FILE_SYSTEM_WRITE_TIMEOUT,
            NFC_BUFFER_SIZE,
            NFC_BUFFER_COUNT,
            ENABLE_CACHE,
            SAN_DENY_LIST,
            SAN_ALLOW_LIST,
            HOTADD_NO_NFC_SESSION,
            VERIFY_CERTIFICATES,
            ENABLE_SSL_FIPS,
            ENABLE_PHONE_HOME,
            PRODUCT_NAME,
            PRODUCT_VERSION,
            PHONE_HOME_DIRECTORY,
            LOG_FILE_NAME,
            LOG_FILE_LEVEL);

    private final String name;
    private final ConfigValue<T> value;
    private final String since;
    private final String defaultValue;
    private final String source;
    private final List<String> otherSpellings;
    private final Optional<String> nameBefore8;

    private ConfigKey(String name, ConfigValue<T> value, String since, String defaultValue, String source) {
        this(name, value, since, defaultValue, source, List.of(), Optional.empty());
    }

    private ConfigKey(
            String name,
            ConfigValue<T> value,
            String since,
            String defaultValue,
            String source,
            List<String> otherSpellings,
            Optional<String> nameBefore8) {
        this.name = name;
        this.value = value;
        this.since = since;
        this.defaultValue = defaultValue;
        this.source = source;
        this.otherSpellings = otherSpellings;
        this.nameBefore8 = nameBefore8;
    }

    private static ConfigKey<Duration> timeout(String name) {
        return new ConfigKey<>(name, ConfigValue.millis(), ALWAYS, NO_TIMEOUT, GUIDE);
    }

    private ConfigKey<T> alsoSpelled(String spelling) {
        return new ConfigKey<>(name, value, since, defaultValue, source, List.of(spelling), nameBefore8);
    }

    private ConfigKey<T> before8(String oldName) {
        return new ConfigKey<>(name, value, since, defaultValue, source, otherSpellings, Optional.of(oldName));
    }

    /**
     * All keys.
     *
     * @return the keys, in the order of the reference
     */
    public static List<ConfigKey<?>> all() {
        return ALL;
    }

    /**
     * The key of a name.
     *
     * @param name as a configuration file has it; spellings of older guides and sample files will do
     * @return the key, empty for a name that none has
     */
    public static Optional<ConfigKey<?>> ofName(String name) {
        Objects.requireNonNull(name, "name");
        for (ConfigKey<?> key : ALL) {
            if (key.name.equals(name)
                    || key.otherSpellings.contains(name)
                    || key.nameBefore8.filter(name::equals).isPresent()) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }

    /**
     * The name in a configuration file.
     *
     * @return such as {@code vixDiskLib.nfc.LogLevel}
     */
    public String name() {
        return name;
    }

    /**
     * The name that a library of some version has for it.
     *
     * @param version as {@link VixDiskLib#version()} tells it
     * @return {@link #name()}, or what it was before that
     */
    public String nameIn(String version) {
        return isOlder(version, RENAMED) ? nameBefore8.orElse(name) : name;
    }

    /**
     * Whether a library of some version has it. Libraries overlook keys that they do not have.
     *
     * @param version as {@link VixDiskLib#version()} tells it
     * @return whether it has; true if the version is not known
     */
    public boolean isIn(String version) {
        return !isOlder(version, since);
    }

    private static boolean isOlder(String version, String other) {
        VddkVersion present = VddkVersion.ofFileName("libvixDiskLib.so." + version);
        return !present.equals(VddkVersion.UNKNOWN)
                && present.compareTo(VddkVersion.ofFileName("libvixDiskLib.so." + other)) < 0;
    }

    /**
     * What values are allowed, with their unit.
     *
     * @return an English text, such as {@code a number from 1 to 256}
     */
    public String range() {
        return value.range();
    }

    /**
     * What the library takes where it is not set.
     *
     * @return an English text, with the number in a file in parentheses
     */
    public String defaultValue() {
        return defaultValue;
    }

    /**
     * The version of VDDK that brought it.
     *
     * @return such as {@code 7.0.3}; {@code 6.5}, the oldest that this API is for, where none is known to lack it
     */
    public String since() {
        return since;
    }

    /**
     * Where it is documented.
     *
     * @return the name of a document
     */
    public String source() {
        return source;
    }

    /**
     * How a configuration file spells a value.
     *
     * @throws IllegalArgumentException if the value is not allowed
     */
    String spell(T given) {
        return value.spelling().apply(given).orElseThrow(() -> notAllowed(given));
    }

    /**
     * The value that a configuration file spells so.
     *
     * @throws IllegalArgumentException if the value is not allowed
     */
    T mean(String text) {
        return value.meaning().apply(text).orElseThrow(() -> notAllowed(text));
    }

    private IllegalArgumentException notAllowed(Object given) {
        return new IllegalArgumentException(
                name + " cannot be " + visible(given.toString()) + ": it is " + value.range());
    }

    private static String visible(String text) {
        return "\"" + text.replaceAll("\\p{Cntrl}", "?") + "\"";
    }

    @Override
    public String toString() {
        return name;
    }
}
