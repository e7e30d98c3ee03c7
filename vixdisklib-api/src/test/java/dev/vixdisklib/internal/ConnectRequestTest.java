/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What the library gets for a description; what it does with it cannot tell one from the other. */
class ConnectRequestTest {

    private static final List<String> KNOWN = List.of("file", "san", "nbd");

    private static ConnectRequest request(ConnectTarget target, String... modes) {
        return new ConnectRequest(null, target, List.of(modes), false);
    }

    @Test
    void aSnapshotIsNotGivenWithoutTransportModes() {
        ConnectTarget snapshot = new ConnectTarget.Vm("moref=vm-42", "snapshot-47");
        assertThat(request(snapshot).transportModes(KNOWN)).isEqualTo("file:san:nbd");
        assertThat(request(snapshot, "nbd", "san").transportModes(KNOWN)).isEqualTo("nbd:san");
        assertThat(request(snapshot).transportModes(List.of())).isNull();
    }

    @Test
    void otherThingsLeaveTransportModesToTheLibrary() {
        for (ConnectTarget target : List.of(
                new ConnectTarget.Vm("moref=vm-42", null),
                new ConnectTarget.FirstClassDisk("6f0b", "datastore-11", "8c1d"),
                new ConnectTarget.Datastore("datastore-11", "web"))) {
            assertThat(request(target).transportModes(KNOWN)).isNull();
            assertThat(request(target, "san").transportModes(KNOWN)).isEqualTo("san");
            assertThat(request(target).snapshotOfVm()).isNull();
        }
    }

    @Test
    void aServerAsAWholeHasNothingOnIt() {
        ConnectRequest whole = request(new ConnectTarget.Vm("moref=vm-42", "snapshot-47"), "san")
                .ofServer();
        assertThat(whole).isEqualTo(request(ConnectTarget.NONE));
    }
}
