/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.Statistics;

/** Counts the asynchronous transfers of a disk in one direction; they end on threads of the library, many at a time. */
final class RequestCounter {

    private final TransferCounter counter = new TransferCounter();

    /** Counts a request that has ended; allocates nothing. */
    synchronized void add(long sectors, long error, long nanos) {
        if (error == 0) {
            counter.add(sectors);
        } else {
            counter.addFailure();
        }
        counter.addTime(nanos);
    }

    /** Counts a request that the library has not accepted. */
    synchronized void addRefused() {
        counter.addFailure();
    }

    /** Whether no request has succeeded. */
    boolean isVain() {
        return counter.isVain();
    }

    /** The counts up to now; time is from the request to its end. */
    Statistics.Calls calls() {
        return counter.calls();
    }
}
