/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FakeSetupTest {

    @Test
    void writes_the_configuration_and_what_it_refers_to(@TempDir Path directory) throws IOException {
        Path configuration = FakeSetup.create()
                .withInventory(
                        Inventory.builder().vcenter("vcenter.example.com").build())
                .withFaults(FaultPlan.of(Fault.on("Read").hang()))
                .withTiming(
                        Transport.NBDSSL,
                        Timing.latency(Duration.ofMillis(2))
                                .withBytesPerSecond(100_000_000)
                                .withRequestsAtOnce(8))
                .withStrictness(Strictness.ABORT)
                .withOpenOnAnyThread()
                .withAsync(4, 7)
                .withJournal(Path.of("journal.txt"))
                .withSetting("vixDiskLib.nfcAio.Session.BufCount", "16")
                .write(directory.resolve("new"));

        assertThat(configuration).hasContent("""
                        vixDiskLib.nfcAio.Session.BufCount="16"
                        vddkFake.inventory="inventory.ini"
                        vddkFake.journal="journal.txt"
                        vddkFake.strict.openThread="0"
                        vddkFake.time.nbdssl.latencyMicros="2000"
                        vddkFake.time.nbdssl.bytesPerSecond="100000000"
                        vddkFake.time.nbdssl.requestsAtOnce="8"
                        vddkFake.faults="faults.txt"
                        vddkFake.strict="2"
                        vddkFake.async.threads="4"
                        vddkFake.async.seed="7"
                        """);
        assertThat(configuration.resolveSibling("faults.txt")).hasContent("Read hang\n");
        assertThat(configuration.resolveSibling("inventory.ini")).content().startsWith("[server vcenter.example.com]");
        try (var files = Files.list(configuration.getParent())) {
            assertThat(files)
                    .hasSize(3)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void does_not_change_the_setup_that_it_was_made_from(@TempDir Path directory) throws IOException {
        FakeSetup plain = FakeSetup.create();
        FakeSetup other = plain.withSetting("a", "b").withStrictness(Strictness.OFF);

        assertThat(plain.write(directory.resolve("plain")))
                .content()
                .doesNotContain("a=")
                .contains("strict=\"1\"");
        assertThat(other.write(directory.resolve("other")))
                .content()
                .contains("a=\"b\"")
                .contains("strict=\"0\"");
    }

    @ParameterizedTest
    @CsvSource({"'', b", "a b, c", "a=b, c", "a, '\"'", "a, '\n'", "vddkFake.strict, 1"})
    void refuses_settings_that_a_line_cannot_hold(String name, String value) {
        assertThatThrownBy(() -> FakeSetup.create().withSetting(name, value))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "65, 0", "1, -1"})
    void refuses_threads_and_seeds_that_the_library_does_not_take(int threads, long seed) {
        assertThatThrownBy(() -> FakeSetup.create().withAsync(threads, seed))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refuses_times_that_are_none() {
        assertThatThrownBy(() -> Timing.latency(Duration.ofNanos(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Timing.latency(Duration.ofMillis(-1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Timing.NONE.withBytesPerSecond(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Timing.NONE.withRequestsAtOnce(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
