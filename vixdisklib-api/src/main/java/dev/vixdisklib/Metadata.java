/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.util.LinkedHashMap;
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
     * @return the keys, in the library's order
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code GetMetadataKeys}
     * @throws IllegalStateException if the disk is closed
     */
    public List<String> keys() throws IOException {
        return disk.handle().metadataKeys();
    }

    /**
     * The value of a key.
     *
     * @param key the key
     * @return the value, empty if there is no such key
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code ReadMetadata}
     * @throws IllegalArgumentException if the key contains a NUL character
     * @throws IllegalStateException if the disk is closed
     */
    public Optional<String> get(String key) throws IOException {
        return disk.handle().metadata(Objects.requireNonNull(key, "key"));
    }

    /**
     * Adds a key, or changes its value.
     *
     * @param key the key
     * @param value the value
     * @throws VixDiskLibException if the library fails, for example because the disk is read-only or the room for metadata
     *     is used up
     * @throws UnsupportedOperationException if the library lacks {@code WriteMetadata}
     * @throws IllegalArgumentException if the key or the value contains a NUL character
     * @throws IllegalStateException if the disk is closed
     */
    public void put(String key, String value) throws IOException {
        disk.handle().putMetadata(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
    }

    /**
     * All keys with their values.
     *
     * @return a copy, in the library's order
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code GetMetadataKeys} or {@code ReadMetadata}
     * @throws IllegalStateException if the disk is closed
     */
    public Map<String, String> asMap() throws IOException {
        Map<String, String> map = new LinkedHashMap<>();
        for (String key : keys()) {
            get(key).ifPresent(value -> map.put(key, value));
        }
        return map;
    }
}
