/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vixdisklib.internal.Panics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of the lines that the library logs. */
class LogTest extends TestDisks {

    private static final String LOG = "dev.vixdisklib.native";

    /** What the fake adds to a line of its own thread. */
    private static final String ARGUMENTS = " [-7 1234567890123 2.50 text 42 % 18446744073709551615]";

    LogTest() throws IOException {}

    /** The line that becomes of a message. */
    private String logged(String message) {
        try (LogLines log = LogLines.of(LOG)) {
            fake.logFromLibraryThread(false, message);
            assertThat(log.records()).hasSize(1);
            return log.texts(Level.FINE).get(0).replace(ARGUMENTS, "");
        }
    }

    private VixDiskLibException failure() {
        Path missing = directory.resolve("missing.vmdk");
        return assertRefused(ErrorCode.FILE_NOT_FOUND, "Open", missing, () -> host.openDisk(missing));
    }

    private static List<String> texts(VixDiskLibException failure) {
        return failure.recentLog().stream()
                .map(line -> line.text().replace(ARGUMENTS, ""))
                .toList();
    }

    @Test
    void aMessageIsOneLine() {
        assertThat(logged("one\nWARNING: two\r\nthree\tfour\u001b[31mred\u0000"))
                .isEqualTo("one\\nWARNING: two\\r\\nthree\\tfour\\u001b[31mred");
        assertThat(logged("a\u0085b\u2028c\u202ed\u2066e")).isEqualTo("a\\u0085b\\u2028c\\u202ed\\u2066e");
        assertThat(logged("caf\u00e9 \u4e2d\u6587 \ud83d\ude00")).isEqualTo("caf\u00e9 \u4e2d\u6587 \ud83d\ude00");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "password=hunter2 host=a        | password=[redacted] host=a",
                "Password: hunter2              | Password: [redacted]",
                "userPasswd = 'hunter 2', x     | userPasswd = [redacted], x",
                "{\"password\":\"hunt\\\"er2\",\"a\":1} | {\"password\":[redacted],\"a\":1}",
                "\\\"pwd\\\": \\\"hunter2\\\" b | \\\"pwd\\\": [redacted] b",
                "creds[password]=hunter2        | creds[password]=[redacted]",
                "password => hunter2            | password => [redacted]",
                "Set-Cookie: vmware_soap_session=\"52ab\"; Path=/ | Set-Cookie: [redacted]",
                "vmware_soap_session=\"52ab\"; x | vmware_soap_session=[redacted]; x",
                "Authorization: Basic dXNlcjpodW50ZXIy | Authorization: [redacted]",
                "session id = 52ab, key         | session id = [redacted] key",
                "got ticket: 52 ab              | got ticket: [redacted] ab",
                "<vim:password xsi:type=\"xsd:string\">hunter2</vim:password> | "
                        + "<vim:password xsi:type=\"xsd:string\">[redacted]</vim:password>",
                "https://root:hunter2@esx1/sdk  | https://root:[redacted]@esx1/sdk",
                "nfcssl://[ds] web/web.vmdk@esx1:902 | nfcssl://[ds] web/web.vmdk@esx1:902",
                "the password is wrong          | the password is wrong"
            })
    void whatANameSaysToBeSecretIsRedacted(String message, String line) {
        assertThat(logged(message)).isEqualTo(line);
        assertThat(texts(failure())).contains(line);
    }

    @Test
    void aSecretOnTheNextLineIsRedacted() {
        assertThat(logged("password:\n  hunter2\nCookie: a=b\nnext"))
                .isEqualTo("password:\\n  [redacted]\\nCookie:" + " [redacted]\\nnext");
        assertThat(logged("<password>\nhunter2\n</password>")).isEqualTo("<password>[redacted]</password>");
    }

    @Test
    void longLinesAreRedactedInTime() {
        for (String part : List.of("password", "password=", "x", "<password", "://a:", "\"", "cookie: ", "  ")) {
            assertThat(logged(part.repeat(100_000 / part.length()) + ";")).isNotEmpty();
        }
    }

    @Test
    void anExceptionHasTheLastLines() {
        for (int i = 0; i < 100; i++) {
            fake.logFromLibraryThread(i % 2 == 0, "line " + i);
        }
        Instant before = Instant.now();
        VixDiskLibException failure = failure();
        List<LogLine> lines = failure.recentLog();
        assertThat(lines).hasSize(20);
        LogLine own = lines.get(19);
        assertThat(own.text())
                .isEqualTo("VixDiskLib: cannot open \"" + directory.resolve("missing.vmdk") + "\" (error 4).");
        assertThat(own.level()).isEqualTo(System.Logger.Level.WARNING);
        assertThat(own.duringCall()).isTrue();
        assertThat(own.time()).isBetween(before, Instant.now());
        assertThat(own).hasToString(own.time() + " WARNING " + own.text());
        long foreign = lines.stream().filter(line -> !line.duringCall()).count();
        assertThat(texts(failure).subList(0, (int) foreign)).isEqualTo(numbered(100 - (int) foreign, 100));
        assertThat(lines.get((int) foreign - 1).level()).isEqualTo(System.Logger.Level.DEBUG);
        assertThat(lines.get((int) foreign - 2).level()).isEqualTo(System.Logger.Level.WARNING);
        assertThat(failure.getMessage()).doesNotContain("line 99", "cannot open");
    }

    private static List<String> numbered(int from, int to) {
        List<String> lines = new ArrayList<>();
        for (int i = from; i < to; i++) {
            lines.add("line " + i);
        }
        return lines;
    }

    @Test
    void anExceptionHasNoLinesOfLater() {
        VixDiskLibException failure = failure();
        List<LogLine> lines = failure.recentLog();
        fake.logFromLibraryThread(true, "later");
        assertThat(failure.recentLog())
                .isEqualTo(lines)
                .noneMatch(line -> line.text().startsWith("later"));
    }

    @Test
    void aFailedReadHasTheLinesBeforeIt() throws IOException {
        try (Disk disk = host.openDisk(disk("disk.vmdk"))) {
            fake.logFromLibraryThread(true, "before");
            fake.failNext("Read", ErrorCode.FILE_ERROR.number());
            VixDiskLibException failure =
                    assertRefused(ErrorCode.FILE_ERROR, "Read", disk.name(), () -> read(disk, 0, 1));
            assertThat(texts(failure)).contains("before");
            assertThat(failure.recentLog())
                    .filteredOn(line -> line.text().startsWith("before"))
                    .noneMatch(LogLine::duringCall);
        }
    }

    @Test
    void linesAreKeptThatNobodyListensTo() {
        try (LogLines log = LogLines.of(LOG)) {
            Logger.getLogger(LOG).setLevel(Level.OFF);
            fake.logFromLibraryThread(false, "unheard");
            assertThat(log.records()).isEmpty();
            assertThat(texts(failure())).contains("unheard");
        }
    }

    @Test
    void noiseIsKeptAsWhatItIs() {
        fake.logFromLibraryThread(true, "VDDK_PhoneHome: Get CEIP status failed");
        assertThat(failure().recentLog())
                .filteredOn(line -> line.text().startsWith("VDDK_PhoneHome"))
                .extracting(LogLine::level)
                .contains(System.Logger.Level.DEBUG);
    }

    @Test
    void linesOfManyThreadsAreAllWhole() throws Exception {
        List<Background<VixDiskLibException>> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Path missing = directory.resolve("x".repeat(50 * i) + ".vmdk");
            threads.add(Background.start(() -> {
                VixDiskLibException last = null;
                for (int round = 0; round < 50; round++) {
                    fake.logFromLibraryThread(true, missing.toString());
                    last = catchThrowableOfType(VixDiskLibException.class, () -> host.openDisk(missing));
                }
                return last;
            }));
        }
        for (Background<VixDiskLibException> thread : threads) {
            VixDiskLibException failure = thread.join();
            String own = "VixDiskLib: cannot open \"" + failure.target().orElseThrow() + "\" (error 4).";
            assertThat(failure.recentLog())
                    .hasSize(20)
                    .anyMatch(line -> line.duringCall() && line.text().equals(own));
        }
    }

    @Test
    void afterAPanicNothingNewIsBegun() throws Exception {
        Path path = disk("disk.vmdk");
        ChildJvm child = ChildJvm.run(Panics.class, directory, path);
        assertThat(child.status()).as(child.log()).isZero();
        String refused = "the library cannot go on since \"out of memory\"";
        assertThat(child.out()).hasSize(11);
        assertThat(child.out().subList(0, 9))
                .allSatisfy(line -> assertThat(line).startsWith(refused));
        assertThat(child.out().subList(9, 11)).containsExactly("false", "closed");
        assertThat(child.log()).doesNotContain("VixDiskLib: exit.");
    }
}
