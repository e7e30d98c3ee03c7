/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.raw.c.VixDiskLibNative.VixDiskLib_Cleanup;

import dev.vixdisklib.Capabilities;
import dev.vixdisklib.CleanupException;
import dev.vixdisklib.CleanupResult;
import dev.vixdisklib.RetryPolicy;
import dev.vixdisklib.TransportMode;
import dev.vixdisklib.VixDiskLibException;
import dev.vixdisklib.VixError;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** What one user of the library has open. */
public final class NativeSession extends NativeResource {

    private final NativeLibrary library;

    /**
     * A new session.
     *
     * @param library the library
     */
    public NativeSession(NativeLibrary library) {
        super(library.control(), null);
        this.library = library;
    }

    /**
     * The library.
     *
     * @return the library of this process
     */
    public NativeLibrary library() {
        return library;
    }

    /**
     * Connects to this host or a server.
     *
     * @param request what to connect to
     * @return the connection
     * @throws IOException if the library fails
     */
    public NativeConnection connect(ConnectRequest request) throws IOException {
        NativeConnectParams.requireKnown(request.target(), library);
        requireUsable();
        try (NativeSecrets secrets = NativeSecrets.of(request.login())) {
            return call(() -> {
                library.requireRunning();
                return add(NativeConnection.open(this, request, secrets));
            });
        }
    }

    /**
     * Prepares a virtual machine for access to its disks.
     *
     * @param request the machine
     * @param identity who prepares it
     * @param policy how often to try
     * @return what ends the access when it is closed
     * @throws IOException if the library fails in all attempts, or the wait between two is interrupted
     */
    public NativeAccess prepareForAccess(ConnectRequest request, String identity, RetryPolicy policy)
            throws IOException {
        library.require(NativeFunction.PREPARE_FOR_ACCESS);
        library.require(NativeFunction.END_ACCESS);
        NativeConnectParams.requireKnown(request.target(), library);
        NativeAccess access = new NativeAccess(this, request, identity, policy);
        keepLibrary();
        boolean prepared = false;
        try {
            access.prepare();
            addPrepared(access);
            prepared = true;
            return access;
        } finally {
            if (!prepared) {
                releaseLibrary();
            }
        }
    }

    private void addPrepared(NativeAccess access) {
        try {
            call(() -> addToCloseLast(access));
        } catch (RuntimeException e) {
            // This was closed in the meantime.
            access.undo(e);
            throw e;
        }
    }

    /**
     * Ends the access to a virtual machine's disks that was prepared, maybe by a process that is gone.
     *
     * @param request the machine
     * @param identity who has prepared it
     * @param policy how often to try
     * @throws IOException if the library fails in all attempts, or the wait between two is interrupted
     */
    public void endAccess(ConnectRequest request, String identity, RetryPolicy policy) throws IOException {
        library.require(NativeFunction.END_ACCESS);
        NativeConnectParams.requireKnown(request.target(), library);
        keepLibrary();
        try {
            Retries.run(policy, () -> {
                requireOpen();
                NativeAccess.end(library, request, identity);
            });
        } finally {
            releaseLibrary();
        }
    }

    /**
     * Cleans up what connections have left on a server that were not closed.
     *
     * @param request the server
     * @return how many machines
     * @throws CleanupException if the library fails, or machines remain
     * @throws IOException if the library has no memory
     */
    public CleanupResult cleanUp(ConnectRequest request) throws IOException {
        library.require(NativeFunction.CLEANUP);
        keepLibrary();
        try (NativeSecrets secrets = NativeSecrets.of(request.login());
                NativeConnectParams parameters = NativeConnectParams.of(library, request.ofServer(), secrets);
                Arena arena = Arena.ofConfined()) {
            MemorySegment cleanedUp = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment remaining = arena.allocate(ValueLayout.JAVA_INT);
            try {
                NativeCalls.call(
                        NativeFunction.CLEANUP,
                        request.ofServer().about(),
                        () -> VixDiskLib_Cleanup(parameters.struct(), cleanedUp, remaining));
            } catch (VixDiskLibException e) {
                throw new CleanupException(e, cleanupResult(cleanedUp, remaining));
            }
            return cleanupResult(cleanedUp, remaining);
        } finally {
            releaseLibrary();
        }
    }

    private static CleanupResult cleanupResult(MemorySegment cleanedUp, MemorySegment remaining) {
        return new CleanupResult(cleanedUp.get(ValueLayout.JAVA_INT, 0), remaining.get(ValueLayout.JAVA_INT, 0));
    }

    /** Throws where {@link #call} would, before the user's code is asked for secrets. */
    private void requireUsable() {
        Callback.requireNone();
        requireOpen();
    }

    /** Keeps the library from ending while the thread of a caller is in it. */
    private void keepLibrary() {
        call(() -> {
            library.requireRunning();
            library.connected();
            return this;
        });
    }

    private void releaseLibrary() {
        library.control().call(() -> {
            library.disconnected();
            return this;
        });
    }

    /**
     * The transport modes.
     *
     * @return their names, in the library's order
     */
    public List<String> transportModes() {
        return call(library::transportModes);
    }

    /**
     * What the library is and can do.
     *
     * @param transportModes as this told them
     * @return a report
     */
    public Capabilities capabilities(List<TransportMode> transportModes) {
        return call(() -> library.capabilities(transportModes));
    }

    /**
     * The library's text for an error.
     *
     * @param error any error
     * @return an English text
     */
    public String errorText(VixError error) {
        return call(() -> library.errorText(error));
    }

    @Override
    void release() {
        // The library outlives its users.
    }

    @Override
    public String toString() {
        return library.toString();
    }
}
