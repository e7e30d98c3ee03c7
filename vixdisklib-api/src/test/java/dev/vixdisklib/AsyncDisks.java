/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.shim.FakeControl.Kind;
import dev.vixdisklib.shim.FaultPlan;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** For tests of asynchronous requests. */
abstract class AsyncDisks extends StrictDisks {

    AsyncDisks() throws IOException {}

    @AfterEach
    final void requestsEnd() {
        fake.setFaultPlan(FaultPlan.NONE);
        fake.holdAsync(false);
        closeLibrary();
        fake.setAsync(0, 0);
    }

    /** Has requests carried out on threads of the library, but not before {@link #letGo}. */
    final void hold() {
        fake.setAsync(2, 1);
        fake.holdAsync(true);
    }

    final void letGo() {
        fake.holdAsync(false);
    }

    final long inFlight() {
        return fake.liveCount(Kind.ASYNC_REQUESTS);
    }

    /** What a future comes to, or what it failed with. */
    static <T> T await(CompletableFuture<T> future) throws Exception {
        try {
            return future.get(Background.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }
}
