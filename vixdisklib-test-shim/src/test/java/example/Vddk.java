/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package example;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The calls of VixDiskLib that tests need. This module has no other way to them: it depends on no binding. */
@SuppressWarnings("restricted")
public final class Vddk implements AutoCloseable {

    public static final int SECTOR = 512;
    public static final int READ_ONLY = 4;
    public static final int ZLIB = 1 << 4;
    public static final int FAST_LZ = 1 << 5;
    public static final int SKIP_Z = 1 << 6;

    public static final int MONOLITHIC_SPARSE = 1;
    public static final int VMFS_FLAT = 5;

    private static final long CREATE_PARAMS_BYTES = 32;

    private static final long PARAMS_BYTES = 128;
    private static final long VMX_SPEC = 0;
    private static final long SERVER_NAME = 8;
    private static final long THUMBPRINT = 16;
    private static final long CRED_TYPE = 32;
    private static final long CREDENTIALS = 40;
    private static final long PORT = 64;
    private static final long SPEC = 96;
    private static final long SPEC_TYPE = 120;

    private static final long ASYNC = 25000;

    private final SymbolLookup library;

    /** Initialises the library. */
    public Vddk(Path directory, @Nullable Path configuration) {
        Path libraries = directory.resolve("lib64");
        SymbolLookup.libraryLookup(libraries.resolve("libvddkFakeTexts.so"), Arena.global());
        library = SymbolLookup.libraryLookup(libraries.resolve("libvixDiskLib.so"), Arena.global());
        try (Arena arena = Arena.ofConfined()) {
            check(
                    "InitEx",
                    8,
                    0,
                    MemorySegment.NULL,
                    MemorySegment.NULL,
                    MemorySegment.NULL,
                    text(arena, directory.toString()),
                    text(arena, configuration == null ? null : configuration.toString()));
        }
    }

    /** Ends the use of the library. */
    @Override
    public void close() {
        call("Exit");
    }

    /** A call that has failed. */
    public static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;

        public final long error;

        Failure(String function, long error) {
            super("VixDiskLib_" + function + " failed with error " + error);
            this.error = error;
        }
    }

    /** What to connect to, as whom. */
    public static final class Params {
        public @Nullable String vmxSpec;

        public @Nullable String serverName = "vcenter.example.com";

        public @Nullable String thumbprint;

        public @Nullable String userName = "backup";

        public @Nullable String password = "secret";

        public @Nullable String cookie;

        public @Nullable String snapshot;

        public @Nullable String transports;

        public List<String> spec = List.of();
        public int specType;
        public int port;
        public int nfcPort;
        public boolean isReadOnly;

        public static Params vm(String moref) {
            Params params = new Params();
            params.vmxSpec = "moref=" + moref;
            return params;
        }

        public static Params vm(String moref, String snapshot) {
            Params params = vm(moref);
            params.snapshot = snapshot;
            return params;
        }

        private MemorySegment toNative(Arena arena) {
            MemorySegment params = arena.allocate(PARAMS_BYTES, 8);
            params.set(ValueLayout.ADDRESS, VMX_SPEC, text(arena, vmxSpec));
            params.set(ValueLayout.ADDRESS, SERVER_NAME, text(arena, serverName));
            params.set(ValueLayout.ADDRESS, THUMBPRINT, text(arena, thumbprint));
            params.set(ValueLayout.JAVA_INT, CRED_TYPE, cookie == null ? 1 : 2);
            params.set(ValueLayout.ADDRESS, CREDENTIALS, text(arena, cookie == null ? userName : cookie));
            params.set(ValueLayout.ADDRESS, CREDENTIALS + 8, text(arena, cookie == null ? password : userName));
            params.set(ValueLayout.JAVA_INT, PORT, port);
            params.set(ValueLayout.JAVA_INT, PORT + 4, nfcPort);
            for (int i = 0; i < spec.size(); i++) {
                params.set(ValueLayout.ADDRESS, SPEC + 8L * i, text(arena, spec.get(i)));
            }
            params.set(ValueLayout.JAVA_INT, SPEC_TYPE, specType);
            return params;
        }
    }

    /** A connection. */
    public final class Connection implements AutoCloseable {
        private final MemorySegment handle;

        private Connection(MemorySegment handle) {
            this.handle = handle;
        }

        public Disk open(@Nullable String path, int flags) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
                check("Open", handle, text(arena, path), flags, out);
                return new Disk(out.get(ValueLayout.ADDRESS, 0));
            }
        }

        @Override
        public void close() {
            check("Disconnect", handle);
        }
    }

    /** A disk. */
    public final class Disk implements AutoCloseable {
        private final MemorySegment handle;

        private Disk(MemorySegment handle) {
            this.handle = handle;
        }

        public long capacity() {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
                check("GetInfo", handle, out);
                MemorySegment info = out.get(ValueLayout.ADDRESS, 0);
                long capacity = info.reinterpret(PARAMS_BYTES).get(ValueLayout.JAVA_LONG, 24);
                call("FreeInfo", info);
                return capacity;
            }
        }

        public String transport() {
            MemorySegment name = (MemorySegment) result("GetTransportMode", ValueLayout.ADDRESS, handle);
            return name.reinterpret(PARAMS_BYTES).getString(0);
        }

        public byte[] read(long sector, int count) {
            try (Arena arena = Arena.ofShared()) {
                MemorySegment buffer = arena.allocate((long) count * SECTOR);
                check("Read", handle, sector, (long) count, buffer);
                return buffer.toArray(ValueLayout.JAVA_BYTE);
            }
        }

        /**
         * Asks for sectors, without waiting for them.
         *
         * @param arena has the buffer; a shared one, which lasts until the callback has returned
         */
        public void readAsync(Arena arena, long sector, int count, LongConsumer callback) {
            MemorySegment buffer = arena.allocate((long) count * SECTOR);
            MemorySegment completion = Linker.nativeLinker()
                    .upcallStub(
                            completion(callback),
                            FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG),
                            arena);
            long error = error("ReadAsync", handle, sector, (long) count, buffer, completion, MemorySegment.NULL);
            if (error != ASYNC) {
                throw new Failure("ReadAsync", error);
            }
        }

        /** Waits for all that was asked for. */
        public void await() {
            check("Wait", handle);
        }

        public void write(long sector, byte[] content) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, content);
                check("Write", handle, sector, (long) content.length / SECTOR, buffer);
            }
        }

        @Override
        public void close() {
            check("Close", handle);
        }
    }

    public Connection connectLocal() {
        Params params = new Params();
        params.serverName = null;
        return connect(params);
    }

    public Connection connect(Params params) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            check(
                    "ConnectEx",
                    params.toNative(arena),
                    (byte) (params.isReadOnly ? 1 : 0),
                    text(arena, params.snapshot),
                    text(arena, params.transports),
                    out);
            return new Connection(out.get(ValueLayout.ADDRESS, 0));
        }
    }

    /** Copies a disk to another one, which is of a type if it is a local one. */
    public void clone(
            Connection target, String path, Connection source, @Nullable String from, int type, boolean overWrite) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment params = arena.allocate(CREATE_PARAMS_BYTES, 8);
            params.set(ValueLayout.JAVA_INT, 0, type);
            params.set(ValueLayout.JAVA_INT, 4, 1);
            check(
                    "Clone",
                    target.handle,
                    text(arena, path),
                    source.handle,
                    text(arena, from),
                    params,
                    MemorySegment.NULL,
                    MemorySegment.NULL,
                    (byte) (overWrite ? 1 : 0));
        }
    }

    public void prepareForAccess(Params params, String identity) {
        try (Arena arena = Arena.ofConfined()) {
            check("PrepareForAccess", params.toNative(arena), text(arena, identity));
        }
    }

    public void endAccess(Params params, String identity) {
        try (Arena arena = Arena.ofConfined()) {
            check("EndAccess", params.toNative(arena), text(arena, identity));
        }
    }

    /** Returns how many were cleaned. */
    public int cleanUp(Params params) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cleaned = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment remaining = arena.allocate(ValueLayout.JAVA_INT);
            check("Cleanup", params.toNative(arena), cleaned, remaining);
            return cleaned.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** What is called with a request's result. */
    private static MethodHandle completion(LongConsumer callback) {
        try {
            MethodHandle accept = MethodHandles.publicLookup()
                    .findVirtual(LongConsumer.class, "accept", MethodType.methodType(void.class, long.class));
            return MethodHandles.dropArguments(accept.bindTo(callback), 0, MemorySegment.class);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("accept", e);
        }
    }

    private static MemorySegment text(Arena arena, @Nullable String text) {
        return text == null ? MemorySegment.NULL : arena.allocateFrom(text);
    }

    private long error(String function, Object... arguments) {
        return (long) result(function, ValueLayout.JAVA_LONG, arguments) & 0xffff;
    }

    private void check(String function, Object... arguments) {
        long error = error(function, arguments);
        if (error != 0) {
            throw new Failure(function, error);
        }
    }

    private void call(String function, Object... arguments) {
        invoke(function, FunctionDescriptor.ofVoid(layouts(arguments)), arguments);
    }

    private Object result(String function, MemoryLayout result, Object... arguments) {
        return invoke(function, FunctionDescriptor.of(result, layouts(arguments)), arguments);
    }

    private Object invoke(String function, FunctionDescriptor descriptor, Object... arguments) {
        MemorySegment address = library.find("VixDiskLib_" + function).orElseThrow();
        try {
            return Linker.nativeLinker().downcallHandle(address, descriptor).invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw new AssertionError(function, e);
        }
    }

    private static MemoryLayout[] layouts(Object... arguments) {
        List<MemoryLayout> layouts = new ArrayList<>();
        for (Object argument : arguments) {
            if (argument instanceof Integer) {
                layouts.add(ValueLayout.JAVA_INT);
            } else if (argument instanceof Long) {
                layouts.add(ValueLayout.JAVA_LONG);
            } else if (argument instanceof Byte) {
                layouts.add(ValueLayout.JAVA_BYTE);
            } else {
                layouts.add(ValueLayout.ADDRESS);
            }
        }
        return layouts.toArray(MemoryLayout[]::new);
    }
}
