/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Characters as C takes them, encoded by hand: what the JDK encodes leaves copies on the heap, which cannot be wiped. */
public final class Utf8 {

    private Utf8() {}

    /**
     * Checks a text that becomes a C string.
     *
     * @param text the text
     * @param what it is, for messages
     * @return the text
     * @throws IllegalArgumentException if it contains a NUL character, at which C would cut it off, or half a surrogate pair,
     *     which would become another character
     */
    public static String requireText(String text, String what) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " contains a NUL character: " + text.replace("\0", "\\0"));
        }
        size(text.toCharArray(), what);
        return text;
    }

    /**
     * Whether a text arrives in C as it is.
     *
     * @param text the text
     * @return whether {@link #requireText} takes it
     */
    public static boolean isText(String text) {
        return text.codePoints().noneMatch(character -> character == 0 || isHalf(character));
    }

    private static boolean isHalf(int character) {
        return character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
    }

    /**
     * The bytes that a text takes, without terminator.
     *
     * @throws IllegalArgumentException if there is half a surrogate pair in the text, or a NUL, at which C would cut it
     *     off; the message does not show the text
     */
    static long size(char[] text, String what) {
        long bytes = 0;
        for (int i = 0; i < text.length; i += Character.charCount(codePoint(text, i))) {
            int character = codePoint(text, i);
            if (character == 0) {
                throw new IllegalArgumentException(what + " contains a NUL character");
            }
            if (isHalf(character)) {
                throw new IllegalArgumentException(what + " contains half a surrogate pair, which is no character");
            }
            bytes += size(character);
        }
        return bytes;
    }

    /** Encodes a text, which {@link #size} has found right, to the start of a segment. */
    static void encode(char[] text, MemorySegment target) {
        long at = 0;
        for (int i = 0; i < text.length; i += Character.charCount(codePoint(text, i))) {
            int character = codePoint(text, i);
            int size = size(character);
            for (int rest = size - 1; rest > 0; rest--) {
                target.set(ValueLayout.JAVA_BYTE, at + rest, (byte) (0x80 | (character & 0x3f)));
                character >>>= 6;
            }
            target.set(ValueLayout.JAVA_BYTE, at, (byte) (lead(size) | character));
            at += size;
        }
    }

    private static int codePoint(char[] text, int index) {
        return Character.codePointAt(text, index);
    }

    private static int size(int character) {
        if (character < 0x80) {
            return 1;
        }
        if (character < 0x800) {
            return 2;
        }
        return character < 0x10000 ? 3 : 4;
    }

    /** The bits of a first byte that say how many there are. */
    private static int lead(int size) {
        return size == 1 ? 0 : 0xf00 >> size & 0xff;
    }
}
