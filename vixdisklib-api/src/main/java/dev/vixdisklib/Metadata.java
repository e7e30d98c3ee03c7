/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.DiskMetadata;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The metadata of an open disk: texts under keys such as {@code adapterType}, {@code geometry.cylinders} or {@code uuid}
 * (VDDK guide, "Metadata Handling"). Keys can be added and changed, not removed. May be used from any thread, as the disk.
 */
public final class Metadata {

    private final Disk disk;

    Metadata(Disk disk) {
        this.disk = disk;
    }

    /**
     * The keys.
     *
     * @return the keys, in the library's order; none where the library says that there is no such key
     *     ({@link ErrorCode#DISK_KEY_NOTFOUND})
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code GetMetadataKeys}
     * @throws IllegalStateException if the disk is closed
     */
    public List<String> keys() throws IOException {
        return DiskMetadata.keys(disk.handle());
    }

    /**
     * The value of a key.
     *
     * @param key the key
     * @return the value, empty if there is no such key
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code ReadMetadata}
     * @throws IllegalArgumentException if the key contains a NUL character or half a surrogate pair
     * @throws IllegalStateException if the disk is closed
     */
    public Optional<String> get(String key) throws IOException {
        return DiskMetadata.get(disk.handle(), Objects.requireNonNull(key, "key"));
    }

    /**
     * Adds a key, or changes its value.
     *
     * @param key the key
     * @param value the value
     * @throws VixDiskLibException if the library fails, for example because the disk is read-only or the room for metadata
     *     is used up
     * @throws UnsupportedOperationException if the library lacks {@code WriteMetadata}
     * @throws IllegalArgumentException if the key or the value contains a NUL character or half a surrogate pair
     * @throws IllegalStateException if the disk is closed
     */
    public void put(String key, String value) throws IOException {
        DiskMetadata.put(disk.handle(), Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
    }

    /**
     * A live view as a map. What it is asked, it asks the library at that moment: {@code get} and {@code put} are one or
     * two calls, and what goes over all entries reads each value. The order is the library's; {@code put} and
     * {@code setValue} return the value before, and change the disk; nothing can be removed. May be used from any thread;
     * an iteration goes over the keys that there were at its beginning.
     *
     * <p>Its methods throw {@link java.io.UncheckedIOException}, with a {@link VixDiskLibException} in it, where the ones
     * of this class throw that, and otherwise what these do; {@code toString} throws nothing.
     *
     * @return a view; it can be used until the disk is closed
     */
    public Map<String, String> asMap() {
        return new MetadataMap(this);
    }

    /** Adds a key, or changes its value, and tells what it was. */
    Optional<String> replace(String key, String value) throws IOException {
        return DiskMetadata.replace(
                disk.handle(), Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
    }

    @Override
    public String toString() {
        return "the metadata of " + disk;
    }
}
