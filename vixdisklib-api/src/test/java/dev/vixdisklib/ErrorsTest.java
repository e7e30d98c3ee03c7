/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vixdisklib.raw.c.VixDiskLibNative;
import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ErrorsTest {

    private static final LogLine LINE = new LogLine(Instant.EPOCH, System.Logger.Level.WARNING, "a line", true);

    /** The constants of the C header, as jextract has understood it. */
    private static Map<String, Integer> header() throws ReflectiveOperationException {
        Map<String, Integer> constants = new TreeMap<>();
        for (Method method : VixDiskLibNative.class.getMethods()) {
            String name = method.getName();
            if (method.getParameterCount() == 0
                    && (name.startsWith("VIX_E_") || name.equals("VIX_OK") || name.equals("VIX_ASYNC"))) {
                constants.put(name, ((Number) method.invoke(null)).intValue());
            }
        }
        return constants;
    }

    @Test
    void theCodesAreThoseOfTheHeader() throws ReflectiveOperationException {
        Map<String, Integer> codes = new TreeMap<>();
        for (ErrorCode code : ErrorCode.values()) {
            codes.put(code.symbol(), code.number());
        }
        assertThat(codes).hasSize(ErrorCode.values().length).isEqualTo(header());
    }

    @Test
    void everyCodeIsFoundByItsNumber() {
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(code.number()).isBetween(0, 0xffff);
            assertThat(ErrorCode.ofNumber(code.number())).contains(code);
        }
        assertThat(ErrorCode.ofNumber(-1)).isEmpty();
        assertThat(ErrorCode.ofNumber(65535)).isEmpty();
    }

    @Test
    void aCodeHasTheHintsOfAllCalls() {
        assertThat(ErrorCode.DISK_CANTSHRINK.hints()).containsExactly("only sparse disks can be made smaller");
        assertThat(ErrorCode.FILE_NOT_FOUND.hints())
                .hasSize(2)
                .anyMatch(hint -> hint.contains("[datastore]"))
                .last()
                .asString()
                .contains("-flat.vmdk");
        assertThat(ErrorCode.OK.hints()).isEmpty();
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(code.hints()).doesNotHaveDuplicates().doesNotContainNull();
        }
    }

    @Test
    void anErrorKeepsItsUpperBits() {
        VixError error = new VixError(0xffff_ffff_0000_0004L);
        assertThat(error.number()).isEqualTo(4);
        assertThat(error.code()).contains(ErrorCode.FILE_NOT_FOUND);
        assertThat(error.is(ErrorCode.FILE_NOT_FOUND)).isTrue();
        assertThat(error.is(ErrorCode.FAIL)).isFalse();
        assertThat(error.symbol()).isEqualTo("VIX_E_FILE_NOT_FOUND");
        assertThat(error).hasToString("VIX_E_FILE_NOT_FOUND (0xffffffff00000004)");
    }

    @Test
    void anErrorWithANumberThatIsNotKnownSaysTheNumber() {
        VixError error = new VixError(65535);
        assertThat(error.code()).isEmpty();
        assertThat(error).hasToString("VIX_E_65535 (65535)");
        assertThat(new VixError(0)).hasToString("VIX_OK (0)");
        assertThat(new VixError(25000)).hasToString("VIX_ASYNC (25000)");
    }

    @Test
    void aMessageSaysAllThatIsKnown() {
        assertThat(new VixDiskLibException(
                        "Read",
                        "/disk.vmdk",
                        new SectorRange(128, 128),
                        new VixError(11),
                        "A text",
                        "do this",
                        List.of(LINE)))
                .hasMessage("Read of sectors 128..255 of /disk.vmdk: A text [VIX_E_FILE_READ_ONLY (11)]; do this");
        assertThat(new VixDiskLibException("Connect", null, null, new VixError(65535), "A text"))
                .hasMessage("Connect: A text [VIX_E_65535 (65535)]");
    }

    @Test
    void anExceptionSurvivesSerialisation() throws Exception {
        VixDiskLibException written = new VixDiskLibException(
                "Read",
                "/disk.vmdk",
                new SectorRange(128, 128),
                new VixError(0x1_0000_000bL),
                "A text",
                "do this",
                List.of(LINE));
        VixDiskLibException read = copy(written);
        assertThat(read).hasMessage(written.getMessage());
        assertThat(read.operation()).isEqualTo("Read");
        assertThat(read.target()).contains("/disk.vmdk");
        assertThat(read.sectors()).contains(new SectorRange(128, 128));
        assertThat(read.error()).isEqualTo(written.error());
        assertThat(read.libraryText()).isEqualTo("A text");
        assertThat(read.hint()).contains("do this");
        assertThat(read.recentLog()).containsExactly(LINE);

        VixDiskLibException bare = copy(new VixDiskLibException("Connect", null, null, new VixError(1), "A text"));
        assertThat(bare.target()).isEmpty();
        assertThat(bare.sectors()).isEmpty();
        assertThat(bare.hint()).isEmpty();
        assertThat(bare.recentLog()).isEmpty();
        assertThat(copy(new DiskLockedException(
                        "Open", "/disk.vmdk", null, new VixError(15), "A text", null, List.of())))
                .isInstanceOf(DiskLockedException.class);
    }

    @Test
    void whatCallersBranchOnIsASubclass() throws IOException {
        Path vddk = FakeVddk.directory();
        FakeControl fake = FakeControl.of(vddk);
        Map<ErrorCode, Class<?>> thrown = new EnumMap<>(ErrorCode.class);
        try (VixDiskLib lib = VixDiskLib.open(vddk);
                Connection host = lib.connectLocal()) {
            for (ErrorCode code : ErrorCode.values()) {
                if (code != ErrorCode.OK) {
                    fake.failNext("Open", 0x7_0000_0000L + code.number());
                    VixDiskLibException e =
                            catchThrowableOfType(VixDiskLibException.class, () -> host.openDisk(Path.of("/disk.vmdk")));
                    assertThat(e.error().value()).isEqualTo(0x7_0000_0000L + code.number());
                    if (e.getClass() != VixDiskLibException.class) {
                        thrown.put(code, e.getClass());
                    }
                }
            }
        }
        assertThat(thrown)
                .hasSize(16)
                .containsEntry(ErrorCode.FILE_ALREADY_LOCKED, DiskLockedException.class)
                .containsEntry(ErrorCode.AUTHENTICATION_FAIL, AuthenticationException.class)
                .containsEntry(ErrorCode.INVALID_AUTHENTICATION_SESSION, AuthenticationException.class);
        assertThat(thrown.values().stream().filter(HostUnavailableException.class::equals))
                .hasSize(13);
        assertThat(thrown)
                .containsKeys(
                        ErrorCode.HOST_SERVER_SHUTDOWN, ErrorCode.HOST_TCP_CONN_LOST, ErrorCode.CANNOT_CONNECT_TO_HOST);
    }

    @SuppressWarnings("BanSerializableRead") // of what was written here
    private static VixDiskLibException copy(VixDiskLibException exception) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(exception);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (VixDiskLibException) in.readObject();
        }
    }
}
