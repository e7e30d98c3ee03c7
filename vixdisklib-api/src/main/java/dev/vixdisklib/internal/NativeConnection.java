/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Connect;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_ConnectEx;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Create;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Disconnect;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_GetConnectParams;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Unlink;

import dev.vixdisklib.ConnectionInfo;
import dev.vixdisklib.DiskSpec;
import dev.vixdisklib.ProgressListener;
import dev.vixdisklib.raw.c.VixDiskLibNative;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A connection of the library. */
public final class NativeConnection extends NativeResource {

    private final NativeLibrary library;
    private final ConnectRequest request;
    private final MemorySegment handle;

    private NativeConnection(NativeSession session, ConnectRequest request, MemorySegment handle) {
        super(session.library().control(), session);
        this.library = session.library();
        this.request = request;
        this.handle = handle;
        library.connected();
    }

    NativeLibrary library() {
        return library;
    }

    MemorySegment handle() {
        return handle;
    }

    /**
     * Connects; on the control thread.
     *
     * @param secrets of the request's login
     */
    static NativeConnection open(NativeSession session, ConnectRequest request, NativeSecrets secrets)
            throws IOException {
        NativeLibrary library = session.library();
        try (Arena arena = Arena.ofConfined();
                NativeConnectParams parameters = NativeConnectParams.of(library, request, secrets)) {
            MemorySegment out = arena.allocate(VixDiskLibNative.C_POINTER);
            MemorySegment handle;
            if (request.isLocal() && !request.readOnly()) {
                // All zero means local, and is what other programs pass.
                NativeCalls.call(NativeFunction.CONNECT, null, () -> VixDiskLib_Connect(parameters.struct(), out));
                handle = NativeCalls.given(out, NativeFunction.CONNECT, null);
            } else {
                library.require(NativeFunction.CONNECT_EX);
                byte readOnly = NativeStructs.bool(request.readOnly());
                MemorySegment snapshot = parameters.text(request.snapshotOfVm());
                MemorySegment modes = parameters.text(request.transportModes(library.transportModes()));
                NativeCalls.call(
                        NativeFunction.CONNECT_EX,
                        request.about(),
                        () -> VixDiskLib_ConnectEx(parameters.struct(), readOnly, snapshot, modes, out));
                handle = NativeCalls.given(out, NativeFunction.CONNECT_EX, request.about());
            }
            return new NativeConnection(session, request, handle);
        }
    }

    /** Whether everything opened through this is read-only. */
    boolean isReadOnly() {
        return request.readOnly();
    }

    /**
     * Whether disks of this host are opened, by the paths of their files.
     *
     * @return whether this is no connection to a server
     */
    public boolean isLocal() {
        return request.isLocal();
    }

    /**
     * What on a server this is for.
     *
     * @return nothing in particular if it is for this host
     */
    public ConnectTarget target() {
        return request.target();
    }

    /**
     * What the library tells about the connection.
     *
     * @return a copy
     * @throws IOException if the library fails
     */
    public ConnectionInfo info() throws IOException {
        library.require(NativeFunction.GET_CONNECT_PARAMS);
        library.require(NativeFunction.FREE_CONNECT_PARAMS);
        return call(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment out = arena.allocate(VixDiskLibNative.C_POINTER);
                NativeCalls.call(
                        NativeFunction.GET_CONNECT_PARAMS,
                        request.about(),
                        () -> VixDiskLib_GetConnectParams(handle, out));
                MemorySegment parameters = NativeCalls.given(out, NativeFunction.GET_CONNECT_PARAMS, request.about());
                try {
                    return NativeConnectParams.info(parameters, library);
                } finally {
                    NativeConnectParams.free(parameters);
                }
            }
        });
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
        return call(() -> add(NativeDisk.open(this, library, handle, path, path, flags)));
    }

    /**
     * Opens the disk that this connection is for.
     *
     * @param name of the disk, for messages
     * @param flags as the library takes them
     * @return the disk
     * @throws IOException if the library fails
     */
    public NativeDisk openOnly(String name, int flags) throws IOException {
        return call(() -> add(NativeDisk.open(this, library, handle, name, null, flags)));
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
            NativeCalls.call(NativeFunction.DISCONNECT, request.about(), () -> VixDiskLib_Disconnect(handle));
        } finally {
            library.disconnected();
        }
    }

    @Override
    public String toString() {
        return (request.readOnly() ? "the read-only connection to " : "the connection to ") + request;
    }
}
