/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.shim;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * Steers the fake VDDK that this process has loaded: counts what is open, holds calls, makes calls fail.
 *
 * <p>All methods may be called from any thread. The functions behind them are those of {@code vddkFake.h}.
 */
@SuppressWarnings("restricted") // talks to the fake through a few native calls of its own
public final class FakeControl {

    private static final AddressLayout POINTER = ValueLayout.ADDRESS;

    private final MethodHandle liveCount;
    private final MethodHandle logFromLibraryThread;
    private final MethodHandle holdReads;
    private final MethodHandle awaitHeldReads;
    private final MethodHandle failNext;
    private final MethodHandle setAsync;
    private final MethodHandle holdAsync;
    private final MethodHandle awaitHeldAsync;
    private final MethodHandle failNextAsync;

    private FakeControl(SymbolLookup library) {
        this.liveCount = handle(library, "LiveCount", FunctionDescriptor.of(ValueLayout.JAVA_LONG, POINTER));
        this.logFromLibraryThread =
                handle(library, "LogFromLibraryThread", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, POINTER));
        this.holdReads = handle(library, "HoldReads", FunctionDescriptor.ofVoid(ValueLayout.JAVA_BYTE));
        this.awaitHeldReads = handle(library, "AwaitHeldReads", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        this.failNext = handle(library, "FailNext", FunctionDescriptor.ofVoid(POINTER, ValueLayout.JAVA_LONG));
        this.setAsync =
                handle(library, "SetAsync", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
        this.holdAsync = handle(library, "HoldAsync", FunctionDescriptor.ofVoid(ValueLayout.JAVA_BYTE));
        this.awaitHeldAsync = handle(library, "AwaitHeldAsync", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        this.failNextAsync =
                handle(library, "FailNextAsync", FunctionDescriptor.ofVoid(POINTER, ValueLayout.JAVA_LONG));
    }

    /**
     * The control of the fake VDDK in a directory.
     *
     * @param directory as {@link FakeVddk} gives it
     * @return the control; it stays usable until the process ends
     * @throws IllegalArgumentException if there is no fake VDDK in the directory
     */
    public static FakeControl of(Path directory) {
        Path libraries = directory.resolve("lib64");
        // First what the library needs: with that loaded, nobody has to say where it is found.
        SymbolLookup.libraryLookup(libraries.resolve("libvddkFakeTexts.so"), Arena.global());
        return new FakeControl(SymbolLookup.libraryLookup(libraries.resolve("libvixDiskLib.so"), Arena.global()));
    }

    private static MethodHandle handle(SymbolLookup library, String name, FunctionDescriptor descriptor) {
        String symbol = "VddkFake_" + name;
        MemorySegment address = library.find(symbol)
                .orElseThrow(() -> new IllegalArgumentException("this is no fake VDDK: it has no " + symbol));
        return Linker.nativeLinker().downcallHandle(address, descriptor);
    }

    /** What the fake hands out and gets back. */
    public enum Kind {
        /** From Connect or ConnectEx to Disconnect. */
        CONNECTIONS("connections"),
        /** From Open to Close. */
        DISKS("disks"),
        /** From GetInfo to FreeInfo. */
        INFOS("infos"),
        /** From QueryAllocatedBlocks to FreeBlockList. */
        BLOCK_LISTS("blockLists"),
        /** From GetErrorText to FreeErrorText. */
        ERROR_TEXTS("errorTexts"),
        /** From AllocateConnectParams or GetConnectParams to FreeConnectParams. */
        CONNECT_PARAMS("connectParams"),
        /** From the acceptance of ReadAsync or WriteAsync until the request's callback has returned. */
        ASYNC_REQUESTS("asyncRequests");

        private final String key;

        Kind(String key) {
            this.key = key;
        }
    }

    /**
     * How many things of a kind the fake has handed out and not got back yet.
     *
     * @param kind what to count
     * @return the count
     */
    public long liveCount(Kind kind) {
        try (Arena arena = Arena.ofConfined()) {
            return (long) liveCount.invokeExact(arena.allocateFrom(kind.key));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Has the library's own thread log a message, and returns once the client's log function has had it.
     *
     * @param warning whether it goes to the warning function, else to the log function
     * @param message the message; the fake adds some numbers in other formats
     */
    public void logFromLibraryThread(boolean warning, String message) {
        try (Arena arena = Arena.ofConfined()) {
            logFromLibraryThread.invokeExact(warning ? 1 : 0, arena.allocateFrom(message));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Makes reads stop just before they read, or lets them go on.
     *
     * @param hold whether to hold them
     */
    public void holdReads(boolean hold) {
        try {
            holdReads.invokeExact((byte) (hold ? 1 : 0));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Waits until a number of reads are held.
     *
     * @param count how many
     */
    public void awaitHeldReads(int count) {
        try {
            awaitHeldReads.invokeExact(count);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Makes the next call of a function fail, after it has checked its handles.
     *
     * @param function the function's name without {@code VixDiskLib_}, such as {@code "Close"}
     * @param error the error to return; 0 takes an earlier call of this method back
     */
    public void failNext(String function, long error) {
        try (Arena arena = Arena.ofConfined()) {
            failNext.invokeExact(arena.allocateFrom("VixDiskLib_" + function), error);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Sets who carries out asynchronous requests from now on.
     *
     * @param threads how many threads of the fake do, in a random order; 0, which is how it begins, if the call that
     *     makes a request is to carry it out and to call the callback before it returns
     * @param seed what the random order depends on; with one thread, it depends on nothing else as far as requests are
     *     queued while they are {@linkplain #holdAsync held}
     */
    public void setAsync(int threads, long seed) {
        if (threads < 0) {
            throw new IllegalArgumentException("a negative number of threads: " + threads);
        }
        try {
            setAsync.invokeExact(threads, seed);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Keeps asynchronous requests in flight, or lets them go on. Wait waits for those that are held; Close, Disconnect
     * and Exit let them go on.
     *
     * @param hold whether to hold them
     */
    public void holdAsync(boolean hold) {
        try {
            holdAsync.invokeExact((byte) (hold ? 1 : 0));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Waits until a number of asynchronous requests are held.
     *
     * @param count how many
     */
    public void awaitHeldAsync(int count) {
        try {
            awaitHeldAsync.invokeExact(count);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Makes the next asynchronous request that a function accepts do nothing and report an error to its callback. To
     * have the request not accepted, see {@link #failNext}.
     *
     * @param function {@code "ReadAsync"} or {@code "WriteAsync"}
     * @param error the error to report; 0 takes an earlier call of this method back
     */
    public void failNextAsync(String function, long error) {
        try (Arena arena = Arena.ofConfined()) {
            failNextAsync.invokeExact(arena.allocateFrom("VixDiskLib_" + function), error);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static AssertionError unexpected(Throwable e) {
        return new AssertionError("a control function of the fake VDDK failed", e);
    }
}
