/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** Channels of tests, which say what they take or give, and are always open. */
final class OpenChannels {

    private OpenChannels() {}

    /** A channel to write to. */
    @FunctionalInterface
    interface Target extends WritableByteChannel {

        @Override
        default boolean isOpen() {
            return true;
        }

        @Override
        default void close() {}
    }

    /** A channel to read from. */
    @FunctionalInterface
    interface Source extends ReadableByteChannel {

        @Override
        default boolean isOpen() {
            return true;
        }

        @Override
        default void close() {}
    }
}
