/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/** Looks at what the library gets for a secret. */
public final class SecretBytes {

    private SecretBytes() {}

    /** The bytes, with their terminator. */
    public static byte[] of(char[] text) {
        try (Arena arena = Arena.ofConfined()) {
            return Secret.of("the secret", text).copy(arena).toArray(ValueLayout.JAVA_BYTE);
        }
    }
}
