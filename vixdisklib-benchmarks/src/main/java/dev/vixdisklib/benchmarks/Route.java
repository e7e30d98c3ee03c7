/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks;

import dev.vixdisklib.shim.Timing;
import dev.vixdisklib.shim.Transport;
import java.time.Duration;

/**
 * How a program reaches a disk.
 *
 * @param transport {@code FILE} for a local disk; any other one for a disk of the {@link SimulatedHost}
 * @param timing how long its requests take
 * @param writing whether the disk is opened to be written
 */
record Route(Transport transport, Timing timing, boolean writing) {

    /** A local disk that is as fast as its files. */
    static final Route FILE = new Route(Transport.FILE, Timing.NONE, false);

    /** A disk of the host as if it was in the same storage network: its requests are in flight, and are not cut. */
    static Route san(Duration latency) {
        return new Route(Transport.SAN, Timing.latency(latency), false);
    }

    /** A local disk whose requests take a time. */
    static Route file(Duration latency) {
        return new Route(Transport.FILE, Timing.latency(latency), false);
    }

    /** The same for a program that writes. */
    Route toWrite() {
        return new Route(transport, timing, true);
    }

    boolean isLocal() {
        return transport == Transport.FILE;
    }
}
