/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vixdisklib.raw.VddkLibrary;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What must not get into the API: nothing generated, nothing of its inside, no dependency. */
class StructureTest {

    private static final String API = "dev.vixdisklib";

    /** A package that jdeps has found to be needed, and its module. */
    private static final Pattern NEED = Pattern.compile("\\s+\\S+\\s+-> (\\S+)\\s+(\\S.*?)\\s*");

    private static final List<Integer> VISIBLE = List.of(Modifier.PUBLIC, Modifier.PROTECTED);

    /** The classes of the exported package that a user can name, but for those of the tests. */
    private static List<Class<?>> api() throws IOException, ClassNotFoundException {
        List<Class<?>> classes = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(ChildJvm.location(VixDiskLib.class), "dev", "vixdisklib"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".class") && !name.equals("package-info.class")) {
                    Class<?> type = Class.forName(
                            API + "." + name.substring(0, name.length() - ".class".length()),
                            false,
                            StructureTest.class.getClassLoader());
                    if (isVisible(type)) {
                        classes.add(type);
                    }
                }
            }
        }
        return classes;
    }

    private static boolean isVisible(Class<?> type) {
        Class<?> outer = type.getDeclaringClass();
        return !type.isAnonymousClass() && isVisible(type.getModifiers()) && (outer == null || isVisible(outer));
    }

    private static boolean isVisible(int modifiers) {
        return VISIBLE.stream().anyMatch(modifier -> (modifiers & modifier) != 0);
    }

    /** Collects the classes in types. */
    private static final class Mentioned {

        private final Set<Type> seen = new HashSet<>();
        private final Set<Class<?>> classes = new HashSet<>();

        void addAll(Type... types) {
            Arrays.stream(types).forEach(this::add);
        }

        private void add(Type type) {
            if (!seen.add(type)) {
                return;
            }
            if (type instanceof Class<?> raw) {
                if (raw.isArray()) {
                    add(raw.getComponentType());
                } else {
                    classes.add(raw);
                }
            } else if (type instanceof ParameterizedType generic) {
                add(generic.getRawType());
                addAll(generic.getActualTypeArguments());
            } else if (type instanceof GenericArrayType array) {
                add(array.getGenericComponentType());
            } else if (type instanceof WildcardType wildcard) {
                addAll(wildcard.getLowerBounds());
                addAll(wildcard.getUpperBounds());
            } else if (type instanceof TypeVariable<?> variable) {
                addAll(variable.getBounds());
            }
        }
    }

    private static Set<Class<?>> signature(Class<?> type) {
        Mentioned mentioned = new Mentioned();
        if (type.getGenericSuperclass() != null) {
            mentioned.addAll(type.getGenericSuperclass());
        }
        mentioned.addAll(type.getGenericInterfaces());
        mentioned.addAll(type.getTypeParameters());
        if (type.isSealed()) {
            mentioned.addAll(type.getPermittedSubclasses());
        }
        if (type.isRecord()) {
            for (RecordComponent component : type.getRecordComponents()) {
                mentioned.addAll(component.getGenericType());
            }
        }
        for (Field field : type.getDeclaredFields()) {
            if (isVisible(field.getModifiers())) {
                mentioned.addAll(field.getGenericType());
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isVisible(constructor.getModifiers())) {
                mentioned.addAll(constructor.getGenericParameterTypes());
                mentioned.addAll(constructor.getGenericExceptionTypes());
                mentioned.addAll(constructor.getTypeParameters());
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (isVisible(method.getModifiers())) {
                mentioned.addAll(method.getGenericReturnType());
                mentioned.addAll(method.getGenericParameterTypes());
                mentioned.addAll(method.getGenericExceptionTypes());
                mentioned.addAll(method.getTypeParameters());
            }
        }
        return mentioned.classes;
    }

    @Test
    void noSignatureHasAnythingButTheApiAndTheJdk() throws Exception {
        List<Class<?>> api = api();
        assertThat(api).contains(VixDiskLib.class, Configuration.Builder.class, ErrorCode.class);
        for (Class<?> type : api) {
            assertThat(signature(type))
                    .as(type.getName())
                    .allSatisfy(mentioned -> assertThat(mentioned.isPrimitive()
                                    || mentioned.getModule().getName().startsWith("java.")
                                    || (mentioned.getPackageName().equals(API) && isVisible(mentioned)))
                            .as(mentioned.getName())
                            .isTrue());
        }
    }

    /** What signatures are searched with finds what it should. */
    abstract static class Example<T extends List<? super VddkLibrary[]>> implements AnnotatedElement {

        protected abstract <E extends Exception> T get() throws E, IOException;
    }

    @Test
    void theSearchSeesBoundsArraysAndInterfaces() {
        assertThat(signature(Example.class))
                .contains(List.class, VddkLibrary.class, AnnotatedElement.class, Exception.class, IOException.class);
    }

    @Test
    void nothingIsNeededBeyondTheJdkAndTheRawModule() {
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        StringWriter out = new StringWriter();
        int status = jdeps.run(
                new PrintWriter(out),
                new PrintWriter(out),
                "--multi-release",
                "base",
                "--ignore-missing-deps",
                "--module-path",
                ChildJvm.location(VddkLibrary.class),
                "-verbose:package",
                ChildJvm.location(VixDiskLib.class));
        assertThat(status).as(out.toString()).isZero();
        SortedSet<String> needed = new TreeSet<>();
        out.toString()
                .lines()
                .map(NEED::matcher)
                .filter(Matcher::matches)
                .forEach(need -> needed.add(
                        // Annotations, which nobody needs at run time, are not found: their package is told, not their
                        // module.
                        need.group(2).equals("not found") ? need.group(1) : need.group(2)));
        assertThat(needed).as(out.toString()).contains("java.base", "dev.vixdisklib.raw");
        assertThat(needed)
                .allSatisfy(name -> assertThat(name)
                        .matches("java\\..*|jdk\\..*|dev\\.vixdisklib(\\.raw)?|org\\.jspecify\\.annotations"));
    }
}
