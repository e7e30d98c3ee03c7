/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

/** Which way the sectors of a request go. */
public enum Direction {
    /** From the disk into a buffer. */
    READ(NativeFunction.READ_ASYNC),
    /** From a buffer to the disk. */
    WRITE(NativeFunction.WRITE_ASYNC);

    private final NativeFunction function;

    Direction(NativeFunction function) {
        this.function = function;
    }

    NativeFunction function() {
        return function;
    }
}
