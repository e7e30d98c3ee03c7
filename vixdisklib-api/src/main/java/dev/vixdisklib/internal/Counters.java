/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.Statistics;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** Counts calls, for as long as the process lives. */
public final class Counters {

    private static final Map<NativeFunction, CallCounter> BY_FUNCTION = new EnumMap<>(NativeFunction.class);

    static {
        for (NativeFunction function : NativeFunction.values()) {
            BY_FUNCTION.put(function, new CallCounter());
        }
    }

    /** Of the disks that are open, whose numbers are not yet among those above; guarded by the class. */
    private static final Set<DiskCounters> OPEN_DISKS = new HashSet<>();

    private static volatile boolean timingTransfers;

    private Counters() {}

    /** Counts a call that is no transfer. */
    static void count(NativeFunction function, boolean failed, long nanos) {
        of(function).add(failed, nanos);
    }

    private static CallCounter of(NativeFunction function) {
        return Objects.requireNonNull(BY_FUNCTION.get(function));
    }

    /** Makes counters for a disk that was opened. */
    static synchronized DiskCounters forDisk() {
        DiskCounters disk = new DiskCounters();
        OPEN_DISKS.add(disk);
        return disk;
    }

    /** Keeps the numbers of a disk that was closed. */
    static synchronized void keep(DiskCounters disk) {
        if (OPEN_DISKS.remove(disk)) {
            disk.calls().forEach((function, calls) -> of(function).add(calls));
        }
    }

    /**
     * The calls of all functions up to now.
     *
     * @return the calls
     */
    public static synchronized Statistics statistics() {
        Map<String, Statistics.Calls> calls = new TreeMap<>();
        for (NativeFunction function : NativeFunction.values()) {
            calls.put(function.shortName(), of(function).calls());
        }
        for (DiskCounters disk : OPEN_DISKS) {
            disk.calls().forEach((function, more) -> calls.merge(function.shortName(), more, Statistics.Calls::plus));
        }
        return new Statistics(calls);
    }

    /**
     * Sets whether transfers are timed.
     *
     * @param timed whether they are from now on
     */
    public static void timeTransfers(boolean timed) {
        timingTransfers = timed;
    }

    /** Whether transfers are timed. */
    static boolean areTransfersTimed() {
        return timingTransfers;
    }
}
