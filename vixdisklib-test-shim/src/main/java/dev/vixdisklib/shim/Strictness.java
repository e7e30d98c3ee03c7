/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

/** What the fake does about callers who break the rules of VixDiskLib. */
public enum Strictness {
    /** Nothing. */
    OFF(0),
    /** It records every broken rule, for {@link FakeControl#brokenRules()}. */
    RECORD(1),
    /** It ends the process at the first one, with a line on standard error: for debuggers and core dumps. */
    ABORT(2);

    private final int mode;

    Strictness(int mode) {
        this.mode = mode;
    }

    /** As a number in the configuration. */
    int mode() {
        return mode;
    }
}
