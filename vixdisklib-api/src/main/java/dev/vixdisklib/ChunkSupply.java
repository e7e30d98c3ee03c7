/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

/** Chunks for one thread to fill; they come back from any thread. */
final class ChunkSupply implements AutoCloseable {

    private final WakeUp broughtBack = new WakeUp();
    private final ChunkPool pool;
    private final Cancellation cancellation;

    ChunkSupply(Object stream, StreamOptions options, Cancellation cancellation) {
        this.pool = new ChunkPool(stream, options, broughtBack);
        this.cancellation = cancellation;
    }

    /** A chunk with memory, once there is one. */
    Chunk take() throws InterruptedException {
        Chunk chunk = await(false);
        chunk.isCleared = false;
        return chunk;
    }

    /** A chunk that stands for zeros, once there is one. */
    Chunk takeOfZeros() throws InterruptedException {
        return await(true);
    }

    private Chunk await(boolean ofZeros) throws InterruptedException {
        while (true) {
            pool.collect();
            Chunk chunk = ofZeros ? pool.takeOfZeros() : pool.take();
            if (chunk != null) {
                return chunk;
            }
            broughtBack.await();
            cancellation.check();
        }
    }

    /** Takes one back that was not handed out. */
    void putBack(Chunk chunk) {
        pool.putBack(chunk);
    }

    @Override
    public void close() {
        pool.close();
    }
}
