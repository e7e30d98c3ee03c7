/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.nio.channels.ClosedChannelException;

/** The exception of a closed channel, which by itself does not say what is closed. */
public final class ClosedException extends ClosedChannelException {

    private static final long serialVersionUID = 1L;

    /** What is closed. */
    private final String message;

    /**
     * Something is closed.
     *
     * @param message what, as a sentence
     */
    public ClosedException(String message) {
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
