/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Someone who does everything, in an order that a seed decides, and takes orderly refusals only. Every operation has a seed
 * of its own: how it goes depends on the others, but not what is tried next.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // of the one thread that does the operations
final class RandomUser implements Runnable {

    /** How many kinds of operations there are. */
    static final int KINDS = RandomLibraries.KINDS + RandomDisks.KINDS + RandomTransfers.KINDS + RandomStreams.KINDS;

    private final List<Group> groups;
    private final Random seeds;
    private final int operations;
    private final RandomTransfers.OwnMemory ownMemory = new RandomTransfers.OwnMemory();

    // What is being done.
    private volatile long seed;
    private volatile int kind;
    private volatile int done;
    private final AtomicLongArray successes = new AtomicLongArray(KINDS);
    private volatile @Nullable Throwable disorder;

    RandomUser(UsedThings things, long seed, int operations) {
        this.groups = List.of(
                new Group(RandomLibraries.KINDS, random -> new RandomLibraries(things, random)),
                new Group(RandomDisks.KINDS, random -> new RandomDisks(things, random)),
                new Group(RandomTransfers.KINDS, random -> new RandomTransfers(things, random, ownMemory)),
                new Group(RandomStreams.KINDS, random -> new RandomStreams(things, random)));
        this.seeds = new Random(seed);
        this.operations = operations;
    }

    /** Some of the kinds of operations. */
    private record Group(int kinds, Function<Random, RandomOperation> operation) {}

    int done() {
        return done;
    }

    /** How many operations of a kind were done without an exception. */
    long successes(int which) {
        return successes.get(which);
    }

    void requireOrderly() {
        if (disorder != null) {
            throw new AssertionError("after " + this, disorder);
        }
    }

    @Override
    public String toString() {
        return "operation " + done + " of kind " + kind + " with the seed " + seed;
    }

    @Override
    public void run() {
        try {
            while (done < operations) {
                operate();
                done++;
            }
        } catch (Throwable e) {
            disorder = e;
        } finally {
            ownMemory.close();
        }
    }

    private void operate() {
        seed = seeds.nextLong();
        Random random = new Random(seed);
        kind = random.nextInt(KINDS);
        int kindOfGroup = kind;
        int group = 0;
        while (kindOfGroup >= groups.get(group).kinds()) {
            kindOfGroup -= groups.get(group).kinds();
            group++;
        }
        RandomOperation operation = groups.get(group).operation().apply(random);
        try {
            if (random.nextInt(4) == 0) {
                Thread.interrupted();
            }
            operation.run(kindOfGroup);
            successes.incrementAndGet(kind);
        } catch (Exception e) {
            if (!isOrderly(e, operation.gaveNull())) {
                throw new AssertionError("not an orderly refusal", e);
            }
        }
    }

    private static boolean isOrderly(Throwable e, boolean gaveNull) {
        if (e instanceof CompletionException) {
            return e.getCause() != null && isOrderly(e.getCause(), gaveNull);
        }
        if (e instanceof NullPointerException) {
            return gaveNull;
        }
        boolean refusal = e instanceof IOException
                || e instanceof UncheckedIOException
                || e instanceof InterruptedException
                || e instanceof RandomOperation.Thrown
                || e instanceof IllegalStateException
                || e instanceof IllegalArgumentException
                || e.getClass() == IndexOutOfBoundsException.class
                || e instanceof UnsupportedOperationException
                || e instanceof WrongThreadException;
        return refusal
                && (isOfJdk(e)
                        || e instanceof InterruptedException
                        || (e.getMessage() != null && !e.getMessage().isBlank()));
    }

    /** Whether the JDK has thrown it, which often says nothing. */
    private static boolean isOfJdk(Throwable e) {
        StackTraceElement[] stack = e.getStackTrace();
        return stack.length != 0 && stack[0].getClassName().startsWith("java.");
    }
}
