/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vixdisklib.raw.c.VixDiskLibGenericLogFunc;
import dev.vixdisklib.raw.c.VixDiskLibNative;
import dev.vixdisklib.shim.FakeControl;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that the fake library logs from a thread of its own. */
class FormattedMessageTest {

    /** What the fake library adds to each message: more arguments than fit in registers, of each kind. */
    private static final String SUFFIX = " [-7 1234567890123 2.50 text 42 % 18446744073709551615]\n";

    private static final int LONGEST = 1 << 20;
    private static final Queue<String> LOGGED = new ConcurrentLinkedQueue<>();
    private static final Queue<String> WARNED = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void startTheFakeLibrary() throws IOException {
        VddkLibrary library = VddkLibrary.load(Built.VDDK, Set.of());
        try (Arena arena = Arena.ofConfined()) {
            long error = VixDiskLibNative.VixDiskLib_InitEx(
                    8,
                    0,
                    logFunction(LOGGED),
                    logFunction(WARNED),
                    MemorySegment.NULL,
                    arena.allocateFrom(library.directory().toString()),
                    MemorySegment.NULL);
            assertThat(error).isEqualTo(VixDiskLibNative.VIX_OK());
        }
    }

    @AfterAll
    static void endTheFakeLibrary() {
        VixDiskLibNative.VixDiskLib_Exit();
    }

    @BeforeEach
    void forgetEarlierMessages() {
        LOGGED.clear();
        WARNED.clear();
    }

    @Test
    void hasArgumentsOfAllKinds() {
        assertThat(logged("numbers:")).isEqualTo("numbers:" + SUFFIX);
    }

    @Test
    void comesToTheFunctionThatTheLibraryCalls() {
        FakeControl.of(Built.VDDK).logFromLibraryThread(true, "careful");

        assertThat(WARNED).containsExactly("careful" + SUFFIX);
        assertThat(LOGGED).isEmpty();
    }

    @Test
    void isDecodedAsUtf8() {
        assertThat(logged("Größe des Datenträgers, 磁盘, 💾")).isEqualTo("Größe des Datenträgers, 磁盘, 💾" + SUFFIX);
    }

    @ParameterizedTest
    @ValueSource(ints = {510, 511, 512, 513, 1024, 100_000, LONGEST})
    void isWholeWhateverItsLength(int length) {
        String message = "x".repeat(length - SUFFIX.length());

        assertThat(logged(message)).isEqualTo(message + SUFFIX);
    }

    @Test
    void isWholeIfItIsLongAndNotAscii() {
        String message = "é".repeat(1_000);

        assertThat(logged(message)).isEqualTo(message + SUFFIX);
    }

    @Test
    void isCutAtOneMebibyte() {
        assertThat(logged("x".repeat(2 * LONGEST))).isEqualTo("x".repeat(LONGEST));
    }

    @Test
    void isTheFormatIfThatCannotBeUsed() {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "the argument list is made here as x86-64 has it");
        try (Arena arena = Arena.ofConfined()) {
            // Half a surrogate pair is no character, and a list whose registers are used up has its arguments in
            // memory.
            MemorySegment inMemory = arena.allocateFrom(ValueLayout.JAVA_LONG, 0xd800);
            MemorySegment arguments = arena.allocate(24, 8);
            arguments.set(ValueLayout.JAVA_INT, 0, 48);
            arguments.set(ValueLayout.JAVA_INT, 4, 176);
            arguments.set(ValueLayout.ADDRESS, 8, inMemory);

            assertThat(FormattedMessage.of(arena.allocateFrom("odd: %lc"), arguments))
                    .isEqualTo("(a message that cannot be formatted: odd: %lc)");
        }
    }

    private static String logged(String message) {
        FakeControl.of(Built.VDDK).logFromLibraryThread(false, message);
        assertThat(LOGGED).hasSize(1);
        return LOGGED.remove();
    }

    private static MemorySegment logFunction(Queue<String> messages) {
        return VixDiskLibGenericLogFunc.allocate(
                (format, arguments) -> messages.add(FormattedMessage.of(format, arguments)), Arena.global());
    }
}
