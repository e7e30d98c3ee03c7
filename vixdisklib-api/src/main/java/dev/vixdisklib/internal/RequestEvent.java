/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

/**
 * What is recorded of an asynchronous request when it has ended.
 *
 * @param event has begun
 */
record RequestEvent(Events.Transfer event, String path, String mode, long start, long count) {

    /** Records it, if it has taken long enough; on any thread. */
    void record(long error) {
        if (event.isLongEnough()) {
            event.record(path, mode, start, count, error);
        }
    }
}
