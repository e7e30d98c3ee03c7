/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A text that no one else is to see, held until it is destroyed or asked for at each need. What is held is outside of the
 * heap, where the garbage collector makes no copies of it, and is wiped before it is freed. May be used from any thread.
 */
public final class Secret {

    private final String what;
    private final @Nullable Supplier<char[]> source;

    /** Zeros once it is destroyed; null if there is a source. */
    private final @Nullable MemorySegment held;

    /** Guarded by this. */
    private boolean destroyed;

    private Secret(String what, @Nullable Supplier<char[]> source, @Nullable MemorySegment held) {
        this.what = what;
        this.source = source;
        this.held = held;
    }

    /**
     * A secret that is held.
     *
     * @param what it is, for messages
     * @param text the secret, copied
     * @return the secret
     * @throws IllegalArgumentException if it is empty or no text for C; the message does not show it
     */
    public static Secret of(String what, char[] text) {
        MemorySegment held = encode(what, text, Arena.ofAuto());
        Secret secret = new Secret(what, null, held);
        Leaks.CLEANER.register(secret, () -> wipe(held));
        return secret;
    }

    /**
     * A secret that is asked for at each need.
     *
     * @param what it is, for messages
     * @param source gives it; what it gives is wiped when it was used
     * @return the secret
     */
    public static Secret of(String what, Supplier<char[]> source) {
        return new Secret(what, Objects.requireNonNull(source, "source"), null);
    }

    private static MemorySegment encode(String what, char[] text, Arena arena) {
        if (text.length == 0) {
            throw new IllegalArgumentException(what + " is empty");
        }
        MemorySegment encoded = arena.allocate(Utf8.size(text, what) + 1);
        try {
            Utf8.encode(text, encoded);
            return encoded;
        } catch (RuntimeException e) {
            // Another thread has changed the text in between.
            wipe(encoded);
            throw e;
        }
    }

    static void wipe(MemorySegment segment) {
        segment.fill((byte) 0);
    }

    /**
     * A copy for C; {@linkplain #wipe to be wiped} by the caller. A source is asked on this thread.
     *
     * @throws IllegalStateException if this is destroyed
     * @throws IllegalArgumentException if the source gives no usable text
     */
    MemorySegment copy(Arena arena) {
        return source == null ? copyHeld(arena) : copyAsked(source, arena);
    }

    private synchronized MemorySegment copyHeld(Arena arena) {
        requireNotDestroyed();
        MemorySegment text = Objects.requireNonNull(held);
        return arena.allocate(text.byteSize()).copyFrom(text);
    }

    private MemorySegment copyAsked(Supplier<char[]> from, Arena arena) {
        requireNotDestroyed();
        char[] text = Callback.call(from);
        if (text == null) {
            throw new IllegalArgumentException("the supplier of " + what + " has given null");
        }
        try {
            return encode(what, text, arena);
        } finally {
            Arrays.fill(text, '\0');
        }
    }

    private synchronized void requireNotDestroyed() {
        if (destroyed) {
            throw new IllegalStateException(what + " is destroyed");
        }
    }

    /** Wipes what is held; a source is not asked again. */
    public synchronized void destroy() {
        destroyed = true;
        if (held != null) {
            wipe(held);
        }
    }

    /**
     * Whether this was destroyed.
     *
     * @return whether it cannot be used any more
     */
    public synchronized boolean isDestroyed() {
        return destroyed;
    }
}
