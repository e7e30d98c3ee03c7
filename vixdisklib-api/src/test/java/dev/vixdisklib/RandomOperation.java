/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.UsedThings.Shelf;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;

/**
 * One operation of a {@link RandomUser}: what is chosen decides a seed, and what it is done with is mostly right and now and
 * then wrong.
 */
@SuppressWarnings("NullAway") // null is one of the wrong things
abstract class RandomOperation {

    /** Wrong ones, mostly. */
    static final List<Long> NUMBERS = List.of(
            -1L,
            0L,
            1L,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            Long.MAX_VALUE / 512,
            1L << 32,
            (1L << 31) - 1,
            -512L,
            511L,
            1L << 55);

    final UsedThings things;
    final Random random;
    private boolean gaveNull;

    RandomOperation(UsedThings things, Random random) {
        this.things = things;
        this.random = random;
    }

    /** What callbacks throw. */
    static final class Thrown extends RuntimeException {
        private static final long serialVersionUID = 1;

        Thrown() {
            super("thrown by a callback");
        }
    }

    /** Does something of the kinds that there are here, from 0. */
    abstract void run(int kind) throws Exception;

    /** Whether null was used. */
    final boolean gaveNull() {
        return gaveNull;
    }

    static void close(Optional<? extends AutoCloseable> old) throws Exception {
        if (old.isPresent()) {
            old.get().close();
        }
    }

    static void closeQuietly(AutoCloseable thing) {
        try {
            thing.close();
        } catch (Exception e) {
            throw new Thrown();
        }
    }

    // With what it is done

    /** The thing, or now and then null. */
    final <T> T or(T thing) {
        if (random.nextInt(60) == 0 || thing == null) {
            gaveNull = true;
            return null;
        }
        return thing;
    }

    final <T> T oneOf(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    /** Mostly from 0 up to a limit, else something wrong. */
    final long number(long limit) {
        return random.nextInt(8) == 0 ? oneOf(NUMBERS) : (long) (random.nextDouble() * (limit + 1));
    }

    final Connection connection() {
        return or(things.connections.any(random));
    }

    final Disk disk() {
        return or(open(things.disks, disk -> disk.handle().bytes().isOpen()));
    }

    /** Mostly one that is open: otherwise it would be refusals that are tried, and little else. */
    final <T> T open(Shelf<T> shelf, Predicate<T> isOpen) {
        T thing = shelf.any(random);
        for (int i = random.nextInt(20); i > 0 && !isOpen.test(thing); i--) {
            thing = shelf.any(random);
        }
        return thing;
    }

    final Path path() {
        return switch (random.nextInt(16)) {
            case 0 -> Path.of("");
            case 1 -> things.directory;
            case 2 -> Path.of(URI.create("jrt:/java.base"));
            case 3 -> things.directory.resolve("x".repeat(5000));
            case 4, 5 -> things.local(UsedThings.DISKS);
            case 6, 7, 8 -> temporary();
            default -> things.local(random.nextInt(UsedThings.DISKS));
        };
    }

    final Path temporary() {
        return things.directory.resolve("new" + random.nextInt(4) + ".vmdk");
    }

    final String text() {
        return switch (random.nextInt(10)) {
            case 0 -> "";
            case 1 -> "a\0b";
            case 2 -> "\ud800";
            case 3 -> "x".repeat(random.nextInt(3000));
            case 4 -> "adapterType";
            case 5 -> "=\n\"";
            default -> "note" + random.nextInt(4);
        };
    }

    final SectorRange range() {
        return new SectorRange(number(2000), number(1000));
    }

    final SectorSet set() {
        return SectorSet.of(or(new SectorRange(number(2000), random.nextInt(100))), range());
    }
}
