/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.SectorRange;
import dev.vixdisklib.VixDiskLibException;
import dev.vixdisklib.raw.c.VixDiskLibCompletionCB;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a library does that keeps no rules itself: the callback is called as it would call it. */
class CompletionsTest {

    /** A field, since loggers can be collected. */
    private static final Logger LOGGER = Logger.getLogger("dev.vixdisklib");

    private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            log.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private final PoolMemory memory = new PoolMemory(512, 1);
    private final Lease lease = memory.tryLease().orElseThrow();
    private final RequestsInFlight requests = new RequestsInFlight();
    private final List<Long> told = new ArrayList<>();

    @BeforeEach
    void listen() {
        LOGGER.setUseParentHandlers(false);
        LOGGER.addHandler(handler);
    }

    @AfterEach
    void end() {
        LOGGER.removeHandler(handler);
        // Does not come back if a request counts for ever.
        requests.await();
        requests.giveBack();
        lease.release();
        memory.close();
    }

    private MemorySegment begin(CompletionHandler completionHandler) {
        lease.beginRequest();
        return requests.take().begin(requests, lease, completionHandler);
    }

    private static void callBack(MemorySegment number, long error) {
        VixDiskLibCompletionCB.invoke(Completions.STUB, number, error);
    }

    private static String unknown(MemorySegment number) {
        return "the library says that request " + Long.toUnsignedString(number.address())
                + " has ended, which is not in flight";
    }

    @Test
    void aCallbackTellsWhatAndWhen() {
        long before = System.nanoTime();
        MemorySegment number = begin((error, nanoTime) -> {
            told.add(error);
            assertThat(nanoTime - before).isNotNegative();
            assertThat(System.nanoTime() - nanoTime).isNotNegative();
        });
        callBack(number, 7);
        assertThat(told).containsExactly(7L);
        assertThat(log).isEmpty();
        assertThat(lease.segment().byteSize()).isEqualTo(512);
    }

    @Test
    void aSecondCallbackIsLoggedAndIgnoredAlsoWhenItsPlaceIsUsedAgain() {
        MemorySegment first = begin((error, nanoTime) -> told.add(error));
        callBack(first, 0);
        callBack(first, 1);
        MemorySegment second = begin((error, nanoTime) -> told.add(error));
        callBack(first, 2);
        assertThat(told).containsExactly(0L);
        assertThat(log).containsExactly(unknown(first), unknown(first));
        callBack(second, 3);
        assertThat(told).containsExactly(0L, 3L);
    }

    @Test
    void aCallbackForNothingIsLoggedAndIgnored() {
        List<MemorySegment> numbers = new ArrayList<>();
        for (long number : new long[] {0, 1, Long.MAX_VALUE, Long.MIN_VALUE, -1}) {
            numbers.add(MemorySegment.ofAddress(number));
        }
        numbers.forEach(number -> callBack(number, 0));
        assertThat(log)
                .containsExactlyElementsOf(
                        numbers.stream().map(CompletionsTest::unknown).toList());
    }

    @Test
    void whatAHandlerThrowsStaysInJavaAndTheRequestEnds() {
        for (Error thrown : List.of(new AssertionError("a test"), new StackOverflowError("a test"))) {
            callBack(
                    begin((error, nanoTime) -> {
                        throw thrown;
                    }),
                    0);
            requests.await();
            assertThat(lease.segment().byteSize()).isEqualTo(512);
        }
    }

    @Test
    void aRequestThatIsNotAcceptedIsNotInFlight() {
        RequestsInFlight mine = new RequestsInFlight();
        lease.beginRequest();
        AsyncRequest request = mine.take();
        MemorySegment number = request.begin(mine, lease, (error, nanoTime) -> told.add(error));
        assertThat(request.withdraw(number)).isTrue();
        mine.await();
        callBack(number, 0);
        assertThat(request.withdraw(number)).isFalse();
        assertThat(told).isEmpty();
        assertThat(log).containsExactly(unknown(number));
        mine.giveBack();
    }

    @Test
    void placesAreUsedAgainAndNumbersDiffer() {
        AtomicInteger ended = new AtomicInteger();
        List<Long> numbers = new ArrayList<>();
        PoolMemory many = new PoolMemory(512, 200);
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Lease each = many.tryLease().orElseThrow();
            leases.add(each);
            each.beginRequest();
            numbers.add(requests.take()
                    .begin(requests, each, (error, nanoTime) -> ended.incrementAndGet())
                    .address());
        }
        assertThat(numbers).doesNotHaveDuplicates().doesNotContain(0L);
        numbers.forEach(number -> callBack(MemorySegment.ofAddress(number), 0));
        assertThat(ended).hasValue(200);
        List<Long> places = numbers.stream().map(number -> number & 0xffffff).toList();
        for (int i = 0; i < 200; i++) {
            lease.beginRequest();
            MemorySegment number = requests.take().begin(requests, lease, (error, nanoTime) -> {});
            assertThat(places).contains(number.address() & 0xffffff);
            callBack(number, 0);
        }
        leases.forEach(Lease::release);
        many.close();
        assertThat(log).isEmpty();
    }

    @Test
    void neitherAcceptedNorRefusedIsAnErrorOfItsOwn() {
        VixDiskLibException refusal =
                NativeCalls.refusal(0, NativeFunction.READ_ASYNC, "a.vmdk", new SectorRange(8, 4), false, 0);
        assertThat(refusal)
                .hasMessage("ReadAsync of sectors 8..11 of a.vmdk: the library has neither accepted nor refused it"
                        + " [VIX_OK (0)]");
    }
}
