/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A JSON object, in the order in which it is put together. */
final class Json {

    private final Map<String, String> members = new LinkedHashMap<>();

    Json put(String name, long value) {
        members.put(name, Long.toString(value));
        return this;
    }

    Json put(String name, OptionalInt value) {
        members.put(name, value.isPresent() ? Integer.toString(value.getAsInt()) : "null");
        return this;
    }

    Json put(String name, @Nullable String value) {
        members.put(name, value == null ? "null" : quoted(value));
        return this;
    }

    Json put(String name, Json value) {
        members.put(name, value.toString().replace("\n", "\n  "));
        return this;
    }

    Json put(String name, boolean value) {
        members.put(name, Boolean.toString(value));
        return this;
    }

    Json put(String name, Collection<?> values) {
        members.put(name, array(values).replace("\n", "\n  "));
        return this;
    }

    /** An array of objects, numbers and texts. */
    static String array(Collection<?> values) {
        if (values.isEmpty()) {
            return "[]";
        }
        return values.stream()
                .map(value ->
                        value instanceof Json || value instanceof Number ? value.toString() : quoted(value.toString()))
                .map(value -> "  " + value.replace("\n", "\n  "))
                .collect(Collectors.joining(",\n", "[\n", "\n]"));
    }

    /** The object in one line. */
    String inOneLine() {
        return members.entrySet().stream()
                .map(member -> quoted(member.getKey()) + ": " + member.getValue())
                .collect(Collectors.joining(", ", "{ ", " }"));
    }

    /** Plain ASCII, so that no encoding of an output can spoil it. */
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    @Override
    public String toString() {
        return members.entrySet().stream()
                .map(member -> "  " + quoted(member.getKey()) + ": " + member.getValue())
                .collect(Collectors.joining(",\n", "{\n", "\n}"));
    }
}
