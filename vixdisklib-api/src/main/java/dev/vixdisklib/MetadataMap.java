/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Utf8;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Metadata as a map, without a state of its own. */
final class MetadataMap extends AbstractMap<String, String> {

    private final Metadata metadata;

    MetadataMap(Metadata metadata) {
        this.metadata = metadata;
    }

    /** Something that the metadata is asked or told. */
    private interface Question<T> {
        T ask() throws IOException;
    }

    private static <T> T answer(Question<T> question) {
        try {
            return question.ask();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<String> find(@Nullable Object key) {
        // A disk has no other keys; maps that are compared with this one may.
        return key instanceof String text && Utf8.isText(text) ? answer(() -> metadata.get(text)) : Optional.empty();
    }

    @Override
    public @Nullable String get(@Nullable Object key) {
        return find(key).orElse(null);
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        return find(key).isPresent();
    }

    @Override
    public @Nullable String put(String key, String value) {
        return answer(() -> metadata.replace(key, value)).orElse(null);
    }

    @Override
    public @Nullable String remove(@Nullable Object key) {
        throw cannotRemove();
    }

    @Override
    public void clear() {
        throw cannotRemove();
    }

    private static UnsupportedOperationException cannotRemove() {
        return new UnsupportedOperationException("the library has no function that removes metadata");
    }

    @Override
    public Set<Map.Entry<String, String>> entrySet() {
        return new Entries();
    }

    @Override
    public String toString() {
        try {
            return super.toString();
        } catch (RuntimeException e) {
            return metadata + ", which cannot be read: " + e.getMessage();
        }
    }

    private final class Entries extends AbstractSet<Map.Entry<String, String>> {

        @Override
        public Iterator<Map.Entry<String, String>> iterator() {
            return answer(metadata::keys).stream()
                    .flatMap(key -> find(key).stream().map(value -> entry(key, value)))
                    .iterator();
        }

        @Override
        public int size() {
            return answer(metadata::keys).size();
        }

        @Override
        public void clear() {
            throw cannotRemove();
        }
    }

    private Map.Entry<String, String> entry(String key, String value) {
        return new LiveEntry(key, value);
    }

    /** Shows the value that it was found with, or was given. */
    private final class LiveEntry implements Map.Entry<String, String> {
        private final String key;
        private String value;

        LiveEntry(String key, String value) {
            this.key = key;
            this.value = value;
        }

        @Override
        public String getKey() {
            return key;
        }

        @Override
        public String getValue() {
            return value;
        }

        @Override
        public String setValue(String other) {
            put(key, other);
            String before = value;
            value = other;
            return before;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Map.Entry<?, ?> entry
                    && key.equals(entry.getKey())
                    && value.equals(entry.getValue());
        }

        @Override
        public int hashCode() {
            return key.hashCode() ^ value.hashCode();
        }

        @Override
        public String toString() {
            return key + "=" + value;
        }
    }
}
