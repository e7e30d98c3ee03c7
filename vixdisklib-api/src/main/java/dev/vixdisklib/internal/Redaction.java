/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes secrets out of what the library says: those that a call under way was given, wherever they are, and whatever
 * follows a name such as {@code password}. A secret that the library spreads over two messages is found by its name only.
 */
final class Redaction {

    /** What is in the place of a secret. */
    static final String REDACTED = "[redacted]";

    /** Shorter secrets are found between other characters only: they are in many words. */
    private static final int LONG_ENOUGH = 4;

    /** Bytes for a {@code char}. */
    private static final int LONGEST_UTF_8 = 3;

    private static final String NAMES = "(?:password|passwd|passphrase|pwd|secret|credential|cookie|token|ticket"
            + "|vmware_soap_session|session[ _-]?(?:id|key))s?";

    /** What comes before a secret: a header of HTTP, a name and a sign, a start tag, a user in an address. */
    private static final Pattern BEFORE = Pattern.compile(
            "(?<header>(?:cookie|authorization)\\s*+:\\s*+)"
                    + "|(?<name>" + NAMES + "\\\\?[\"'\\]]?+\\s*+[=:]>?+\\s*+)"
                    + "|(?<tag><(?:\\w{1,20}:)?" + NAMES + "(?:\\s[^<>]*+)?>)"
                    + "|(?<user>://[^/\\s:@]{1,256}:(?=[^/\\s@]{1,256}@))",
            Pattern.CASE_INSENSITIVE);

    /** Held for writing while secrets come and go, so that none is wiped that a line is searched for. */
    private static final ReadWriteLock LOCK = new ReentrantReadWriteLock();

    private static final List<Scope> SCOPES = new ArrayList<>();

    private Redaction() {}

    /**
     * Has secrets taken out of all lines until the scope is closed. Keeps copies of its own, in arrays that are wiped
     * then.
     */
    static Scope of(char[]... secrets) {
        Scope scope = new Scope(secrets);
        LOCK.writeLock().lock();
        try {
            SCOPES.add(scope);
        } finally {
            LOCK.writeLock().unlock();
        }
        return scope;
    }

    /** Secrets of a call that is under way. */
    static final class Scope implements AutoCloseable {

        /** Copies of the secrets, as they are and as they are sent; guarded by the lock. */
        final List<char[]> forms = new ArrayList<>();

        private Scope(char[]... secrets) {
            for (char[] secret : secrets) {
                if (secret.length > 0) {
                    forms.add(secret.clone());
                    addUnlessSame(inXml(secret), secret);
                    addUnlessSame(inUri(secret), secret);
                }
            }
        }

        private void addUnlessSame(char[] form, char[] secret) {
            if (!Arrays.equals(form, secret)) {
                forms.add(form);
            }
        }

        /** Forgets the secrets, and wipes the copies. */
        @Override
        public void close() {
            LOCK.writeLock().lock();
            try {
                SCOPES.remove(this);
                forms.forEach(form -> Arrays.fill(form, '\0'));
                forms.clear();
            } finally {
                LOCK.writeLock().unlock();
            }
        }
    }

    /** A text without secrets. */
    static String redacted(String text) {
        return withoutNamed(withoutKnown(text));
    }

    private static String withoutKnown(String text) {
        boolean[] hidden = new boolean[0];
        LOCK.readLock().lock();
        try {
            for (Scope scope : SCOPES) {
                for (char[] form : scope.forms) {
                    for (int at = indexOf(text, form, 0); at >= 0; at = indexOf(text, form, at + 1)) {
                        hidden = hidden.length == 0 ? new boolean[text.length()] : hidden;
                        Arrays.fill(hidden, at, at + form.length, true);
                    }
                }
            }
        } finally {
            LOCK.readLock().unlock();
        }
        return hidden.length == 0 ? text : without(text, hidden);
    }

    private static int indexOf(String text, char[] form, int from) {
        for (int at = from; at <= text.length() - form.length; at++) {
            if (isAt(text, form, at)) {
                return at;
            }
        }
        return -1;
    }

    private static boolean isAt(String text, char[] form, int at) {
        for (int i = 0; i < form.length; i++) {
            if (text.charAt(at + i) != form[i]) {
                return false;
            }
        }
        return form.length >= LONG_ENOUGH || !(isInWord(text, at - 1) || isInWord(text, at + form.length));
    }

    private static boolean isInWord(String text, int at) {
        return at >= 0 && at < text.length() && Character.isLetterOrDigit(text.charAt(at));
    }

    private static String without(String text, boolean[] hidden) {
        StringBuilder rest = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (!hidden[i]) {
                rest.append(text.charAt(i));
            } else if (i == 0 || !hidden[i - 1]) {
                rest.append(REDACTED);
            }
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

    private static char[] inXml(char[] secret) {
        CharBuffer escaped = CharBuffer.allocate(secret.length * "&quot;".length());
        for (char c : secret) {
            switch (c) {
                case '&' -> escaped.put("&amp;");
                case '<' -> escaped.put("&lt;");
                case '>' -> escaped.put("&gt;");
                case '"' -> escaped.put("&quot;");
                case '\'' -> escaped.put("&apos;");
                default -> escaped.put(c);
            }
        }
        return taken(escaped);
    }

    private static char[] inUri(char[] secret) {
        byte[] encoded = new byte[secret.length * LONGEST_UTF_8];
        ByteBuffer bytes = ByteBuffer.wrap(encoded);
        StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(CharBuffer.wrap(secret), bytes, true);
        CharBuffer escaped = CharBuffer.allocate(bytes.position() * "%00".length());
        for (int i = 0; i < bytes.position(); i++) {
            int b = encoded[i] & 0xff;
            if (b < 0x80 && (Character.isLetterOrDigit(b) || "-._~".indexOf(b) >= 0)) {
                escaped.put((char) b);
            } else {
                escaped.put('%')
                        .put(Character.toUpperCase(Character.forDigit(b >> 4, 16)))
                        .put(Character.toUpperCase(Character.forDigit(b & 0xf, 16)));
            }
        }
        Arrays.fill(encoded, (byte) 0);
        return taken(escaped);
    }

    /** What a buffer has in it; nothing stays there. */
    private static char[] taken(CharBuffer buffer) {
        char[] characters = Arrays.copyOf(buffer.array(), buffer.position());
        Arrays.fill(buffer.array(), '\0');
        return characters;
    }
}
