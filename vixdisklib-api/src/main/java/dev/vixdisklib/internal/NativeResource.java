/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Something that is open, and what was opened through it: children are closed before their parents, whoever closes
 * first.
 */
public abstract class NativeResource {

    /** How many there have been. */
    private static final AtomicLong MADE = new AtomicLong();

    /** Held while closing, and between {@link #begin} or {@link #beginBeside} and {@link #end}. */
    private final ReentrantLock lock = new ReentrantLock();

    private final ControlThread control;
    private final @Nullable NativeResource parent;

    /** Confined to the control thread. */
    private final LinkedHashSet<NativeResource> children = new LinkedHashSet<>();

    /** Written on the control thread. */
    private volatile boolean closed;

    /** What has become of this, for messages; written before {@link #closed}. */
    private volatile String end = "is closed";

    /** The order in which locks are taken where there are two. */
    private final long number = MADE.getAndIncrement();

    /**
     * A new resource, for {@link #add}.
     *
     * @param parent what it is opened through, null for none
     */
    NativeResource(ControlThread control, @Nullable NativeResource parent) {
        this.control = control;
        this.parent = parent;
    }

    /** Adds something opened through this; on the control thread. */
    final <T extends NativeResource> T add(T child) {
        children.add(child);
        return child;
    }

    /** As {@link #add}, for what is closed after everything else that is opened through this. */
    final <T extends NativeResource> T addToCloseLast(T child) {
        children.addFirst(child);
        return child;
    }

    /** Runs an operation on the control thread, if this and its parents are still open then. */
    final <T, X extends Exception> T call(ControlThread.Operation<T, X> operation) throws X {
        return control.call(() -> {
            requireAllOpen();
            return operation.run();
        });
    }

    /**
     * Throws unless this and its parents are open; on the control thread, for what another resource's operation needs too.
     *
     * @throws IllegalStateException if one of them is closed
     */
    final void requireAllOpen() {
        for (NativeResource resource = this; resource != null; resource = resource.parent) {
            resource.requireOpen();
        }
    }

    /**
     * Begins an operation during which this is not closed and no other operation begins, once what earlier ones have left
     * under way has ended.
     *
     * @throws IOException if the library fails to wait for that
     * @throws IllegalStateException if this is closed, or a callback of the library is calling
     */
    final void begin() throws IOException {
        beginBeside();
        try {
            settle();
        } catch (IOException | RuntimeException | Error e) {
            lock.unlock();
            throw e;
        }
    }

    /**
     * Begins an operation that may run beside what earlier ones have left under way.
     *
     * @throws IllegalStateException if this is closed, or a callback of the library is calling
     */
    final void beginBeside() {
        enter();
        if (closed) {
            lock.unlock();
            requireOpen();
        }
    }

    /** Waits for what operations have left under way; between a begin and {@link #end}, or while closing. */
    void settle() throws IOException {
        // Most operations leave nothing.
    }

    /** Ends an operation. */
    final void end() {
        lock.unlock();
    }

    /**
     * Begins an operation with two resources. Whatever they are called in it, their locks are taken in the same order, so
     * that two threads do not wait for each other.
     *
     * @throws IOException if the library fails to wait for what earlier ones have left under way
     * @throws IllegalStateException if one of them is closed, or a callback of the library is calling
     */
    static void beginBoth(NativeResource one, NativeResource other) throws IOException {
        if (one.number > other.number) {
            beginBoth(other, one);
            return;
        }
        one.begin();
        try {
            other.begin();
        } catch (IOException | RuntimeException | Error e) {
            one.end();
            throw e;
        }
    }

    /** Ends an operation with two resources. */
    static void endBoth(NativeResource one, NativeResource other) {
        one.end();
        other.end();
    }

    private void enter() {
        Callback.requireNone();
        lock.lock();
    }

    /** Whether this is closed, or being closed. */
    final boolean isClosed() {
        return closed;
    }

    /**
     * Throws if this is closed, or being closed.
     *
     * @throws IllegalStateException if it is
     */
    public final void requireOpen() {
        if (closed) {
            throw new IllegalStateException(this + " " + end);
        }
    }

    /**
     * Ends this because the library has taken it away; on the control thread, during an operation of this.
     *
     * @param how what has become of it, as the end of a sentence
     */
    final void loseHandle(String how) {
        end = how;
        closed = true;
        forget();
    }

    /** Takes this from what its parent has to close. */
    private void forget() {
        if (parent != null) {
            parent.children.remove(this);
        }
    }

    /**
     * Closes what was opened through this, the youngest first, and then this. Waits for all that is under way.
     * Everything is closed in any case; what failed is thrown at the end. Does nothing if it is closed already.
     *
     * @throws IOException if the library reports a failure
     * @throws IllegalStateException if called from a callback
     */
    public final void close() throws IOException {
        enter();
        try {
            if (closed) {
                return;
            }
            List<NativeResource> open = control.call(() -> {
                closed = true;
                return List.copyOf(children);
            });
            Failure failure = new Failure();
            for (NativeResource child : open.reversed()) {
                failure.collect(child::close);
            }
            // Here and not on the control thread, which others need meanwhile.
            failure.collect(this::settle);
            failure.collect(() -> control.call(() -> {
                forget();
                release();
                return this;
            }));
            failure.rethrow();
        } finally {
            lock.unlock();
        }
    }

    /** Gives it back to the library; once, on the control thread, after the children. */
    abstract void release() throws IOException;

    /** The first of several failures, with the others in it. */
    private static final class Failure {

        private interface Action {
            void run() throws IOException;
        }

        private @Nullable Throwable first;

        void collect(Action action) {
            try {
                action.run();
            } catch (IOException | RuntimeException | Error e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }

        void rethrow() throws IOException {
            if (first instanceof IOException e) {
                throw e;
            }
            if (first instanceof RuntimeException e) {
                throw e;
            }
            if (first instanceof Error e) {
                throw e;
            }
        }
    }
}
