/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;

/** Says so when something is forgotten instead of closed. */
public final class Leaks {

    private static final System.Logger LOGGER = System.getLogger("dev.vixdisklib");

    /** One thread for everything that is to be done about what is forgotten. */
    static final Cleaner CLEANER = Cleaner.create();

    private Leaks() {}

    /**
     * Watches an object until it is unreachable. What it stands for is closed with its parent all the same.
     *
     * @param handle what its user forgets; not reachable from the resource
     * @param resource what it stands for
     */
    public static void watch(Object handle, NativeResource resource) {
        CLEANER.register(handle, () -> {
            if (!resource.isClosed()) {
                warn(resource);
            }
        });
    }

    /**
     * Watches a leased buffer until it is unreachable, and then takes it back. A request that is using it keeps it reachable.
     *
     * @param handle what its user forgets; not reachable from the lease
     * @param lease what it stands for
     * @return ends the watch
     */
    public static Cleaner.Cleanable watch(Object handle, Lease lease) {
        return CLEANER.register(handle, () -> {
            if (lease.reclaim()) {
                warn("a buffer of " + lease.byteSize() + " bytes of a pool");
            }
        });
    }

    /**
     * Watches a pool until it is unreachable, and then closes it. Its leased buffers keep it reachable.
     *
     * @param handle what its user forgets; not reachable from the memory
     * @param memory what it stands for
     * @return ends the watch
     */
    public static Cleaner.Cleanable watch(Object handle, PoolMemory memory) {
        return CLEANER.register(handle, () -> {
            if (memory.close()) {
                warn(memory);
            }
        });
    }

    /**
     * Watches a stream until it and its chunks are unreachable, and then frees its memory, unless all of them have been given
     * back. A request that is using the memory keeps it reachable.
     *
     * @param stream what its user forgets; reachable from its leases, not from the memory
     * @param name what to call it
     * @param memory what it stands for
     * @param end ends what else there is of it, and can be called more than once; the stream is not reachable from it
     * @return ends the watch
     */
    public static Cleaner.Cleanable watch(Object stream, String name, PoolMemory memory, Runnable end) {
        return CLEANER.register(stream, () -> {
            end.run();
            boolean isClosed = memory.isClosed();
            if (memory.abandon()) {
                warn(isClosed ? "a chunk of " + name : name);
            }
        });
    }

    private static void warn(Object forgotten) {
        LOGGER.log(Level.WARNING, forgotten + " was never closed; use try-with-resources");
    }
}
