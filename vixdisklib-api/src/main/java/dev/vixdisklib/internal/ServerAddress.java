/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import org.jspecify.annotations.Nullable;

/**
 * A server, and how to log in to it.
 *
 * @param name its name or address
 * @param login what to log in with
 * @param port of its service, 0 for the library's default
 * @param nfcPort of the data, 0 for the library's default
 * @param thumbprint of its certificate, null if it is not told
 */
public record ServerAddress(
        String name,
        Login login,
        int port,
        int nfcPort,
        @Nullable String thumbprint) {}
