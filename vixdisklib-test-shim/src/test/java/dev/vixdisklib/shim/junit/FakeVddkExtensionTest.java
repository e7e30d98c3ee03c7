/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeSession;
import dev.vixdisklib.shim.FakeSetup;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.Inventory;
import example.Vddk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FakeVddkExtensionTest {

    private static final List<Path> FOLDERS = new ArrayList<>();

    @FakeVddkTest
    static class EachHasASession {
        @BeforeEach
        void before(FakeSession session) {
            session.setInventory(
                    Inventory.builder().datastore("ds1", "datastore-1").build());
        }

        @Test
        void first(FakeSession session, FakeControl control) {
            assertThat(control).isSameAs(session.control());
            assertThat(session.folder().resolve("ds1")).isEmptyDirectory();
            session.createDisk("[ds1] a.vmdk", new byte[1]);
            FOLDERS.add(session.folder());
        }

        @Test
        void second(FakeSession session) {
            assertThat(session.folder().resolve("ds1")).isEmptyDirectory();
            session.createDisk("[ds1] a.vmdk", new byte[1]);
            FOLDERS.add(session.folder());
        }

        @Nested
        class Inside {
            @Test
            void third(FakeSession session) {
                FOLDERS.add(session.folder());
            }
        }

        @AfterEach
        void after(FakeSession session) {
            assertThat(session.folder()).isDirectory();
        }
    }

    @Test
    void gives_each_test_a_session_of_its_own() {
        FOLDERS.clear();
        TestRun run = TestRun.of(EachHasASession.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.succeeded()).isEqualTo(3);
        assertThat(FOLDERS)
                .doesNotHaveDuplicates()
                .hasSize(3)
                .noneMatch(folder -> folder.toFile().exists());
    }

    @FakeVddkTest
    static class OneLeaks {
        static final Vddk LIBRARY = new Vddk(FakeVddk.directory(), null);

        @Test
        void leaks() {
            LIBRARY.connectLocal();
        }

        @Test
        void does_not_leak() {
            LIBRARY.connectLocal().close();
        }
    }

    @Test
    void fails_the_test_that_leaks_and_no_other() {
        TestRun run = TestRun.of(OneLeaks.class);
        OneLeaks.LIBRARY.close();

        assertThat(run.succeeded()).isEqualTo(1);
        assertThat(run.failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure)
                        .isInstanceOf(AssertionError.class)
                        .hasMessageContaining("not given back: 1 connections"));
    }

    @FakeVddkTest
    static class FailsAndLeaks {
        static final Vddk LIBRARY = new Vddk(FakeVddk.directory(), null);

        @Test
        void fails() {
            LIBRARY.connectLocal();
            throw new IllegalStateException("the failure");
        }
    }

    @Test
    void tells_the_failure_of_the_test_first() {
        TestRun run = TestRun.of(FailsAndLeaks.class);
        FailsAndLeaks.LIBRARY.close();

        assertThat(run.failures()).singleElement().satisfies(failure -> {
            assertThat(failure).isInstanceOf(IllegalStateException.class).hasMessage("the failure");
            assertThat(failure.getSuppressed()[0]).hasMessageContaining("1 connections");
        });
    }

    static class SetsUp {
        @RegisterExtension
        static final FakeVddkExtension FAKE = FakeVddkExtension.with(FakeSetup.create()
                .withInventory(
                        Inventory.builder().datastore("ds2", "datastore-2").build()));

        @Test
        void is_set_up(FakeSession session) {
            assertThat(session.folder().resolve("ds2")).isEmptyDirectory();
        }
    }

    @Test
    void sets_up_what_a_class_asks_for() {
        TestRun run = TestRun.of(SetsUp.class);

        assertThat(run.failures()).isEmpty();
        assertThat(run.succeeded()).isEqualTo(1);
    }

    @FakeVddkTest
    static class Twice {
        @RegisterExtension
        static final FakeVddkExtension FAKE = FakeVddkExtension.with(FakeSetup.create());

        @Test
        void test() {}
    }

    @Test
    void is_not_used_twice() {
        assertThat(TestRun.of(Twice.class).failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure).hasMessageContaining("one session"));
        assertThat(TestRun.of(SetsUp.class).failures()).isEmpty();
    }

    @FakeVddkTest
    static class TooEarly {
        TooEarly(FakeSession session) {
            session.folder();
        }

        @Test
        void test() {}
    }

    @Test
    void has_no_session_for_constructors() {
        assertThat(TestRun.of(TooEarly.class).failures())
                .singleElement()
                .satisfies(failure -> assertThat(failure).hasMessageContaining("begins with each test"));
    }
}
