/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bounds the bytes that streams have in flight together, so that many disks at once do not take more memory of a host than it
 * has. Each {@link Connection} has one for its disks; {@link StreamOptions#withLimit} puts streams of several connections under
 * the same one. Only requests that are in flight by themselves count, as over {@code nbd} and {@code nbdssl}, from when they
 * are made until they have ended; chunks that wait for their user do not. Streams that wait for their turn get it in order.
 *
 * <p>May be used from any thread.
 */
public final class InFlightLimit {

    /** The limit of a connection, in bytes: 32 MiB. Hosts have 48 MiB or more (VMware NBD best practices). */
    public static final long DEFAULT_BYTES = 32L << 20;

    private final long bytes;

    /** Not a lock of java.util.concurrent, since to wait for one allocates. */
    private final Object lock = new Object();

    // Guarded by the lock.
    private final Deque<Claim> waiting = new ArrayDeque<>();
    private long inFlight;
    private long mostInFlight;

    private InFlightLimit(long bytes) {
        this.bytes = bytes;
    }

    /**
     * A limit that nothing counts against yet.
     *
     * @param bytes how many may be in flight, at least 4096
     * @return the limit
     * @throws IllegalArgumentException if it is less
     */
    public static InFlightLimit ofBytes(long bytes) {
        if (bytes < StreamOptions.ALIGNMENT) {
            throw new IllegalArgumentException(
                    "a limit has to allow " + StreamOptions.ALIGNMENT + " bytes, not " + bytes);
        }
        return new InFlightLimit(bytes);
    }

    /**
     * How many bytes may be in flight.
     *
     * @return bytes
     */
    public long bytes() {
        return bytes;
    }

    /**
     * How many bytes are in flight.
     *
     * @return bytes, never more than {@link #bytes}
     */
    public long inFlight() {
        synchronized (lock) {
            return inFlight;
        }
    }

    /**
     * How many bytes were in flight at the busiest time.
     *
     * @return bytes, never more than {@link #bytes}
     */
    public long mostInFlight() {
        synchronized (lock) {
            return mostInFlight;
        }
    }

    /** Throws if a request of this size would never be allowed. */
    void requireAllowed(long requestBytes) {
        if (requestBytes > bytes) {
            throw new IllegalArgumentException("a chunk of " + requestBytes + " bytes is more than " + this
                    + " allows: take smaller chunks, or another limit");
        }
    }

    /** The part of a stream that wants to make a request; for one thread at a time. */
    static final class Claim {

        private final WakeUp wakeUp;

        // Guarded by the lock of the limit.
        private long bytes;
        private boolean granted;

        /** Whether the limit knows of it; for the thread of the stream. */
        private boolean queued;

        Claim(WakeUp wakeUp) {
            this.wakeUp = wakeUp;
        }
    }

    /**
     * Takes bytes, if there is room for them and it is this stream's turn; otherwise, the stream is woken when they are its
     * own, for which it asks again with the same number, or {@linkplain #withdraw withdraws}.
     */
    boolean tryTake(Claim claim, long requestBytes) {
        synchronized (lock) {
            if (claim.queued) {
                claim.queued = !claim.granted;
                return claim.granted;
            }
            if (waiting.isEmpty() && inFlight + requestBytes <= bytes) {
                take(requestBytes);
                return true;
            }
            claim.bytes = requestBytes;
            claim.granted = false;
            claim.queued = true;
            waiting.add(claim);
            return false;
        }
    }

    private void take(long taken) {
        inFlight += taken;
        mostInFlight = Math.max(mostInFlight, inFlight);
    }

    /** No longer wants what it has asked for. */
    void withdraw(Claim claim) {
        if (!claim.queued) {
            return;
        }
        synchronized (lock) {
            claim.queued = false;
            if (claim.granted) {
                inFlight -= claim.bytes;
            } else {
                waiting.remove(claim);
            }
            grant();
        }
    }

    /** Gives bytes back; on any thread, also in a callback of the library: it waits for nothing and allocates nothing. */
    void giveBack(long taken) {
        synchronized (lock) {
            inFlight -= taken;
            grant();
        }
    }

    private void grant() {
        Claim first = waiting.peek();
        while (first != null && inFlight + first.bytes <= bytes) {
            waiting.remove();
            take(first.bytes);
            first.granted = true;
            first.wakeUp.raise();
            first = waiting.peek();
        }
    }

    @Override
    public String toString() {
        return "the limit of " + bytes + " bytes in flight";
    }
}
