/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;

/** Says so when something is forgotten instead of closed. It is closed with its parent all the same. */
public final class Leaks {

    /** One thread for everything that is to be done about what is forgotten. */
    static final Cleaner CLEANER = Cleaner.create();

    private Leaks() {}

    /**
     * Watches an object until it is unreachable.
     *
     * @param handle what its user forgets; not reachable from the resource
     * @param resource what it stands for
     */
    public static void watch(Object handle, NativeResource resource) {
        CLEANER.register(handle, () -> {
            if (!resource.isClosed()) {
                System.getLogger("dev.vixdisklib")
                        .log(Level.WARNING, resource + " was never closed; use try-with-resources");
            }
        });
    }
}
