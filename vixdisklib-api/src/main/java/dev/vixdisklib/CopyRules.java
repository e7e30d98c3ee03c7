/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.Counted;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.SelectableChannel;

/** What can be copied, and how. Reads from files, so that it is not to be interrupted. */
final class CopyRules {

    private final CopySource source;
    private final CopyPlace target;
    private final CopySettings settings;

    CopyRules(CopySource source, CopyPlace target, CopySettings settings) {
        this.source = source;
        this.target = target;
        this.settings = settings;
    }

    /** Throws {@link IllegalArgumentException} with a reason if it cannot be done. */
    void requirePossible(long bytes) throws IOException {
        source.requireReadable();
        target.require(source, bytes, settings);
        requirePlan(bytes);
        CopyCheckpoint resumed = settings.resumed;
        if (resumed == null && settings.every == null) {
            requireVerifiable(bytes);
            return;
        }
        if (target.isChannel() || bytes == CopySource.UNKNOWN) {
            throw new IllegalArgumentException(
                    "a channel cannot go back to a checkpoint: copy from and to disks and files, or without checkpoints");
        }
        long sectors = Math.ceilDiv(bytes, Sectors.SIZE);
        if (resumed != null && resumed.capacity() != sectors) {
            throw new IllegalArgumentException("the checkpoint is of a copy of "
                    + Counted.of(resumed.capacity(), "sector") + ", and " + source + " has " + sectors);
        }
        requireVerifiable(bytes);
        target.requireHas(Math.min(Sectors.toBytes(settings.start()), bytes));
    }

    private void requirePlan(long bytes) {
        CopyPlan plan = settings.plan;
        if (plan == null) {
            return;
        }
        if (bytes == CopySource.UNKNOWN) {
            throw new IllegalArgumentException("a channel is read to its end, and not by a plan");
        }
        long sectors = Math.ceilDiv(bytes, Sectors.SIZE);
        if (plan.capacity() != sectors) {
            throw new IllegalArgumentException(
                    "the plan is for " + Counted.of(plan.capacity(), "sector") + ", and " + source + " has " + sectors);
        }
        if (settings.algorithm != null && plan.keepsSome()) {
            throw new IllegalArgumentException("what the plan keeps is not read, and a hash of the whole disk needs it:"
                    + " hash the target when it is complete, a disk with DiskDigest");
        }
    }

    static void requireBlocking(Channel channel, String what) {
        if (channel instanceof SelectableChannel selectable && !selectable.isBlocking()) {
            throw new IllegalArgumentException(
                    "the " + what + " channel does not block, and a copy has to wait for it: configureBlocking(true)");
        }
    }

    private void requireVerifiable(long bytes) {
        if (settings.verifies && (target.isChannel() || bytes == CopySource.UNKNOWN)) {
            throw new IllegalArgumentException(
                    "what has gone through a channel cannot be read again to verify it: make a hash while copying");
        }
    }
}
