/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what a copy does, or a reading, on its thread, and tells it on another one or the same, with rates. */
final class CopyMeter {

    /** A rate is that of so many looks, about five seconds. */
    private static final int LOOKS = 50;

    private static final double NANOS_PER_SECOND = 1e9;

    private volatile CopyProgress.Phase phase;
    private volatile long total = -1;

    /** How much is done when the phase ends. */
    private volatile long end = -1;

    private final AtomicLong read = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong skipped = new AtomicLong();

    /** What was done before the copy began, or before the phase did. */
    private volatile long earlier;

    // For the thread that is told.
    private final long[] times = new long[LOOKS];
    private final long[] moves = new long[LOOKS];
    private final long[] dones = new long[LOOKS];
    private CopyProgress.Phase seen;
    private int looks;

    /** A meter of what begins with a phase. */
    CopyMeter(CopyProgress.Phase first) {
        phase = first;
        seen = first;
    }

    /** Tells the size of the source in bytes. */
    void setTotal(long bytes) {
        total = bytes;
        end = bytes;
    }

    void setEarlier(long bytes) {
        earlier = bytes;
    }

    void addRead(long bytes) {
        read.lazySet(read.getPlain() + bytes);
    }

    void addWritten(long bytes) {
        written.lazySet(written.getPlain() + bytes);
    }

    void addSkipped(long bytes) {
        skipped.lazySet(skipped.getPlain() + bytes);
    }

    long read() {
        return read.get();
    }

    long written() {
        return written.get();
    }

    /**
     * Begins to count from zero.
     *
     * @param next what is done from now on
     * @param doneBefore how many bytes count as done already
     * @param doneAfter how many will be done when it ends
     */
    void begin(CopyProgress.Phase next, long doneBefore, long doneAfter) {
        earlier = doneBefore;
        end = doneAfter;
        read.set(0);
        written.set(0);
        skipped.set(0);
        phase = next;
    }

    /** How far it is, for one thread. */
    CopyProgress look() {
        CopyProgress.Phase now = phase;
        if (now != seen) {
            seen = now;
            looks = 0;
        }
        long nanos = System.nanoTime();
        long hasRead = read.get();
        long hasWritten = written.get();
        long hasSkipped = skipped.get();
        long advanced = now == CopyProgress.Phase.COPYING ? hasWritten : hasRead;
        long done = earlier + advanced + hasSkipped;
        long moved = Math.max(hasRead, hasWritten);
        int last = looks % LOOKS;
        int first = looks < LOOKS ? 0 : last;
        double seconds = looks == 0 ? 0 : (nanos - times[first]) / NANOS_PER_SECOND;
        double moveRate = seconds > 0 ? (moved - moves[first]) / seconds : 0;
        double doneRate = seconds > 0 ? (done - dones[first]) / seconds : 0;
        times[last] = nanos;
        moves[last] = moved;
        dones[last] = done;
        looks++;
        long all = total;
        long goal = end;
        return new CopyProgress(
                now,
                all < 0 ? OptionalLong.empty() : OptionalLong.of(all),
                done,
                hasRead,
                hasWritten,
                hasSkipped,
                (long) moveRate,
                goal < 0 || doneRate <= 0
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis((long) (1000 * (Math.max(0, goal - done) / doneRate)))));
    }
}
