/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.raw;

import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** What the tests of the loader run in JVMs of their own. Each prints what happens, line by line. */
final class LoaderPrograms {

    private LoaderPrograms() {}

    /**
     * Loads one location after the other. An argument that begins with {@code VixDiskLib_} is a function that is
     * required from then on; one that begins with {@code map=} is a library that is loaded past the loader.
     */
    static final class Load {
        public static void main(String[] arguments) {
            List<String> required = new ArrayList<>();
            VddkLibrary before = null;
            for (String argument : arguments) {
                if (argument.startsWith("VixDiskLib_")) {
                    required.add(argument);
                } else if (argument.startsWith("map=")) {
                    System.load(argument.substring("map=".length()));
                } else {
                    VddkLibrary library = load(argument, required);
                    if (library != null && library == before) {
                        System.out.println("the same as before");
                    }
                    before = library;
                }
            }
            printMappedLibraries();
        }
    }

    /** Tells how many functions there are, loads a library, and calls functions that are there and are not. */
    static final class AskAndCall {
        public static void main(String[] arguments) {
            System.out.println("functions " + VddkLibrary.functions().size());
            load(arguments[0], List.of());
            System.out.println("answer " + VixDiskLibNative.VixDiskLib_Wait(MemorySegment.NULL));
            for (int i = 0; i < 2; i++) {
                try {
                    System.out.println("pointer "
                            + VixDiskLibNative.VixDiskLib_AllocateConnectParams()
                                    .address());
                } catch (LinkageError e) {
                    System.out.println("LinkageError");
                }
            }
        }
    }

    /** Loads a library from many threads at once. */
    static final class LoadFromManyThreads {
        private static final int THREADS = 16;

        public static void main(String[] arguments) throws Exception {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            Callable<VddkLibrary> load = () -> {
                start.await();
                return VddkLibrary.load(Path.of(arguments[0]), Set.of());
            };
            Set<VddkLibrary> libraries = Collections.newSetFromMap(new IdentityHashMap<>());
            try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
                for (Future<VddkLibrary> result : threads.invokeAll(Collections.nCopies(THREADS, load))) {
                    libraries.add(result.get());
                }
            }
            System.out.println("instances " + libraries.size());
        }
    }

    /** Loads a library and compares the environment that C sees, which Java cannot change and keeps a copy of. */
    static final class CompareEnvironment {
        public static void main(String[] arguments) {
            List<String> before = environment();
            load(arguments[0], List.of());
            List<String> after = environment();
            System.out.println("variables " + !before.isEmpty());
            System.out.println("the same variables " + before.equals(after));
            System.out.println(
                    "LD_LIBRARY_PATH " + after.stream().anyMatch(variable -> variable.startsWith("LD_LIBRARY_PATH=")));
        }

        private static List<String> environment() {
            MemorySegment variables = Linker.nativeLinker()
                    .defaultLookup()
                    .find("environ")
                    .orElseThrow()
                    .reinterpret(ValueLayout.ADDRESS.byteSize())
                    .get(VixDiskLibNative.C_POINTER, 0);
            List<String> environment = new ArrayList<>();
            for (long i = 0; ; i++) {
                MemorySegment variable = variables.getAtIndex(VixDiskLibNative.C_POINTER, i);
                if (variable.equals(MemorySegment.NULL)) {
                    return environment;
                }
                environment.add(variable.getString(0));
            }
        }
    }

    /** Loads a library in a process that uses another, whose name is text in no encoding. */
    static final class LoadBesideAnOddName {
        public static void main(String[] arguments) throws Throwable {
            String directory = arguments[1] + "/";
            Path plain = Files.copy(Path.of(arguments[2]), Path.of(directory + "plain.so"));
            MethodHandle rename = function(
                    "rename", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
            MethodHandle dlopen = function(
                    "dlopen", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
            try (Arena arena = Arena.ofConfined()) {
                byte[] name = (directory + "\u00ff.so\0").getBytes(StandardCharsets.ISO_8859_1);
                MemorySegment odd = arena.allocateFrom(ValueLayout.JAVA_BYTE, name);
                int error = (int) rename.invokeExact(arena.allocateFrom(plain.toString()), odd);
                MemorySegment handle = (MemorySegment) dlopen.invokeExact(odd, 2 /* RTLD_NOW */);
                System.out.println("odd name in use " + (error == 0 && handle.address() != 0));
            }
            load(arguments[0], List.of());
        }

        private static MethodHandle function(String name, FunctionDescriptor descriptor) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor);
        }
    }

    /** Loads a library, and then once more through another class loader. */
    static final class LoadTwice {
        public static void main(String[] arguments) throws Exception {
            load(arguments[0], List.of());
            URL classes = Path.of(arguments[1]).toUri().toURL();
            try (URLClassLoader loader = new URLClassLoader(new URL[] {classes}, null)) {
                Class<?> other = loader.loadClass(VddkLibrary.class.getName());
                other.getMethod("load", Path.class, Collection.class).invoke(null, Path.of(arguments[0]), Set.of());
            } catch (InvocationTargetException e) {
                System.out.println(e.getCause());
            }
        }
    }

    private static @Nullable VddkLibrary load(String location, List<String> required) {
        try {
            VddkLibrary library = VddkLibrary.load(Path.of(location), required);
            System.out.println("loaded " + library);
            System.out.println("file " + library.file());
            System.out.println("directory " + library.directory());
            library.missingFunctions().forEach(function -> System.out.println("missing " + function));
            library.warnings().forEach(warning -> System.out.println("warning " + warning));
            return library;
        } catch (IOException | IllegalStateException | IllegalCallerException e) {
            System.out.println(e);
            return null;
        }
    }

    private static void printMappedLibraries() {
        try {
            String maps = new String(Files.readAllBytes(Path.of("/proc/self/maps")), StandardCharsets.UTF_8);
            maps.lines()
                    .filter(line -> line.contains(".so") && line.indexOf('/') > 0)
                    .map(line -> line.substring(line.indexOf('/')))
                    .distinct()
                    .forEach(file -> System.out.println("mapped " + file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
