/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

import java.io.IOException;
import java.time.Duration;

/** Waits for what another process does. */
final class Waiting {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Waiting() {}

    /** Something to wait for. */
    @FunctionalInterface
    interface Condition {
        boolean holds() throws IOException;
    }

    static void until(Condition condition) throws IOException {
        long begin = System.nanoTime();
        while (!condition.holds()) {
            if (System.nanoTime() - begin > LIMIT.toNanos()) {
                throw new AssertionError("waited in vain");
            }
            Thread.onSpinWait();
        }
    }
}
