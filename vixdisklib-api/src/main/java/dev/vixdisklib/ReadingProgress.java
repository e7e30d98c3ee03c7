/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.function.Consumer;

/** Tells a listener how far a reading is, about ten times a second and at the end, on the thread that reads. */
final class ReadingProgress {

    private static final long NANOS_BETWEEN = 100_000_000;

    private final Consumer<? super CopyProgress> listener;
    private final CopyMeter meter = new CopyMeter(CopyProgress.Phase.READING);
    private long told = System.nanoTime();

    ReadingProgress(long totalBytes, Consumer<? super CopyProgress> listener) {
        this.listener = listener;
        meter.setTotal(totalBytes);
    }

    /** These bytes were read, or took as long as if they were. */
    void read(long bytes) {
        meter.addRead(bytes);
        tellIfDue();
    }

    /** These bytes took no time. */
    void skipped(long bytes) {
        meter.addSkipped(bytes);
        tellIfDue();
    }

    private void tellIfDue() {
        long now = System.nanoTime();
        if (now - told >= NANOS_BETWEEN) {
            told = now;
            listener.accept(meter.look());
        }
    }

    /** All is done. */
    void end() {
        listener.accept(meter.look());
    }
}
