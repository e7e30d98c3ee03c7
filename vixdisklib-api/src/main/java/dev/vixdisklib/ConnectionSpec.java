/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import dev.vixdisklib.internal.ConnectRequest;
import dev.vixdisklib.internal.ConnectTarget;
import dev.vixdisklib.internal.ServerAddress;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What to connect to: the files of this host, or a virtual machine, first-class disk or folder on a server.
 *
 * {@snippet :
 * ConnectionSpec.server("vcenter.example.com", credentials)
 *         .vm("vm-42", "snapshot-47")
 *         .thumbprint("5A:7B:...")
 *         .transportModes(TransportMode.SAN, TransportMode.NBDSSL)
 *         .readOnly();
 * }
 *
 * <p>Immutable, so it may be used from any thread and any number of times; each method returns a new one. What is not
 * given, the library does not get. All that can be checked is checked here, before anything connects.
 */
public final class ConnectionSpec {

    private final @Nullable ServerAddress server;
    private final @Nullable Credentials credentials;
    private final ConnectTarget target;
    private final List<TransportMode> transportModes;
    private final boolean readOnly;

    private ConnectionSpec(
            @Nullable ServerAddress server,
            @Nullable Credentials credentials,
            ConnectTarget target,
            List<TransportMode> transportModes,
            boolean readOnly) {
        this.server = server;
        this.credentials = credentials;
        this.target = target;
        this.transportModes = transportModes;
        this.readOnly = readOnly;
    }

    /**
     * The files of this host.
     *
     * @return the description
     */
    public static ConnectionSpec local() {
        return new ConnectionSpec(null, null, ConnectTarget.NONE, List.of(), false);
    }

    /**
     * A server. To connect, it also has to be said what on the server: see {@link #vm(String)},
     * {@link #firstClassDisk(String, String)} and {@link #datastore}.
     *
     * @param name the name or address of a vCenter Server or ESXi host, such as {@code vcenter.example.com}
     * @param credentials what to log in with; they are needed as long as connections are made
     * @return the description
     * @throws IllegalArgumentException if the name is empty, has blanks, control characters, a scheme, path, port or user
     */
    public static ConnectionSpec server(String name, Credentials credentials) {
        ServerAddress address = new ServerAddress(Names.requireServer(name), credentials.login(), 0, 0, null);
        return new ConnectionSpec(address, credentials, ConnectTarget.NONE, List.of(), false);
    }

    private ServerAddress requireServer(String what) {
        if (server == null) {
            throw new IllegalStateException("a connection to this host has no " + what
                    + "; begin with ConnectionSpec.server(name, credentials)");
        }
        return server;
    }

    private ConnectionSpec with(ServerAddress other) {
        return new ConnectionSpec(other, credentials, target, transportModes, readOnly);
    }

    private ConnectionSpec with(ConnectTarget other) {
        return new ConnectionSpec(server, credentials, other, transportModes, readOnly);
    }

    /**
     * The disks of a virtual machine, in place of what was described before. Without a snapshot, those of a machine that
     * runs can usually not be opened.
     *
     * @param moref the machine's managed object reference, such as {@code vm-42}; {@code moref=vm-42} will do. A vCenter
     *     Server and its hosts have different ones
     * @return a new description
     * @throws IllegalArgumentException if that is no reference of a machine
     * @throws IllegalStateException if this is for the files of this host
     */
    public ConnectionSpec vm(String moref) {
        requireServer("virtual machine");
        return with(new ConnectTarget.Vm(Names.requireVm(moref), null));
    }

    /**
     * The disks of a virtual machine in a snapshot, in place of what was described before. If no transport modes are given,
     * the library is told its own list of them, which makes no difference but for versions that crash without (users of
     * nbdkit have met one).
     *
     * @param moref the machine's managed object reference, such as {@code vm-42}; {@code moref=vm-42} will do
     * @param snapshotMoref the snapshot's managed object reference, such as {@code snapshot-47}
     * @return a new description
     * @throws IllegalArgumentException if one of the two is no such reference
     * @throws IllegalStateException if this is for the files of this host
     */
    public ConnectionSpec vm(String moref, String snapshotMoref) {
        requireServer("virtual machine");
        return with(new ConnectTarget.Vm(Names.requireVm(moref), Names.requireSnapshot(snapshotMoref)));
    }

    /**
     * The disks of a virtual machine that is named in an older way, in place of what was described before.
     *
     * @param text such as {@code [ds1] web/web.vmx?dcPath=DC&dsName=ds1}
     * @return a new description
     * @throws IllegalArgumentException if that is no such text
     * @throws IllegalStateException if this is for the files of this host
     */
    public ConnectionSpec vmxSpec(String text) {
        requireServer("virtual machine");
        return with(new ConnectTarget.Vm(Names.requireVmxSpec(text), null));
    }

    /**
     * The disks of a virtual machine that is named in an older way, in a snapshot, in place of what was described before.
     *
     * @param text such as {@code [ds1] web/web.vmx?dcPath=DC&dsName=ds1}
     * @param snapshotMoref the snapshot's managed object reference, such as {@code snapshot-47}
     * @return a new description
     * @throws IllegalArgumentException if one of the two is not as described
     * @throws IllegalStateException if this is for the files of this host
     */
    public ConnectionSpec vmxSpec(String text, String snapshotMoref) {
        requireServer("virtual machine");
        return with(new ConnectTarget.Vm(Names.requireVmxSpec(text), Names.requireSnapshot(snapshotMoref)));
    }

    /**
     * A first-class disk, in place of what was described before; VDDK 6.7 and later.
     *
     * @param id the disk's id, a UUID
     * @param datastoreMoref the reference of its datastore, such as {@code datastore-11}
     * @return a new description
     * @throws IllegalArgumentException if one of the two is not as described
     * @throws IllegalStateException if this is for the files of this host
     */
    public ConnectionSpec firstClassDisk(String id, String datastoreMoref) {
        requireServer("first-class disk");
        return with(new ConnectTarget.FirstClassDisk(
                Names.requireDiskId(id), Names.requireDatastore(datastoreMoref), null));
    }

    /**
     * A first-class disk as it was in a snapshot, in place of what was described before; VDDK 6.7 and later.
     *
     * @param id the disk's id, a UUID
     * @param datastoreMoref the reference of its datastore, such as {@code datastore-11}
     * @param snapshotId the snapshot's id, a UUID; no managed object reference
     * @return a new description
     * @throws IllegalArgumentException if one of the three is not as described
     * @throws IllegalStateException if this is for the files of this host
     */
    public ConnectionSpec firstClassDisk(String id, String datastoreMoref, String snapshotId) {
        requireServer("first-class disk");
        return with(new ConnectTarget.FirstClassDisk(
                Names.requireDiskId(id),
                Names.requireDatastore(datastoreMoref),
                Names.requireDiskSnapshotId(snapshotId)));
    }

    /**
     * The disks in a folder of a datastore, in place of what was described before; VDDK 8.0.1 and later, without snapshots
     * and without {@link TransportMode#SAN}.
     *
     * @param moref the reference of the datastore, such as {@code datastore-11}
     * @param folder the folder in the datastore
     * @return a new description
     * @throws IllegalArgumentException if one of the two is not as described
     * @throws IllegalStateException if this is for the files of this host
     */
    public ConnectionSpec datastore(String moref, String folder) {
        requireServer("datastore");
        return with(new ConnectTarget.Datastore(
                Names.requireDatastore(moref), Names.requireText(folder, "the folder in the datastore")));
    }

    /**
     * The port of the server's service.
     *
     * @param port 1 to 65535; 443 if none is given
     * @return a new description
     * @throws IllegalArgumentException if there is no such port
     * @throws IllegalStateException if this is for the files of this host
     */
    public ConnectionSpec port(int port) {
        ServerAddress old = requireServer("port");
        return with(
                new ServerAddress(old.name(), old.login(), Names.requirePort(port), old.nfcPort(), old.thumbprint()));
    }

    /**
     * The port of the data, which is used when a disk is opened over the network.
     *
     * @param port 1 to 65535; 902 if none is given
     * @return a new description
     * @throws IllegalArgumentException if there is no such port
     * @throws IllegalStateException if this is for the files of this host
     */
    public ConnectionSpec nfcPort(int port) {
        ServerAddress old = requireServer("port");
        return with(new ServerAddress(old.name(), old.login(), old.port(), Names.requirePort(port), old.thumbprint()));
    }

    /**
     * The thumbprint of the server's certificate. The library checks it when a disk is opened, and fails with
     * {@link ErrorCode#FAIL} if it is another one. Make sure in another way than by asking the server that it is the right
     * one.
     *
     * @param thumbprint the SHA-1 or SHA-256 of the certificate, 20 or 32 bytes in hexadecimal, with or without colons.
     *     VixDiskLib is known to take SHA-1; not every version need take SHA-256
     * @return a new description
     * @throws IllegalArgumentException if that is no thumbprint
     * @throws IllegalStateException if this is for the files of this host
     */
    public ConnectionSpec thumbprint(String thumbprint) {
        ServerAddress old = requireServer("certificate");
        return with(new ServerAddress(
                old.name(), old.login(), old.port(), old.nfcPort(), Names.requireThumbprint(thumbprint)));
    }

    /**
     * The transport modes to try, in this order, in place of those given before. They are tried when a disk is opened; if
     * none of them works, that fails with {@link ErrorCode#FILE_ACCESS_ERROR}. The library overlooks names that it does
     * not know.
     *
     * @param modes one or more; the library's own order if this is not called
     * @return a new description
     * @throws IllegalArgumentException if there is none, or one twice
     * @throws IllegalStateException if this is for the files of this host
     */
    public ConnectionSpec transportModes(TransportMode... modes) {
        requireServer("transport modes");
        List<TransportMode> list = List.of(modes);
        if (list.isEmpty() || list.stream().distinct().count() < list.size()) {
            throw new IllegalArgumentException("one or more different transport modes are needed, not " + list);
        }
        return new ConnectionSpec(server, credentials, target, list, readOnly);
    }

    /**
     * To read only: whatever the connection opens is read-only, which can be faster.
     *
     * @return a new description
     */
    public ConnectionSpec readOnly() {
        return new ConnectionSpec(server, credentials, target, transportModes, true);
    }

    /**
     * Whether this is for the files of this host.
     *
     * @return whether there is no server
     */
    public boolean isLocal() {
        return server == null;
    }

    /**
     * The server.
     *
     * @return its name or address; empty for this host
     */
    public Optional<String> server() {
        return Optional.ofNullable(server).map(ServerAddress::name);
    }

    /**
     * What to log in with.
     *
     * @return the credentials; empty for this host
     */
    public Optional<Credentials> credentials() {
        return Optional.ofNullable(credentials);
    }

    /**
     * The virtual machine.
     *
     * @return as the library gets it, such as {@code moref=vm-42}; empty for another thing
     */
    public Optional<String> vmxSpec() {
        return target instanceof ConnectTarget.Vm vm ? Optional.of(vm.spec()) : Optional.empty();
    }

    /**
     * The first-class disk.
     *
     * @return its id; empty for another thing
     */
    public Optional<String> firstClassDisk() {
        return target instanceof ConnectTarget.FirstClassDisk disk ? Optional.of(disk.id()) : Optional.empty();
    }

    /**
     * The snapshot of the virtual machine or first-class disk.
     *
     * @return its reference or id; empty if there is none
     */
    public Optional<String> snapshot() {
        if (target instanceof ConnectTarget.Vm vm) {
            return Optional.ofNullable(vm.snapshot());
        }
        return target instanceof ConnectTarget.FirstClassDisk disk
                ? Optional.ofNullable(disk.snapshot())
                : Optional.empty();
    }

    /**
     * The datastore of the first-class disk or folder.
     *
     * @return its reference; empty for another thing
     */
    public Optional<String> datastore() {
        if (target instanceof ConnectTarget.FirstClassDisk disk) {
            return Optional.of(disk.datastore());
        }
        return target instanceof ConnectTarget.Datastore datastore ? Optional.of(datastore.moref()) : Optional.empty();
    }

    /**
     * The folder in the datastore.
     *
     * @return its path in the datastore; empty for another thing
     */
    public Optional<String> folder() {
        return target instanceof ConnectTarget.Datastore datastore ? Optional.of(datastore.folder()) : Optional.empty();
    }

    /**
     * The port of the server's service.
     *
     * @return the port; empty for the default
     */
    public OptionalInt port() {
        return server == null || server.port() == 0 ? OptionalInt.empty() : OptionalInt.of(server.port());
    }

    /**
     * The port of the data.
     *
     * @return the port; empty for the default
     */
    public OptionalInt nfcPort() {
        return server == null || server.nfcPort() == 0 ? OptionalInt.empty() : OptionalInt.of(server.nfcPort());
    }

    /**
     * The thumbprint of the server's certificate.
     *
     * @return in capitals, with colons between the bytes; empty if it was not given
     */
    public Optional<String> thumbprint() {
        return server == null ? Optional.empty() : Optional.ofNullable(server.thumbprint());
    }

    /**
     * The transport modes to try.
     *
     * @return in order; empty to leave them to the library
     */
    public List<TransportMode> transportModes() {
        return transportModes;
    }

    /**
     * Whether whatever the connection opens is read-only.
     *
     * @return whether it is to read only
     */
    public boolean isReadOnly() {
        return readOnly;
    }

    /** For the library. */
    ConnectRequest request() {
        return new ConnectRequest(
                server, target, transportModes.stream().map(TransportMode::name).toList(), readOnly);
    }

    /**
     * For the library, which can crash where it gets a server and nothing on it.
     *
     * @throws IllegalArgumentException if there is a server and nothing on it
     */
    ConnectRequest requestToConnect() {
        if (server != null && target instanceof ConnectTarget.None) {
            throw new IllegalArgumentException("it is not said what on " + server.name()
                    + " to connect to; add vm(...), firstClassDisk(...) or" + " datastore(...)");
        }
        return request();
    }

    /**
     * For PrepareForAccess and EndAccess.
     *
     * @throws IllegalArgumentException if this is for no virtual machine, nor a disk that one can have
     */
    ConnectRequest requestForAccess() {
        if (!(target instanceof ConnectTarget.Vm) && !(target instanceof ConnectTarget.FirstClassDisk)) {
            throw new IllegalArgumentException(
                    "access is prepared for a virtual machine or first-class disk of a vCenter" + " Server, not for "
                            + request());
        }
        return request();
    }

    /** Tells no secret. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(request().toString());
        port().ifPresent(port -> text.append(", port ").append(port));
        nfcPort().ifPresent(port -> text.append(", NFC port ").append(port));
        thumbprint().ifPresent(thumbprint -> text.append(", thumbprint ").append(thumbprint));
        credentials().ifPresent(login -> text.append(", as ").append(login));
        if (!transportModes.isEmpty()) {
            text.append(", by ").append(transportModes);
        }
        return text.append(readOnly ? ", read-only" : "").toString();
    }
}
