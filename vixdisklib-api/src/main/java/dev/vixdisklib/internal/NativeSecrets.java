/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one call, where the library can read them; wiped at its end, and taken out of what the library logs until
 * then. They are made on the thread of the caller, whose code may have to be asked for them, and used on any.
 */
final class NativeSecrets implements AutoCloseable {

    /** Null if nothing is secret; closing one of these stops all threads for a moment. */
    private final @Nullable Arena arena;

    private final List<MemorySegment> copies = new ArrayList<>();
    private MemorySegment secret = MemorySegment.NULL;
    private MemorySegment key = MemorySegment.NULL;
    private Redaction.@Nullable Scope redaction;

    private NativeSecrets(@Nullable Arena arena) {
        this.arena = arena;
    }

    /**
     * The secrets of a login.
     *
     * @param login null for none
     * @throws IllegalStateException if they are destroyed
     * @throws IllegalArgumentException if the user's code gives no usable text
     */
    static NativeSecrets of(@Nullable Login login) {
        if (login == null) {
            return new NativeSecrets(null);
        }
        Arena arena = Arena.ofShared();
        NativeSecrets secrets = new NativeSecrets(arena);
        try {
            secrets.secret = secrets.copy(login.secret(), arena);
            secrets.key = secrets.copy(login.key(), arena);
            secrets.redaction = Redaction.of(arena, secrets.secret, secrets.key);
            return secrets;
        } catch (Throwable e) {
            secrets.close();
            throw e;
        }
    }

    private MemorySegment copy(@Nullable Secret of, Arena to) {
        if (of == null) {
            return MemorySegment.NULL;
        }
        MemorySegment copy = of.copy(to);
        copies.add(copy);
        return copy;
    }

    /** The password or the cookie, or NULL. */
    MemorySegment secret() {
        return secret;
    }

    /** What belongs to a session besides its cookie, or NULL. */
    MemorySegment key() {
        return key;
    }

    @Override
    public void close() {
        if (redaction != null) {
            redaction.close();
        }
        copies.forEach(Secret::wipe);
        if (arena != null) {
            arena.close();
        }
    }
}
