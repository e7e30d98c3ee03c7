/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of functions in the reference has all of them, and what it says of each is there. */
class CoverageTest {

    private static final Path ROOT = Path.of(System.getProperty("vixdisklib.root"));
    private static final Path REFERENCE = ROOT.resolve("docs/reference/coverage.md");
    private static final Path HEADER = ROOT.resolve("vixdisklib-raw/src/main/include/vixDiskLib.h");
    private static final Pattern FUNCTION = Pattern.compile("\\bVixDiskLib_([A-Za-z]+)\\(");

    static List<String> functions() throws IOException {
        return FUNCTION.matcher(Files.readString(HEADER))
                .results()
                .map(found -> found.group(1))
                .distinct()
                .toList();
    }

    @Test
    void theMatrixHasEachFunctionOfTheHeader() throws IOException {
        assertThat(functions()).hasSize(43);
        assertThat(FunctionMatrix.functions()).containsExactlyElementsOf(functions());
        assertThat(VixDiskLib.statistics().functions().keySet()).containsExactlyInAnyOrderElementsOf(functions());
    }

    @Test
    void theReferenceIsThatOfTheMatrix() throws IOException {
        List<String> lines = functions().stream().map(FunctionMatrix::line).toList();
        Path wanted = Files.write(ROOT.resolve("vixdisklib-api/target/coverage.md"), lines);
        assertThat(Files.readAllLines(REFERENCE).stream().filter(line -> line.startsWith("| `")))
                .as("the rows as they should be are in " + wanted)
                .containsExactlyElementsOf(lines);
    }

    @ParameterizedTest
    @MethodSource("functions")
    void itsMethodsArePublicAndItsTestsAreThere(String function) throws ReflectiveOperationException {
        assertThat(FunctionMatrix.methods(function)).isNotEmpty();
        for (String name : FunctionMatrix.methods(function)) {
            assertThat(Modifier.isPublic(type(name).getModifiers())).as(name).isTrue();
            assertThat(named(name, type(name).getMethods())).as(name).isNotEmpty();
        }
        assertThat(FunctionMatrix.tests(function)).isNotEmpty();
        if (FunctionMatrix.usesHere().anyMatch(use -> use.function.equals(function))) {
            // Which see to it that the function is called.
            assertThat(FunctionMatrix.tests(function))
                    .anySatisfy(name -> assertThat(type(name)).isAssignableTo(TestDisks.class));
        }
        for (String name : FunctionMatrix.tests(function)) {
            assertThat(named(name, type(name).getDeclaredMethods()))
                    .as(name)
                    .singleElement()
                    .satisfies(test -> assertThat(test.isAnnotationPresent(Test.class)
                                    || test.isAnnotationPresent(ParameterizedTest.class))
                            .isTrue());
        }
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName("dev.vixdisklib." + name.substring(0, name.indexOf('.')));
    }

    private static Stream<Method> named(String name, Method[] methods) {
        String method = name.substring(name.indexOf('.') + 1);
        return Stream.of(methods).filter(one -> one.getName().equals(method) && !one.isBridge());
    }
}
