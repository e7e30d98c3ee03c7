/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BufferPoolTest extends AsyncDisks {

    BufferPoolTest() throws IOException {}

    @Test
    void buffersAreAlignedZeroedNativeAndApart() throws Exception {
        try (BufferPool pool = BufferPool.of(Sectors.toBytes(3), 20)) {
            assertThat(pool.bufferBytes()).isEqualTo(1536);
            assertThat(pool.count()).isEqualTo(20);
            Set<Long> addresses = new HashSet<>();
            for (int i = 0; i < 20; i++) {
                PooledBuffer buffer = pool.lease();
                MemorySegment segment = buffer.segment();
                assertThat(buffer.pool()).isSameAs(pool);
                assertThat(buffer.sectors()).isEqualTo(3);
                assertThat(segment.byteSize()).isEqualTo(1536);
                assertThat(segment.isNative()).isTrue();
                assertThat(segment.address() % 4096).isZero();
                assertThat(segment.toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
                segment.fill((byte) 1);
                addresses.add(segment.address());
            }
            assertThat(addresses).hasSize(20);
            assertThat(pool.tryLease()).isEmpty();
        }
    }

    @Test
    void sizesThatAreNoneAreRefused() {
        for (long bytes : new long[] {Long.MIN_VALUE, -512, 0, 1, 511, 513, Long.MAX_VALUE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BufferPool.of(bytes, 1))
                    .withMessage("a buffer needs one or more whole sectors of 512 bytes, and not " + bytes + " bytes");
        }
        for (int count : new int[] {Integer.MIN_VALUE, -1, 0}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BufferPool.of(512, count))
                    .withMessage("a pool needs at least one buffer, not " + count);
        }
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> BufferPool.of(1L << 40, Integer.MAX_VALUE));
    }

    @Test
    void theBeginningOfABufferIsOfSectors() throws Exception {
        try (BufferPool pool = BufferPool.of(Sectors.toBytes(3), 1);
                PooledBuffer buffer = pool.lease()) {
            for (long count = 1; count <= 3; count++) {
                assertThat(buffer.segment(count).byteSize()).isEqualTo(Sectors.toBytes(count));
                assertThat(buffer.segment(count).address())
                        .isEqualTo(buffer.segment().address());
            }
            for (long count : new long[] {Long.MIN_VALUE, 0, 4, Long.MAX_VALUE}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> buffer.segment(count))
                        .withMessage("the buffer has 1 to 3 sectors, not " + count);
            }
        }
    }

    @Test
    void aReleasedBufferIsLeasedAgainAndItsFirstUserCannotHaveIt() throws Exception {
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 1)) {
            PooledBuffer first = pool.lease();
            long address = first.segment().address();
            first.close();
            PooledBuffer second = pool.lease();
            first.close();
            assertThat(second.segment().address()).isEqualTo(address);
            assertThat(pool.tryLease()).isEmpty();
            assertThatIllegalStateException()
                    .isThrownBy(first::segment)
                    .withMessage("the buffer was released to its pool; lease another one");
            second.close();
            assertThat(pool.tryLease()).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leasingWaitsForABuffer(boolean virtual) throws Exception {
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 1)) {
            PooledBuffer first = pool.lease();
            List<Background<PooledBuffer>> waiting = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                waiting.add((virtual ? Background.startVirtual(pool::lease) : Background.start(pool::lease))
                        .awaitWaiting());
            }
            first.close();
            for (Background<PooledBuffer> each : waiting) {
                each.join().close();
            }
        }
    }

    @Test
    void waitingForABufferCanBeInterrupted() throws Exception {
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 1)) {
            PooledBuffer only = pool.lease();
            Background<PooledBuffer> waiting = Background.start(pool::lease).awaitWaiting();
            waiting.thread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(waiting::join);
            only.close();
            pool.lease().close();
        }
    }

    @Test
    void aClosedPoolLeasesNothingAndWhoWaitsIsTold() throws Exception {
        BufferPool pool = BufferPool.of(Sectors.SIZE, 1);
        PooledBuffer only = pool.lease();
        Background<PooledBuffer> waiting = Background.start(pool::lease).awaitWaiting();
        pool.close();
        pool.close();
        String closed = "the pool of 1 buffer of 512 bytes is closed";
        assertThatIllegalStateException().isThrownBy(waiting::join).withMessage(closed);
        assertThatIllegalStateException().isThrownBy(pool::lease).withMessage(closed);
        assertThatIllegalStateException().isThrownBy(pool::tryLease).withMessage(closed);
        // What is leased can be used to the end.
        Disk disk = host.openDisk(disk("disk.vmdk"));
        await(disk.readAsync(0, only));
        MemorySegment kept = only.segment();
        assertThat(kept.get(ValueLayout.JAVA_BYTE, 0)).isZero();
        only.close();
        assertThatIllegalStateException().isThrownBy(() -> kept.get(ValueLayout.JAVA_BYTE, 0));
        assertThatIllegalStateException()
                .isThrownBy(() -> disk.read(0, kept))
                .withMessage("the arena of the buffer is closed");
        assertThatIllegalStateException().isThrownBy(() -> disk.readAsync(0, only));
    }

    @Test
    void aBufferThatIsClosedInFlightComesBackWhenItsRequestHasEnded() throws Exception {
        hold();
        Disk disk = host.openDisk(disk("disk.vmdk"));
        try (BufferPool pool = BufferPool.of(Sectors.SIZE, 1)) {
            PooledBuffer buffer = pool.lease();
            buffer.segment().fill((byte) 5);
            CompletableFuture<PooledBuffer> write = disk.writeAsync(0, buffer);
            fake.awaitHeldAsync(1);
            buffer.close();
            buffer.close();
            assertThat(pool.tryLease()).isEmpty();
            Background<PooledBuffer> next = Background.start(pool::lease).awaitWaiting();
            letGo();
            assertThat(await(write)).isSameAs(buffer);
            assertThatIllegalStateException().isThrownBy(buffer::segment);
            next.join().close();
        }
        assertThat(read(disk, 0, 1)).containsOnly(5);
    }

    @Test
    void memoryIsKeptUntilTheLastRequestHasEnded() throws Exception {
        hold();
        Disk disk = host.openDisk(disk("disk.vmdk"));
        BufferPool pool = BufferPool.of(Sectors.SIZE, 2);
        PooledBuffer buffer = pool.lease();
        MemorySegment kept = buffer.segment();
        CompletableFuture<PooledBuffer> read = disk.readAsync(0, buffer);
        fake.awaitHeldAsync(1);
        buffer.close();
        pool.close();
        System.gc();
        assertThat(kept.scope().isAlive()).isTrue();
        letGo();
        await(read);
        awaitFreed(kept);
    }

    /** Freed by a thread of its own, since the library's must not wait. */
    private static void awaitFreed(MemorySegment segment) {
        long deadline = System.nanoTime() + Background.PATIENCE.toNanos();
        while (segment.scope().isAlive()) {
            assertThat(System.nanoTime()).as("is not freed").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void memoryIsKeptWhileASynchronousReadIsUsingIt() throws Exception {
        Disk disk = host.openDisk(disk("disk.vmdk"));
        BufferPool pool = BufferPool.of(Sectors.SIZE, 1);
        PooledBuffer buffer = pool.lease();
        MemorySegment kept = buffer.segment();
        fake.holdReads(true);
        Background<Boolean> reading = Background.start(() -> {
            disk.read(0, kept);
            return true;
        });
        fake.awaitHeldReads(1);
        buffer.close();
        pool.close();
        assertThat(kept.scope().isAlive()).isTrue();
        fake.holdReads(false);
        assertThat(reading.join()).isTrue();
        awaitFreed(kept);
    }

    @Test
    void aForgottenBufferIsReportedAndReplaced() throws Exception {
        try (LogLines log = LogLines.of("dev.vixdisklib");
                BufferPool pool = BufferPool.of(Sectors.toBytes(11), 1)) {
            MemorySegment kept = forget(pool);
            PooledBuffer next = leaseAfterCollection(pool);
            awaitWarning(log, "a buffer of 5632 bytes of a pool");
            // Whoever has kept the segment and forgotten the buffer shares it with nobody.
            next.segment().fill((byte) 2);
            assertThat(kept.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 1);
            next.close();
            // And the next one is that which was closed.
            assertThat(pool.lease().segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 2);
        }
    }

    /** In a method of its own, so that nothing on the stack holds the buffer. */
    private static MemorySegment forget(BufferPool pool) throws InterruptedException {
        return pool.lease().segment().fill((byte) 1);
    }

    private static PooledBuffer leaseAfterCollection(BufferPool pool) {
        long deadline = System.nanoTime() + Background.PATIENCE.toNanos();
        while (true) {
            Optional<PooledBuffer> buffer = pool.tryLease();
            if (buffer.isPresent()) {
                return buffer.get();
            }
            assertThat(System.nanoTime()).as("does not come back").isLessThan(deadline);
            System.gc();
        }
    }

    private static void awaitWarning(LogLines log, String forgotten) {
        long deadline = System.nanoTime() + Background.PATIENCE.toNanos();
        while (count(log, forgotten) == 0) {
            assertThat(System.nanoTime()).as("is not reported").isLessThan(deadline);
            System.gc();
        }
        assertThat(count(log, forgotten)).isEqualTo(1);
    }

    private static long count(LogLines log, String forgotten) {
        return log.texts(Level.WARNING).stream()
                .filter((forgotten + " was never closed; use try-with-resources")::equals)
                .count();
    }

    @Test
    void aBufferThatIsForgottenInFlightComesBackAfterItsRequest() throws Exception {
        hold();
        Disk disk = host.openDisk(disk("disk.vmdk"));
        try (LogLines log = LogLines.of("dev.vixdisklib");
                BufferPool pool = BufferPool.of(Sectors.toBytes(12), 1)) {
            forgetInFlight(disk, pool);
            fake.awaitHeldAsync(1);
            for (int i = 0; i < 5; i++) {
                System.gc();
                assertThat(pool.tryLease()).isEmpty();
            }
            assertThat(count(log, "a buffer of 6144 bytes of a pool")).isZero();
            letGo();
            leaseAfterCollection(pool).close();
            awaitWarning(log, "a buffer of 6144 bytes of a pool");
        }
        assertThat(read(disk, 0, 12)).containsOnly(6);
    }

    private static void forgetInFlight(Disk disk, BufferPool pool) throws InterruptedException {
        PooledBuffer buffer = pool.lease();
        buffer.segment().fill((byte) 6);
        assertThat(disk.writeAsync(0, buffer)).isNotDone();
    }

    @Test
    void aForgottenPoolIsReportedAndFreed() throws Exception {
        try (LogLines log = LogLines.of("dev.vixdisklib")) {
            MemorySegment kept = forgetPool(13);
            awaitWarning(log, "a buffer of 6656 bytes of a pool");
            awaitWarning(log, "the pool of 3 buffers of 6656 bytes");
            awaitFreed(kept);
        }
    }

    private static MemorySegment forgetPool(long sectors) throws InterruptedException {
        return BufferPool.of(Sectors.toBytes(sectors), 3).lease().segment();
    }

    @Test
    void whatIsClosedIsNotReported() throws Exception {
        try (LogLines log = LogLines.of("dev.vixdisklib")) {
            for (int i = 0; i < 1000; i++) {
                try (BufferPool pool = BufferPool.of(Sectors.toBytes(14), 1);
                        PooledBuffer buffer = pool.lease()) {
                    assertThat(buffer.sectors()).isEqualTo(14);
                }
            }
            // Of what is forgotten later, the log tells later.
            MemorySegment kept = forgetPool(15);
            awaitWarning(log, "the pool of 3 buffers of 7680 bytes");
            awaitFreed(kept);
            assertThat(count(log, "a buffer of 7168 bytes of a pool")).isZero();
            assertThat(count(log, "the pool of 1 buffer of 7168 bytes")).isZero();
        }
    }
}
