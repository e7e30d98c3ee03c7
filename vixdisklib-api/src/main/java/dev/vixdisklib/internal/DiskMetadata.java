/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VIX_E_BUFFER_TOOSMALL;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VIX_E_DISK_KEY_NOTFOUND;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_GetMetadataKeys;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_ReadMetadata;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_WriteMetadata;

import dev.vixdisklib.VixError;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The metadata of a disk. */
public final class DiskMetadata {

    private DiskMetadata() {}

    /** A function that stores characters, and says how many there are. */
    private interface CharacterSource {
        long store(MemorySegment buffer, long length, MemorySegment requiredLength);
    }

    /**
     * The keys of the metadata.
     *
     * @param disk the disk
     * @return the keys, in the library's order
     * @throws IOException if the library fails
     */
    public static List<String> keys(NativeDisk disk) throws IOException {
        disk.library().require(NativeFunction.GET_METADATA_KEYS);
        Optional<String> keys = characters(
                disk,
                NativeFunction.GET_METADATA_KEYS,
                (buffer, length, required) -> VixDiskLib_GetMetadataKeys(disk.handle(), buffer, length, required));
        return Pattern.compile("\0")
                .splitAsStream(keys.orElse(""))
                .filter(key -> !key.isEmpty())
                .toList();
    }

    /**
     * A value of the metadata.
     *
     * @param disk the disk
     * @param key the key
     * @return the value, empty if there is no such key
     * @throws IOException if the library fails
     */
    public static Optional<String> get(NativeDisk disk, String key) throws IOException {
        disk.library().require(NativeFunction.READ_METADATA);
        Utf8.requireText(key, "the key");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cKey = arena.allocateFrom(key);
            return characters(
                            disk,
                            NativeFunction.READ_METADATA,
                            (buffer, length, required) ->
                                    VixDiskLib_ReadMetadata(disk.handle(), cKey, buffer, length, required))
                    .map(value -> value.substring(0, value.indexOf('\0')));
        }
    }

    /** Calls a function that first tells how many bytes there are and then stores them, terminators included. */
    private static Optional<String> characters(NativeDisk disk, NativeFunction function, CharacterSource source)
            throws IOException {
        disk.begin();
        try (Arena arena = Arena.ofConfined()) {
            long begun = NativeLog.position();
            MemorySegment required = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment buffer = MemorySegment.NULL;
            long error = store(function, source, buffer, required);
            // Another program can lengthen it in between.
            while (new VixError(error).number() == VIX_E_BUFFER_TOOSMALL()) {
                long length = required.get(ValueLayout.JAVA_LONG, 0);
                if (length <= buffer.byteSize()) {
                    break;
                }
                buffer = arena.allocate(length);
                error = store(function, source, buffer, required);
            }
            if (new VixError(error).number() == VIX_E_DISK_KEY_NOTFOUND()) {
                return Optional.empty();
            }
            NativeCalls.check(error, function, disk.path(), begun);
            return Optional.of(Segments.text(buffer) + '\0');
        } finally {
            disk.end();
        }
    }

    private static long store(
            NativeFunction function, CharacterSource source, MemorySegment buffer, MemorySegment required) {
        return NativeCalls.error(function, () -> source.store(buffer, buffer.byteSize(), required));
    }

    /**
     * Adds or changes a value of the metadata.
     *
     * @param disk the disk
     * @param key the key
     * @param value the value
     * @throws IOException if the library fails
     */
    public static void put(NativeDisk disk, String key, String value) throws IOException {
        disk.library().require(NativeFunction.WRITE_METADATA);
        Utf8.requireText(key, "the key");
        Utf8.requireText(value, "the value");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cKey = arena.allocateFrom(key);
            MemorySegment cValue = arena.allocateFrom(value);
            disk.operate(NativeFunction.WRITE_METADATA, () -> VixDiskLib_WriteMetadata(disk.handle(), cKey, cValue));
        }
    }

    /**
     * Adds or changes a value of the metadata; nobody else does so in between.
     *
     * @param disk the disk
     * @param key the key
     * @param value the value
     * @return the value before, empty if there was no such key
     * @throws IOException if the library fails
     */
    public static Optional<String> replace(NativeDisk disk, String key, String value) throws IOException {
        disk.begin();
        try {
            Optional<String> before = get(disk, key);
            put(disk, key, value);
            return before;
        } finally {
            disk.end();
        }
    }
}
