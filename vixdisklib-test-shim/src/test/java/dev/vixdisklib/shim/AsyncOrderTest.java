/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import static org.assertj.core.api.Assertions.assertThat;

import example.Vddk;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The order in which requests that are in flight at the same time come back. */
class AsyncOrderTest {

    private static final FakeSetup SETUP = FakeSetup.create();
    private static final int REQUESTS = 16;
    private static final List<Integer> AS_ASKED_FOR =
            IntStream.range(0, REQUESTS).boxed().toList();

    private final FakeControl control = FakeControl.of(FakeVddk.directory());

    /** In a library that is initialised with a configuration, if there is one; then something is done to it. */
    private List<Integer> order(FakeSetup setup, boolean asConfiguration, Runnable first) throws IOException {
        try (FakeSession session = FakeSession.begin(asConfiguration ? SETUP : setup)) {
            session.setInventory(
                    Inventory.builder().datastore("ds1", "datastore-11").build());
            session.createDisk("[ds1] disk.vmdk", new byte[REQUESTS * Vddk.SECTOR]);
            Path path = session.file("[ds1] disk.vmdk");
            Path configuration = asConfiguration ? setup.write(session.folder().resolve("setup")) : null;
            return order(session, path, configuration, first);
        }
    }

    private List<Integer> order(FakeSession session, Path path, @Nullable Path configuration, Runnable first) {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        try (Arena arena = Arena.ofShared();
                Vddk library = new Vddk(session.vddk(), configuration);
                Vddk.Connection host = library.connectLocal();
                Vddk.Disk disk = host.open(path.toString(), Vddk.READ_ONLY)) {
            first.run();
            control.holdAsync(true);
            for (int i = 0; i < REQUESTS; i++) {
                int number = i;
                disk.readAsync(arena, i, 1, result -> order.add(result == 0 ? number : -1));
            }
            control.awaitHeldAsync(REQUESTS);
            control.holdAsync(false);
            disk.await();
        }
        assertThat(order).containsExactlyInAnyOrderElementsOf(AS_ASKED_FOR);
        return order;
    }

    private List<Integer> orderOfSession(long seed) throws IOException {
        return order(SETUP.withAsync(1, seed), false, () -> {});
    }

    @Test
    void depends_on_the_seed() throws IOException {
        assertThat(List.of(orderOfSession(1), orderOfSession(2), orderOfSession(3)))
                .doesNotHaveDuplicates()
                .doesNotContain(AS_ASKED_FOR);
    }

    @Test
    void is_the_same_with_the_same_seed() throws IOException {
        assertThat(orderOfSession(7)).isEqualTo(orderOfSession(7));
    }

    @Test
    void is_the_same_however_the_seed_is_set() throws IOException {
        List<Integer> expected = orderOfSession(7);
        assertThat(order(SETUP.withAsync(1, 7), true, () -> {})).isEqualTo(expected);
        assertThat(order(SETUP, false, () -> control.setAsync(1, 7))).isEqualTo(expected);
    }
}
