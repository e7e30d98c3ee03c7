/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes secrets out of what the library says: those that a call under way was given, wherever they are, and whatever
 * follows a name such as {@code password}. A secret that the library spreads over two messages is found by its name only.
 */
final class Redaction {

    /** What is in the place of a secret. */
    static final String REDACTED = "[redacted]";

    /** Secrets of fewer bytes are found between other characters only: they are in many words. */
    private static final int LONG_ENOUGH = 4;

    private static final String HEX = "0123456789ABCDEF";

    private static final String NAMES = "(?:password|passwd|passphrase|pwd|secret|credential|cookie|token|ticket"
            + "|vmware_soap_session|session[ _-]?(?:id|key))s?";

    /** What comes before a secret: a header of HTTP, a name and a sign, a start tag, a user in an address. */
    private static final Pattern BEFORE = Pattern.compile(
            "(?<header>(?:cookie|authorization)\\s*+:\\s*+)"
                    + "|(?<name>" + NAMES + "\\\\?[\"'\\]]?+\\s*+[=:]>?+\\s*+)"
                    + "|(?<tag><(?:\\w{1,20}:)?" + NAMES + "(?:\\s[^<>]*+)?>)"
                    + "|(?<user>://[^/\\s:@]{1,256}:(?=[^/\\s@]{1,256}@))",
            Pattern.CASE_INSENSITIVE);

    /**
     * Searched without a lock. A virtual thread in a callback keeps its carrier while it waits, and the one that it waits for
     * may have none.
     */
    private static final List<Scope> SCOPES = new CopyOnWriteArrayList<>();

    private Redaction() {}

    /**
     * Has secrets taken out of all lines until the scope is closed.
     *
     * @param arena where the forms are kept in which they are sent; open for as long as the scope
     * @param secrets in UTF-8, for C; {@code NULL} for none
     */
    static Scope of(Arena arena, MemorySegment... secrets) {
        Scope scope = new Scope(arena, secrets);
        SCOPES.add(scope);
        return scope;
    }

    /** Secrets of a call that is under way. They stay outside of the heap, where nothing makes copies of them. */
    static final class Scope implements AutoCloseable {

        private static final int ENDED = Integer.MIN_VALUE;

        /** About as many nanoseconds as it takes to search a line. */
        private static final long MOMENT = 10_000;

        /** How many lines are being searched, on top of {@link #ENDED} when no more may be. */
        private final AtomicInteger readers = new AtomicInteger();

        /** Without terminator. */
        private final List<MemorySegment> secrets = new ArrayList<>();

        /** What the secrets may look like; wiped at the end. */
        private final List<MemorySegment> forms = new ArrayList<>();

        private Scope(Arena arena, MemorySegment... texts) {
            for (MemorySegment text : texts) {
                if (text.address() != 0 && text.byteSize() > 1) {
                    MemorySegment secret = text.asSlice(0, text.byteSize() - 1);
                    secrets.add(secret);
                    forms.add(inXml(secret, arena));
                    forms.add(inUri(secret, arena));
                }
            }
        }

        /** Forgets the secrets, once no line is searched for them any more, and wipes what was made of them. */
        @Override
        public void close() {
            if (!SCOPES.remove(this)) {
                return;
            }
            readers.addAndGet(ENDED);
            while (readers.get() != ENDED) {
                LockSupport.parkNanos(MOMENT);
            }
            forms.forEach(Secret::wipe);
        }

        /** Marks where a line has secrets. */
        private void hideIn(byte[] line, BitSet hidden) {
            if (readers.incrementAndGet() > 0) {
                secrets.forEach(secret -> hide(secret, line, hidden));
                forms.forEach(form -> hide(form, line, hidden));
            }
            readers.decrementAndGet();
        }
    }

    /** A text without secrets. */
    static String redacted(String text) {
        return withoutNamed(withoutKnown(text));
    }

    private static String withoutKnown(String text) {
        if (knowsNone()) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        BitSet hidden = new BitSet();
        SCOPES.forEach(scope -> scope.hideIn(bytes, hidden));
        return hidden.isEmpty() ? text : without(bytes, hidden);
    }

    /** Whether no scope is open. */
    static boolean knowsNone() {
        return SCOPES.isEmpty();
    }

    private static void hide(MemorySegment form, byte[] bytes, BitSet hidden) {
        int length = Math.toIntExact(form.byteSize());
        for (int at = 0; at <= bytes.length - length; at++) {
            if (isAt(at, form, length, bytes)) {
                hidden.set(at, at + length);
            }
        }
    }

    private static boolean isAt(int at, MemorySegment form, int length, byte[] bytes) {
        for (int i = 0; i < length; i++) {
            if (bytes[at + i] != form.get(ValueLayout.JAVA_BYTE, i)) {
                return false;
            }
        }
        return length >= LONG_ENOUGH || !(isInWord(bytes, at - 1) || isInWord(bytes, at + length));
    }

    private static boolean isInWord(byte[] bytes, int at) {
        return at >= 0 && at < bytes.length && (bytes[at] < 0 || Character.isLetterOrDigit(bytes[at]));
    }

    private static String without(byte[] bytes, BitSet hidden) {
        StringBuilder rest = new StringBuilder();
        for (int at = 0; at < bytes.length; ) {
            int start = hidden.nextSetBit(at);
            int shown = start < 0 ? bytes.length : start;
            rest.append(new String(bytes, at, shown - at, StandardCharsets.UTF_8));
            if (start < 0) {
                break;
            }
            rest.append(REDACTED);
            at = hidden.nextClearBit(start);
        }
        return rest.toString();
    }

    private static String withoutNamed(String text) {
        Matcher before = BEFORE.matcher(text);
        if (!before.find()) {
            return text;
        }
        StringBuilder rest = new StringBuilder();
        int end = 0;
        do {
            int value = before.end();
            rest.append(text, end, value);
            end = valueEnd(text, value, before);
            if (end > value) {
                rest.append(REDACTED);
            }
        } while (end < text.length() && before.find(end));
        return rest.append(text, end, text.length()).toString();
    }

    private static int valueEnd(String text, int value, Matcher before) {
        if (before.group("tag") != null) {
            return indexOrEnd(text, text.indexOf('<', value));
        }
        if (before.group("user") != null) {
            return text.indexOf('@', value);
        }
        return before.group("header") != null ? lineEnd(text, value) : wordEnd(text, value);
    }

    private static int indexOrEnd(String text, int index) {
        return index < 0 ? text.length() : index;
    }

    private static int lineEnd(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
            end++;
        }
        return end;
    }

    /** The end of what is between quotation marks, which may themselves be escaped, or else of what has no blanks. */
    private static int wordEnd(String text, int from) {
        for (String quote : List.of("\"", "'", "\\\"", "\\'")) {
            if (text.startsWith(quote, from)) {
                return quoteEnd(text, from + quote.length(), quote);
            }
        }
        int end = from;
        while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int quoteEnd(String text, int from, String quote) {
        int end = from;
        while (end < text.length()) {
            if (text.startsWith(quote, end)) {
                return end + quote.length();
            }
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        return text.length();
    }

    private static MemorySegment inXml(MemorySegment secret, Arena arena) {
        MemorySegment escaped = arena.allocate(secret.byteSize() * "&quot;".length());
        long end = 0;
        for (long i = 0; i < secret.byteSize(); i++) {
            byte b = secret.get(ValueLayout.JAVA_BYTE, i);
            end = switch (b) {
                case '&' -> put("&amp;", escaped, end);
                case '<' -> put("&lt;", escaped, end);
                case '>' -> put("&gt;", escaped, end);
                case '"' -> put("&quot;", escaped, end);
                case '\'' -> put("&apos;", escaped, end);
                default -> put(b, escaped, end);
            };
        }
        return escaped.asSlice(0, end);
    }

    private static MemorySegment inUri(MemorySegment secret, Arena arena) {
        MemorySegment escaped = arena.allocate(secret.byteSize() * "%00".length());
        long end = 0;
        for (long i = 0; i < secret.byteSize(); i++) {
            byte b = secret.get(ValueLayout.JAVA_BYTE, i);
            if (b > 0 && (Character.isLetterOrDigit(b) || "-._~".indexOf(b) >= 0)) {
                end = put(b, escaped, end);
            } else {
                end = put((byte) '%', escaped, end);
                end = put((byte) HEX.charAt(b >> 4 & 0xf), escaped, end);
                end = put((byte) HEX.charAt(b & 0xf), escaped, end);
            }
        }
        return escaped.asSlice(0, end);
    }

    private static long put(String ascii, MemorySegment target, long at) {
        for (int i = 0; i < ascii.length(); i++) {
            put((byte) ascii.charAt(i), target, at + i);
        }
        return at + ascii.length();
    }

    private static long put(byte b, MemorySegment target, long at) {
        target.set(ValueLayout.JAVA_BYTE, at, b);
        return at + 1;
    }
}
