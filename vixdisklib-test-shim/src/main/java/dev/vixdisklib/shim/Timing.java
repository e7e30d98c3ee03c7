/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import java.time.Duration;

/**
 * How long the requests of a transport take: the latency for each, and what the bandwidth makes of their bytes.
 *
 * @param latency for each request; whole microseconds
 * @param bytesPerSecond the bandwidth that all requests of a connection share; 0 for no limit
 * @param requestsAtOnce how many requests the host serves at once for a connection, while others wait; 0 for no limit
 */
public record Timing(Duration latency, long bytesPerSecond, int requestsAtOnce) {

    /** No time at all. */
    public static final Timing NONE = new Timing(Duration.ZERO, 0, 0);

    /**
     * Checks that the fake can keep this.
     *
     * @throws IllegalArgumentException if a value is negative, or the latency no number of microseconds
     */
    public Timing {
        if (latency.isNegative() || latency.toNanos() % 1000 != 0) {
            throw new IllegalArgumentException("the latency is no number of microseconds: " + latency);
        }
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException("a negative bandwidth: " + bytesPerSecond);
        }
        if (requestsAtOnce < 0) {
            throw new IllegalArgumentException("a negative number of requests: " + requestsAtOnce);
        }
    }

    /**
     * A latency, and no limits.
     *
     * @param latency for each request; whole microseconds
     * @return the timing
     */
    public static Timing latency(Duration latency) {
        return new Timing(latency, 0, 0);
    }

    /**
     * The same with another bandwidth.
     *
     * @param bytesPerSecond the bandwidth; 0 for no limit
     * @return the timing
     */
    public Timing withBytesPerSecond(long bytesPerSecond) {
        return new Timing(latency, bytesPerSecond, requestsAtOnce);
    }

    /**
     * The same with another limit of requests.
     *
     * @param requestsAtOnce how many the host serves at once for a connection; 0 for no limit
     * @return the timing
     */
    public Timing withRequestsAtOnce(int requestsAtOnce) {
        return new Timing(latency, bytesPerSecond, requestsAtOnce);
    }

    /** The latency in the unit of the configuration. */
    long micros() {
        return latency.toNanos() / 1000;
    }
}
