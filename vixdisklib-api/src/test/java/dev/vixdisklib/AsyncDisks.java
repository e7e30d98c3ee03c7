/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.shim.FakeControl.Kind;
import dev.vixdisklib.shim.FaultPlan;
import dev.vixdisklib.shim.Strictness;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** For tests of asynchronous requests: the library must not see a rule broken. */
abstract class AsyncDisks extends TestDisks {

    AsyncDisks() throws IOException {}

    @BeforeEach
    final void beStrict() {
        fake.forgetBrokenRules();
        fake.setStrictness(Strictness.RECORD);
    }

    @AfterEach
    final void noRuleWasBroken() throws IOException {
        fake.setFaultPlan(FaultPlan.NONE);
        fake.holdAsync(false);
        lib.close();
        fake.setAsync(0, 0);
        fake.setStrictness(Strictness.OFF);
        assertThat(fake.brokenRules()).isEmpty();
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
