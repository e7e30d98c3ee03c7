/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Many threads that do everything at once, right and wrong, with things that others close under them.
 *
 * <p>The system property {@code vixdisklib.operations} says how many operations they do in all.
 */
class RandomUseTest extends TestServers {

    private static final int OPERATIONS = Integer.getInteger("vixdisklib.operations", 20_000);
    private static final int THREADS = 12;

    /** Much longer than an operation takes. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<RandomUser> users = new ArrayList<>();
    private final UsedThings things = new UsedThings(lib, host, fake);
    private final Logger nativeLogger = Logger.getLogger("dev.vixdisklib.native");
    private final Logger logger = Logger.getLogger("dev.vixdisklib");
    private final BadHandler handler = new BadHandler();
    private final PrintStream err = System.err;

    /** What the handler has found. */
    private final AtomicReference<@Nullable Throwable> disorder = new AtomicReference<>();

    RandomUseTest() throws IOException {}

    /** Throws now and then, and uses the API where that is not allowed, and where it is. */
    private final class BadHandler extends Handler {

        private final AtomicInteger lines = new AtomicInteger();
        private final ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);

        @Override
        public void publish(LogRecord line) {
            if (inside.get()) {
                return;
            }
            inside.set(true);
            try {
                badly(lines.incrementAndGet());
                if (nativeLogger.getName().equals(line.getLoggerName())) {
                    useStreams(lines.get());
                }
            } finally {
                inside.set(false);
            }
        }

        private void badly(int number) {
            if (number % 5 == 0) {
                throw new RandomOperation.Thrown();
            }
            if (number % 17 == 0) {
                try {
                    host.openDisk(directory.resolve("missing.vmdk")).close();
                } catch (IOException | IllegalStateException e) {
                    // As it should be.
                }
            }
        }

        /** In a callback of the library, which waits for nothing. */
        private void useStreams(int number) {
            List<DiskReader> readers = things.readers.all();
            List<DiskWriter> writers = things.writers.all();
            if (readers.isEmpty() || writers.isEmpty()) {
                return;
            }
            DiskReader reader = readers.get(number % readers.size());
            DiskWriter writer = writers.get(number % writers.size());
            try {
                switch (number % 50) {
                    case 1 -> RandomStreams.requireRefused(reader::next);
                    case 2 -> RandomStreams.requireRefused(reader);
                    case 3 -> RandomStreams.requireRefused(writer::chunk);
                    case 4 -> RandomStreams.requireRefused(writer::finish);
                    case 6 -> RandomStreams.requireRefused(writer);
                    case 7 -> things.chunks.all().forEach(Chunk::close);
                    default -> {}
                }
            } catch (AssertionError e) {
                disorder.compareAndSet(null, e);
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @Test
    void whateverIsDoneEndsInOrder() {
        atRandom(random -> {
            // Where it is told of each failure of the handler.
            System.setErr(new PrintStream(OutputStream.nullOutputStream()));
            nativeLogger.setLevel(Level.ALL);
            logger.addHandler(handler);
            things.prepare(directory, random);
            List<Thread> threads = things.threads;
            for (int i = 0; i < THREADS; i++) {
                RandomUser user = new RandomUser(things, random.nextLong(), OPERATIONS / THREADS);
                users.add(user);
                threads.add(
                        i % 3 == 0
                                ? Thread.ofVirtual().unstarted(user)
                                : Thread.ofPlatform().daemon().unstarted(user));
            }
            threads.forEach(Thread::start);
            long began = System.nanoTime();
            for (int i = 0; i < THREADS; i++) {
                await(threads.get(i));
            }
            long millis = (System.nanoTime() - began) / 1_000_000;
            users.forEach(RandomUser::requireOrderly);
            assertThat(disorder).hasNullValue();
            long[] successes = IntStream.range(0, RandomUser.KINDS)
                    .mapToLong(kind -> users.stream()
                            .mapToLong(user -> user.successes(kind))
                            .sum())
                    .toArray();
            System.out.println(OPERATIONS + " operations in " + millis + " ms; of each kind without an exception: "
                    + Arrays.toString(successes));
            if (OPERATIONS >= 60_000) {
                // Otherwise something is never tried for real.
                assertThat(successes).doesNotContain(0);
            }
        });
    }

    /** Waits for the end of a thread, and meanwhile lets all go on that the fake holds back. */
    private void await(Thread thread) throws InterruptedException {
        long[] done = new long[THREADS];
        long[] since = new long[THREADS];
        while (!thread.join(Duration.ofMillis(20))) {
            things.letGo();
            long now = System.nanoTime();
            for (int i = 0; i < THREADS; i++) {
                if (since[i] == 0 || users.get(i).done() != done[i]) {
                    done[i] = users.get(i).done();
                    since[i] = now;
                } else if (things.threads.get(i).isAlive() && now - since[i] > PATIENCE.toNanos()) {
                    throw new AssertionError(users.get(i) + " does not end\n" + dump());
                }
            }
        }
    }

    /** What all threads are doing, virtual ones too. */
    private String dump() {
        StringBuilder text = new StringBuilder();
        Map<Thread, StackTraceElement[]> stacks = Thread.getAllStackTraces();
        for (Thread thread : things.threads) {
            stacks.putIfAbsent(thread, thread.getStackTrace());
        }
        stacks.forEach((thread, stack) -> {
            text.append(thread).append(' ').append(thread.getState()).append('\n');
            for (StackTraceElement frame : stack) {
                text.append("    ").append(frame).append('\n');
            }
        });
        return text.toString();
    }

    /** Also what has been replaced and forgotten. */
    @AfterEach
    void closeAll() throws Exception {
        System.setErr(err);
        logger.removeHandler(handler);
        nativeLogger.setLevel(null);
        // What never ends must not keep the test from telling so.
        Background.start(() -> {
                    things.closeAll();
                    things.awaitStreams();
                    return true;
                })
                .join();
        fake.setAsync(0, 0);
    }
}
