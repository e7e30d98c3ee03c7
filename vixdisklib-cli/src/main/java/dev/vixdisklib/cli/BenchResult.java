/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.cli;

/**
 * What was measured.
 *
 * @param operation {@code read} or {@code write}
 * @param chunkBytes how much a request was for, at most
 * @param depth how many requests were in flight
 * @param bytes what they have moved
 * @param requests how many there were
 * @param nanos how long it took
 * @param meanMicros how long a request took on average, in microseconds
 */
record BenchResult(
        String operation, int chunkBytes, int depth, long bytes, long requests, long nanos, long meanMicros) {

    double bytesPerSecond() {
        return bytes / (nanos / 1e9);
    }

    double requestsPerSecond() {
        return requests / (nanos / 1e9);
    }

    Json json() {
        return new Json()
                .put("operation", operation)
                .put("chunkBytes", chunkBytes)
                .put("depth", depth)
                .put("bytes", bytes)
                .put("requests", requests)
                .put("nanoseconds", nanos)
                .put("bytesPerSecond", (long) bytesPerSecond())
                .put("requestsPerSecond", (long) requestsPerSecond())
                .put("meanMicroseconds", meanMicros);
    }
}
