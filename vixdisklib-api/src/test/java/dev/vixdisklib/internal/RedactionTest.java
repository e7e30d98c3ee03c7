/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static org.assertj.core.api.Assertions.assertThat;

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

    @Test
    void aSecretIsTakenOutAsLongAsItsScopeIsOpen() {
        char[] secret = "hunter2!".toCharArray();
        try (Redaction.Scope scope = Redaction.of(secret)) {
            // The caller wipes its array when it likes.
            Arrays.fill(secret, ' ');
            assertThat(scope).isNotNull();
            assertThat(Redaction.redacted("logging in with hunter2! and hunter2!"))
                    .isEqualTo("logging in with" + " [redacted] and [redacted]");
            assertThat(Redaction.redacted("xhunter2!y hunter2")).isEqualTo("x[redacted]y hunter2");
        }
        assertThat(Redaction.redacted("logging in with hunter2!")).isEqualTo("logging in with hunter2!");
    }

    @Test
    void nothingOfASecretStaysBehind() {
        Redaction.Scope scope = Redaction.of("a&<b> \u00e9".toCharArray());
        List<char[]> copies = List.copyOf(scope.forms);
        assertThat(copies).hasSize(3).allSatisfy(copy -> assertThat(copy).contains('a'));
        scope.close();
        assertThat(copies).allSatisfy(copy -> assertThat(copy).containsOnly('\0'));
        scope.close();
    }

    @Test
    void aSecretIsTakenOutInTheFormsThatItIsSentIn() {
        try (Redaction.Scope scope = Redaction.of("a&<b>'\" \u00e9/".toCharArray())) {
            assertThat(scope).isNotNull();
            assertThat(Redaction.redacted("x a&<b>'\" \u00e9/ y")).isEqualTo("x [redacted] y");
            assertThat(Redaction.redacted("x a&amp;&lt;b&gt;&apos;&quot; \u00e9/ y"))
                    .isEqualTo("x [redacted] y");
            assertThat(Redaction.redacted("x a%26%3Cb%3E%27%22%20%C3%A9%2F y")).isEqualTo("x [redacted] y");
        }
    }

    @Test
    void secretsThatOverlapAreTakenOutWhole() {
        try (Redaction.Scope scope = Redaction.of("abcdef".toCharArray(), "defghi".toCharArray(), new char[0])) {
            assertThat(scope).isNotNull();
            assertThat(Redaction.redacted("1abcdefghi2")).isEqualTo("1[redacted]2");
        }
        try (Redaction.Scope scope = Redaction.of("aaaa".toCharArray())) {
            assertThat(scope).isNotNull();
            assertThat(Redaction.redacted("aaaaaa b")).isEqualTo("[redacted] b");
        }
    }

    @Test
    void aShortSecretIsTakenOutWhereItStandsAlone() {
        try (Redaction.Scope scope = Redaction.of("it".toCharArray())) {
            assertThat(scope).isNotNull();
            assertThat(Redaction.redacted("with 'it', it waits")).isEqualTo("with '[redacted]', [redacted] waits");
        }
    }

    @Test
    void aSecretWithBlanksAfterItsNameIsTakenOutWhole() {
        try (Redaction.Scope scope = Redaction.of("correct horse, battery".toCharArray())) {
            assertThat(scope).isNotNull();
            assertThat(Redaction.redacted("password=correct horse, battery; user=a"))
                    .isEqualTo("password=[redacted] user=a");
        }
    }

    @Test
    void scopesOfSeveralThreadsDoNotDisturbEachOther() throws Exception {
        List<Callable<Boolean>> work = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String secret = "secret-of-" + i;
            work.add(() -> {
                for (int round = 0; round < 2_000; round++) {
                    try (Redaction.Scope scope = Redaction.of(secret.toCharArray())) {
                        assertThat(scope).isNotNull();
                        assertThat(Redaction.redacted("a " + secret + " b")).isEqualTo("a [redacted] b");
                    }
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
