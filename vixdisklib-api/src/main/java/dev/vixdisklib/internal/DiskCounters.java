/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.Statistics;
import java.util.Map;
import java.util.TreeMap;

/** Counts the transfers of a disk. */
final class DiskCounters {

    final TransferCounter reads = new TransferCounter();
    final TransferCounter writes = new TransferCounter();

    final RequestCounter requestedReads = new RequestCounter();
    final RequestCounter requestedWrites = new RequestCounter();

    RequestCounter of(Direction direction) {
        return direction == Direction.READ ? requestedReads : requestedWrites;
    }

    /** Whether nothing was read, in whatever way. */
    boolean isNothingRead() {
        return reads.isVain() && requestedReads.isVain();
    }

    Map<NativeFunction, Statistics.Calls> calls() {
        return Map.of(
                NativeFunction.READ,
                reads.calls(),
                NativeFunction.WRITE,
                writes.calls(),
                NativeFunction.READ_ASYNC,
                requestedReads.calls(),
                NativeFunction.WRITE_ASYNC,
                requestedWrites.calls());
    }

    /** The transfers up to now. */
    Statistics statistics() {
        Map<String, Statistics.Calls> calls = new TreeMap<>();
        calls().forEach((function, each) -> calls.put(function.shortName(), each));
        return new Statistics(calls);
    }
}
