/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.ErrorCode;
import dev.vixdisklib.LogLine;
import dev.vixdisklib.VixDiskLib;
import dev.vixdisklib.VixDiskLibException;
import dev.vixdisklib.VixError;
import dev.vixdisklib.shim.FakeVddk;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The tables of errors in the reference are those of the code. */
class ErrorReferenceTest {

    private static final Path ROOT = Path.of(System.getProperty("vixdisklib.root"));
    private static final Path REFERENCE = ROOT.resolve("docs/reference/errors.md");

    private static final String LOCAL = "/vms/web.vmdk";
    private static final String MANAGED = "[ds1] web/web.vmdk";

    /** With more of them, a hint is for whatever no other one is for. */
    private static final int FEW_FUNCTIONS = 7;

    /** These are always of a server. */
    private static final Set<NativeFunction> OF_SERVERS = EnumSet.of(
            NativeFunction.CONNECT_EX,
            NativeFunction.PREPARE_FOR_ACCESS,
            NativeFunction.END_ACCESS,
            NativeFunction.CLEANUP);

    /** Where a hint is given. */
    private static final class Situations {
        private final Set<String> functions = new LinkedHashSet<>();
        private final Set<String> places = new HashSet<>();
        private boolean always;

        void add(NativeFunction function, String target, boolean unread) {
            functions.add("`" + function.shortName() + "`");
            if (!OF_SERVERS.contains(function)) {
                places.add(target);
            }
            always |= !unread;
        }

        boolean areSpecial() {
            return functions.size() <= FEW_FUNCTIONS;
        }

        String text() {
            List<String> words = new ArrayList<>();
            if (areSpecial()) {
                words.add(String.join(", ", functions));
            }
            if (places.equals(Set.of(MANAGED))) {
                words.add("disk of a server");
            } else if (places.equals(Set.of(LOCAL))) {
                words.add("disk of this host");
            }
            if (!always) {
                words.add("nothing read before");
            }
            return String.join("; ", words);
        }
    }

    private static FailedCall call(
            NativeFunction function, String target, boolean unread, ErrorCode code, LogLine... log) {
        return new FailedCall(function, target, null, unread, new VixError(code.number()), "", List.of(log));
    }

    /** Each hint for a code, with where it is given. */
    private static Map<String, Situations> hints(ErrorCode code) {
        Map<String, Situations> hints = new LinkedHashMap<>();
        for (boolean unread : new boolean[] {false, true}) {
            for (NativeFunction function : NativeFunction.values()) {
                for (String target : new String[] {MANAGED, LOCAL}) {
                    boolean isRead = function == NativeFunction.READ || function == NativeFunction.READ_ASYNC;
                    @Nullable String hint = Hints.of(call(function, target, unread && isRead, code));
                    if (hint != null) {
                        hints.computeIfAbsent(hint, key -> new Situations()).add(function, target, unread && isRead);
                    }
                }
            }
        }
        return hints;
    }

    private static String exception(ErrorCode code) {
        Class<?> type =
                call(NativeFunction.OPEN, MANAGED, false, code).exception().getClass();
        return type == VixDiskLibException.class ? "" : "`" + type.getSimpleName() + "`";
    }

    /** What is for few functions comes first. */
    private static Stream<String> rowsOfHints(ErrorCode code) {
        return hints(code).entrySet().stream()
                .sorted(Comparator.comparing(hint -> !hint.getValue().areSpecial()))
                .map(hint -> String.join(
                        " | ",
                        "| " + code.number(),
                        "`" + code.name() + "`",
                        hint.getValue().text(),
                        hint.getKey() + " |"));
    }

    private static String row(VixDiskLib library, ErrorCode code) {
        return String.join(
                " | ",
                "| " + code.number(),
                "`" + code.symbol() + "`",
                exception(code),
                library.errorText(new VixError(code.number())) + " |");
    }

    @Test
    void theReferenceHasAllHintsAndCodes() throws IOException {
        List<String> rows = new ArrayList<>();
        try (VixDiskLib library = VixDiskLib.open(FakeVddk.directory())) {
            Stream.of(ErrorCode.values())
                    .flatMap(ErrorReferenceTest::rowsOfHints)
                    .forEach(rows::add);
            Stream.of(ErrorCode.values()).map(code -> row(library, code)).forEach(rows::add);
        }
        Path wanted = Files.write(ROOT.resolve("vixdisklib-api/target/errors.md"), rows);
        assertThat(Files.readAllLines(REFERENCE).stream().filter(line -> line.matches("\\| \\d.*")))
                .as("the rows as they should be are in " + wanted)
                .containsExactlyElementsOf(rows);
    }

    @Test
    void theReferenceHasTheHintThatTheLogDecidesAbout() throws IOException {
        String text = "Failed to allocate";
        LogLine line = new LogLine(Instant.EPOCH, Level.WARNING, text, true);
        assertThat(Files.readAllLines(REFERENCE).stream().collect(Collectors.joining(" ")))
                .contains("*" + text + "*", Hints.of(call(NativeFunction.WRITE, MANAGED, false, ErrorCode.FAIL, line)));
    }
}
