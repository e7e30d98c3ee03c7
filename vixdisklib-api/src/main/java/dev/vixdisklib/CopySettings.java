/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How a copy is made. Not changed any more once a {@link DiskCopy} has it. */
final class CopySettings {

    @Nullable
    CopyPlan plan;

    boolean onZeros;
    boolean skipsZeros;
    boolean syncs = true;
    boolean verifies;

    /** Of the hash. */
    @Nullable
    String algorithm;

    @Nullable
    CopyCheckpoint resumed;

    /** The time between two checkpoints, with what takes them. */
    @Nullable
    Duration every;

    CopyCheckpoint.Keeper keeper = checkpoint -> {};

    @Nullable
    Consumer<? super CopyProgress> listener;

    StreamOptions options = StreamOptions.defaults();

    CopySettings() {}

    CopySettings(CopySettings other) {
        plan = other.plan;
        onZeros = other.onZeros;
        skipsZeros = other.skipsZeros;
        syncs = other.syncs;
        verifies = other.verifies;
        algorithm = other.algorithm;
        resumed = other.resumed;
        every = other.every;
        keeper = other.keeper;
        listener = other.listener;
        options = other.options;
    }

    /** Whether a hash needs what an earlier copy has put on the target. */
    boolean hashesEarlier() {
        return algorithm != null && start() > 0;
    }

    /** The first sector to be copied. */
    long start() {
        return resumed == null ? 0 : resumed.sector();
    }
}
