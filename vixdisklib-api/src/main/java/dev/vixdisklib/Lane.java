/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Direction;
import dev.vixdisklib.internal.DiskRequests;
import dev.vixdisklib.internal.NativeDisk;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/**
 * How a stream makes its requests, under its lock. What becomes of one is told to the user of the chunk, in any case. Knows
 * nothing of the stream, which could not be taken for forgotten otherwise.
 */
abstract class Lane implements AutoCloseable {

    /** Over these, the library has requests in flight after the call that makes them (fact sheet, paragraph 4.7). */
    private static final Set<TransportMode> IN_FLIGHT =
            Set.of(TransportMode.NBD, TransportMode.NBDSSL, TransportMode.SAN);

    final NativeDisk disk;
    final Direction direction;
    private final int depth;

    private Lane(NativeDisk disk, Direction direction, int depth) {
        this.disk = disk;
        this.direction = direction;
        this.depth = depth;
    }

    /** The way that suits how the disk is reached. */
    static Lane of(Disk disk, Direction direction, StreamOptions options) {
        NativeDisk handle = disk.handle();
        // Of one that the library does not tell, nothing is known: the slow way is right for it.
        Optional<TransportMode> mode = disk.transportMode();
        if (mode.filter(IN_FLIGHT::contains).isPresent() && handle.requests().arePossible(direction)) {
            return new Asynchronous(handle, direction, options.depth());
        }
        // A call over anything but a file can take long, and must not keep the carrier of a virtual thread.
        return mode.equals(Optional.of(TransportMode.FILE)) && !options.isReadingAhead()
                ? new Calling(handle, direction)
                : new Ahead(handle, direction, options.depth());
    }

    /** How many requests a stream should have in flight. */
    final int depth() {
        return depth;
    }

    /** What bounds the bytes in flight. */
    boolean isLimited() {
        return false;
    }

    /** Carries the request of a chunk out, now or later. */
    abstract void submit(Chunk chunk);

    /** There will be no more requests, and none is in flight. On any thread; more than once does no harm. */
    @Override
    public void close() {
        // Most have nothing to close.
    }

    /** What to tell of the request of a chunk that has failed; not in a callback. */
    final Throwable failure(Chunk chunk) {
        Throwable thrown = chunk.failure();
        return thrown != null
                ? thrown
                : disk.requests()
                        .failure(direction, chunk.requestStart(), chunk.requestCount(), chunk.error(), chunk.begun());
    }

    /** Throws what a request can fail with. */
    static void rethrow(Throwable failure) throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        throw (Error) failure;
    }

    /** Carries a request out on this thread. */
    final void call(Chunk chunk) {
        try {
            if (direction == Direction.READ) {
                disk.transfers().read(chunk.requestStart(), chunk.memory(chunk.requestCount()));
            } else {
                disk.transfers().write(chunk.requestStart(), chunk.memory(chunk.requestCount()));
            }
        } catch (IOException | RuntimeException | Error e) {
            chunk.fail(e);
            return;
        }
        chunk.succeed();
    }

    /** On the thread of the caller, one after the other. */
    private static final class Calling extends Lane {

        Calling(NativeDisk disk, Direction direction) {
            super(disk, direction, 1);
        }

        @Override
        void submit(Chunk chunk) {
            call(chunk);
        }
    }

    /** On a thread of its own, one after the other. */
    private static final class Ahead extends Lane {

        private final LaneThread thread = new LaneThread(this::call);

        Ahead(NativeDisk disk, Direction direction, int depth) {
            super(disk, direction, depth);
        }

        @Override
        void submit(Chunk chunk) {
            thread.add(chunk);
        }

        @Override
        public void close() {
            thread.end();
        }
    }

    /** In the library, many at a time. */
    private static final class Asynchronous extends Lane {

        private final LaneThread thread = new LaneThread(this::begin);

        Asynchronous(NativeDisk disk, Direction direction, int depth) {
            super(disk, direction, depth);
        }

        @Override
        boolean isLimited() {
            return true;
        }

        @Override
        void submit(Chunk chunk) {
            if (Thread.currentThread().isVirtual()) {
                // To make a request can take long as well, if there is no room for it on the way to the host.
                thread.add(chunk);
            } else {
                begin(chunk);
            }
        }

        private void begin(Chunk chunk) {
            try {
                disk.requests()
                        .submit(
                                direction,
                                chunk.requestStart(),
                                chunk.requestCount(),
                                chunk.lease(),
                                chunk.handler(DiskRequests.logPosition()));
            } catch (IOException | RuntimeException | Error e) {
                chunk.fail(e);
            }
        }

        @Override
        public void close() {
            thread.end();
        }
    }
}
