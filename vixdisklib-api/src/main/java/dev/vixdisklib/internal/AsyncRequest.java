/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A place for a request in flight, used for one after the other. While it is used, it keeps alive what the library has been
 * given: {@link Completions} holds it.
 */
final class AsyncRequest {

    private static final long NONE = 0;

    /** After so many requests, a number comes again; until then, it is clear that the library is mistaken. */
    private static final int NUMBERS = 8;

    /** The number of the request in flight, which the library is given and gives back. */
    private final AtomicLong number = new AtomicLong(NONE);

    /** The numbers that requests here have in turn, as pointers; made once, since to make one allocates. */
    private final MemorySegment[] numbers = new MemorySegment[NUMBERS];

    /** How many requests there were; changed by the one who has taken this only. */
    private int uses;

    // What follows is written before the number is set, and read after it has been taken back.

    private @Nullable RequestsInFlight requests;
    private @Nullable Lease buffer;
    private @Nullable CompletionHandler handler;
    private @Nullable RequestCounter counter;
    private @Nullable RequestEvent event;
    private long sectors;
    private long started;

    /** In the list of free ones. */
    @Nullable
    AsyncRequest next;

    AsyncRequest(int place) {
        for (int i = 0; i < NUMBERS; i++) {
            numbers[i] = MemorySegment.ofAddress(Completions.number(place, i));
        }
    }

    /**
     * Says where the next request is taken down when it has ended; before it begins.
     *
     * @param toBeRecorded null if it is not to be recorded
     */
    void observe(long count, RequestCounter countedIn, @Nullable RequestEvent toBeRecorded) {
        sectors = count;
        counter = countedIn;
        event = toBeRecorded;
        started = System.nanoTime();
    }

    /**
     * Begins a request.
     *
     * @return its number, which no other request in flight has
     */
    MemorySegment begin(RequestsInFlight requests, Lease buffer, CompletionHandler handler) {
        this.requests = requests;
        this.buffer = buffer;
        this.handler = handler;
        MemorySegment begun = numbers[uses++ & (NUMBERS - 1)];
        number.set(begun.address());
        return begun;
    }

    /**
     * Ends a request that the library has not accepted.
     *
     * @return false if it has ended before, as the library has said although it has not accepted it
     */
    boolean withdraw(MemorySegment begun) {
        if (!number.compareAndSet(begun.address(), NONE)) {
            return false;
        }
        end(null, 0, 0);
        return true;
    }

    /**
     * Ends the request with a number.
     *
     * @return false if that is not in flight
     */
    boolean complete(long ended, long error, long nanoTime) {
        if (ended == NONE || !number.compareAndSet(ended, NONE)) {
            return false;
        }
        end(handler, error, nanoTime);
        return true;
    }

    private void end(@Nullable CompletionHandler told, long error, long nanoTime) {
        RequestsInFlight owner = requests;
        Lease memory = buffer;
        RequestCounter count = counter;
        RequestEvent recorded = event;
        requests = null;
        buffer = null;
        handler = null;
        counter = null;
        event = null;
        try {
            if (told != null) {
                watch(count, recorded, error, nanoTime);
            }
            if (memory != null) {
                memory.endRequest();
            }
            if (told != null) {
                told.completed(error, nanoTime);
            }
        } finally {
            // The last thing: whoever waits for it may close the disk then.
            if (owner != null) {
                owner.ended(this);
            }
        }
    }

    /** Counts and records a request that has ended; what goes wrong with that must not hinder its end. */
    private void watch(@Nullable RequestCounter count, @Nullable RequestEvent recorded, long error, long nanoTime) {
        try {
            if (count != null) {
                count.add(sectors, error, nanoTime - started);
            }
            if (recorded != null) {
                recorded.record(error);
            }
        } catch (Throwable e) {
            Upcalls.report("the record of a request", e);
        }
    }
}
