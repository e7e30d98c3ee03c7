/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Connect;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_ConnectEx;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Create;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Disconnect;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Unlink;

import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.ProgressListener;
import dev.vixdisklib.raw.c.VixDiskLibConnectParams;
import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A connection of the library. */
public final class NativeConnection extends NativeResource {

    private final NativeLibrary library;
    private final String name;
    private final boolean readOnly;
    private final MemorySegment handle;

    private NativeConnection(NativeSession session, String name, boolean readOnly, MemorySegment handle) {
        super(session.library().control(), session);
        this.library = session.library();
        this.name = name;
        this.readOnly = readOnly;
        this.handle = handle;
        library.connected();
    }

    NativeLibrary library() {
        return library;
    }

    MemorySegment handle() {
        return handle;
    }

    /** Connects to the files of this host; on the control thread. */
    static NativeConnection local(NativeSession session, boolean readOnly) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(VixDiskLibNative.C_POINTER);
            // All zero means local, and is what other programs pass; the struct is as large as any library reads.
            MemorySegment parameters = arena.allocate(VixDiskLibConnectParams.layout());
            if (readOnly) {
                session.library().require(NativeFunction.CONNECT_EX);
                NativeCalls.call(
                        NativeFunction.CONNECT_EX,
                        null,
                        () -> VixDiskLib_ConnectEx(
                                parameters,
                                (byte) VixDiskLibNative.TRUE(),
                                MemorySegment.NULL,
                                MemorySegment.NULL,
                                out));
            } else {
                NativeCalls.call(NativeFunction.CONNECT, null, () -> VixDiskLib_Connect(parameters, out));
            }
            return new NativeConnection(
                    session,
                    readOnly ? "the read-only connection to this host" : "the connection to this host",
                    readOnly,
                    out.get(VixDiskLibNative.C_POINTER, 0));
        }
    }

    /** Whether everything opened through this is read-only. */
    boolean isReadOnly() {
        return readOnly;
    }

    /**
     * Opens a disk.
     *
     * @param path the disk, as the library takes it
     * @param flags as the library takes them
     * @return the disk
     * @throws IOException if the library fails
     */
    public NativeDisk open(String path, int flags) throws IOException {
        return call(() -> add(NativeDisk.open(this, library, handle, path, flags)));
    }

    /**
     * Creates a disk.
     *
     * @param path the disk, as the library takes it
     * @param spec what it is to be
     * @param listener hears of progress, on the control thread
     * @throws IOException if the library fails
     */
    public void create(String path, DiskSpec spec, ProgressListener listener) throws IOException {
        library.require(NativeFunction.CREATE);
        library.requireSectorSizes(spec);
        call(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment cPath = arena.allocateFrom(path);
                MemorySegment parameters = NativeStructs.createParams(spec, arena);
                Upcalls.withProgress(
                        listener,
                        progress -> NativeCalls.call(
                                NativeFunction.CREATE,
                                path,
                                () -> VixDiskLib_Create(handle, cPath, parameters, progress, MemorySegment.NULL)));
            }
            return this;
        });
    }

    /**
     * Deletes a disk, its extents included.
     *
     * @param path the disk, as the library takes it
     * @throws IOException if the library fails
     */
    public void unlink(String path) throws IOException {
        library.require(NativeFunction.UNLINK);
        call(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment cPath = arena.allocateFrom(path);
                NativeCalls.call(NativeFunction.UNLINK, path, () -> VixDiskLib_Unlink(handle, cPath));
            }
            return this;
        });
    }

    @Override
    void release() throws IOException {
        try {
            NativeCalls.call(NativeFunction.DISCONNECT, null, () -> VixDiskLib_Disconnect(handle));
        } finally {
            library.disconnected();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
