/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.benchmarks.jmh;

import dev.vixdisklib.raw.FormattedMessage;
import dev.vixdisklib.raw.c.VixDiskLibGenericLogFunc;
import dev.vixdisklib.raw.c.VixDiskLibProgressFunc;
import dev.vixdisklib.shim.FakeControl;
import dev.vixdisklib.shim.FakeVddk;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Calls from C to Java. The first two are there and back on one thread, without the API. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // set up by JMH
public class UpcallBenchmark {

    /** More than a {@code va_list} anywhere; the messages have no arguments. */
    private static final int LIST_BYTES = 64;

    private Arena arena;
    private MemorySegment progressFunction;
    private MemorySegment logFunction;
    private MemorySegment message;
    private MemorySegment noArguments;
    private int percent;
    private int length;

    /** Makes the functions that C can call. */
    @Setup
    public void allocate() {
        arena = Arena.ofConfined();
        progressFunction = VixDiskLibProgressFunc.allocate(this::progress, arena);
        logFunction = VixDiskLibGenericLogFunc.allocate(this::log, arena);
        message = arena.allocateFrom("VixDiskLib: a line of an ordinary length for a log.\n");
        noArguments = arena.allocate(LIST_BYTES);
    }

    /** Frees them. */
    @TearDown
    public void free() {
        arena.close();
    }

    private byte progress(MemorySegment data, int percentCompleted) {
        percent = percentCompleted;
        return 1;
    }

    private void log(MemorySegment format, MemorySegment arguments) {
        length = FormattedMessage.of(format, arguments).length();
    }

    /** A number. */
    @Benchmark
    public int progress() {
        VixDiskLibProgressFunc.invoke(progressFunction, MemorySegment.NULL, percent + 1);
        return percent;
    }

    /** A line that is formatted. */
    @Benchmark
    public int line() {
        VixDiskLibGenericLogFunc.invoke(logFunction, message, noArguments);
        return length;
    }

    /** The library with its log. */
    @State(Scope.Benchmark)
    public static class Log {

        @Param({"false", "true"})
        private boolean logged;

        private FakeControl fake;

        /** Sets the level of the log. */
        @Setup
        public void open(LibraryState library) {
            LibraryState.setLogged(logged);
            fake = FakeControl.of(FakeVddk.directory());
        }
    }

    /** A line from a thread of the library through the API to a logger without handlers, and waiting for that. */
    @Benchmark
    public void lineOfLibrary(Log log) {
        log.fake.logFromLibraryThread(false, "A line of an ordinary length for a log.");
    }
}
