/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.CompletionHandler;
import dev.vixdisklib.internal.Completions;
import dev.vixdisklib.internal.Direction;
import dev.vixdisklib.internal.DiskRequests;
import java.util.concurrent.CompletableFuture;

/** A request that is to be made or in flight, and the future that tells of its end. Keeps its buffer reachable. */
final class PendingRequest implements CompletionHandler {

    private final DiskRequests requests;
    private final Direction direction;
    private final long start;
    private final long count;
    private final PooledBuffer buffer;
    private final long begun = DiskRequests.logPosition();
    private final CompletableFuture<PooledBuffer> future = new CompletableFuture<>();

    private PendingRequest(DiskRequests requests, Direction direction, long start, long count, PooledBuffer buffer) {
        this.requests = requests;
        this.direction = direction;
        this.start = start;
        this.count = count;
        this.buffer = buffer;
    }

    /** Makes a request. */
    static CompletableFuture<PooledBuffer> submit(
            DiskRequests requests, Direction direction, long start, long count, PooledBuffer buffer) {
        PendingRequest request = new PendingRequest(requests, direction, start, count, buffer);
        try {
            requests.submit(direction, start, count, buffer.lease(), request);
        } catch (VixDiskLibException e) {
            // Nobody depends on it yet.
            request.future.completeExceptionally(e);
        }
        return request.future;
    }

    @Override
    public void completed(long error, long nanoTime) {
        // What depends on the future may use the disk, wait, or take long.
        Completions.runElsewhere(() -> complete(error));
    }

    private void complete(long error) {
        if (error == 0) {
            future.complete(buffer);
        } else {
            future.completeExceptionally(requests.failure(direction, start, count, error, begun));
        }
    }
}
