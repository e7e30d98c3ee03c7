/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib.internal;

import static dev.vixdisklib.internal.NativeFunction.ATTACH;
import static dev.vixdisklib.internal.NativeFunction.CHECK_REPAIR;
import static dev.vixdisklib.internal.NativeFunction.CLEANUP;
import static dev.vixdisklib.internal.NativeFunction.CLONE;
import static dev.vixdisklib.internal.NativeFunction.CONNECT_EX;
import static dev.vixdisklib.internal.NativeFunction.CREATE;
import static dev.vixdisklib.internal.NativeFunction.CREATE_CHILD;
import static dev.vixdisklib.internal.NativeFunction.DEFRAGMENT;
import static dev.vixdisklib.internal.NativeFunction.END_ACCESS;
import static dev.vixdisklib.internal.NativeFunction.GROW;
import static dev.vixdisklib.internal.NativeFunction.OPEN;
import static dev.vixdisklib.internal.NativeFunction.PREPARE_FOR_ACCESS;
import static dev.vixdisklib.internal.NativeFunction.READ;
import static dev.vixdisklib.internal.NativeFunction.READ_ASYNC;
import static dev.vixdisklib.internal.NativeFunction.RENAME;
import static dev.vixdisklib.internal.NativeFunction.SHRINK;
import static dev.vixdisklib.internal.NativeFunction.UNLINK;
import static dev.vixdisklib.internal.NativeFunction.WRITE_METADATA;

import dev.vixdisklib.ErrorCode;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What to do about errors, by what failed, how, and on what. The same number has different causes for a file of this host
 * and for a disk of a server, at Open and later. The rules come from the VDDK guide ("Interpreting Error Codes"), release
 * notes, and what users of other programs have met.
 */
public final class Hints {

    private static final Set<NativeFunction> PREPARING = EnumSet.of(PREPARE_FOR_ACCESS, END_ACCESS, CLEANUP);
    private static final Set<NativeFunction> READING = EnumSet.of(READ, READ_ASYNC);
    private static final Set<NativeFunction> ALONE = EnumSet.of(GROW, RENAME, UNLINK, SHRINK, DEFRAGMENT, CHECK_REPAIR);

    private static final String OLD_HOST =
            "nothing of this disk could be read since it was opened: check port 902 of its"
                    + " ESXi host, and that this VDDK supports the host's version (its release notes tell)";
    private static final String HOST_MEMORY =
            "the host has no more memory for such transfers: read at most 2 MiB at a time,"
                    + " have fewer disks of a host open, or set smaller nfcAio buffers (16 MiB a disk at most)";
    private static final String NFC_PORT =
            "check that port 902 of the ESXi host that has the disk can be reached from here,"
                    + " or the NFC port that the connection names; vCenter alone is not enough";
    private static final String SERVER_PORT =
            "check the name of the server, and that its port (443 unless the connection names one) can be reached from here";
    private static final String MAINTENANCE =
            "the host shuts down or enters maintenance mode: close its disks, and try again later with a new connection";
    private static final String DISCONNECTED = "the host of the machine is not connected to vCenter: try again later";
    private static final String LOGIN =
            "check user and password; a session cookie is good only as long as its session, so log in again";

    /** The first rule that fits counts. */
    private static final List<Rule> RULES = List.of(
            new Rule(null, Hints::isOfHostMemory, HOST_MEMORY),
            new Rule(
                    ErrorCode.FAIL,
                    Hints::isOpening,
                    "often the thumbprint: compare it with the certificate of the server; it is checked only now"),
            new Rule(ErrorCode.FAIL, Hints::isFirstRead, OLD_HOST),
            new Rule(ErrorCode.OUT_OF_MEMORY, FailedCall::isManaged, HOST_MEMORY),
            new Rule(
                    ErrorCode.INVALID_ARG,
                    Hints::isConnecting,
                    "check that the connection has server, credentials and what to connect to, and nothing that belongs"
                            + " to something else"),
            new Rule(ErrorCode.INVALID_ARG, is(CREATE_CHILD), "a child is of type MONOLITHIC_SPARSE or SPLIT_SPARSE"),
            new Rule(
                    ErrorCode.INVALID_ARG,
                    is(WRITE_METADATA),
                    "a value has no quotation marks and no line breaks, and a key no blanks, = and # either"),
            new Rule(ErrorCode.INVALID_ARG, is(GROW), "a disk grows to more sectors than it has"),
            new Rule(ErrorCode.INVALID_ARG, is(ATTACH), "open the child with SINGLE_LINK, and for writing"),
            new Rule(
                    ErrorCode.FILE_NOT_FOUND,
                    FailedCall::isManaged,
                    "check the path, such as \"[datastore] directory/disk.vmdk\", and that the machine, or its"
                            + " snapshot, has the disk"),
            new Rule(
                    ErrorCode.FILE_NOT_FOUND,
                    Hints::always,
                    "check the path; a disk with a -flat.vmdk or other files needs all of them, and a child disk its"
                            + " parents"),
            new Rule(
                    ErrorCode.NOT_SUPPORTED,
                    Hints::isPreparing,
                    "only vCenter keeps a machine from moving: leave this out for an ESXi host"),
            new Rule(
                    ErrorCode.NOT_SUPPORTED,
                    is(RENAME),
                    "a disk keeps to its file system: clone it to another one, then delete it here"),
            new Rule(
                    ErrorCode.NOT_SUPPORTED,
                    Hints::always,
                    "not with this library, type of disk or transport mode; convert the disk to another type, or use"
                            + " another library"),
            new Rule(ErrorCode.DISK_FULL, FailedCall::isManaged, "free some space on the datastore and try again"),
            new Rule(ErrorCode.DISK_FULL, Hints::always, "free some space and try again"),
            new Rule(ErrorCode.FILE_READ_ONLY, Hints::always, "the disk or its connection was opened read-only"),
            new Rule(
                    ErrorCode.FILE_ALREADY_EXISTS,
                    is(CLONE),
                    "choose another name, or have the disk there replaced with CloneSpec.replacing; on a server, that is"
                            + " the only way"),
            new Rule(ErrorCode.FILE_ALREADY_EXISTS, Hints::always, "choose another name, or delete the file first"),
            new Rule(
                    ErrorCode.FILE_ACCESS_ERROR,
                    Hints::isOpening,
                    "a machine that runs needs a snapshot, named by the connection; else check privileges, whether a"
                            + " transport mode reaches the datastore, and before VDDK 8.0.2 port 902"),
            new Rule(
                    ErrorCode.FILE_ACCESS_ERROR,
                    Hints::isCloningOnServer,
                    "a disk of a machine that runs is cloned from a snapshot, and replaced only while the machine is off;"
                            + " else check privileges and transport modes"),
            new Rule(ErrorCode.FILE_ACCESS_ERROR, Hints::isFirstRead, OLD_HOST),
            new Rule(
                    ErrorCode.FILE_ACCESS_ERROR,
                    FailedCall::isManaged,
                    "check the privileges of the user and the transport modes; for hotadd, that this machine has a free"
                            + " SCSI slot"),
            new Rule(ErrorCode.FILE_ACCESS_ERROR, Hints::always, "check the permissions of the file and its directory"),
            new Rule(
                    ErrorCode.FILE_ALREADY_LOCKED,
                    FailedCall::isManaged,
                    "the machine runs, or another program has the disk open for writing: read a snapshot of it, or try"
                            + " again later"),
            new Rule(
                    ErrorCode.FILE_ALREADY_LOCKED,
                    Hints::isAlone,
                    "this needs the disk for itself: close it wherever it is open"),
            new Rule(
                    ErrorCode.FILE_ALREADY_LOCKED,
                    Hints::always,
                    "another program or handle has the disk open for writing"),
            new Rule(
                    ErrorCode.NOT_SUPPORTED_ON_REMOTE_OBJECT, Hints::always, "this works with disks of this host only"),
            new Rule(ErrorCode.OBJECT_NOT_FOUND, Hints::isConnecting, "check the identifiers of disk and datastore"),
            new Rule(ErrorCode.HOST_NOT_CONNECTED, Hints::always, DISCONNECTED),
            new Rule(ErrorCode.VM_HOST_DISCONNECTED, Hints::always, DISCONNECTED),
            new Rule(ErrorCode.AUTHENTICATION_FAIL, Hints::always, LOGIN),
            new Rule(ErrorCode.INVALID_AUTHENTICATION_SESSION, Hints::always, LOGIN),
            new Rule(ErrorCode.HOST_CONNECTION_LOST, Hints::always, "open the disk again with a new connection"),
            new Rule(
                    ErrorCode.HOST_USER_PERMISSIONS,
                    Hints::isPreparing,
                    "the user lacks a privilege on the machine, of Global: Disable methods, Enable methods, Licenses"),
            new Rule(
                    ErrorCode.HOST_USER_PERMISSIONS,
                    Hints::isOpening,
                    "the user lacks a privilege on the machine, of Virtual machine > Provisioning: Allow read-only disk"
                            + " access, Allow disk access (to write), Allow virtual machine download"),
            new Rule(
                    ErrorCode.HOST_USER_PERMISSIONS,
                    Hints::always,
                    "the user lacks a privilege on the virtual machine or its host"),
            new Rule(
                    ErrorCode.TOO_MANY_LOGONS,
                    Hints::always,
                    "close connections that are not needed; a process can have 52 through vCenter"),
            new Rule(
                    ErrorCode.VM_NOT_FOUND,
                    Hints::always,
                    "check the managed object reference, such as vm-42, which is of one server and is not the name"),
            new Rule(
                    ErrorCode.SNAPSHOT_NOTFOUND,
                    Hints::always,
                    "check the managed object reference of the snapshot, such as snapshot-47, and that it is one of this"
                            + " machine"),
            new Rule(
                    ErrorCode.HOST_SERVER_NOT_FOUND,
                    Hints::always,
                    "check the name of the server and that it resolves here"),
            new Rule(ErrorCode.HOST_NETWORK_CONN_REFUSED, Hints::isAtServer, SERVER_PORT),
            new Rule(ErrorCode.HOST_NETWORK_CONN_REFUSED, Hints::always, NFC_PORT),
            new Rule(ErrorCode.HOST_TCP_SOCKET_ERROR, Hints::isAtServer, SERVER_PORT),
            new Rule(ErrorCode.HOST_TCP_SOCKET_ERROR, Hints::isFirstRead, OLD_HOST),
            new Rule(ErrorCode.HOST_TCP_SOCKET_ERROR, Hints::always, NFC_PORT),
            new Rule(ErrorCode.HOST_TCP_CONN_LOST, Hints::isFirstRead, OLD_HOST),
            new Rule(
                    ErrorCode.HOST_TCP_CONN_LOST,
                    Hints::always,
                    "the connection broke, as after a long time without transfers: open the disk again with a new"
                            + " connection"),
            new Rule(ErrorCode.HOST_SERVER_SHUTDOWN, Hints::always, MAINTENANCE),
            new Rule(ErrorCode.HOST_SERVER_NOT_AVAILABLE, Hints::always, MAINTENANCE),
            new Rule(
                    ErrorCode.DISK_INVAL,
                    is(CREATE),
                    "if it has more than 2 TiB, take the type SPLIT_SPARSE or SPLIT_FLAT, since VDDK makes no larger one"
                            + " in one file"),
            new Rule(
                    ErrorCode.DISK_PARTIALCHAIN,
                    Hints::always,
                    "some of the data is in the parent, and the disk was opened alone; open it without SINGLE_LINK"),
            new Rule(
                    ErrorCode.DISK_NEEDSREPAIR,
                    Hints::always,
                    "restore a copy, or repair the disk: Connection.repairDisk for one of this host, vmkfstools -x repair"
                            + " on an ESXi host"),
            new Rule(ErrorCode.DISK_CANTREPAIR, Hints::always, "what is left can be read, if at all: restore a copy"),
            new Rule(ErrorCode.DISK_CANTSHRINK, Hints::always, "only sparse disks can be made smaller"),
            new Rule(ErrorCode.DISK_OUTOFRANGE, Hints::always, "the range is outside the disk"),
            new Rule(
                    ErrorCode.DISK_CID_MISMATCH,
                    Hints::always,
                    "restore the parent as it was when the child was made, and write no more to a disk that has"
                            + " children"),
            new Rule(
                    ErrorCode.DISK_TOOMANYREDO,
                    Hints::always,
                    "merge some links of the chain; in a virtual machine, delete or consolidate snapshots"),
            new Rule(
                    ErrorCode.DISK_INVALIDCHAIN,
                    Hints::always,
                    "a link names no parent, or one that leads back to it; correct the parentFileNameHint in its"
                            + " descriptor"),
            new Rule(
                    ErrorCode.DISK_ENCODING,
                    Hints::always,
                    "convert the descriptor to UTF-8 and say so in its line encoding; all names of files must fit into"
                            + " it"),
            new Rule(
                    ErrorCode.DISK_INVALIDDISK, Hints::always, "the file is not a VMDK, or it is damaged or truncated"),
            new Rule(
                    ErrorCode.DISK_CAPACITY_MISMATCH,
                    Hints::always,
                    "the parent is another disk, or was made larger after its child; restore the one that the child was"
                            + " made of"),
            new Rule(
                    ErrorCode.DISK_PARENT_NOTALLOWED,
                    Hints::always,
                    "the parent is the disk itself, or has the disk among its own parents: take another one"),
            new Rule(
                    ErrorCode.DISK_ATTACH_ROOTLINK,
                    Hints::always,
                    "only a child can get another parent: make one with createChild, and open it with SINGLE_LINK"),
            new Rule(ErrorCode.CANNOT_CONNECT_TO_HOST, Hints::always, SERVER_PORT),
            new Rule(ErrorCode.NET_HTTP_COULDNT_RESOLVE_HOST, Hints::always, SERVER_PORT),
            new Rule(ErrorCode.NET_HTTP_COULDNT_CONNECT, Hints::always, SERVER_PORT),
            new Rule(ErrorCode.NET_HTTP_OPERATION_TIMEDOUT, Hints::always, SERVER_PORT),
            new Rule(
                    ErrorCode.ASYNC_MIXEDMODE_UNSUPPORTED,
                    Hints::always,
                    "wait for the asynchronous requests on this disk first, or open it a second time"));

    private static final Set<ErrorCode> WITHOUT_PLUGIN = EnumSet.of(
            ErrorCode.FAIL, ErrorCode.NOT_SUPPORTED, ErrorCode.FILE_ACCESS_ERROR, ErrorCode.DISK_NOTSUPPORTED);

    /** What to do about an error, or about all of them, if something else is true. */
    private record Rule(@Nullable ErrorCode code, Predicate<FailedCall> when, String hint) {
        boolean fits(FailedCall call) {
            return (code == null || call.error().is(code)) && when.test(call);
        }
    }

    private Hints() {}

    private static boolean always(FailedCall call) {
        return true;
    }

    private static Predicate<FailedCall> is(NativeFunction function) {
        return call -> call.function() == function;
    }

    private static boolean isAlone(FailedCall call) {
        return ALONE.contains(call.function());
    }

    private static boolean isCloningOnServer(FailedCall call) {
        return call.function() == CLONE && call.isManaged();
    }

    private static boolean isConnecting(FailedCall call) {
        return call.function().connects();
    }

    private static boolean isPreparing(FailedCall call) {
        return PREPARING.contains(call.function());
    }

    /** Whether only the server has a part in it, and no host that has the disk. */
    private static boolean isAtServer(FailedCall call) {
        return isConnecting(call) || isPreparing(call);
    }

    private static boolean isOpening(FailedCall call) {
        return call.function() == OPEN && call.isManaged();
    }

    private static boolean isFirstRead(FailedCall call) {
        return READING.contains(call.function()) && call.isUnread() && call.isManaged();
    }

    private static boolean isOfHostMemory(FailedCall call) {
        return call.isManaged() && call.hasLogged("Failed to allocate");
    }

    /** The hint for a call, or null if there is none. */
    static @Nullable String of(FailedCall call) {
        Path missing = NativeLibrary.missingPlugin();
        boolean needsPlugin = call.isManaged() || call.function() == CONNECT_EX;
        if (missing != null && needsPlugin && WITHOUT_PLUGIN.stream().anyMatch(call.error()::is)) {
            return "there is no " + missing + ", without which only files of this host work: name the directory of a"
                    + " whole VDDK";
        }
        return RULES.stream()
                .filter(rule -> rule.fits(call))
                .map(Rule::hint)
                .findFirst()
                .orElse(null);
    }

    /**
     * All hints for an error, whatever failed and how.
     *
     * @param code the error
     * @return the hints, without repetition; the ones for certain calls first
     */
    public static List<String> of(ErrorCode code) {
        return RULES.stream()
                .filter(rule -> rule.code() == code)
                .map(Rule::hint)
                .distinct()
                .toList();
    }
}
