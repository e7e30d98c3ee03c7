/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import dev.vixdisklib.Capabilities;
import dev.vixdisklib.TransportMode;
import dev.vixdisklib.VixError;
import java.io.IOException;
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
     * Connects to the files of this host.
     *
     * @param readOnly whether everything opened through the connection is to be read-only
     * @return the connection
     * @throws IOException if the library fails
     */
    public NativeConnection connectLocal(boolean readOnly) throws IOException {
        return call(() -> {
            library.requireRunning();
            return add(NativeConnection.local(this, readOnly));
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
