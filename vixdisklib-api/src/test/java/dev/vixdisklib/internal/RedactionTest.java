/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Secrets of calls that are under way. Those that have names are in LogTest. */
class RedactionTest {

    private interface Work {
        void run();
    }

    /** Does something while secrets are secret. */
    private static void during(Work work, String... secrets) {
        try (Arena arena = Arena.ofShared();
                Redaction.Scope scope = Redaction.of(
                        arena, Arrays.stream(secrets).map(arena::allocateFrom).toArray(MemorySegment[]::new))) {
            assertThat(scope).isNotNull();
            work.run();
        }
    }

    private static void assertRedacted(String text, String redacted) {
        assertThat(Redaction.redacted(text)).isEqualTo(redacted);
    }

    @Test
    void aSecretIsTakenOutAsLongAsItsScopeIsOpen() {
        during(
                () -> {
                    assertRedacted(
                            "logging in with hunter2! and hunter2!", "logging in with [redacted] and [redacted]");
                    assertRedacted("xhunter2!y hunter2", "x[redacted]y hunter2");
                    assertRedacted("hunter2!", "[redacted]");
                    assertRedacted("caf\u00e9 \ud83d\ude00hunter2!\u4e2d", "caf\u00e9 \ud83d\ude00[redacted]\u4e2d");
                    assertRedacted("nothing of it \ud83d", "nothing of it \ud83d");
                },
                "hunter2!");
        assertRedacted("logging in with hunter2!", "logging in with hunter2!");
    }

    @Test
    void nothingOfASecretStaysBehind() {
        try (Arena arena = Arena.ofShared()) {
            List<MemorySegment> made = new ArrayList<>();
            Redaction.Scope scope = Redaction.of(
                    new Arena() {
                        @Override
                        public MemorySegment allocate(long bytes, long alignment) {
                            MemorySegment segment = arena.allocate(bytes, alignment);
                            made.add(segment);
                            return segment;
                        }

                        @Override
                        public MemorySegment.Scope scope() {
                            return arena.scope();
                        }

                        @Override
                        public void close() {}
                    },
                    arena.allocateFrom("a&<b> \u00e9"));
            MemorySegment zeros = arena.allocate(100);
            assertThat(made)
                    .hasSize(2)
                    .noneMatch(segment -> segment.mismatch(zeros.asSlice(0, segment.byteSize())) < 0);
            assertThat(Redaction.knowsNone()).isFalse();
            scope.close();
            assertThat(Redaction.knowsNone()).isTrue();
            assertThat(made).allMatch(segment -> segment.mismatch(zeros.asSlice(0, segment.byteSize())) < 0);
            scope.close();
        }
    }

    @Test
    void aSecretIsTakenOutInTheFormsThatItIsSentIn() {
        during(
                () -> {
                    assertRedacted("x a&<b>'\" \u00e9/ y", "x [redacted] y");
                    assertRedacted("x a&amp;&lt;b&gt;&apos;&quot; \u00e9/ y", "x [redacted] y");
                    assertRedacted("x a%26%3Cb%3E%27%22%20%C3%A9%2F y", "x [redacted] y");
                },
                "a&<b>'\" \u00e9/");
    }

    @Test
    void secretsThatOverlapAreTakenOutWhole() {
        during(() -> assertRedacted("1abcdefghi2", "1[redacted]2"), "abcdef", "defghi", "");
        during(() -> assertRedacted("aaaaaa b", "[redacted] b"), "aaaa");
    }

    @Test
    void aShortSecretIsTakenOutWhereItStandsAlone() {
        during(() -> assertRedacted("with 'it', it waits", "with '[redacted]', [redacted] waits"), "it");
    }

    @Test
    void aSecretWithBlanksAfterItsNameIsTakenOutWhole() {
        during(
                () -> assertRedacted("password=correct horse, battery; user=a", "password=[redacted] user=a"),
                "correct horse, battery");
    }

    @Test
    void scopesOfSeveralThreadsDoNotDisturbEachOther() throws Exception {
        List<Callable<Boolean>> work = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String secret = "secret-of-" + i;
            work.add(() -> {
                for (int round = 0; round < 500; round++) {
                    during(() -> assertRedacted("a " + secret + " b", "a [redacted] b"), secret);
                }
                return true;
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (Future<Boolean> done : threads.invokeAll(work)) {
                assertThat(done.get(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }
}
