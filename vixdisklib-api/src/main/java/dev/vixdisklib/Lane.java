/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Direction;
import dev.vixdisklib.internal.NativeDisk;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/** How a stream makes its requests. What becomes of one is told to the user of the chunk, in any case. */
abstract class Lane implements AutoCloseable {

    /** Over these, the library has requests in flight after the call that makes them (fact sheet, paragraph 4.7). */
    private static final Set<TransportMode> IN_FLIGHT =
            Set.of(TransportMode.NBD, TransportMode.NBDSSL, TransportMode.SAN);

    final NativeDisk disk;
    final Direction direction;

    private Lane(NativeDisk disk, Direction direction) {
        this.disk = disk;
        this.direction = direction;
    }

    /** The way that suits how the disk is reached. */
    static Lane of(Disk disk, Direction direction, StreamOptions options) {
        NativeDisk handle = disk.handle();
        TransportMode mode = disk.transportMode().orElse(TransportMode.FILE);
        if (IN_FLIGHT.contains(mode) && handle.isAsynchronous(direction)) {
            return new Asynchronous(handle, direction, options);
        }
        // A call over anything but a file can take long, and must not keep the carrier of a virtual thread.
        return mode.equals(TransportMode.FILE) && !options.isReadingAhead()
                ? new Calling(handle, direction)
                : new Ahead(handle, direction, options.depth());
    }

    /** How many requests a stream should have in flight. */
    abstract int depth();

    /** What bounds the bytes in flight. */
    boolean isLimited() {
        return false;
    }

    /** Carries the request of a chunk out, now or later. */
    abstract void submit(Chunk chunk);

    /** There will be no more requests, and none is in flight. */
    @Override
    public void close() {
        // Most have nothing to close.
    }

    /** What to tell of the request of a chunk that has failed; not in a callback. */
    final Throwable failure(Chunk chunk) {
        Throwable thrown = chunk.failure();
        return thrown != null
                ? thrown
                : disk.failure(direction, chunk.requestStart(), chunk.requestCount(), chunk.error(), chunk.begun());
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
                disk.read(chunk.requestStart(), chunk.memory(chunk.requestCount()));
            } else {
                disk.write(chunk.requestStart(), chunk.memory(chunk.requestCount()));
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
            super(disk, direction);
        }

        @Override
        int depth() {
            return 1;
        }

        @Override
        void submit(Chunk chunk) {
            call(chunk);
        }
    }

    /** On a thread of its own, one after the other. */
    private static final class Ahead extends Lane {

        private final int depth;
        private final BlockingQueue<Chunk> queue;
        private final Thread thread;
        private boolean started;

        Ahead(NativeDisk disk, Direction direction, int depth) {
            super(disk, direction);
            this.depth = depth;
            this.queue = new ArrayBlockingQueue<>(depth);
            this.thread = Thread.ofPlatform()
                    .daemon()
                    .name("vixdisklib-stream")
                    .inheritInheritableThreadLocals(false)
                    .unstarted(this::run);
        }

        @Override
        int depth() {
            return depth;
        }

        @Override
        void submit(Chunk chunk) {
            if (!started) {
                started = true;
                thread.start();
            }
            queue.add(chunk);
        }

        private void run() {
            try {
                while (true) {
                    call(queue.take());
                }
            } catch (InterruptedException e) {
                // Closed.
            }
        }

        @Override
        public void close() {
            thread.interrupt();
        }
    }

    /** In the library, many at a time. */
    private static final class Asynchronous extends Lane {

        private final int depth;

        Asynchronous(NativeDisk disk, Direction direction, StreamOptions options) {
            super(disk, direction);
            this.depth = options.depth();
        }

        @Override
        int depth() {
            return depth;
        }

        @Override
        boolean isLimited() {
            return true;
        }

        @Override
        void submit(Chunk chunk) {
            try {
                disk.submit(
                        direction,
                        chunk.requestStart(),
                        chunk.requestCount(),
                        chunk.lease(),
                        chunk.handler(NativeDisk.logPosition()));
            } catch (IOException | RuntimeException | Error e) {
                chunk.fail(e);
            }
        }
    }
}
