/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.ClosedDisks;
import dev.vixdisklib.internal.Counters;
import dev.vixdisklib.internal.HostPaths;
import dev.vixdisklib.internal.NativeLibrary;
import dev.vixdisklib.internal.NativeSession;
import dev.vixdisklib.internal.Startup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;

/**
 * The library. A process can use one, initialised once; {@code open} may be called as often as one likes, and each result
 * is closed by the one who asked for it. The library itself stays until the process ends (VDDK guide, "Initialize the
 * Library").
 *
 * <p>Its log goes to the {@link System.Logger} named {@code dev.vixdisklib.native}: information at level {@code DEBUG},
 * warnings at {@code WARNING}, what it cannot go on after at {@code ERROR}; known noise about telemetry at {@code DEBUG}. A
 * message of the library is one line: control characters in it become escapes such as {@code \n}. Secrets that a call was
 * given, and what follows names such as {@code password=}, are replaced by {@code [redacted]}. Handlers of that logger must
 * not use this API. The last lines are kept whatever the logger's level, see {@link VixDiskLibException#recentLog()}.
 *
 * <p>Once the library has logged that it cannot go on, everything but closing throws {@link IllegalStateException}: end the
 * process.
 *
 * <p>Flight recordings have events of it in the category {@code VixDiskLib}: {@code dev.vixdisklib.Connect}, {@code Open},
 * {@code Close}, {@code Query} for allocated blocks, and {@code Read} and {@code Write} that take 20 milliseconds or more,
 * unless the recording's settings say otherwise.
 *
 * <p>Call no {@code fork} after this without an {@code exec}; {@link ProcessBuilder} is fine.
 */
public final class VixDiskLib implements AutoCloseable {

    private final NativeSession session;

    private VixDiskLib(NativeSession session) {
        this.session = session;
    }

    /**
     * Loads and initialises a library, unless that was done before.
     *
     * @param location the directory of a VDDK ({@code vmware-vix-disklib-distrib}), or its {@code lib64}, or a library file
     * @return the library
     * @throws IOException if there is no usable library, with a line for every place tried; or, as a
     *     {@link VixDiskLibException}, if it failed to initialise
     * @throws IllegalStateException if this process uses another library already, or this one with a configuration
     * @throws IllegalCallerException if native access is denied to the module {@code dev.vixdisklib.raw}
     * @throws IllegalArgumentException if the location is not a path of this host's file system
     */
    public static VixDiskLib open(Path location) throws IOException {
        return new VixDiskLib(new NativeSession(NativeLibrary.open(location, Startup.withDefaults())));
    }

    /**
     * Loads and initialises a library with a configuration file, unless that was done before.
     *
     * @param location the directory of a VDDK ({@code vmware-vix-disklib-distrib}), or its {@code lib64}, or a library file
     * @param configuration a file of lines {@code key=value} (VDDK guide, "Initialize the Library"), read at the first
     *     open of the process only
     * @return the library
     * @throws java.nio.file.NoSuchFileException if the library is not open yet and there is no such configuration file
     * @throws java.nio.file.AccessDeniedException if the library is not open yet and the configuration file cannot be read
     * @throws IOException as {@link #open(Path)} does
     * @throws IllegalStateException if this process uses another library already, or this one with another configuration
     *     file or none
     * @throws IllegalCallerException if native access is denied to the module {@code dev.vixdisklib.raw}
     * @throws IllegalArgumentException if one of the two is not a path of this host's file system
     */
    public static VixDiskLib open(Path location, Path configuration) throws IOException {
        return new VixDiskLib(new NativeSession(NativeLibrary.open(location, Startup.withFile(configuration))));
    }

    /**
     * Loads and initialises a library with a configuration, unless that was done before.
     *
     * <p>Settings that the version of the library does not have are warned about and have no effect. The library wants a
     * file: unless the configuration is empty, it gets one in the folder for temporary files that only this user can read
     * and write. It is deleted when the JVM ends; a JVM that is killed leaves it. Nothing in it is secret.
     *
     * @param location the directory of a VDDK ({@code vmware-vix-disklib-distrib}), or its {@code lib64}, or a library file
     * @param configuration the settings; they count at the first open of the process only, and later ones have to be equal
     * @return the library
     * @throws IOException as {@link #open(Path)} does, or if there is no room for temporary files
     * @throws IllegalStateException if this process uses another library already, or this one with another configuration;
     *     the message has the difference
     * @throws IllegalCallerException if native access is denied to the module {@code dev.vixdisklib.raw}
     * @throws IllegalArgumentException if the location is not a path of this host's file system
     */
    public static VixDiskLib open(Path location, Configuration configuration) throws IOException {
        return new VixDiskLib(new NativeSession(NativeLibrary.open(location, Startup.with(configuration))));
    }

    /**
     * Loads a library and initialises it in the way that was there before advanced transports: with {@code Init} where the
     * other methods call {@code InitEx}. Then there are local files and the network (nbd, nbdssl), but no SAN, HotAdd and
     * configuration.
     *
     * <p>For a library without {@code InitEx}, and for finding out whether it is the advanced transports that fail. Otherwise,
     * take {@link #open(Path)}, as the VDDK guide says ("Initialize Virtual Disk API").
     *
     * @param location the directory of a VDDK ({@code vmware-vix-disklib-distrib}), or its {@code lib64}, or a library file
     * @return the library
     * @throws IOException as {@link #open(Path)} does
     * @throws IllegalStateException if this process uses another library already, or has initialised it in another way
     * @throws IllegalCallerException if native access is denied to the module {@code dev.vixdisklib.raw}
     * @throws IllegalArgumentException if the location is not a path of this host's file system
     */
    public static VixDiskLib openWithoutAdvancedTransports(Path location) throws IOException {
        return new VixDiskLib(new NativeSession(NativeLibrary.open(location, Startup.withoutAdvancedTransports())));
    }

    /**
     * Connects to this host or to a server. For a server, this logs in, and finds out whether there is such a virtual
     * machine or disk, and waits for that. Transport modes, the thumbprint and the port of the data are looked at when a disk
     * is opened.
     *
     * @param spec what to connect to
     * @return a connection, for the caller to close
     * @throws VixDiskLibException if the library fails, for example because the server cannot be reached or does not accept
     *     the password
     * @throws UnsupportedOperationException if the library lacks {@code ConnectEx}, or is older than what is to be
     *     connected to
     * @throws IllegalArgumentException if it is not said what on the server to connect to, or a supplier of secrets gives
     *     something that is none
     * @throws IllegalStateException if this is closed, or the credentials are destroyed
     */
    public Connection connect(ConnectionSpec spec) throws IOException {
        return new Connection(session.connect(spec.requestToConnect()));
    }

    /**
     * Connects to the files of this host: {@link ConnectionSpec#local()}.
     *
     * @return a connection, for the caller to close
     * @throws VixDiskLibException if the library fails
     * @throws IllegalStateException if this is closed
     */
    public Connection connectLocal() throws IOException {
        return connect(ConnectionSpec.local());
    }

    /**
     * Connects to the files of this host, to read only: whatever the connection opens is read-only.
     *
     * @return a connection, for the caller to close
     * @throws VixDiskLibException if the library fails
     * @throws UnsupportedOperationException if the library lacks {@code ConnectEx}
     * @throws IllegalStateException if this is closed
     */
    public Connection connectLocalReadOnly() throws IOException {
        return connect(ConnectionSpec.local().readOnly());
    }

    /**
     * Has a vCenter Server keep a virtual machine where it is while its disks are accessed, until the result is closed; tries
     * ten times, a minute after each other. As {@link #prepareForAccess(ConnectionSpec, String, RetryPolicy)}.
     *
     * @param spec the virtual machine, or a first-class disk whose virtual machines are all kept
     * @param identity who accesses it, as {@link #prepareForAccess(ConnectionSpec, String, RetryPolicy)} takes it
     * @return the access, for the caller to close after the last disk and the deletion of the snapshot
     * @throws IOException as {@link #prepareForAccess(ConnectionSpec, String, RetryPolicy)} does
     */
    public PreparedAccess prepareForAccess(ConnectionSpec spec, String identity) throws IOException {
        return prepareForAccess(spec, identity, RetryPolicy.DEFAULT);
    }

    /**
     * Has a vCenter Server keep a virtual machine where it is while its disks are accessed, until the result is closed: it
     * turns {@code RelocateVM_Task} off for the machine (VDDK guide, "Prepare For Access and End Access"). Call this before a
     * snapshot is made. It fails while the machine is on its way somewhere else, which is what the retries are for; they are
     * at level {@code INFO} in the log {@code dev.vixdisklib}. Closing this object ends the access too, after its
     * connections.
     *
     * <p>Runs and waits on the calling thread. Interrupting the thread ends the waiting, not a call into the library.
     * Whenever this fails, nothing is left prepared.
     *
     * @param spec the virtual machine, or a first-class disk whose virtual machines are all kept. The credentials are needed
     *     until the access has ended
     * @param identity who accesses it, for tracking, such as the name of the application; 1 to 50 bytes in UTF-8
     * @param policy how often to try, also for the end of the access
     * @return the access, for the caller to close after the last disk and the deletion of the snapshot
     * @throws VixDiskLibException if the library fails in all attempts, or in a way that waiting does not cure:
     *     {@link ErrorCode#NOT_SUPPORTED} for an ESXi host
     * @throws java.io.InterruptedIOException if the thread is interrupted between two attempts, and stays so; the last
     *     failure is its cause
     * @throws UnsupportedOperationException if the library lacks {@code PrepareForAccess} or {@code EndAccess}, or is older
     *     than what is to be accessed
     * @throws IllegalArgumentException if the description is of something else, the identity is not as described, or a
     *     supplier of secrets gives something that is none
     * @throws IllegalStateException if this is closed, or the credentials are destroyed
     */
    public PreparedAccess prepareForAccess(ConnectionSpec spec, String identity, RetryPolicy policy)
            throws IOException {
        Objects.requireNonNull(policy, "policy");
        return new PreparedAccess(
                session.prepareForAccess(spec.requestForAccess(), Names.requireIdentity(identity), policy));
    }

    /**
     * Ends an access that was prepared and not ended, because its process is gone or could not; tries once. As
     * {@link #endAccess(ConnectionSpec, String, RetryPolicy)}.
     *
     * @param spec as it was for preparing
     * @param identity as it was for preparing
     * @throws IOException as {@link #endAccess(ConnectionSpec, String, RetryPolicy)} does
     */
    public void endAccess(ConnectionSpec spec, String identity) throws IOException {
        endAccess(spec, identity, RetryPolicy.NONE);
    }

    /**
     * Ends an access that was prepared and not ended, because its process is gone or could not. Where there is none, it does
     * nothing. Runs and waits on the calling thread, as {@link #prepareForAccess(ConnectionSpec, String, RetryPolicy)} does.
     *
     * @param spec as it was for preparing
     * @param identity as it was for preparing
     * @param policy how often to try
     * @throws VixDiskLibException if the library fails in all attempts, or in a way that waiting does not cure
     * @throws java.io.InterruptedIOException if the thread is interrupted between two attempts, and stays so; the last
     *     failure is its cause
     * @throws UnsupportedOperationException if the library lacks {@code EndAccess}, or is older than what was accessed
     * @throws IllegalArgumentException if the description is of something else, the identity is not as described, or a
     *     supplier of secrets gives something that is none
     * @throws IllegalStateException if this is closed, or the credentials are destroyed
     */
    public void endAccess(ConnectionSpec spec, String identity, RetryPolicy policy) throws IOException {
        Objects.requireNonNull(policy, "policy");
        session.endAccess(spec.requestForAccess(), Names.requireIdentity(identity), policy);
    }

    /**
     * Removes what connections have left on a server that were not closed, because their processes are gone: disks that are
     * attached by HotAdd, machines that were prepared for access (VDDK guide, "Clean Up After Disconnect"). It is for the
     * server as a whole, whatever else the description is of. Runs on the calling thread. Does nothing for this host.
     *
     * @param spec the server
     * @return how many virtual machines were cleaned up; none remains
     * @throws CleanupException if the library fails, or virtual machines remain to be cleaned up; it has both numbers
     * @throws UnsupportedOperationException if the library lacks {@code Cleanup}
     * @throws IllegalArgumentException if a supplier of secrets gives something that is none
     * @throws IllegalStateException if this is closed, or the credentials are destroyed
     */
    public CleanupResult cleanup(ConnectionSpec spec) throws IOException {
        return session.cleanUp(spec.request());
    }

    /**
     * How often the functions of the library were called in this process up to now, by whatever was opened. May be asked at
     * any time, and waits for nothing.
     *
     * @return the calls of all 43 functions
     */
    public static Statistics statistics() {
        return Counters.statistics();
    }

    /**
     * Sets whether {@code Read} and {@code Write} are timed for the {@link #statistics()}. The clock takes about as long as
     * the way from Java to the library and back, so they are not, unless this is called or a flight recording has the events
     * of transfers; all other functions always are.
     *
     * @param timed whether they are from now on, in the whole process
     */
    public static void timeTransfers(boolean timed) {
        Counters.timeTransfers(timed);
    }

    /**
     * The ways in which this library can reach disks, as far as it tells without a connection.
     *
     * @return the modes, in the library's order of preference
     * @throws IllegalStateException if this is closed
     */
    public List<TransportMode> transportModes() {
        return session.transportModes().stream().map(TransportMode::told).toList();
    }

    /**
     * The version of the library, as its file's name tells it.
     *
     * @return such as {@code 8.0.3}, or {@code unknown}
     */
    public String version() {
        return session.library().library().version().toString();
    }

    /**
     * The library file that was loaded.
     *
     * @return an absolute path without symbolic links
     */
    public Path libraryFile() {
        return session.library().library().file();
    }

    /**
     * The functions of VixDiskLib 8.0 that this library lacks. What needs one of them throws
     * {@link UnsupportedOperationException}.
     *
     * @return names without {@code VixDiskLib_}, in alphabetical order; empty for VDDK 6.7 and later
     */
    public SortedSet<String> missingFunctions() {
        return session.library().missingFunctions();
    }

    /**
     * Gives a disk of this host another name, maybe in another folder of the same file system: its descriptor and the
     * extents that are called like it. It must not be open. Children of it do not find it under the new name. Until it is
     * done, all that opens and closes in this process waits.
     *
     * @param from the disk; for a flat or split one the descriptor file
     * @param to its new name; nothing must be there
     * @throws VixDiskLibException if the library fails, for example because the disk is open
     *     ({@link ErrorCode#FILE_ALREADY_LOCKED}) or the new name is taken ({@link ErrorCode#FILE_ALREADY_EXISTS}); its
     *     target names both
     * @throws UnsupportedOperationException if the library lacks {@code Rename}
     * @throws IllegalArgumentException if one of the paths is not of this host's file system
     * @throws IllegalStateException if this is closed
     */
    public void renameDisk(Path from, Path to) throws IOException {
        ClosedDisks.rename(
                session,
                HostPaths.absolute(from).toString(),
                HostPaths.absolute(to).toString());
    }

    /**
     * What this library is and can do. As text, it belongs into every bug report.
     *
     * @return a report, as of now
     * @throws IllegalStateException if this is closed
     */
    public Capabilities capabilities() {
        return session.capabilities(transportModes());
    }

    /**
     * The library's own text for an error, such as one from a log or from another program. Exceptions of this API have it
     * already ({@link VixDiskLibException#libraryText}).
     *
     * @param error any error, {@link ErrorCode#OK} included
     * @return an English text; for a number that the library does not know, words that say so
     * @throws IllegalStateException if this is closed
     */
    public String errorText(VixError error) {
        return session.errorText(Objects.requireNonNull(error, "error"));
    }

    /**
     * Closes the connections that were made through this, with their disks, and then the {@linkplain PreparedAccess
     * accesses} that were prepared. Waits for reads and writes that are under way, asynchronous ones too. Everything is
     * closed in any case; what failed is thrown at the end. Closing twice does nothing.
     *
     * @throws VixDiskLibException if the library reports a failure, such as data that could not be written
     * @throws java.io.InterruptedIOException if the thread is interrupted while an access has to be tried again to be ended
     */
    @Override
    public void close() throws IOException {
        session.close();
    }

    @Override
    public String toString() {
        return session.toString();
    }
}
