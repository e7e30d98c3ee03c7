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
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Steers the fake VDDK that this process has loaded: counts what is open, holds calls, makes calls fail.
 *
 * <p>All methods may be called from any thread. The functions behind them are those of {@code vddkFake.h}.
 */
@SuppressWarnings("restricted") // talks to the fake through a few native calls of its own
public final class FakeControl {

    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final FunctionDescriptor NOTHING = FunctionDescriptor.ofVoid();

    /** Fills a buffer, and tells how much place there should have been. */
    private static final FunctionDescriptor FILLS =
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, POINTER, ValueLayout.JAVA_LONG, POINTER);

    private static final long MESSAGE_BYTES = 1024;
    private static final long FIRST_TEXT_BYTES = 1 << 16;

    private final MethodHandle liveCount;
    private final MethodHandle logFromLibraryThread;
    private final MethodHandle holdReads;
    private final MethodHandle awaitHeldReads;
    private final MethodHandle failNext;
    private final MethodHandle setAsync;
    private final MethodHandle holdAsync;
    private final MethodHandle awaitHeldAsync;
    private final MethodHandle failNextAsync;
    private final Optional<MethodHandle> setInventory;
    private final Optional<MethodHandle> setTiming;
    private final Optional<MethodHandle> setFaultPlan;
    private final Optional<MethodHandle> awaitHangs;
    private final Optional<MethodHandle> releaseHangs;
    private final Optional<MethodHandle> setStrict;
    private final Optional<MethodHandle> brokenRules;
    private final Optional<MethodHandle> forgetBrokenRules;
    private final Optional<MethodHandle> readJournal;
    private final Optional<MethodHandle> callCount;
    private final Optional<MethodHandle> forgetJournal;

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
        this.setInventory = optional(library, "SetInventory", FunctionDescriptor.of(ValueLayout.JAVA_BYTE, POINTER));
        this.setTiming = optional(
                library,
                "SetTiming",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_BYTE,
                        POINTER,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_LONG,
                        ValueLayout.JAVA_INT));
        this.setFaultPlan = optional(
                library,
                "SetFaultPlan",
                FunctionDescriptor.of(ValueLayout.JAVA_BYTE, POINTER, POINTER, ValueLayout.JAVA_LONG));
        this.awaitHangs = optional(library, "AwaitHangs", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        this.releaseHangs = optional(library, "ReleaseHangs", NOTHING);
        this.setStrict = optional(library, "SetStrict", FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        this.brokenRules = optional(library, "BrokenRules", FILLS);
        this.forgetBrokenRules = optional(library, "ForgetBrokenRules", NOTHING);
        this.readJournal = optional(library, "ReadJournal", FILLS);
        this.callCount = optional(library, "CallCount", FunctionDescriptor.of(ValueLayout.JAVA_LONG, POINTER));
        this.forgetJournal = optional(library, "ForgetJournal", NOTHING);
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
        return optional(library, name, descriptor)
                .orElseThrow(() -> new IllegalArgumentException("this is no fake VDDK: it has no VddkFake_" + name));
    }

    /** A function that earlier builds of the fake lack. */
    private static Optional<MethodHandle> optional(SymbolLookup library, String name, FunctionDescriptor descriptor) {
        return library.find("VddkFake_" + name)
                .map(address -> Linker.nativeLinker().downcallHandle(address, descriptor));
    }

    private static MethodHandle present(Optional<MethodHandle> function, String name) {
        return function.orElseThrow(
                () -> new UnsupportedOperationException("this build of the fake VDDK has no VddkFake_" + name));
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

    /**
     * Has the fake use an inventory, whatever its configuration says. It is read for each connection that is made, so that
     * it can be changed while programs run.
     *
     * @param file an inventory file, as {@link Inventory#write} makes it
     * @throws IllegalArgumentException if there is no such file
     * @throws UnsupportedOperationException if this build of the fake has no servers
     */
    public void setInventory(Path file) {
        MethodHandle function = present(setInventory, "SetInventory");
        byte done;
        try (Arena arena = Arena.ofConfined()) {
            done = (byte) function.invokeExact(
                    arena.allocateFrom(file.toAbsolutePath().toString()));
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (done == 0) {
            throw new IllegalArgumentException("there is no inventory " + file);
        }
    }

    /** Whether {@link #setInventory} works. */
    boolean hasServers() {
        return setInventory.isPresent();
    }

    /**
     * Changes how long the requests of a transport take, for requests that are made from now on.
     *
     * @param transport the transport
     * @param timing its timing
     * @throws UnsupportedOperationException if this build of the fake cannot do that
     */
    public void setTiming(Transport transport, Timing timing) {
        MethodHandle function = present(setTiming, "SetTiming");
        byte done;
        try (Arena arena = Arena.ofConfined()) {
            done = (byte) function.invokeExact(
                    arena.allocateFrom(transport.mode()),
                    timing.micros(),
                    timing.bytesPerSecond(),
                    timing.requestsAtOnce());
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (done == 0) {
            throw new IllegalArgumentException("the fake does not take " + timing + " for " + transport);
        }
    }

    /** Whether {@link #setTiming} works. */
    boolean canSetTiming() {
        return setTiming.isPresent();
    }

    /**
     * Replaces the plan of what goes wrong, for calls that are made from now on. Its rules begin to count anew.
     *
     * @param plan the plan; {@link FaultPlan#NONE} if nothing is to go wrong
     * @throws IllegalArgumentException if the fake does not take it, with the line and the word; the old plan stays
     * @throws UnsupportedOperationException if this build of the fake has no plans
     */
    public void setFaultPlan(FaultPlan plan) {
        MethodHandle function = present(setFaultPlan, "SetFaultPlan");
        String wrong;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate(MESSAGE_BYTES);
            byte done = (byte) function.invokeExact(arena.allocateFrom(plan.text()), message, MESSAGE_BYTES);
            wrong = done == 0 ? message.getString(0) : null;
        } catch (Throwable e) {
            throw unexpected(e);
        }
        if (wrong != null) {
            throw new IllegalArgumentException(wrong);
        }
    }

    /** Whether {@link #setFaultPlan} works. */
    boolean canSetFaultPlan() {
        return setFaultPlan.isPresent();
    }

    /**
     * Waits until a number of calls hang, as the fault plan says.
     *
     * @param count how many
     * @throws UnsupportedOperationException if this build of the fake has no plans
     */
    public void awaitHangs(int count) {
        MethodHandle function = present(awaitHangs, "AwaitHangs");
        try {
            function.invokeExact(count);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Lets the calls go on that hang, as the fault plan says.
     *
     * @throws UnsupportedOperationException if this build of the fake has no plans
     */
    public void releaseHangs() {
        invoke(present(releaseHangs, "ReleaseHangs"));
    }

    /**
     * Sets what the fake does about broken rules from now on.
     *
     * @param strictness what to do
     * @throws UnsupportedOperationException if this build of the fake has no rules
     */
    public void setStrictness(Strictness strictness) {
        MethodHandle function = present(setStrict, "SetStrict");
        try {
            function.invokeExact(strictness.mode());
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Whether {@link #setStrictness} and {@link #brokenRules} work. */
    boolean knowsRules() {
        return setStrict.isPresent() && brokenRules.isPresent() && forgetBrokenRules.isPresent();
    }

    /**
     * The rules that callers have broken since the fake was made {@linkplain #setStrictness strict}, or they were
     * {@linkplain #forgetBrokenRules forgotten}.
     *
     * @return the broken rules, first to last
     * @throws UnsupportedOperationException if this build of the fake has no rules
     */
    public List<BrokenRule> brokenRules() {
        return lines(present(brokenRules, "BrokenRules")).map(BrokenRule::parse).toList();
    }

    /**
     * Forgets which rules were broken.
     *
     * @throws UnsupportedOperationException if this build of the fake has no rules
     */
    public void forgetBrokenRules() {
        invoke(present(forgetBrokenRules, "ForgetBrokenRules"));
    }

    /**
     * The last calls of the library, at most 4096 of them.
     *
     * @return the calls, first to last
     * @throws UnsupportedOperationException if this build of the fake has no journal
     */
    public List<JournalEntry> journal() {
        return lines(present(readJournal, "ReadJournal"))
                .map(JournalEntry::parse)
                .toList();
    }

    /** Whether {@link #journal} works. */
    boolean hasJournal() {
        return readJournal.isPresent() && forgetJournal.isPresent();
    }

    /**
     * How often a function was called, also in vain, since the journal was {@linkplain #forgetJournal forgotten}.
     *
     * @param function the function's name without {@code VixDiskLib_}, such as {@code "Close"}
     * @return the count
     * @throws UnsupportedOperationException if this build of the fake has no journal
     */
    public long callCount(String function) {
        MethodHandle handle = present(callCount, "CallCount");
        try (Arena arena = Arena.ofConfined()) {
            return (long) handle.invokeExact(arena.allocateFrom("VixDiskLib_" + function));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Empties the journal and sets the counts of calls to 0.
     *
     * @throws UnsupportedOperationException if this build of the fake has no journal
     */
    public void forgetJournal() {
        invoke(present(forgetJournal, "ForgetJournal"));
    }

    private static void invoke(MethodHandle function) {
        try {
            function.invokeExact();
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** What a function fills a buffer with. There may be more of it at the second look than at the first. */
    private static Stream<String> lines(MethodHandle function) {
        long size = FIRST_TEXT_BYTES;
        while (true) {
            byte[] text = text(function, size);
            if (text != null) {
                return Arrays.stream(new String(text, StandardCharsets.UTF_8).split("\n"))
                        .filter(line -> !line.isEmpty());
            }
            size *= 4;
        }
    }

    /** The text, or null if the buffer was too small. */
    private static byte @Nullable [] text(MethodHandle function, long size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(size);
            MemorySegment required = arena.allocate(ValueLayout.JAVA_LONG);
            long count = (long) function.invokeExact(buffer, size, required);
            long used = required.get(ValueLayout.JAVA_LONG, 0);
            if (count == 0) {
                return new byte[0];
            }
            return used > size ? null : terminated(buffer.toArray(ValueLayout.JAVA_BYTE));
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** What is before the NUL byte. */
    private static byte[] terminated(byte[] bytes) {
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return Arrays.copyOf(bytes, length);
    }

    private static AssertionError unexpected(Throwable e) {
        return new AssertionError("a control function of the fake VDDK failed", e);
    }
}
