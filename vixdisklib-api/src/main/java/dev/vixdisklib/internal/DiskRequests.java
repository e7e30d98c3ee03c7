/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VIX_ASYNC;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_ReadAsync;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Wait;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_WriteAsync;

import dev.vixdisklib.SectorRange;
import dev.vixdisklib.VixDiskLibException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The asynchronous requests of a disk. */
public final class DiskRequests {

    private final NativeDisk disk;
    private final NativeLibrary library;
    private final MemorySegment handle;
    private final DiskCounters counters;

    private final RequestsInFlight inFlight = new RequestsInFlight();

    /** Whether the library was given requests since it was last waited for; under the lock of the disk. */
    private boolean unsettled;

    DiskRequests(NativeDisk disk, NativeLibrary library, MemorySegment handle, DiskCounters counters) {
        this.disk = disk;
        this.library = library;
        this.handle = handle;
        this.counters = counters;
    }

    /**
     * Begins to read sectors into a buffer or to write them from it. Allocates nothing, once there have been as many requests
     * in flight as there are. Waits for synchronous operations of the disk, and for nothing else; but the library may carry
     * the request out before this returns.
     *
     * @param direction which way
     * @param start the first sector
     * @param count how many, as the buffer has at least
     * @param buffer stays in use until the request has ended
     * @param handler is told of the end, if this throws nothing; it is reachable until then
     * @throws VixDiskLibException if the library does not accept the request
     * @throws IndexOutOfBoundsException if the sectors are not inside the disk
     * @throws IllegalArgumentException if the buffer has not so many
     * @throws IllegalStateException if the disk is closed, the buffer released or in use, or a callback is calling
     */
    public void submit(Direction direction, long start, long count, Lease buffer, CompletionHandler handler)
            throws VixDiskLibException {
        library.require(direction.function());
        // Also a sign of the callback's signature: that of VDDK 6.0, which had no Wait, is another one.
        library.require(NativeFunction.WAIT);
        Segments.requireCount(count, buffer.byteSize());
        Segments.requireInside(start, count, disk.capacity(), disk.path());
        disk.beginBeside();
        try {
            NativeLog.requireNoPanic();
            RequestEvent event = event(direction, start, count);
            MemorySegment segment = buffer.beginRequest();
            AsyncRequest request;
            try {
                request = inFlight.take();
            } catch (RuntimeException | Error e) {
                buffer.endRequest();
                throw e;
            }
            request.observe(count, counters.of(direction), event);
            MemorySegment number = request.begin(inFlight, buffer, handler);
            long begun = NativeLog.position();
            long error = submit(direction, start, count, segment, request, number);
            if (error != VIX_ASYNC()) {
                counters.of(direction).addRefused();
                if (event != null) {
                    event.record(error);
                }
                throw NativeCalls.refusal(
                        error,
                        direction.function(),
                        disk.path(),
                        new SectorRange(start, count),
                        counters.isNothingRead(),
                        begun);
            }
        } finally {
            disk.end();
        }
    }

    /**
     * Whether the library can have requests in flight.
     *
     * @param direction which way
     * @return whether it has the functions that {@link #submit} needs
     */
    public boolean arePossible(Direction direction) {
        return library.has(direction.function()) && library.has(NativeFunction.WAIT);
    }

    /** An event for a request that begins, null if it is not to be recorded. */
    private @Nullable RequestEvent event(Direction direction, long start, long count) {
        Events.Transfer event = direction == Direction.READ ? Events.read() : Events.write();
        return event == null ? null : new RequestEvent(event, disk.path(), disk.eventTransport(), start, count);
    }

    /** Gives a request to the library; returns {@code VIX_ASYNC} if it has accepted it, and otherwise why not. */
    private long submit(
            Direction direction,
            long start,
            long count,
            MemorySegment segment,
            AsyncRequest request,
            MemorySegment number) {
        unsettled = true;
        boolean accepted = false;
        long error = 0;
        try {
            error = direction == Direction.READ
                    ? VixDiskLib_ReadAsync(handle, start, count, segment, Completions.STUB, number)
                    : VixDiskLib_WriteAsync(handle, start, count, segment, Completions.STUB, number);
            // Only this code promises a callback, not even that of success (fact sheet, paragraph 4.7).
            accepted = error == VIX_ASYNC();
        } catch (AssertionError e) {
            throw NativeCalls.unwrap(e);
        } finally {
            accepted = accepted || !request.withdraw(number);
        }
        return accepted ? VIX_ASYNC() : error;
    }

    /**
     * Where the log of the library is, to be asked for before a request.
     *
     * @return the number of lines up to now
     */
    public static long logPosition() {
        return NativeLog.position();
    }

    /**
     * What to tell of a request that has failed; on any thread but in a callback.
     *
     * @param direction which way
     * @param start the first sector
     * @param count how many
     * @param error what the library has said
     * @param begun {@link #logPosition} before the request
     * @return the exception
     */
    public VixDiskLibException failure(Direction direction, long start, long count, long error, long begun) {
        SectorRange sectors = new SectorRange(start, count);
        boolean isUnread = counters.isNothingRead();
        // The disk may be closed by now, and everything else as well.
        return library.unlessEnded(
                () -> NativeCalls.exception(error, direction.function(), disk.path(), sectors, isUnread, begun),
                () -> NativeCalls.withoutText(
                        error,
                        direction.function(),
                        disk.path(),
                        sectors,
                        "the library, ended since, has no text for it"));
    }

    /**
     * Waits until the requests that are in flight have ended. None can begin meanwhile.
     *
     * @throws IOException if the library fails to wait
     */
    public void await() throws IOException {
        disk.begin();
        try {
            NativeLog.requireNoPanic();
        } finally {
            disk.end();
        }
    }

    /** Waits for the requests that are in flight; as {@link NativeResource#settle} does. */
    void settle() throws IOException {
        if (!unsettled) {
            return;
        }
        // A thread that waits here occupies no processor, nor the carrier of a virtual thread.
        inFlight.await();
        if (NativeLog.hasPanicked()) {
            return;
        }
        // Some callbacks may not have returned to the library yet.
        long begun = NativeLog.position();
        long error = callWait();
        // One that fails has waited for nothing; another may, for the sake of Close.
        unsettled = error != 0 && callWait() != 0;
        NativeCalls.check(error, NativeFunction.WAIT, disk.path(), begun);
    }

    private long callWait() {
        return NativeCalls.error(NativeFunction.WAIT, () -> VixDiskLib_Wait(handle));
    }

    /** There will be no more requests, and none is in flight. */
    void giveBack() {
        inFlight.giveBack();
    }
}
