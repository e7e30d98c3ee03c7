/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.Sectors;
import dev.vixdisklib.Statistics;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;

/**
 * Counts the transfers of a disk in one direction. One thread at a time counts, under the lock of the disk, and others
 * read: that costs a few plain instructions, where an atomic counter costs as much as the rest of the way through Java.
 */
final class TransferCounter {

    private static final VarHandle CALLS = field("calls");
    private static final VarHandle FAILURES = field("failures");
    private static final VarHandle SECTORS = field("sectors");
    private static final VarHandle TIMED = field("timed");
    private static final VarHandle NANOS = field("nanos");

    private long calls;
    private long failures;
    private long sectors;
    private long timed;
    private long nanos;

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(TransferCounter.class, name, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Counts a transfer that succeeded; one thread at a time. */
    void add(long count) {
        CALLS.setRelease(this, calls + 1);
        SECTORS.setRelease(this, sectors + count);
    }

    /** Counts a transfer that failed; one thread at a time. */
    void addFailure() {
        CALLS.setRelease(this, calls + 1);
        FAILURES.setRelease(this, failures + 1);
    }

    /** Counts the time of a transfer; one thread at a time. */
    void addTime(long time) {
        TIMED.setRelease(this, timed + 1);
        NANOS.setRelease(this, nanos + time);
    }

    /** Whether no transfer has succeeded. */
    boolean isVain() {
        return (long) SECTORS.getAcquire(this) == 0;
    }

    /** The counts, which may be of moments apart while a transfer is counted. */
    Statistics.Calls calls() {
        // What is written last is read first, so that there are never more failures than calls.
        Duration time = Duration.ofNanos((long) NANOS.getAcquire(this));
        long timedCalls = (long) TIMED.getAcquire(this);
        long bytes = Sectors.toBytes((long) SECTORS.getAcquire(this));
        long failed = (long) FAILURES.getAcquire(this);
        return new Statistics.Calls((long) CALLS.getAcquire(this), failed, bytes, timedCalls, time);
    }
}
