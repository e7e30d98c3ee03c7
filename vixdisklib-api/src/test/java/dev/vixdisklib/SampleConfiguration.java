/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.ConfigKey.NfcLogLevel;
import dev.vixdisklib.ConfigKey.TransportLogLevel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Has something to say about each key. */
final class SampleConfiguration {

    private SampleConfiguration() {}

    static void fill(Configuration.Builder builder) {
        builder.set(ConfigKey.TMP_DIRECTORY, Path.of("/tmp"))
                .set(ConfigKey.TRANSPORT_LOG_LEVEL, TransportLogLevel.INFO)
                .set(ConfigKey.NFC_LOG_LEVEL, NfcLogLevel.INFO)
                .set(ConfigKey.NFC_ACCEPT_TIMEOUT, Duration.ofMinutes(3))
                .set(ConfigKey.NFC_REQUEST_TIMEOUT, Duration.ofMinutes(3))
                .set(ConfigKey.NFC_READ_TIMEOUT, Duration.ofMinutes(1))
                .set(ConfigKey.NFC_WRITE_TIMEOUT, Duration.ofMinutes(10))
                .set(ConfigKey.NFC_FILE_SYSTEM_TIMEOUT, Duration.ZERO)
                .set(ConfigKey.NFC_FILE_SYSTEM_WRITE_TIMEOUT, Duration.ofMillis(1))
                .set(ConfigKey.NFC_BUFFER_SIZE, 1 << 20)
                .set(ConfigKey.NFC_BUFFER_COUNT, 16)
                .set(ConfigKey.ENABLE_CACHE, true)
                .set(ConfigKey.SAN_DENY_LIST, List.of("/dev/sd*"))
                .set(ConfigKey.SAN_ALLOW_LIST, List.of("/dev/sda", "/dev/sdb"))
                .set(ConfigKey.HOTADD_NO_NFC_SESSION, true)
                .set(ConfigKey.VERIFY_CERTIFICATES, true)
                .set(ConfigKey.ENABLE_SSL_FIPS, false)
                .set(ConfigKey.ENABLE_PHONE_HOME, false)
                .set(ConfigKey.PRODUCT_NAME, "Example Backup")
                .set(ConfigKey.PRODUCT_VERSION, "1.0")
                .set(ConfigKey.PHONE_HOME_DIRECTORY, Path.of("/tmp"))
                .set(ConfigKey.LOG_FILE_NAME, "vddk.log")
                .set(ConfigKey.LOG_FILE_LEVEL, "info");
    }
}
