/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Bytes as hexadecimal digits and as text, as {@code hexdump -C} prints them; lines that repeat the one before as a star. */
final class HexDump implements AutoCloseable {

    private static final String DIGITS = "0123456789abcdef";
    private static final int LONG_LINE = 16;
    private static final int SHORT_LINE = 4;

    private final Lines lines;
    private final Style style;
    private final boolean showsAll;
    private final int offsetDigits;
    private final byte[] line;
    private final String between;
    private int filled;
    private byte[] last = new byte[0];
    private boolean isRepeating;
    private long next;

    /**
     * A dump.
     *
     * @param end where it will end, so that all offsets are as wide
     * @param showsAll whether to print what is repeated
     */
    HexDump(Console console, long start, long end, boolean showsAll) {
        this.lines = new Lines(console.out());
        this.style = console.style();
        this.showsAll = showsAll;
        this.next = start;
        this.offsetDigits = Math.max(8, Long.toHexString(end).length());
        int columns = console.terminal().columns();
        int length = LONG_LINE;
        while (length > SHORT_LINE && width(length, 1) > columns) {
            length /= 2;
        }
        this.line = new byte[length];
        this.between = width(length, 2) <= columns ? "  " : " ";
    }

    private int width(int bytes, int gap) {
        // Offset, three characters a byte and one more for each eight of them, the text between bars.
        return offsetDigits + gap + 3 * bytes - 1 + (bytes > 8 ? gap - 1 : 0) + gap + bytes + 2;
    }

    /** Adds bytes after those before; tells whether more are of use. */
    boolean add(MemorySegment bytes) {
        boolean isWanted = true;
        long at = 0;
        while (at < bytes.byteSize() && isWanted) {
            int count = (int) Math.min(line.length - filled, bytes.byteSize() - at);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, line, filled, count);
            filled += count;
            at += count;
            isWanted = filled < line.length || addLine();
        }
        return isWanted;
    }

    private boolean addLine() {
        long offset = next;
        int count = filled;
        next += count;
        filled = 0;
        if (!showsAll && count == line.length && Arrays.equals(line, last)) {
            boolean isFirst = !isRepeating;
            isRepeating = true;
            return !isFirst || lines.add("*");
        }
        isRepeating = false;
        last = line.clone();
        return lines.add(formatted(offset, count));
    }

    private String offset(long offset) {
        String digits = Long.toHexString(offset);
        return "0".repeat(offsetDigits - digits.length()) + digits;
    }

    private String formatted(long offset, int count) {
        StringBuilder text = new StringBuilder(style.faint(offset(offset))).append(between);
        for (int i = 0; i < line.length; i++) {
            text.append(i == 0 ? "" : i == 8 ? between : " ");
            text.append(i < count ? styled(line[i], hex(line[i])) : "  ");
        }
        text.append(between).append('|');
        for (int i = 0; i < count; i++) {
            text.append(styled(line[i], isPrintable(line[i]) ? String.valueOf((char) line[i]) : "."));
        }
        return text.append('|').toString();
    }

    private static String hex(byte b) {
        return "" + DIGITS.charAt((b >> 4) & 0xF) + DIGITS.charAt(b & 0xF);
    }

    private static boolean isPrintable(byte b) {
        return b >= ' ' && b <= '~';
    }

    private String styled(byte b, String text) {
        return b == 0 ? style.faint(text) : isPrintable(b) ? style.cyan(text) : style.yellow(text);
    }

    /** Says where the dump ends. */
    @Override
    public void close() {
        if (filled > 0) {
            addLine();
        }
        lines.add(style.faint(offset(next)));
        lines.close();
    }
}
