/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.raw;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.io.IOException;
import java.io.Reader;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.GroupLayout;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The generated code against what the C compiler makes of the header. */
class GeneratedCodeTest {

    private static final Path MAIN = Built.ROOT.resolve("vixdisklib-raw/src/main");
    private static final Path GENERATED = MAIN.resolve("java/dev/vixdisklib/raw/c");

    /** Of vm_basic_types.h; the table is about vixDiskLib.h. */
    private static final Set<String> OTHER_CONSTANTS = Set.of("FALSE", "TRUE");

    @BeforeAll
    static void loadTheFakeLibrary() throws IOException {
        // The descriptor of a generated function is at hand only when the function is.
        VddkLibrary.load(Built.VDDK, Set.of());
    }

    @Test
    void structsHaveTheFieldsOffsetsAndSizesThatTheCompilerGivesThem() throws Exception {
        List<String> generated = new ArrayList<>();
        for (Class<?> type : generatedClasses()) {
            addStruct(type, generated);
        }

        assertThat(generated).containsExactlyInAnyOrderElementsOf(table("struct ", "field "));
    }

    @Test
    void constantsHaveTheValuesThatTheCompilerGivesThem() throws Exception {
        List<String> generated = new ArrayList<>();
        for (Method method : VixDiskLibNative.class.getDeclaredMethods()) {
            if (isConstant(method)) {
                generated.add("constant " + method.getName() + " " + method.invoke(null));
            }
        }

        assertThat(generated).containsExactlyInAnyOrderElementsOf(table("constant "));
    }

    @Test
    void functionsAreThoseOfTheHeader() throws IOException {
        assertThat(VddkLibrary.functions().stream().map(name -> "function " + name))
                .hasSize(43)
                .containsExactlyInAnyOrderElementsOf(table("function "));
    }

    @Test
    void functionsAndCallbacksHaveTheParametersThatTheHeaderDeclares() throws Exception {
        Map<String, String> generated = new TreeMap<>();
        for (String function : VddkLibrary.functions()) {
            Method descriptor = VixDiskLibNative.class.getMethod(function + "$descriptor");
            generated.put(function, signature((FunctionDescriptor) descriptor.invoke(null)));
        }
        for (Class<?> type : generatedClasses()) {
            if (has(type, "descriptor")) {
                FunctionDescriptor descriptor =
                        (FunctionDescriptor) type.getMethod("descriptor").invoke(null);
                generated.put(type.getSimpleName(), signature(descriptor));
            }
        }

        assertThat(generated).containsExactlyEntriesOf(declaredSignatures());
    }

    @ParameterizedTest
    @ValueSource(strings = {"vixDiskLib.h", "vm_basic_types.h"})
    void sourcesAreMadeFromTheHeaderAsItIs(String header) throws Exception {
        Properties generated = new Properties();
        try (Reader reader = Files.newBufferedReader(GENERATED.resolve("GENERATED.properties"))) {
            generated.load(reader);
        }
        byte[] content = Files.readAllBytes(MAIN.resolve("include").resolve(header));
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);

        assertThat(generated.getProperty(header + ".sha256"))
                .as(
                        "%s has changed since dev.vixdisklib.raw.c was made from it:"
                                + " run vixdisklib-raw/src/jextract/regenerate",
                        header)
                .isEqualTo(HexFormat.of().formatHex(hash));
    }

    private static List<String> table(String... kinds) throws IOException {
        try (Stream<String> lines = Files.lines(Built.SHIM.resolve("abi-table.txt"))) {
            return lines.filter(line -> Arrays.stream(kinds).anyMatch(line::startsWith))
                    .toList();
        }
    }

    private static List<Class<?>> generatedClasses() throws IOException, ClassNotFoundException {
        List<Class<?>> classes = new ArrayList<>();
        try (Stream<Path> sources = Files.list(GENERATED)) {
            for (Path source : sources.toList()) {
                String name = source.getFileName().toString();
                if (name.endsWith(".java")) {
                    classes.add(Class.forName("dev.vixdisklib.raw.c." + name.replace(".java", "")));
                }
            }
        }
        assertThat(classes)
                .isNotEmpty()
                .allMatch(type -> type == VixDiskLibNative.class || has(type, "layout") != has(type, "descriptor"));
        return classes;
    }

    private static boolean has(Class<?> type, String method) {
        return Arrays.stream(type.getDeclaredMethods())
                .anyMatch(declared -> declared.getName().equals(method));
    }

    private static boolean isConstant(Method method) {
        return method.getParameterCount() == 0
                && !method.isSynthetic()
                && !method.getName().startsWith("VixDiskLib_")
                && !OTHER_CONSTANTS.contains(method.getName());
    }

    /** Adds the lines that the table should have for a struct or union and for those declared inside it. */
    private static void addStruct(Class<?> type, List<String> lines) throws ReflectiveOperationException {
        if (!has(type, "layout")) {
            return;
        }
        GroupLayout layout = layout(type);
        // The class of a struct without a name is called like the field, and the table has it as that.
        boolean nameless = type.isMemberClass() && layout.name().orElseThrow().startsWith("$anon$");
        if (!nameless) {
            lines.add("struct %s size %d align %d"
                    .formatted(type.getSimpleName(), layout.byteSize(), layout.byteAlignment()));
            addFields(type, layout, 0, type.getSimpleName() + ".", lines);
        }
        for (Class<?> inner : type.getDeclaredClasses()) {
            addStruct(inner, lines);
        }
    }

    private static void addFields(Class<?> type, GroupLayout layout, long start, String prefix, List<String> lines)
            throws ReflectiveOperationException {
        for (MemoryLayout member : layout.memberLayouts()) {
            if (member.name().isEmpty()) {
                continue;
            }
            String name = member.name().get();
            long offset = start + layout.byteOffset(PathElement.groupElement(name));
            lines.add("field %s%s offset %d size %d".formatted(prefix, name, offset, member.byteSize()));
            for (Class<?> inner : type.getDeclaredClasses()) {
                if (layout(inner).withName(name).equals(member)) {
                    addFields(inner, (GroupLayout) member, offset, prefix + name + ".", lines);
                }
            }
        }
    }

    private static GroupLayout layout(Class<?> type) throws ReflectiveOperationException {
        return (GroupLayout) type.getMethod("layout").invoke(null);
    }

    private static String signature(FunctionDescriptor descriptor) {
        return descriptor.argumentLayouts().stream()
                .map(GeneratedCodeTest::kind)
                .collect(joining(
                        ", ",
                        descriptor.returnLayout().map(GeneratedCodeTest::kind).orElse("void") + "(",
                        ")"));
    }

    private static String kind(MemoryLayout layout) {
        Class<?> carrier = ((ValueLayout) layout).carrier();
        return carrier.isPrimitive() ? carrier.getName() : "pointer";
    }

    private static Map<String, String> declaredSignatures() throws IOException {
        String header = Files.readString(MAIN.resolve("include/vixDiskLib.h"))
                .replaceAll("(?s)/\\*.*?\\*/", " ")
                .replaceAll("(?m)^#.*$", " ")
                .replaceAll("typedef (\\w+) ?\\(\\*?(\\w+)\\)", "$1 $2");
        Map<String, String> signatures = new TreeMap<>();
        Pattern declaration = Pattern.compile("([\\w ]+[ *])(\\w+)\\(([^)]*)\\);");
        for (MatchResult match : declaration.matcher(header).results().toList()) {
            String parameters = match.group(3).equals("void")
                    ? ""
                    : Pattern.compile(",")
                            .splitAsStream(match.group(3))
                            .map(GeneratedCodeTest::declaredKind)
                            .collect(joining(", "));
            signatures.put(match.group(2), declaredKind(match.group(1)) + "(" + parameters + ")");
        }
        return signatures;
    }

    private static String declaredKind(String declaration) {
        if (declaration.contains("*")) {
            return "pointer";
        }
        String type = declaration.strip().replaceFirst("^const ", "").replaceFirst(" .*", "");
        return switch (type) {
            case "void" -> "void";
            case "Bool" -> "byte";
            case "int", "uint32", "VixDiskLibDiskType" -> "int";
            case "VixError", "VixDiskLibSectorType", "size_t", "uint64" -> "long";
            case "VixDiskLibConnection",
                    "VixDiskLibHandle",
                    "VixDiskLibProgressFunc",
                    "VixDiskLibCompletionCB",
                    "va_list" -> "pointer";
            default -> throw new AssertionError("a type that this test does not know: " + declaration);
        };
    }
}
