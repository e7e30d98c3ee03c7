/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.Sectors;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Checks what the caller gives before anything native sees it. */
final class Segments {

    private Segments() {}

    /**
     * Checks a buffer that the library is to fill or to read.
     *
     * @return its size in sectors
     * @throws IllegalArgumentException if it is a heap segment, a mapped file, read-only though it is to be filled, or not
     *     one or more whole sectors
     * @throws IllegalStateException if its arena is closed
     * @throws WrongThreadException if its arena is confined to another thread
     */
    static long requireSectors(MemorySegment buffer, boolean filled) {
        if (!buffer.isNative()) {
            throw new IllegalArgumentException(
                    "the buffer is a heap segment, and the library needs native memory: allocate it with"
                            + " Sectors.allocate(arena, sectors)");
        }
        if (buffer.isMapped()) {
            throw new IllegalArgumentException(
                    "the buffer is a mapped file; an I/O error on the file would end the JVM inside the library: allocate"
                            + " a buffer with Sectors.allocate(arena, sectors) and copy");
        }
        requireAccessible(buffer, filled);
        long bytes = buffer.byteSize();
        if (bytes == 0 || bytes % Sectors.SIZE != 0) {
            throw new IllegalArgumentException("the buffer has " + Counted.of(bytes, "byte")
                    + "; it must have one or more whole sectors of " + Sectors.SIZE + " bytes");
        }
        return bytes / Sectors.SIZE;
    }

    /**
     * Checks that this thread may fill or read a buffer now.
     *
     * @throws IllegalArgumentException if it is read-only though it is to be filled
     * @throws IllegalStateException if its arena is closed
     * @throws WrongThreadException if its arena is confined to another thread
     */
    static void requireAccessible(MemorySegment buffer, boolean filled) {
        if (!buffer.scope().isAlive()) {
            throw new IllegalStateException("the arena of the buffer is closed");
        }
        if (!buffer.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("the arena of the buffer is confined to another thread; for "
                    + Thread.currentThread() + " take Arena.ofShared() or Arena.ofAuto()");
        }
        if (filled && buffer.isReadOnly()) {
            throw new IllegalArgumentException("the buffer is read-only and cannot be read into");
        }
    }

    /**
     * Checks a number of sectors for a buffer.
     *
     * @throws IllegalArgumentException if it is none, or more than the buffer has
     */
    static void requireCount(long count, long bufferBytes) {
        long room = bufferBytes / Sectors.SIZE;
        if (count < 1 || count > room) {
            throw new IllegalArgumentException("a request of " + Counted.of(count, "sector") + " with a buffer of "
                    + room + "; it must have 1 to " + room);
        }
    }

    /**
     * Checks a range of sectors.
     *
     * @throws IndexOutOfBoundsException if it is not inside the disk
     */
    static void requireInside(long start, long count, long capacity, String disk) {
        if (start < 0 || count > capacity - start) {
            throw new IndexOutOfBoundsException(Counted.of(count, "sector") + " from sector " + start
                    + (count == 1 ? " is" : " are") + " not inside " + disk + ", which has "
                    + Counted.of(capacity, "sector"));
        }
    }

    /** Decodes characters that the library has stored, without a terminator. */
    static String text(MemorySegment characters) {
        return new String(characters.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }
}
