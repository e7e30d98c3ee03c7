/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VIXDISKLIB_FLAG_OPEN_READ_ONLY;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VIXDISKLIB_FLAG_OPEN_SINGLE_LINK;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Close;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Flush;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_FreeInfo;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_GetInfo;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_GetTransportMode;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Open;

import dev.vixdisklib.DiskInfo;
import dev.vixdisklib.Statistics;
import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

    private final DiskTransfers transfers;
    private final DiskRequests requests;
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
        this.transfers = new DiskTransfers(this, handle, counters);
        this.requests = new DiskRequests(this, library, handle, counters);
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
     * How sectors are read and written, by a call that returns when that is done.
     *
     * @return always the same
     */
    public DiskTransfers transfers() {
        return transfers;
    }

    /**
     * The asynchronous requests.
     *
     * @return always the same
     */
    public DiskRequests requests() {
        return requests;
    }

    /**
     * The disk by bytes instead of sectors.
     *
     * @return always the same
     */
    public DiskBytes bytes() {
        return bytes;
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

    /**
     * The transfers up to now, also after the disk was closed.
     *
     * @return what was transferred
     */
    public Statistics statistics() {
        return counters.statistics();
    }

    /** Calls a function on the open disk, on this thread. */
    void operate(NativeFunction function, NativeCalls.ErrorCall call) throws IOException {
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

    /** How the disk is reached, for events; asked once. Under the lock of the disk. */
    String eventTransport() {
        String known = transport;
        if (known == null) {
            known = transportMode(handle);
            transport = known;
        }
        return known;
    }

    @Override
    void settle() throws IOException {
        requests.settle();
    }

    @Override
    void release() throws IOException {
        Events.Close event = Events.close();
        long begun = NativeLog.position();
        try {
            long error = NativeCalls.error(NativeFunction.CLOSE, () -> VixDiskLib_Close(handle));
            if (event != null) {
                event.record(path, transport == null ? "" : transport, error);
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
