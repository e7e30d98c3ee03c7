/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.vixdisklib.FunctionMatrix.Action;
import dev.vixdisklib.FunctionMatrix.Case;
import dev.vixdisklib.FunctionMatrix.Use;
import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import dev.vixdisklib.shim.Fault;
import dev.vixdisklib.shim.FaultPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What comes of each function when it works and when it fails in each way that can be had: the right answer, nothing that
 * stays open, no broken rule, and a library that goes on working. The rows are in {@link FunctionMatrix}.
 */
class FaultMatrixTest extends TestServers {

    FaultMatrixTest() throws IOException {}

    static Stream<Use> uses() {
        return FunctionMatrix.usesHere();
    }

    static Stream<Case> cases() {
        return FunctionMatrix.cases();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("uses")
    void aFunctionIsCalled(Use use) throws Exception {
        Action action = use.prepare(this);
        fake.forgetJournal();
        Statistics before = VixDiskLib.statistics();
        assertThat(action.run()).isNotNull();
        Statistics calls = VixDiskLib.statistics().since(before);
        assertThat(calls.of(use.function).calls()).isPositive();
        Map<String, Long> counted = new TreeMap<>();
        Map<String, Long> got = new TreeMap<>();
        calls.functions().forEach((name, count) -> {
            counted.put(name, count.calls());
            got.put(name, fake.callCount(name));
        });
        assertThat(counted).isEqualTo(got);
        assertThat(open()).containsExactly("1 CONNECTIONS");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void aFailureIsTold(Case one) throws Exception {
        Use use = one.use();
        VixError error = new VixError(one.error());
        Action action = use.prepare(this);
        plan(one.fault());
        Statistics before = VixDiskLib.statistics();
        Optional<Object> outcome = use.outcome(error);
        if (outcome.isPresent()) {
            assertThat(action.run()).isEqualTo(outcome.get());
        } else {
            assertTold(use, error, catchThrowable(action::run));
        }
        assertThat(VixDiskLib.statistics().since(before).of(use.function).failures())
                .isPositive();
        assertThat(open()).containsExactly("1 CONNECTIONS");
        // The library can be used as if nothing had happened.
        plan();
        assertThat(action.run()).isNotNull();
        assertThat(open()).containsExactly("1 CONNECTIONS");
    }

    private void assertTold(Use use, VixError error, Throwable thrown) {
        Throwable told =
                use.method.endsWith(".iterator") && thrown instanceof UncheckedIOException ? thrown.getCause() : thrown;
        assertThat(told).isExactlyInstanceOf(type(use.function, error));
        VixDiskLibException exception = (VixDiskLibException) Objects.requireNonNull(told);
        // That of a request is made elsewhere, and an iterator has methods of its own.
        if (!use.function.endsWith("Async") && !use.method.endsWith(".iterator")) {
            assertThat(exception.getStackTrace())
                    .anyMatch(frame -> (frame.getClassName() + "." + frame.getMethodName())
                            .equals("dev.vixdisklib." + use.method));
        }
        String target = use.target(directory);
        assertThat(exception.error()).isEqualTo(error);
        assertThat(exception.operation()).isEqualTo(use.function);
        assertThat(exception.target()).isEqualTo(target.isEmpty() ? Optional.empty() : Optional.of(target));
        assertThat(exception.sectors()).isEqualTo(use.sectors());
        assertThat(exception)
                .hasMessageStartingWith(use.function)
                .hasMessageContaining(target)
                .hasMessageContaining("[" + error + "]")
                .hasMessageContaining(exception.libraryText());
    }

    private static Class<? extends VixDiskLibException> type(String function, VixError error) {
        if (function.equals("Cleanup")) {
            return CleanupException.class;
        }
        if (error.is(ErrorCode.FILE_ALREADY_LOCKED)) {
            return DiskLockedException.class;
        }
        if (error.is(ErrorCode.HOST_TCP_CONN_LOST) || error.is(ErrorCode.HOST_SERVER_SHUTDOWN)) {
            return HostUnavailableException.class;
        }
        return error.is(ErrorCode.AUTHENTICATION_FAIL) ? AuthenticationException.class : VixDiskLibException.class;
    }

    /** Opens the library until it works. */
    static final class Initialises {
        public static void main(String[] arguments) throws IOException {
            ChildJvm.printLog();
            FakeControl fake = FakeControl.of(FakeVddk.directory());
            for (int i = 1; i < arguments.length; i++) {
                fake.setFaultPlan(FaultPlan.of(Fault.on(arguments[0]).returns(Long.parseLong(arguments[i]))));
                try (VixDiskLib lib = open(arguments[0])) {
                    System.out.println("opened " + lib);
                } catch (VixDiskLibException e) {
                    System.out.println(e.getClass().getSimpleName() + " " + e.operation() + " "
                            + e.error().value() + " " + e.target());
                }
            }
            fake.setFaultPlan(FaultPlan.NONE);
            try (VixDiskLib lib = open(arguments[0]);
                    Connection host = lib.connectLocal()) {
                Statistics.Calls calls = VixDiskLib.statistics().of(arguments[0]);
                System.out.println(host + " " + calls.calls() + " " + calls.failures());
            }
        }

        private static VixDiskLib open(String function) throws IOException {
            Path vddk = FakeVddk.directory();
            return function.equals("Init") ? VixDiskLib.openWithoutAdvancedTransports(vddk) : VixDiskLib.open(vddk);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"InitEx", "Init"})
    void anInitialisationThatFailsIsToldAndCanBeTriedAgain(String function) throws Exception {
        List<Object> arguments = new ArrayList<>(List.of(function));
        List<String> told = new ArrayList<>();
        for (long error : FunctionMatrix.ERRORS) {
            arguments.add(error);
            told.add(type(function, new VixError(error)).getSimpleName() + " " + function + " " + error
                    + " Optional.empty");
        }
        int errors = told.size();
        told.add("the connection to this host " + (errors + 1) + " " + errors);
        ChildJvm child = ChildJvm.run(Initialises.class, directory, arguments.toArray());
        assertThat(child.status()).as(child.log()).isZero();
        assertThat(child.out()).containsExactlyElementsOf(told);
        // Exit is the last that is called.
        assertThat(child.log()).containsOnlyOnce("VixDiskLib: exit.");
    }
}
