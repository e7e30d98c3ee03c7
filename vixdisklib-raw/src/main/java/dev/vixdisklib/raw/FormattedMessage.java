/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.raw;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * The text of a log message that VixDiskLib gives as a format and a {@code va_list}.
 *
 * <p>On every platform a {@code va_list} parameter is one pointer-sized argument, so C's own {@code vsnprintf} formats it;
 * that function is not variadic.
 */
public final class FormattedMessage {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle VSNPRINTF = LINKER.downcallHandle(
            LINKER.defaultLookup()
                    .find("vsnprintf")
                    .orElseThrow(() -> new UnsatisfiedLinkError("the C library has no vsnprintf")),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));
    private static final long VA_LIST_SIZE = vaListSize();
    private static final int FIRST_TRY = 512;
    private static final int LONGEST = 1 << 20;

    private FormattedMessage() {}

    /**
     * Formats a message, of any length up to 1 MiB; what is longer is cut. Consumes the argument list.
     *
     * @param format the format, as a log function receives it
     * @param arguments the {@code va_list}, as a log function receives it; valid only until that function returns
     * @return the text, decoded as UTF-8
     */
    public static String of(MemorySegment format, MemorySegment arguments) {
        try (Arena arena = Arena.ofConfined()) {
            // One pass consumes the list, and a second is needed if the text is longer than the first buffer.
            MemorySegment second = copy(arguments, arena);
            MemorySegment buffer = arena.allocate(FIRST_TRY);
            int length = vsnprintf(buffer, format, arguments);
            if (length >= FIRST_TRY) {
                buffer = arena.allocate(Math.min(length, LONGEST) + 1L);
                length = vsnprintf(buffer, format, second);
            }
            if (length < 0) {
                return "(a message that cannot be formatted: " + format.getString(0) + ")";
            }
            byte[] text =
                    buffer.asSlice(0, Math.min(length, buffer.byteSize() - 1)).toArray(JAVA_BYTE);
            return new String(text, StandardCharsets.UTF_8);
        }
    }

    private static int vsnprintf(MemorySegment buffer, MemorySegment format, MemorySegment arguments) {
        try {
            return (int) VSNPRINTF.invokeExact(buffer, buffer.byteSize(), format, arguments);
        } catch (Throwable e) {
            throw new AssertionError("vsnprintf does not throw", e);
        }
    }

    /** What C's va_copy does. */
    private static MemorySegment copy(MemorySegment arguments, Arena arena) {
        if (VA_LIST_SIZE == 0) {
            return arguments;
        }
        return arena.allocate(VA_LIST_SIZE, 8).copyFrom(arguments.reinterpret(VA_LIST_SIZE));
    }

    /** The size of the struct that the argument points to; 0 where a {@code va_list} is a plain pointer. */
    private static long vaListSize() {
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        boolean mac = System.getProperty("os.name").startsWith("Mac");
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> windows ? 0 : 24;
            case "aarch64" -> windows || mac ? 0 : 32;
            default -> 0;
        };
    }
}
