/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VIX_E_OUT_OF_MEMORY;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_AllocateConnectParams;
import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_FreeConnectParams;

import dev.vixdisklib.ConnectionInfo;
import dev.vixdisklib.VixDiskLibException;
import dev.vixdisklib.raw.c.VixDiskLibConnectParams;
import dev.vixdisklib.raw.c.VixDiskLibConnectParams.VixDiskLibCreds;
import dev.vixdisklib.raw.c.VixDiskLibConnectParams.VixDiskLibCreds.VixDiskLibSessionIdCreds;
import dev.vixdisklib.raw.c.VixDiskLibConnectParams.VixDiskLibCreds.VixDiskLibUidPasswdCreds;
import dev.vixdisklib.raw.c.VixDiskLibDatastoreSpec;
import dev.vixdisklib.raw.c.VixDiskLibNative;
import dev.vixdisklib.raw.c.VixDiskLibVStorageObjectSpec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a connection in the struct of the library, for one call: it copies what it needs (fact sheet, paragraph
 * 2.2). What is absent is NULL or 0, never an empty text.
 */
final class NativeConnectParams implements AutoCloseable {

    private final Arena arena = Arena.ofConfined();
    private final boolean isOfLibrary;
    private MemorySegment struct = MemorySegment.NULL;

    /** Zeroed, and as large as this library wants it. */
    private NativeConnectParams(NativeLibrary library) throws VixDiskLibException {
        isOfLibrary = library.hasConnectSpecs() && library.has(NativeFunction.FREE_CONNECT_PARAMS);
        if (isOfLibrary) {
            NativeCalls.call(NativeFunction.ALLOCATE_CONNECT_PARAMS, null, () -> {
                struct = VixDiskLib_AllocateConnectParams();
                return struct.address() == 0 ? VIX_E_OUT_OF_MEMORY() : 0;
            });
        } else {
            // At least as long as any library knows it; those that cannot allocate it read the part that they know.
            struct = arena.allocate(VixDiskLibConnectParams.layout());
        }
    }

    /**
     * The parameters for a request.
     *
     * @param secrets of the request's login
     * @throws VixDiskLibException if the library has no memory
     */
    static NativeConnectParams of(NativeLibrary library, ConnectRequest request, NativeSecrets secrets)
            throws VixDiskLibException {
        NativeConnectParams params = new NativeConnectParams(library);
        try {
            ServerAddress server = request.server();
            if (server != null) {
                params.fill(server);
                params.fill(server.login(), secrets);
                params.fill(request.target());
            }
            return params;
        } catch (Throwable e) {
            params.close();
            throw e;
        }
    }

    /**
     * Throws unless a library can be told of a target.
     *
     * @throws UnsupportedOperationException if its struct has no place for it
     */
    static void requireKnown(ConnectTarget target, NativeLibrary library) {
        if (target instanceof ConnectTarget.FirstClassDisk && !library.hasConnectSpecs()) {
            throw new UnsupportedOperationException(
                    library + " knows no first-class disks, which VDDK 6.7 and later know");
        }
        if (target instanceof ConnectTarget.Datastore && !library.hasDatastoreSpecs()) {
            throw new UnsupportedOperationException(library
                    + " opens no disks by their datastore and folder, which VDDK 8.0.1 and later do; connect to a"
                    + " virtual machine that has the disk");
        }
    }

    private void fill(ServerAddress server) {
        VixDiskLibConnectParams.serverName(struct, text(server.name()));
        VixDiskLibConnectParams.thumbPrint(struct, text(server.thumbprint()));
        VixDiskLibConnectParams.port(struct, server.port());
        VixDiskLibConnectParams.nfcHostPort(struct, server.nfcPort());
    }

    private void fill(Login login, NativeSecrets secrets) {
        MemorySegment creds = VixDiskLibConnectParams.creds(struct);
        switch (login.kind()) {
            case PASSWORD -> {
                VixDiskLibConnectParams.credType(struct, VixDiskLibNative.VIXDISKLIB_CRED_UID());
                MemorySegment uid = VixDiskLibCreds.uid(creds);
                VixDiskLibUidPasswdCreds.userName(uid, text(login.userName()));
                VixDiskLibUidPasswdCreds.password(uid, secrets.secret());
            }
            case SESSION -> {
                VixDiskLibConnectParams.credType(struct, VixDiskLibNative.VIXDISKLIB_CRED_SESSIONID());
                MemorySegment session = VixDiskLibCreds.sessionId(creds);
                VixDiskLibSessionIdCreds.cookie(session, secrets.secret());
                VixDiskLibSessionIdCreds.userName(session, text(login.userName()));
                VixDiskLibSessionIdCreds.key(session, secrets.key());
            }
            case SSPI -> VixDiskLibConnectParams.credType(struct, VixDiskLibNative.VIXDISKLIB_CRED_SSPI());
        }
    }

    private void fill(ConnectTarget target) {
        if (target instanceof ConnectTarget.Vm vm) {
            VixDiskLibConnectParams.vmxSpec(struct, text(vm.spec()));
        } else if (target instanceof ConnectTarget.FirstClassDisk disk) {
            VixDiskLibConnectParams.specType(struct, VixDiskLibNative.VIXDISKLIB_SPEC_VSTORAGE_OBJECT());
            MemorySegment spec = VixDiskLibConnectParams.spec.vStorageObjSpec(VixDiskLibConnectParams.spec(struct));
            VixDiskLibVStorageObjectSpec.id(spec, text(disk.id()));
            VixDiskLibVStorageObjectSpec.datastoreMoRef(spec, text(disk.datastore()));
            VixDiskLibVStorageObjectSpec.ssId(spec, text(disk.snapshot()));
        } else if (target instanceof ConnectTarget.Datastore datastore) {
            VixDiskLibConnectParams.specType(struct, VixDiskLibNative.VIXDISKLIB_SPEC_DATASTORE());
            MemorySegment spec = VixDiskLibConnectParams.spec.dsSpec(VixDiskLibConnectParams.spec(struct));
            VixDiskLibDatastoreSpec.datastoreMoRef(spec, text(datastore.moref()));
            VixDiskLibDatastoreSpec.diskFolder(spec, text(datastore.folder()));
        }
    }

    /** A text for the library; NULL for none. */
    MemorySegment text(@Nullable String text) {
        return text == null ? MemorySegment.NULL : arena.allocateFrom(text);
    }

    /** The struct. */
    MemorySegment struct() {
        return struct;
    }

    /** Gives the struct back, which the library does without looking at the strings of the caller. */
    @Override
    public void close() {
        if (isOfLibrary) {
            free(struct);
        }
        arena.close();
    }

    /** Gives a struct of the library back, with all that is the library's in it. */
    static void free(MemorySegment struct) {
        NativeCalls.run(NativeFunction.FREE_CONNECT_PARAMS, () -> VixDiskLib_FreeConnectParams(struct));
    }

    /** Copies what is no secret out of the library's memory. */
    static ConnectionInfo info(MemorySegment struct, NativeLibrary library) {
        // The struct ends before these fields in libraries that do not know them.
        int specType = library.hasConnectSpecs()
                ? VixDiskLibConnectParams.specType(struct)
                : VixDiskLibNative.VIXDISKLIB_SPEC_VMX();
        Optional<String> none = Optional.empty();
        if (specType == VixDiskLibNative.VIXDISKLIB_SPEC_VSTORAGE_OBJECT()) {
            MemorySegment disk = VixDiskLibConnectParams.spec.vStorageObjSpec(VixDiskLibConnectParams.spec(struct));
            return info(
                    struct,
                    string(VixDiskLibVStorageObjectSpec.id(disk)),
                    string(VixDiskLibVStorageObjectSpec.ssId(disk)),
                    string(VixDiskLibVStorageObjectSpec.datastoreMoRef(disk)),
                    none);
        }
        if (specType == VixDiskLibNative.VIXDISKLIB_SPEC_DATASTORE() && library.hasDatastoreSpecs()) {
            MemorySegment datastore = VixDiskLibConnectParams.spec.dsSpec(VixDiskLibConnectParams.spec(struct));
            return info(
                    struct,
                    none,
                    none,
                    string(VixDiskLibDatastoreSpec.datastoreMoRef(datastore)),
                    string(VixDiskLibDatastoreSpec.diskFolder(datastore)));
        }
        return info(struct, none, none, none, none);
    }

    private static ConnectionInfo info(
            MemorySegment struct,
            Optional<String> firstClassDisk,
            Optional<String> diskSnapshot,
            Optional<String> datastore,
            Optional<String> folder) {
        return new ConnectionInfo(
                string(VixDiskLibConnectParams.serverName(struct)),
                port(VixDiskLibConnectParams.port(struct)),
                port(VixDiskLibConnectParams.nfcHostPort(struct)),
                string(VixDiskLibConnectParams.thumbPrint(struct)),
                userName(struct),
                string(VixDiskLibConnectParams.vmxSpec(struct)),
                firstClassDisk,
                diskSnapshot,
                datastore,
                folder,
                string(VixDiskLibConnectParams.vimApiVer(struct)));
    }

    /** Only the member of the union that the type tells of has something in it. */
    private static Optional<String> userName(MemorySegment struct) {
        MemorySegment creds = VixDiskLibConnectParams.creds(struct);
        int type = VixDiskLibConnectParams.credType(struct);
        if (type == VixDiskLibNative.VIXDISKLIB_CRED_UID()) {
            return string(VixDiskLibUidPasswdCreds.userName(VixDiskLibCreds.uid(creds)));
        }
        return type == VixDiskLibNative.VIXDISKLIB_CRED_SESSIONID()
                ? string(VixDiskLibSessionIdCreds.userName(VixDiskLibCreds.sessionId(creds)))
                : Optional.empty();
    }

    /** A text, if there is one; an empty one is none, too. */
    private static Optional<String> string(MemorySegment string) {
        return NativeStructs.string(string).filter(text -> !text.isEmpty());
    }

    private static OptionalInt port(int port) {
        return port == 0 ? OptionalInt.empty() : OptionalInt.of(port);
    }
}
