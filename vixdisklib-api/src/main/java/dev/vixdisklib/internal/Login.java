/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import org.jspecify.annotations.Nullable;

/**
 * What to log in to a server with.
 *
 * @param kind which of the others there are
 * @param userName the user, null if none is told
 * @param secret the password or the cookie, null if there is none
 * @param key what belongs to a session besides its cookie, null if there is none
 */
public record Login(
        Kind kind,
        @Nullable String userName,
        @Nullable Secret secret,
        @Nullable Secret key) {

    /** The ways to log in. */
    public enum Kind {
        /** A user's name and password. */
        PASSWORD,
        /** The cookie of a session that another one has begun. */
        SESSION,
        /** The user who runs this process; Windows only. */
        SSPI
    }
}
