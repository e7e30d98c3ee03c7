/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A copy that is under way, as the thread sees it that waits for it. That one calls the listeners. */
final class CopyRun {

    private static final long NANOS_BETWEEN_LOOKS = 100_000_000;

    private final CopySettings settings;
    private final CopyMeter meter = new CopyMeter(CopyProgress.Phase.COPYING);
    private final Cancellation cancellation = new Cancellation();
    private final CopyWork work;

    /** Why the copy was cancelled, and whether it was because of the keeper; for the thread that waits. */
    private @Nullable Throwable reason;

    private boolean keeperFailed;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.

    /** A checkpoint until it has been taken. */
    private @Nullable CopyCheckpoint checkpoint;

    private boolean ended;

    /** What the copy has failed with. */
    private @Nullable Throwable failure;

    CopyRun(CopySource source, CopyPlace target, CopySettings settings) {
        this.settings = settings;
        this.work = new CopyWork(source, target, settings, meter, cancellation, this::hand);
    }

    CopyResult run() throws IOException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long begin = System.nanoTime();
        Thread.ofPlatform()
                .daemon()
                .name("vixdisklib-copy")
                .inheritInheritableThreadLocals(false)
                .start(this::copy);
        while (awaitNews()) {
            CopyCheckpoint reached = reached();
            if (reached != null) {
                keep(reached);
            } else {
                tellProgress();
            }
        }
        throwFailure();
        tellProgress();
        if (reason != null) {
            throwReason(reason);
        }
        return work.result(Duration.ofNanos(System.nanoTime() - begin));
    }

    /** On the thread of the copy. */
    private void copy() {
        Throwable thrown = null;
        try {
            work.run();
        } catch (IOException | InterruptedException | RuntimeException | Error e) {
            thrown = e;
        }
        lock.lock();
        try {
            failure = thrown;
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Gives a checkpoint to the thread that waits, and waits until it has been kept; on the thread of the copy. */
    private void hand(CopyCheckpoint reached) {
        lock.lock();
        try {
            checkpoint = reached;
            changed.signalAll();
            while (checkpoint != null) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable CopyCheckpoint reached() {
        lock.lock();
        try {
            return checkpoint;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for something to tell; returns false at the end. */
    private boolean awaitNews() {
        lock.lock();
        try {
            long left = settings.listener == null ? Long.MAX_VALUE : NANOS_BETWEEN_LOOKS;
            while (!ended && checkpoint == null && left > 0) {
                if (reason == null) {
                    try {
                        left = changed.awaitNanos(left);
                    } catch (InterruptedException e) {
                        cancel(e);
                    }
                } else {
                    // It will end, and a further interrupt is for what comes after that.
                    changed.awaitUninterruptibly();
                }
            }
            return !ended;
        } finally {
            lock.unlock();
        }
    }

    private void cancel(Throwable why) {
        if (reason == null) {
            reason = why;
        } else {
            suppress(reason, why);
        }
        cancellation.cancel();
    }

    /** Adds a further exception to one, if it is another one: listeners may throw the same again. */
    private static void suppress(Throwable told, Throwable further) {
        if (!told.equals(further)) {
            told.addSuppressed(further);
        }
    }

    private void keep(CopyCheckpoint reached) {
        try {
            if (!keeperFailed) {
                settings.keeper.keep(reached);
            }
        } catch (IOException | RuntimeException | Error e) {
            keeperFailed = true;
            cancel(e);
        }
        lock.lock();
        try {
            checkpoint = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void tellProgress() {
        if (settings.listener != null && reason == null) {
            try {
                settings.listener.accept(meter.look());
            } catch (RuntimeException | Error e) {
                cancel(e);
            }
        }
    }

    /** Throws why the copy has not come to its end, if so. */
    private void throwFailure() throws IOException, InterruptedException {
        Throwable thrown = failure;
        if (thrown == null) {
            return;
        }
        if (reason == null) {
            throwReason(thrown);
            return;
        }
        if (isOfCancelling(thrown)) {
            for (Throwable suppressed : thrown.getSuppressed()) {
                suppress(reason, suppressed);
            }
        } else {
            suppress(reason, thrown);
        }
        throwReason(reason);
    }

    private static boolean isOfCancelling(Throwable thrown) {
        return thrown instanceof CancellationException
                || (thrown instanceof CopyException && thrown.getCause() instanceof ClosedByInterruptException);
    }

    private void throwReason(Throwable thrown) throws IOException, InterruptedException {
        if (thrown instanceof InterruptedException e) {
            if (failure == null) {
                // Too late: the copy is complete.
                Thread.currentThread().interrupt();
                return;
            }
            throw e;
        }
        Lane.rethrow(thrown);
    }
}
