/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import example.Vddk;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OpenThreadTest {

    private static final FakeSetup SETUP = FakeSetup.create();
    private static final FakeSetup ANY_THREAD = SETUP.withOpenOnAnyThread();

    /** The library, with a configuration that is not the session's. */
    private static Vddk library(FakeSession session, FakeSetup setup) throws IOException {
        return new Vddk(session.vddk(), setup.write(session.folder().resolve("setup")));
    }

    private static void onAnotherThread(Runnable action) throws InterruptedException {
        Thread thread = new Thread(action);
        thread.start();
        thread.join();
    }

    @Test
    void opening_is_for_one_thread() throws Exception {
        try (FakeSession session = FakeSession.begin(SETUP)) {
            try (Vddk library = library(session, SETUP)) {
                library.connectLocal().close();
                onAnotherThread(() -> library.connectLocal().close());
            }
            assertThat(session.control().brokenRules())
                    .extracting(BrokenRule::rule, BrokenRule::function)
                    .containsExactly(tuple("open-thread", "ConnectEx"), tuple("open-thread", "Disconnect"));
            session.allow("open-thread");
        }
    }

    @Test
    void opening_is_for_any_thread_if_the_setup_says_so() throws Exception {
        try (FakeSession session = FakeSession.begin(SETUP)) {
            try (Vddk library = library(session, ANY_THREAD)) {
                library.connectLocal().close();
                onAnotherThread(() -> library.connectLocal().close());
            }
            assertThat(session.control().brokenRules()).isEmpty();
        }
    }

    @Test
    void but_for_one_at_a_time() throws Exception {
        try (FakeSession session = FakeSession.begin(SETUP)) {
            session.setInventory(
                    Inventory.builder().datastore("ds1", "datastore-11").build());
            session.createDisk("[ds1] disk.vmdk", new byte[1]);
            Path path = session.file("[ds1] disk.vmdk");
            try (Vddk library = library(session, ANY_THREAD);
                    Vddk.Connection host = library.connectLocal()) {
                session.setFaults(Fault.on("Open").hang());
                Thread opener = new Thread(() -> host.open(path.toString(), 0).close());
                opener.start();
                session.control().awaitHangs(1);
                Vddk.Connection second = library.connectLocal();
                session.control().releaseHangs();
                opener.join();
                second.close();
                assertThat(session.control().brokenRules()).singleElement().satisfies(broken -> {
                    assertThat(broken.rule()).isEqualTo("open-thread");
                    assertThat(broken.function()).isEqualTo("ConnectEx");
                    assertThat(broken.detail()).contains("VixDiskLib_Open goes on");
                });
            }
            session.allow("open-thread");
        }
    }

    @Test
    void sessions_of_a_process_do_not_differ_in_it() {
        FakeSession.begin(SETUP).close();
        assertThatThrownBy(() -> FakeSession.begin(ANY_THREAD))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("openThread");
    }
}
