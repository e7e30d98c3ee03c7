/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.raw.c.VixDiskLibCompletionCB;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the library calls when a request has ended, and the places for requests of all disks. One function is for all of
 * them and lives as long as the process; it finds the request by a number. Nothing here is allocated for each request.
 */
public final class Completions {

    private static final System.Logger LOGGER = System.getLogger("dev.vixdisklib");

    /** The bits of a number that say which place; those above say which of its numbers. */
    private static final int PLACE_BITS = 24;

    private static final int MOST_PLACES = 1 << PLACE_BITS;

    private static final ReentrantLock LOCK = new ReentrantLock();

    /** Places that belong to no disk; guarded by the lock. */
    private static final Deque<AsyncRequest> SPARE = new ArrayDeque<>();

    /** How many places there are; guarded by the lock. */
    private static int count;

    /** Replaced by a larger one under the lock; a place stays where it is. */
    private static volatile AtomicReferenceArray<AsyncRequest> places = new AtomicReferenceArray<>(64);

    /** The function for the library. */
    static final MemorySegment STUB = VixDiskLibCompletionCB.allocate(Completions::called, Arena.global());

    /**
     * For {@link #completed}. Not final, so that the compiler does not put all that it does into {@link #called}: which would
     * then be too large for the compiled stub, and that would allocate a segment for each call.
     */
    private static volatile MethodHandle handle = handle();

    private static final ThreadFactory THREADS = Thread.ofVirtual()
            .name("vixdisklib-completion")
            .inheritInheritableThreadLocals(false)
            .factory();

    private Completions() {}

    /**
     * Runs what must not run in a callback of the library on a virtual thread of its own.
     *
     * @param action what to run
     */
    public static void runElsewhere(Runnable action) {
        try {
            THREADS.newThread(action).start();
        } catch (OutOfMemoryError | RuntimeException e) {
            // Better here than never.
            Callback.run(action);
        }
    }

    /** One of the numbers, never 0, that requests at a place have. */
    static long number(int place, int which) {
        return (which + 1L) << PLACE_BITS | place;
    }

    /** Takes a place that no disk has. */
    static AsyncRequest take() {
        LOCK.lock();
        try {
            AsyncRequest spare = SPARE.poll();
            return spare == null ? add() : spare;
        } finally {
            LOCK.unlock();
        }
    }

    private static AsyncRequest add() {
        if (count == MOST_PLACES) {
            throw new IllegalStateException("more than " + MOST_PLACES + " requests are in flight");
        }
        AtomicReferenceArray<AsyncRequest> present = places;
        if (count == present.length()) {
            AtomicReferenceArray<AsyncRequest> larger = new AtomicReferenceArray<>(2 * count);
            for (int i = 0; i < count; i++) {
                larger.setPlain(i, present.getPlain(i));
            }
            places = larger;
        }
        AsyncRequest added = new AsyncRequest(count);
        places.set(count, added);
        count++;
        return added;
    }

    /** Takes a place back from a disk. */
    static void giveBack(AsyncRequest request) {
        LOCK.lock();
        try {
            SPARE.push(request);
        } finally {
            LOCK.unlock();
        }
    }

    private static MethodHandle handle() {
        try {
            return MethodHandles.lookup()
                    .findStatic(
                            Completions.class, "completed", MethodType.methodType(void.class, long.class, long.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Called by the library, on any thread. Nothing thrown leaves it: that would end the JVM. */
    private static void called(MemorySegment number, long error) {
        try {
            handle.invokeExact(number.address(), error);
        } catch (Throwable e) {
            Upcalls.report("the end of a request", e);
        }
    }

    @SuppressWarnings("UnusedMethod") // the method handle has it
    private static void completed(long number, long error) {
        if (!complete(number, error, System.nanoTime())) {
            Callback.run(() -> LOGGER.log(
                    Level.ERROR,
                    "the library says that request " + Long.toUnsignedString(number)
                            + " has ended, which is not in flight"));
        }
    }

    private static boolean complete(long number, long error, long nanoTime) {
        AtomicReferenceArray<AsyncRequest> present = places;
        int place = (int) (number & (MOST_PLACES - 1));
        AsyncRequest request = place < present.length() ? present.get(place) : null;
        return request != null && request.complete(number, error, nanoTime);
    }
}
