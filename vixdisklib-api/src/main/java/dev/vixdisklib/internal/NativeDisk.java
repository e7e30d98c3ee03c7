/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VIXDISKLIB_FLAG_OPEN_READ_ONLY;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VIXDISKLIB_FLAG_OPEN_SINGLE_LINK;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VIX_ASYNC;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VIX_E_BUFFER_TOOSMALL;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VIX_E_DISK_KEY_NOTFOUND;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Close;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Defragment;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Flush;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_FreeBlockList;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_FreeInfo;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_GetInfo;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_GetMetadataKeys;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_GetTransportMode;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Open;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_QueryAllocatedBlocks;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Read;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_ReadAsync;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_ReadMetadata;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Shrink;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_SpaceNeededForClone;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Wait;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Write;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_WriteAsync;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_WriteMetadata;

import dev.vixdisklib.DiskInfo;
import dev.vixdisklib.ProgressListener;
import dev.vixdisklib.SectorRange;
import dev.vixdisklib.SectorSet;
import dev.vixdisklib.Statistics;
import dev.vixdisklib.VixDiskLibException;
import dev.vixdisklib.VixError;
import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An open disk of the library. One operation at a time, on the caller's thread or on the control thread while the caller
 * waits.
 */
public final class NativeDisk extends NativeResource {

    private final NativeLibrary library;
    private final String path;
    private final MemorySegment handle;
    private final long capacity;
    private final boolean readOnly;
    private final DiskCounters counters = Counters.forDisk();

    /** What events say about how the disk is reached, if one has wanted to know; guarded by the lock of the disk. */
    private @Nullable String transport;

    /** Ends when it is attached to one. */
    private volatile boolean needsParent;

    private final RequestsInFlight requests = new RequestsInFlight();

    /** Whether the library was given requests since it was last waited for; under the lock of this resource. */
    private boolean unsettled;

    private final DiskBytes bytes;

    private NativeDisk(
            NativeConnection connection,
            NativeLibrary library,
            String path,
            int flags,
            MemorySegment handle,
            DiskInfo info,
            @Nullable String transport) {
        super(library.control(), connection);
        this.library = library;
        this.path = path;
        this.handle = handle;
        this.transport = transport;
        // The capacity does not change while a disk is open.
        this.capacity = info.capacity();
        this.readOnly = connection.isReadOnly() || (flags & VIXDISKLIB_FLAG_OPEN_READ_ONLY()) != 0;
        this.needsParent = (flags & VIXDISKLIB_FLAG_OPEN_SINGLE_LINK()) != 0
                && info.parentFileNameHint().isPresent();
        this.bytes = new DiskBytes(this, capacity);
    }

    /**
     * Opens a disk; on the control thread.
     *
     * @param name what the library is told, null for the one disk that the connection is for
     */
    static NativeDisk open(
            NativeConnection connection,
            NativeLibrary library,
            MemorySegment connectionHandle,
            String path,
            @Nullable String name,
            int flags)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(VixDiskLibNative.C_POINTER);
            MemorySegment cPath = name == null ? MemorySegment.NULL : arena.allocateFrom(name);
            long begun = NativeLog.position();
            Events.Open event = Events.open();
            long error =
                    NativeCalls.error(NativeFunction.OPEN, () -> VixDiskLib_Open(connectionHandle, cPath, flags, out));
            MemorySegment handle = out.get(VixDiskLibNative.C_POINTER, 0);
            String transport = null;
            if (event != null) {
                event.end();
                transport = error == 0 && handle.address() != 0 ? transportMode(handle) : "";
                event.record(path, transport, error);
            }
            NativeCalls.check(error, NativeFunction.OPEN, path, begun);
            NativeCalls.given(out, NativeFunction.OPEN, path);
            try {
                DiskInfo info = info(handle, library, path);
                return new NativeDisk(connection, library, path, flags, handle, info, transport);
            } catch (IOException | RuntimeException e) {
                try {
                    NativeCalls.call(NativeFunction.CLOSE, path, () -> VixDiskLib_Close(handle));
                } catch (IOException closing) {
                    e.addSuppressed(closing);
                }
                throw e;
            }
        }
    }

    NativeLibrary library() {
        return library;
    }

    MemorySegment handle() {
        return handle;
    }

    /**
     * The path of the disk.
     *
     * @return as given to open it
     */
    public String path() {
        return path;
    }

    /**
     * The size of the disk.
     *
     * @return sectors
     */
    public long capacity() {
        return capacity;
    }

    /**
     * Whether the disk was opened to be read only.
     *
     * @return whether the flags or the connection say so
     */
    public boolean isReadOnly() {
        return readOnly;
    }

    /**
     * Whether this is a single link of a chain that has parents, which were not opened.
     *
     * @return whether the sectors that this link lacks are in its parents
     */
    public boolean needsParent() {
        return needsParent;
    }

    /** Says that this link has been attached to a parent, and is read as the whole chain. */
    void parentAttached() {
        needsParent = false;
    }

    /**
     * Reads sectors.
     *
     * @param start the first sector
     * @param buffer where they go; its size says how many
     * @throws IOException if the library fails
     */
    public void read(long start, MemorySegment buffer) throws IOException {
        long count = Segments.requireSectors(buffer, true);
        Segments.requireInside(start, count, capacity, path);
        begin();
        try {
            NativeLog.requireNoPanic();
            long begun = NativeLog.position();
            long error;
            if (Counters.areTransfersTimed() || Events.areReadsRecorded()) {
                error = watched(
                        Events.read(),
                        counters.reads,
                        start,
                        count,
                        () -> VixDiskLib_Read(handle, start, count, buffer));
            } else {
                error = VixDiskLib_Read(handle, start, count, buffer);
            }
            finish(NativeFunction.READ, counters.reads, start, count, error, begun);
        } catch (AssertionError e) {
            throw NativeCalls.unwrap(e);
        } finally {
            end();
        }
    }

    /**
     * Writes sectors.
     *
     * @param start the first sector
     * @param buffer where they come from; its size says how many
     * @throws IOException if the library fails
     */
    public void write(long start, MemorySegment buffer) throws IOException {
        long count = Segments.requireSectors(buffer, false);
        Segments.requireInside(start, count, capacity, path);
        begin();
        try {
            NativeLog.requireNoPanic();
            long begun = NativeLog.position();
            long error;
            if (Counters.areTransfersTimed() || Events.areWritesRecorded()) {
                error = watched(
                        Events.write(),
                        counters.writes,
                        start,
                        count,
                        () -> VixDiskLib_Write(handle, start, count, buffer));
            } else {
                error = VixDiskLib_Write(handle, start, count, buffer);
            }
            finish(NativeFunction.WRITE, counters.writes, start, count, error, begun);
        } catch (AssertionError e) {
            throw NativeCalls.unwrap(e);
        } finally {
            end();
        }
    }

    /**
     * The disk by bytes instead of sectors.
     *
     * @return always the same
     */
    public DiskBytes bytes() {
        return bytes;
    }

    /** Transfers sectors and takes the time. */
    private long watched(
            Events.@Nullable Transfer event,
            TransferCounter counter,
            long start,
            long count,
            NativeCalls.ErrorCall transfer) {
        long started = System.nanoTime();
        long error = transfer.run();
        counter.addTime(System.nanoTime() - started);
        if (event != null && event.isLongEnough()) {
            event.record(path, eventTransport(true), start, count, error);
        }
        return error;
    }

    /** Counts a transfer, and throws if it failed; allocates nothing if it did not. */
    private void finish(
            NativeFunction function, TransferCounter counter, long start, long count, long error, long begun)
            throws IOException {
        if (error == 0) {
            counter.add(count);
        } else {
            counter.addFailure();
            throw NativeCalls.exception(
                    error, function, path, new SectorRange(start, count), counters.isNothingRead(), begun);
        }
    }

    /**
     * Begins to read sectors into a buffer or to write them from it. Allocates nothing, once there have been as many requests
     * in flight as there are. Waits for synchronous operations of the disk, and for nothing else; but the library may carry
     * the request out before this returns.
     *
     * @param direction which way
     * @param start the first sector
     * @param count how many, as the buffer has at least
     * @param buffer stays in use until the request has ended
     * @param handler is told of the end, if this throws nothing; it is reachable until then
     * @throws VixDiskLibException if the library does not accept the request
     * @throws IndexOutOfBoundsException if the sectors are not inside the disk
     * @throws IllegalArgumentException if the buffer has not so many
     * @throws IllegalStateException if the disk is closed, the buffer released or in use, or a callback is calling
     */
    public void submit(Direction direction, long start, long count, Lease buffer, CompletionHandler handler)
            throws VixDiskLibException {
        library.require(direction.function());
        // Also a sign of the callback's signature: that of VDDK 6.0, which had no Wait, is another one.
        library.require(NativeFunction.WAIT);
        Segments.requireCount(count, buffer.byteSize());
        Segments.requireInside(start, count, capacity, path);
        beginBeside();
        try {
            NativeLog.requireNoPanic();
            RequestEvent event = event(direction, start, count);
            MemorySegment segment = buffer.beginRequest();
            AsyncRequest request;
            try {
                request = requests.take();
            } catch (RuntimeException | Error e) {
                buffer.endRequest();
                throw e;
            }
            request.observe(count, counters.of(direction), event);
            MemorySegment number = request.begin(requests, buffer, handler);
            long begun = NativeLog.position();
            long error = submit(direction, start, count, segment, request, number);
            if (error != VIX_ASYNC()) {
                counters.of(direction).addRefused();
                if (event != null) {
                    event.record(error);
                }
                throw NativeCalls.refusal(
                        error,
                        direction.function(),
                        path,
                        new SectorRange(start, count),
                        counters.isNothingRead(),
                        begun);
            }
        } finally {
            end();
        }
    }

    /**
     * Whether the library can have requests in flight.
     *
     * @param direction which way
     * @return whether it has the functions that {@link #submit} needs
     */
    public boolean isAsynchronous(Direction direction) {
        return library.has(direction.function()) && library.has(NativeFunction.WAIT);
    }

    /**
     * Throws if nothing more is to be expected of the library.
     *
     * @throws IllegalStateException if the disk is closed, or the library has panicked
     */
    public void requireUsable() {
        requireOpen();
        NativeLog.requireNoPanic();
    }

    /**
     * Throws if a callback is calling, before what waits for the library.
     *
     * @throws IllegalStateException if this thread is in one
     */
    public static void requireNoCallback() {
        Callback.requireNone();
    }

    /**
     * Whether the library has panicked, so that requests may never end.
     *
     * @return whether it cannot go on
     */
    public boolean hasPanicked() {
        return NativeLog.hasPanicked();
    }

    /** An event for a request that begins, null if it is not to be recorded. */
    private @Nullable RequestEvent event(Direction direction, long start, long count) {
        Events.Transfer event = direction == Direction.READ ? Events.read() : Events.write();
        return event == null ? null : new RequestEvent(event, path, eventTransport(true), start, count);
    }

    /** Gives a request to the library; returns {@code VIX_ASYNC} if it has accepted it, and otherwise why not. */
    private long submit(
            Direction direction,
            long start,
            long count,
            MemorySegment segment,
            AsyncRequest request,
            MemorySegment number) {
        unsettled = true;
        boolean accepted = false;
        long error = 0;
        try {
            error = direction == Direction.READ
                    ? VixDiskLib_ReadAsync(handle, start, count, segment, Completions.STUB, number)
                    : VixDiskLib_WriteAsync(handle, start, count, segment, Completions.STUB, number);
            // Only this code promises a callback, not even that of success (fact sheet, paragraph 4.7).
            accepted = error == VIX_ASYNC();
        } catch (AssertionError e) {
            throw NativeCalls.unwrap(e);
        } finally {
            accepted = accepted || !request.withdraw(number);
        }
        return accepted ? VIX_ASYNC() : error;
    }

    /**
     * The transfers up to now, also after the disk was closed.
     *
     * @return what was transferred
     */
    public Statistics statistics() {
        return counters.statistics();
    }

    /**
     * Where the log of the library is, to be asked for before a request.
     *
     * @return the number of lines up to now
     */
    public static long logPosition() {
        return NativeLog.position();
    }

    /**
     * What to tell of a request that has failed; on any thread but in a callback.
     *
     * @param direction which way
     * @param start the first sector
     * @param count how many
     * @param error what the library has said
     * @param begun {@link #logPosition} before the request
     * @return the exception
     */
    public VixDiskLibException failure(Direction direction, long start, long count, long error, long begun) {
        SectorRange sectors = new SectorRange(start, count);
        boolean isUnread = counters.isNothingRead();
        // The disk may be closed by now, and everything else as well.
        return library.unlessEnded(
                () -> NativeCalls.exception(error, direction.function(), path, sectors, isUnread, begun),
                () -> NativeCalls.withoutText(
                        error, direction.function(), path, sectors, "the library, ended since, has no text for it"));
    }

    /**
     * Waits until the requests that are in flight have ended. None can begin meanwhile.
     *
     * @throws IOException if the library fails to wait
     */
    public void awaitRequests() throws IOException {
        begin();
        try {
            NativeLog.requireNoPanic();
        } finally {
            end();
        }
    }

    @Override
    void settle() throws IOException {
        if (!unsettled) {
            return;
        }
        // A thread that waits here occupies no processor, nor the carrier of a virtual thread.
        requests.await();
        if (NativeLog.hasPanicked()) {
            return;
        }
        // Some callbacks may not have returned to the library yet.
        long begun = NativeLog.position();
        long error = await();
        // One that fails has waited for nothing; another may, for the sake of Close.
        unsettled = error != 0 && await() != 0;
        NativeCalls.check(error, NativeFunction.WAIT, path, begun);
    }

    private long await() {
        return NativeCalls.error(NativeFunction.WAIT, () -> VixDiskLib_Wait(handle));
    }

    /** Calls a function on the open disk, on this thread. */
    private void operate(NativeFunction function, NativeCalls.ErrorCall call) throws IOException {
        begin();
        try {
            NativeCalls.call(function, path, call);
        } finally {
            end();
        }
    }

    /**
     * Puts written data on stable storage.
     *
     * @throws IOException if the library fails
     */
    public void flush() throws IOException {
        library.require(NativeFunction.FLUSH);
        operate(NativeFunction.FLUSH, () -> VixDiskLib_Flush(handle));
    }

    /**
     * What the library tells about the disk.
     *
     * @return a copy
     * @throws IOException if the library fails
     */
    public DiskInfo info() throws IOException {
        begin();
        try {
            return info(handle, library, path);
        } finally {
            end();
        }
    }

    private static DiskInfo info(MemorySegment handle, NativeLibrary library, String path) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(VixDiskLibNative.C_POINTER);
            NativeCalls.call(NativeFunction.GET_INFO, path, () -> VixDiskLib_GetInfo(handle, out));
            MemorySegment info = NativeCalls.given(out, NativeFunction.GET_INFO, path);
            try {
                return NativeStructs.diskInfo(info, library.knowsSectorSizes());
            } finally {
                NativeCalls.run(NativeFunction.FREE_INFO, () -> VixDiskLib_FreeInfo(info));
            }
        }
    }

    /** A function on the open disk that is given a progress function. */
    private interface ProgressCall {
        long run(MemorySegment progressFunction);
    }

    /** Calls a function on the open disk, on this thread, which a listener hears of. */
    private void operate(NativeFunction function, ProgressListener listener, ProgressCall call) throws IOException {
        begin();
        try {
            Upcalls.withProgress(listener, progress -> NativeCalls.call(function, path, () -> call.run(progress)));
        } finally {
            end();
        }
    }

    /**
     * Gives the space of grains of zeros back.
     *
     * @param listener hears of progress, on this thread
     * @throws IOException if the library fails
     */
    public void shrink(ProgressListener listener) throws IOException {
        library.require(NativeFunction.SHRINK);
        operate(NativeFunction.SHRINK, listener, progress -> VixDiskLib_Shrink(handle, progress, MemorySegment.NULL));
    }

    /**
     * Puts the grains in order.
     *
     * @param listener hears of progress, on this thread
     * @throws IOException if the library fails
     */
    public void defragment(ProgressListener listener) throws IOException {
        library.require(NativeFunction.DEFRAGMENT);
        operate(
                NativeFunction.DEFRAGMENT,
                listener,
                progress -> VixDiskLib_Defragment(handle, progress, MemorySegment.NULL));
    }

    /**
     * Asks what a clone would take.
     *
     * @param type the number of the type that it would have
     * @return bytes
     * @throws IOException if the library fails
     */
    public long spaceNeededForClone(int type) throws IOException {
        library.require(NativeFunction.SPACE_NEEDED_FOR_CLONE);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(ValueLayout.JAVA_LONG);
            operate(NativeFunction.SPACE_NEEDED_FOR_CLONE, () -> VixDiskLib_SpaceNeededForClone(handle, type, bytes));
            return bytes.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /**
     * How the disk is accessed.
     *
     * @return the name of the transport mode, empty if the library does not tell
     */
    public String transportMode() {
        // A function that may be called at any time (fact sheet, paragraph 2.1).
        beginBeside();
        try {
            return transportMode(handle);
        } finally {
            end();
        }
    }

    private static String transportMode(MemorySegment handle) {
        MemorySegment mode =
                NativeCalls.pointer(NativeFunction.GET_TRANSPORT_MODE, () -> VixDiskLib_GetTransportMode(handle));
        return mode.address() == 0 ? "" : mode.getString(0);
    }

    /** How the disk is reached, asked once; under the lock of the disk. */
    private String eventTransport(boolean wanted) {
        String known = transport;
        if (known == null && wanted) {
            known = transportMode(handle);
            transport = known;
        }
        return known == null ? "" : known;
    }

    /**
     * Asks for allocated blocks.
     *
     * @param start the first sector, a multiple of the chunk size
     * @param count how many sectors, a multiple of the chunk size
     * @param chunkSize in sectors
     * @param probe whether this is to find out if the library can tell at all, so that its warnings mean little
     * @return the allocated ones of these sectors
     * @throws IOException if the library fails, or answers something else
     * @throws UnsupportedOperationException if the library lacks a function for it
     */
    public SectorSet queryAllocatedBlocks(long start, long count, long chunkSize, boolean probe) throws IOException {
        library.require(NativeFunction.QUERY_ALLOCATED_BLOCKS);
        library.require(NativeFunction.FREE_BLOCK_LIST);
        begin();
        try {
            ControlThread.Operation<SectorSet, IOException> query = () -> allocatedBlocks(start, count, chunkSize);
            return call(probe ? () -> Upcalls.expectWarnings(query) : query);
        } finally {
            end();
        }
    }

    private SectorSet allocatedBlocks(long start, long count, long chunkSize) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(VixDiskLibNative.C_POINTER);
            long begun = NativeLog.position();
            Events.Query event = Events.query();
            long error = NativeCalls.error(
                    NativeFunction.QUERY_ALLOCATED_BLOCKS,
                    () -> VixDiskLib_QueryAllocatedBlocks(handle, start, count, chunkSize, out));
            if (event != null) {
                event.end();
                event.record(path, eventTransport(true), start, count, error);
            }
            if (error != 0) {
                throw NativeCalls.exception(
                        error,
                        NativeFunction.QUERY_ALLOCATED_BLOCKS,
                        path,
                        new SectorRange(start, count),
                        false,
                        begun);
            }
            MemorySegment blocks = NativeCalls.given(out, NativeFunction.QUERY_ALLOCATED_BLOCKS, path);
            try {
                return NativeStructs.blocks(blocks, start, count, count / chunkSize);
            } finally {
                NativeCalls.call(NativeFunction.FREE_BLOCK_LIST, path, () -> VixDiskLib_FreeBlockList(blocks));
            }
        }
    }

    /** A function that stores characters, and says how many there are. */
    private interface CharacterSource {
        long store(MemorySegment buffer, long length, MemorySegment requiredLength);
    }

    /**
     * The keys of the metadata.
     *
     * @return the keys, in the library's order
     * @throws IOException if the library fails
     */
    public List<String> metadataKeys() throws IOException {
        library.require(NativeFunction.GET_METADATA_KEYS);
        Optional<String> keys = characters(
                NativeFunction.GET_METADATA_KEYS,
                (buffer, length, required) -> VixDiskLib_GetMetadataKeys(handle, buffer, length, required));
        return Pattern.compile("\0")
                .splitAsStream(keys.orElse(""))
                .filter(key -> !key.isEmpty())
                .toList();
    }

    /**
     * A value of the metadata.
     *
     * @param key the key
     * @return the value, empty if there is no such key
     * @throws IOException if the library fails
     */
    public Optional<String> metadata(String key) throws IOException {
        library.require(NativeFunction.READ_METADATA);
        Utf8.requireText(key, "the key");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cKey = arena.allocateFrom(key);
            return characters(
                            NativeFunction.READ_METADATA,
                            (buffer, length, required) ->
                                    VixDiskLib_ReadMetadata(handle, cKey, buffer, length, required))
                    .map(value -> value.substring(0, value.indexOf('\0')));
        }
    }

    /** Calls a function that first tells how many bytes there are and then stores them, terminators included. */
    private Optional<String> characters(NativeFunction function, CharacterSource source) throws IOException {
        begin();
        try (Arena arena = Arena.ofConfined()) {
            long begun = NativeLog.position();
            MemorySegment required = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment buffer = MemorySegment.NULL;
            long error = store(function, source, buffer, required);
            // Another program can lengthen it in between.
            while (new VixError(error).number() == VIX_E_BUFFER_TOOSMALL()) {
                long length = required.get(ValueLayout.JAVA_LONG, 0);
                if (length <= buffer.byteSize()) {
                    break;
                }
                buffer = arena.allocate(length);
                error = store(function, source, buffer, required);
            }
            if (new VixError(error).number() == VIX_E_DISK_KEY_NOTFOUND()) {
                return Optional.empty();
            }
            NativeCalls.check(error, function, path, begun);
            return Optional.of(Segments.text(buffer) + '\0');
        } finally {
            end();
        }
    }

    private static long store(
            NativeFunction function, CharacterSource source, MemorySegment buffer, MemorySegment required) {
        return NativeCalls.error(function, () -> source.store(buffer, buffer.byteSize(), required));
    }

    /**
     * Adds or changes a value of the metadata.
     *
     * @param key the key
     * @param value the value
     * @throws IOException if the library fails
     */
    public void putMetadata(String key, String value) throws IOException {
        library.require(NativeFunction.WRITE_METADATA);
        Utf8.requireText(key, "the key");
        Utf8.requireText(value, "the value");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment cKey = arena.allocateFrom(key);
            MemorySegment cValue = arena.allocateFrom(value);
            operate(NativeFunction.WRITE_METADATA, () -> VixDiskLib_WriteMetadata(handle, cKey, cValue));
        }
    }

    /**
     * Adds or changes a value of the metadata; nobody else does so in between.
     *
     * @param key the key
     * @param value the value
     * @return the value before, empty if there was no such key
     * @throws IOException if the library fails
     */
    public Optional<String> replaceMetadata(String key, String value) throws IOException {
        begin();
        try {
            Optional<String> before = metadata(key);
            putMetadata(key, value);
            return before;
        } finally {
            end();
        }
    }

    @Override
    void release() throws IOException {
        Events.Close event = Events.close();
        long begun = NativeLog.position();
        try {
            long error = NativeCalls.error(NativeFunction.CLOSE, () -> VixDiskLib_Close(handle));
            if (event != null) {
                event.record(path, eventTransport(false), error);
            }
            NativeCalls.check(error, NativeFunction.CLOSE, path, begun);
        } finally {
            bytes.free();
            endRequests();
            endCounting();
        }
    }

    /** Adds what was counted to the sums, when nothing more comes of the disk. */
    void endCounting() {
        Counters.keep(counters);
    }

    /** There will be no more requests, and none is in flight. */
    void endRequests() {
        requests.giveBack();
    }

    @Override
    public String toString() {
        return "the disk " + path;
    }
}
