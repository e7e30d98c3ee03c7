/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.Statistics;
import java.time.Duration;

/** Counts the calls of a function, from any thread. */
final class CallCounter {

    private long calls;
    private long failures;
    private long bytes;
    private long timed;
    private long nanos;

    /** Counts a call. */
    synchronized void add(boolean failed, long time) {
        calls++;
        if (failed) {
            failures++;
        }
        timed++;
        nanos += time;
    }

    /** Counts what was counted elsewhere. */
    synchronized void add(Statistics.Calls more) {
        calls += more.calls();
        failures += more.failures();
        bytes += more.bytes();
        timed += more.timed();
        nanos += more.time().toNanos();
    }

    synchronized Statistics.Calls calls() {
        return new Statistics.Calls(calls, failures, bytes, timed, Duration.ofNanos(nanos));
    }
}
