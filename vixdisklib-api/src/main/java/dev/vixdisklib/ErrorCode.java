/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
package dev.vixdisklib;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The error codes of VixDiskLib 8.0, those of its relatives included: the C names without {@code VIX_E_}, with their odd
 * spellings. A test compares them with the C header.
 */
public enum ErrorCode {
    /** {@code VIX_OK}. */
    OK(0),
    /** {@code VIX_E_FAIL}. */
    FAIL(1, "for a managed disk this is often a wrong thumbprint"),
    /** {@code VIX_E_OUT_OF_MEMORY}. */
    OUT_OF_MEMORY(2),
    /** {@code VIX_E_INVALID_ARG}. */
    INVALID_ARG(3),
    /** {@code VIX_E_FILE_NOT_FOUND}. */
    FILE_NOT_FOUND(
            4,
            "check the path; a disk with a -flat.vmdk or other files needs all of them, and a child disk its parents"),
    /** {@code VIX_E_OBJECT_IS_BUSY}. */
    OBJECT_IS_BUSY(5),
    /** {@code VIX_E_NOT_SUPPORTED}. */
    NOT_SUPPORTED(
            6,
            "not with this library, type of disk or transport mode; convert the disk to another type, or use another library"),
    /** {@code VIX_E_FILE_ERROR}. */
    FILE_ERROR(7),
    /** {@code VIX_E_DISK_FULL}. */
    DISK_FULL(8, "free some space and try again"),
    /** {@code VIX_E_INCORRECT_FILE_TYPE}. */
    INCORRECT_FILE_TYPE(9),
    /** {@code VIX_E_CANCELLED}. */
    CANCELLED(10),
    /** {@code VIX_E_FILE_READ_ONLY}. */
    FILE_READ_ONLY(11, "the disk or its connection was opened read-only"),
    /** {@code VIX_E_FILE_ALREADY_EXISTS}. */
    FILE_ALREADY_EXISTS(12, "choose another name, or delete the file first"),
    /** {@code VIX_E_FILE_ACCESS_ERROR}. */
    FILE_ACCESS_ERROR(
            13,
            "check the permissions of the file and its directory; for a managed disk also snapshot, privileges and transport modes"),
    /** {@code VIX_E_REQUIRES_LARGE_FILES}. */
    REQUIRES_LARGE_FILES(14),
    /** {@code VIX_E_FILE_ALREADY_LOCKED}. */
    FILE_ALREADY_LOCKED(15, "another program or handle has the disk open for writing"),
    /** {@code VIX_E_VMDB}. */
    VMDB(16),
    /** {@code VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT}. */
    NOT_SUPPORTED_ON_REMOTE_OBJECT(20),
    /** {@code VIX_E_FILE_TOO_BIG}. */
    FILE_TOO_BIG(21),
    /** {@code VIX_E_FILE_NAME_INVALID}. */
    FILE_NAME_INVALID(22),
    /** {@code VIX_E_ALREADY_EXISTS}. */
    ALREADY_EXISTS(23),
    /** {@code VIX_E_BUFFER_TOOSMALL}. */
    BUFFER_TOOSMALL(24),
    /** {@code VIX_E_OBJECT_NOT_FOUND}. */
    OBJECT_NOT_FOUND(25),
    /** {@code VIX_E_HOST_NOT_CONNECTED}. */
    HOST_NOT_CONNECTED(26),
    /** {@code VIX_E_INVALID_UTF8_STRING}. */
    INVALID_UTF8_STRING(27),
    /** {@code VIX_E_UNFINISHED_JOB}. */
    UNFINISHED_JOB(29),
    /** {@code VIX_E_NEED_KEY}. */
    NEED_KEY(30),
    /** {@code VIX_E_OPERATION_ALREADY_IN_PROGRESS}. */
    OPERATION_ALREADY_IN_PROGRESS(31),
    /** {@code VIX_E_LICENSE}. */
    LICENSE(32),
    /** {@code VIX_E_VM_HOST_DISCONNECTED}. */
    VM_HOST_DISCONNECTED(34),
    /** {@code VIX_E_AUTHENTICATION_FAIL}. */
    AUTHENTICATION_FAIL(35),
    /** {@code VIX_E_HOST_CONNECTION_LOST}. */
    HOST_CONNECTION_LOST(36),
    /** {@code VIX_E_DUPLICATE_NAME}. */
    DUPLICATE_NAME(41),
    /** {@code VIX_E_ARGUMENT_TOO_BIG}. */
    ARGUMENT_TOO_BIG(44),
    /** {@code VIX_E_INVALID_HANDLE}. */
    INVALID_HANDLE(1000),
    /** {@code VIX_E_NOT_SUPPORTED_ON_HANDLE_TYPE}. */
    NOT_SUPPORTED_ON_HANDLE_TYPE(1001),
    /** {@code VIX_E_TOO_MANY_HANDLES}. */
    TOO_MANY_HANDLES(1002),
    /** {@code VIX_E_NOT_FOUND}. */
    NOT_FOUND(2000),
    /** {@code VIX_E_TYPE_MISMATCH}. */
    TYPE_MISMATCH(2001),
    /** {@code VIX_E_INVALID_XML}. */
    INVALID_XML(2002),
    /** {@code VIX_E_TIMEOUT_WAITING_FOR_TOOLS}. */
    TIMEOUT_WAITING_FOR_TOOLS(3000),
    /** {@code VIX_E_UNRECOGNIZED_COMMAND}. */
    UNRECOGNIZED_COMMAND(3001),
    /** {@code VIX_E_OP_NOT_SUPPORTED_ON_GUEST}. */
    OP_NOT_SUPPORTED_ON_GUEST(3003),
    /** {@code VIX_E_PROGRAM_NOT_STARTED}. */
    PROGRAM_NOT_STARTED(3004),
    /** {@code VIX_E_CANNOT_START_READ_ONLY_VM}. */
    CANNOT_START_READ_ONLY_VM(3005),
    /** {@code VIX_E_VM_NOT_RUNNING}. */
    VM_NOT_RUNNING(3006),
    /** {@code VIX_E_VM_IS_RUNNING}. */
    VM_IS_RUNNING(3007),
    /** {@code VIX_E_CANNOT_CONNECT_TO_VM}. */
    CANNOT_CONNECT_TO_VM(3008),
    /** {@code VIX_E_POWEROP_SCRIPTS_NOT_AVAILABLE}. */
    POWEROP_SCRIPTS_NOT_AVAILABLE(3009),
    /** {@code VIX_E_NO_GUEST_OS_INSTALLED}. */
    NO_GUEST_OS_INSTALLED(3010),
    /** {@code VIX_E_VM_INSUFFICIENT_HOST_MEMORY}. */
    VM_INSUFFICIENT_HOST_MEMORY(3011),
    /** {@code VIX_E_SUSPEND_ERROR}. */
    SUSPEND_ERROR(3012),
    /** {@code VIX_E_VM_NOT_ENOUGH_CPUS}. */
    VM_NOT_ENOUGH_CPUS(3013),
    /** {@code VIX_E_HOST_USER_PERMISSIONS}. */
    HOST_USER_PERMISSIONS(3014, "the user lacks a privilege on the virtual machine or its host"),
    /** {@code VIX_E_GUEST_USER_PERMISSIONS}. */
    GUEST_USER_PERMISSIONS(3015),
    /** {@code VIX_E_TOOLS_NOT_RUNNING}. */
    TOOLS_NOT_RUNNING(3016),
    /** {@code VIX_E_GUEST_OPERATIONS_PROHIBITED}. */
    GUEST_OPERATIONS_PROHIBITED(3017),
    /** {@code VIX_E_ANON_GUEST_OPERATIONS_PROHIBITED}. */
    ANON_GUEST_OPERATIONS_PROHIBITED(3018),
    /** {@code VIX_E_ROOT_GUEST_OPERATIONS_PROHIBITED}. */
    ROOT_GUEST_OPERATIONS_PROHIBITED(3019),
    /** {@code VIX_E_MISSING_ANON_GUEST_ACCOUNT}. */
    MISSING_ANON_GUEST_ACCOUNT(3023),
    /** {@code VIX_E_CANNOT_AUTHENTICATE_WITH_GUEST}. */
    CANNOT_AUTHENTICATE_WITH_GUEST(3024),
    /** {@code VIX_E_UNRECOGNIZED_COMMAND_IN_GUEST}. */
    UNRECOGNIZED_COMMAND_IN_GUEST(3025),
    /** {@code VIX_E_CONSOLE_GUEST_OPERATIONS_PROHIBITED}. */
    CONSOLE_GUEST_OPERATIONS_PROHIBITED(3026),
    /** {@code VIX_E_MUST_BE_CONSOLE_USER}. */
    MUST_BE_CONSOLE_USER(3027),
    /** {@code VIX_E_VMX_MSG_DIALOG_AND_NO_UI}. */
    VMX_MSG_DIALOG_AND_NO_UI(3028),
    /** {@code VIX_E_OPERATION_NOT_ALLOWED_FOR_LOGIN_TYPE}. */
    OPERATION_NOT_ALLOWED_FOR_LOGIN_TYPE(3031),
    /** {@code VIX_E_LOGIN_TYPE_NOT_SUPPORTED}. */
    LOGIN_TYPE_NOT_SUPPORTED(3032),
    /** {@code VIX_E_EMPTY_PASSWORD_NOT_ALLOWED_IN_GUEST}. */
    EMPTY_PASSWORD_NOT_ALLOWED_IN_GUEST(3033),
    /** {@code VIX_E_INTERACTIVE_SESSION_NOT_PRESENT}. */
    INTERACTIVE_SESSION_NOT_PRESENT(3034),
    /** {@code VIX_E_INTERACTIVE_SESSION_USER_MISMATCH}. */
    INTERACTIVE_SESSION_USER_MISMATCH(3035),
    /** {@code VIX_E_CANNOT_POWER_ON_VM}. */
    CANNOT_POWER_ON_VM(3041),
    /** {@code VIX_E_NO_DISPLAY_SERVER}. */
    NO_DISPLAY_SERVER(3043),
    /** {@code VIX_E_TOO_MANY_LOGONS}. */
    TOO_MANY_LOGONS(3046),
    /** {@code VIX_E_INVALID_AUTHENTICATION_SESSION}. */
    INVALID_AUTHENTICATION_SESSION(3047),
    /** {@code VIX_E_VM_NOT_FOUND}. */
    VM_NOT_FOUND(4000),
    /** {@code VIX_E_NOT_SUPPORTED_FOR_VM_VERSION}. */
    NOT_SUPPORTED_FOR_VM_VERSION(4001),
    /** {@code VIX_E_CANNOT_READ_VM_CONFIG}. */
    CANNOT_READ_VM_CONFIG(4002),
    /** {@code VIX_E_TEMPLATE_VM}. */
    TEMPLATE_VM(4003),
    /** {@code VIX_E_VM_ALREADY_LOADED}. */
    VM_ALREADY_LOADED(4004),
    /** {@code VIX_E_VM_ALREADY_UP_TO_DATE}. */
    VM_ALREADY_UP_TO_DATE(4006),
    /** {@code VIX_E_VM_UNSUPPORTED_GUEST}. */
    VM_UNSUPPORTED_GUEST(4011),
    /** {@code VIX_E_UNRECOGNIZED_PROPERTY}. */
    UNRECOGNIZED_PROPERTY(6000),
    /** {@code VIX_E_INVALID_PROPERTY_VALUE}. */
    INVALID_PROPERTY_VALUE(6001),
    /** {@code VIX_E_READ_ONLY_PROPERTY}. */
    READ_ONLY_PROPERTY(6002),
    /** {@code VIX_E_MISSING_REQUIRED_PROPERTY}. */
    MISSING_REQUIRED_PROPERTY(6003),
    /** {@code VIX_E_INVALID_SERIALIZED_DATA}. */
    INVALID_SERIALIZED_DATA(6004),
    /** {@code VIX_E_PROPERTY_TYPE_MISMATCH}. */
    PROPERTY_TYPE_MISMATCH(6005),
    /** {@code VIX_E_BAD_VM_INDEX}. */
    BAD_VM_INDEX(8000),
    /** {@code VIX_E_INVALID_MESSAGE_HEADER}. */
    INVALID_MESSAGE_HEADER(10000),
    /** {@code VIX_E_INVALID_MESSAGE_BODY}. */
    INVALID_MESSAGE_BODY(10001),
    /** {@code VIX_E_SNAPSHOT_INVAL}. */
    SNAPSHOT_INVAL(13000),
    /** {@code VIX_E_SNAPSHOT_DUMPER}. */
    SNAPSHOT_DUMPER(13001),
    /** {@code VIX_E_SNAPSHOT_DISKLIB}. */
    SNAPSHOT_DISKLIB(13002),
    /** {@code VIX_E_SNAPSHOT_NOTFOUND}. */
    SNAPSHOT_NOTFOUND(13003),
    /** {@code VIX_E_SNAPSHOT_EXISTS}. */
    SNAPSHOT_EXISTS(13004),
    /** {@code VIX_E_SNAPSHOT_VERSION}. */
    SNAPSHOT_VERSION(13005),
    /** {@code VIX_E_SNAPSHOT_NOPERM}. */
    SNAPSHOT_NOPERM(13006),
    /** {@code VIX_E_SNAPSHOT_CONFIG}. */
    SNAPSHOT_CONFIG(13007),
    /** {@code VIX_E_SNAPSHOT_NOCHANGE}. */
    SNAPSHOT_NOCHANGE(13008),
    /** {@code VIX_E_SNAPSHOT_CHECKPOINT}. */
    SNAPSHOT_CHECKPOINT(13009),
    /** {@code VIX_E_SNAPSHOT_LOCKED}. */
    SNAPSHOT_LOCKED(13010),
    /** {@code VIX_E_SNAPSHOT_INCONSISTENT}. */
    SNAPSHOT_INCONSISTENT(13011),
    /** {@code VIX_E_SNAPSHOT_NAMETOOLONG}. */
    SNAPSHOT_NAMETOOLONG(13012),
    /** {@code VIX_E_SNAPSHOT_VIXFILE}. */
    SNAPSHOT_VIXFILE(13013),
    /** {@code VIX_E_SNAPSHOT_DISKLOCKED}. */
    SNAPSHOT_DISKLOCKED(13014),
    /** {@code VIX_E_SNAPSHOT_DUPLICATEDDISK}. */
    SNAPSHOT_DUPLICATEDDISK(13015),
    /** {@code VIX_E_SNAPSHOT_INDEPENDENTDISK}. */
    SNAPSHOT_INDEPENDENTDISK(13016),
    /** {@code VIX_E_SNAPSHOT_NONUNIQUE_NAME}. */
    SNAPSHOT_NONUNIQUE_NAME(13017),
    /** {@code VIX_E_SNAPSHOT_MEMORY_ON_INDEPENDENT_DISK}. */
    SNAPSHOT_MEMORY_ON_INDEPENDENT_DISK(13018),
    /** {@code VIX_E_SNAPSHOT_MAXSNAPSHOTS}. */
    SNAPSHOT_MAXSNAPSHOTS(13019),
    /** {@code VIX_E_SNAPSHOT_MIN_FREE_SPACE}. */
    SNAPSHOT_MIN_FREE_SPACE(13020),
    /** {@code VIX_E_SNAPSHOT_HIERARCHY_TOODEEP}. */
    SNAPSHOT_HIERARCHY_TOODEEP(13021),
    /** {@code VIX_E_SNAPSHOT_RRSUSPEND}. */
    SNAPSHOT_RRSUSPEND(13022),
    /** {@code VIX_E_SNAPSHOT_NOT_REVERTABLE}. */
    SNAPSHOT_NOT_REVERTABLE(13024),
    /** {@code VIX_E_HOST_DISK_INVALID_VALUE}. */
    HOST_DISK_INVALID_VALUE(14003),
    /** {@code VIX_E_HOST_DISK_SECTORSIZE}. */
    HOST_DISK_SECTORSIZE(14004),
    /** {@code VIX_E_HOST_FILE_ERROR_EOF}. */
    HOST_FILE_ERROR_EOF(14005),
    /** {@code VIX_E_HOST_NETBLKDEV_HANDSHAKE}. */
    HOST_NETBLKDEV_HANDSHAKE(14006),
    /** {@code VIX_E_HOST_SOCKET_CREATION_ERROR}. */
    HOST_SOCKET_CREATION_ERROR(14007),
    /** {@code VIX_E_HOST_SERVER_NOT_FOUND}. */
    HOST_SERVER_NOT_FOUND(14008),
    /** {@code VIX_E_HOST_NETWORK_CONN_REFUSED}. */
    HOST_NETWORK_CONN_REFUSED(14009, "check that port 902 of the host can be reached"),
    /** {@code VIX_E_HOST_TCP_SOCKET_ERROR}. */
    HOST_TCP_SOCKET_ERROR(14010),
    /** {@code VIX_E_HOST_TCP_CONN_LOST}. */
    HOST_TCP_CONN_LOST(14011),
    /** {@code VIX_E_HOST_NBD_HASHFILE_VOLUME}. */
    HOST_NBD_HASHFILE_VOLUME(14012),
    /** {@code VIX_E_HOST_NBD_HASHFILE_INIT}. */
    HOST_NBD_HASHFILE_INIT(14013),
    /** {@code VIX_E_HOST_SERVER_SHUTDOWN}. */
    HOST_SERVER_SHUTDOWN(14014, "the host shuts down or enters maintenance mode; try again later"),
    /** {@code VIX_E_HOST_SERVER_NOT_AVAILABLE}. */
    HOST_SERVER_NOT_AVAILABLE(14015),
    /** {@code VIX_E_DISK_INVAL}. */
    DISK_INVAL(16000),
    /** {@code VIX_E_DISK_NOINIT}. */
    DISK_NOINIT(16001),
    /** {@code VIX_E_DISK_NOIO}. */
    DISK_NOIO(16002),
    /** {@code VIX_E_DISK_PARTIALCHAIN}. */
    DISK_PARTIALCHAIN(
            16003, "some of the data is in the parent, and the disk was opened alone; open it without SINGLE_LINK"),
    /** {@code VIX_E_DISK_NEEDSREPAIR}. */
    DISK_NEEDSREPAIR(
            16006,
            "restore a copy, or repair the disk with vmware-vdiskmanager -R or, on an ESXi host, vmkfstools -x repair"),
    /** {@code VIX_E_DISK_OUTOFRANGE}. */
    DISK_OUTOFRANGE(16007, "the range is outside the disk"),
    /** {@code VIX_E_DISK_CID_MISMATCH}. */
    DISK_CID_MISMATCH(
            16008,
            "restore the parent as it was when the child was made, and write no more to a disk that has children"),
    /** {@code VIX_E_DISK_CANTSHRINK}. */
    DISK_CANTSHRINK(16009),
    /** {@code VIX_E_DISK_PARTMISMATCH}. */
    DISK_PARTMISMATCH(16010),
    /** {@code VIX_E_DISK_UNSUPPORTEDDISKVERSION}. */
    DISK_UNSUPPORTEDDISKVERSION(16011),
    /** {@code VIX_E_DISK_OPENPARENT}. */
    DISK_OPENPARENT(16012),
    /** {@code VIX_E_DISK_NOTSUPPORTED}. */
    DISK_NOTSUPPORTED(16013),
    /** {@code VIX_E_DISK_NEEDKEY}. */
    DISK_NEEDKEY(16014),
    /** {@code VIX_E_DISK_NOKEYOVERRIDE}. */
    DISK_NOKEYOVERRIDE(16015),
    /** {@code VIX_E_DISK_NOTENCRYPTED}. */
    DISK_NOTENCRYPTED(16016),
    /** {@code VIX_E_DISK_NOKEY}. */
    DISK_NOKEY(16017),
    /** {@code VIX_E_DISK_INVALIDPARTITIONTABLE}. */
    DISK_INVALIDPARTITIONTABLE(16018),
    /** {@code VIX_E_DISK_NOTNORMAL}. */
    DISK_NOTNORMAL(16019),
    /** {@code VIX_E_DISK_NOTENCDESC}. */
    DISK_NOTENCDESC(16020),
    /** {@code VIX_E_DISK_NEEDVMFS}. */
    DISK_NEEDVMFS(16022),
    /** {@code VIX_E_DISK_RAWTOOBIG}. */
    DISK_RAWTOOBIG(16024),
    /** {@code VIX_E_DISK_TOOMANYOPENFILES}. */
    DISK_TOOMANYOPENFILES(16027),
    /** {@code VIX_E_DISK_TOOMANYREDO}. */
    DISK_TOOMANYREDO(16028, "merge some links of the chain; in a virtual machine, delete or consolidate snapshots"),
    /** {@code VIX_E_DISK_RAWTOOSMALL}. */
    DISK_RAWTOOSMALL(16029),
    /** {@code VIX_E_DISK_INVALIDCHAIN}. */
    DISK_INVALIDCHAIN(
            16030,
            "a link names no parent, or one that leads back to it; correct the parentFileNameHint in its descriptor"),
    /** {@code VIX_E_DISK_KEY_NOTFOUND}. */
    DISK_KEY_NOTFOUND(16052),
    /** {@code VIX_E_DISK_SUBSYSTEM_INIT_FAIL}. */
    DISK_SUBSYSTEM_INIT_FAIL(16053),
    /** {@code VIX_E_DISK_INVALID_CONNECTION}. */
    DISK_INVALID_CONNECTION(16054),
    /** {@code VIX_E_DISK_ENCODING}. */
    DISK_ENCODING(
            16061,
            "convert the descriptor to UTF-8 and say so in its line encoding; all names of files must fit into it"),
    /** {@code VIX_E_DISK_CANTREPAIR}. */
    DISK_CANTREPAIR(16062),
    /** {@code VIX_E_DISK_INVALIDDISK}. */
    DISK_INVALIDDISK(16063, "the file is not a VMDK, or it is damaged or truncated"),
    /** {@code VIX_E_DISK_NOLICENSE}. */
    DISK_NOLICENSE(16064),
    /** {@code VIX_E_DISK_NODEVICE}. */
    DISK_NODEVICE(16065),
    /** {@code VIX_E_DISK_UNSUPPORTEDDEVICE}. */
    DISK_UNSUPPORTEDDEVICE(16066),
    /** {@code VIX_E_DISK_CAPACITY_MISMATCH}. */
    DISK_CAPACITY_MISMATCH(
            16067,
            "the parent is another disk, or was made larger after its child; restore the one that the child was made of"),
    /** {@code VIX_E_DISK_PARENT_NOTALLOWED}. */
    DISK_PARENT_NOTALLOWED(16068),
    /** {@code VIX_E_DISK_ATTACH_ROOTLINK}. */
    DISK_ATTACH_ROOTLINK(16069),
    /** {@code VIX_E_CRYPTO_UNKNOWN_ALGORITHM}. */
    CRYPTO_UNKNOWN_ALGORITHM(17000),
    /** {@code VIX_E_CRYPTO_BAD_BUFFER_SIZE}. */
    CRYPTO_BAD_BUFFER_SIZE(17001),
    /** {@code VIX_E_CRYPTO_INVALID_OPERATION}. */
    CRYPTO_INVALID_OPERATION(17002),
    /** {@code VIX_E_CRYPTO_RANDOM_DEVICE}. */
    CRYPTO_RANDOM_DEVICE(17003),
    /** {@code VIX_E_CRYPTO_NEED_PASSWORD}. */
    CRYPTO_NEED_PASSWORD(17004),
    /** {@code VIX_E_CRYPTO_BAD_PASSWORD}. */
    CRYPTO_BAD_PASSWORD(17005),
    /** {@code VIX_E_CRYPTO_NOT_IN_DICTIONARY}. */
    CRYPTO_NOT_IN_DICTIONARY(17006),
    /** {@code VIX_E_CRYPTO_NO_CRYPTO}. */
    CRYPTO_NO_CRYPTO(17007),
    /** {@code VIX_E_CRYPTO_ERROR}. */
    CRYPTO_ERROR(17008),
    /** {@code VIX_E_CRYPTO_BAD_FORMAT}. */
    CRYPTO_BAD_FORMAT(17009),
    /** {@code VIX_E_CRYPTO_LOCKED}. */
    CRYPTO_LOCKED(17010),
    /** {@code VIX_E_CRYPTO_EMPTY}. */
    CRYPTO_EMPTY(17011),
    /** {@code VIX_E_CRYPTO_KEYSAFE_LOCATOR}. */
    CRYPTO_KEYSAFE_LOCATOR(17012),
    /** {@code VIX_E_CANNOT_CONNECT_TO_HOST}. */
    CANNOT_CONNECT_TO_HOST(18000),
    /** {@code VIX_E_NOT_FOR_REMOTE_HOST}. */
    NOT_FOR_REMOTE_HOST(18001),
    /** {@code VIX_E_INVALID_HOSTNAME_SPECIFICATION}. */
    INVALID_HOSTNAME_SPECIFICATION(18002),
    /** {@code VIX_E_SCREEN_CAPTURE_ERROR}. */
    SCREEN_CAPTURE_ERROR(19000),
    /** {@code VIX_E_SCREEN_CAPTURE_BAD_FORMAT}. */
    SCREEN_CAPTURE_BAD_FORMAT(19001),
    /** {@code VIX_E_SCREEN_CAPTURE_COMPRESSION_FAIL}. */
    SCREEN_CAPTURE_COMPRESSION_FAIL(19002),
    /** {@code VIX_E_SCREEN_CAPTURE_LARGE_DATA}. */
    SCREEN_CAPTURE_LARGE_DATA(19003),
    /** {@code VIX_E_GUEST_VOLUMES_NOT_FROZEN}. */
    GUEST_VOLUMES_NOT_FROZEN(20000),
    /** {@code VIX_E_NOT_A_FILE}. */
    NOT_A_FILE(20001),
    /** {@code VIX_E_NOT_A_DIRECTORY}. */
    NOT_A_DIRECTORY(20002),
    /** {@code VIX_E_NO_SUCH_PROCESS}. */
    NO_SUCH_PROCESS(20003),
    /** {@code VIX_E_FILE_NAME_TOO_LONG}. */
    FILE_NAME_TOO_LONG(20004),
    /** {@code VIX_E_OPERATION_DISABLED}. */
    OPERATION_DISABLED(20005),
    /** {@code VIX_E_TOOLS_INSTALL_NO_IMAGE}. */
    TOOLS_INSTALL_NO_IMAGE(21000),
    /** {@code VIX_E_TOOLS_INSTALL_IMAGE_INACCESIBLE}. */
    TOOLS_INSTALL_IMAGE_INACCESIBLE(21001),
    /** {@code VIX_E_TOOLS_INSTALL_NO_DEVICE}. */
    TOOLS_INSTALL_NO_DEVICE(21002),
    /** {@code VIX_E_TOOLS_INSTALL_DEVICE_NOT_CONNECTED}. */
    TOOLS_INSTALL_DEVICE_NOT_CONNECTED(21003),
    /** {@code VIX_E_TOOLS_INSTALL_CANCELLED}. */
    TOOLS_INSTALL_CANCELLED(21004),
    /** {@code VIX_E_TOOLS_INSTALL_INIT_FAILED}. */
    TOOLS_INSTALL_INIT_FAILED(21005),
    /** {@code VIX_E_TOOLS_INSTALL_AUTO_NOT_SUPPORTED}. */
    TOOLS_INSTALL_AUTO_NOT_SUPPORTED(21006),
    /** {@code VIX_E_TOOLS_INSTALL_GUEST_NOT_READY}. */
    TOOLS_INSTALL_GUEST_NOT_READY(21007),
    /** {@code VIX_E_TOOLS_INSTALL_SIG_CHECK_FAILED}. */
    TOOLS_INSTALL_SIG_CHECK_FAILED(21008),
    /** {@code VIX_E_TOOLS_INSTALL_ERROR}. */
    TOOLS_INSTALL_ERROR(21009),
    /** {@code VIX_E_TOOLS_INSTALL_ALREADY_UP_TO_DATE}. */
    TOOLS_INSTALL_ALREADY_UP_TO_DATE(21010),
    /** {@code VIX_E_TOOLS_INSTALL_IN_PROGRESS}. */
    TOOLS_INSTALL_IN_PROGRESS(21011),
    /** {@code VIX_E_TOOLS_INSTALL_IMAGE_COPY_FAILED}. */
    TOOLS_INSTALL_IMAGE_COPY_FAILED(21012),
    /** {@code VIX_E_WRAPPER_WORKSTATION_NOT_INSTALLED}. */
    WRAPPER_WORKSTATION_NOT_INSTALLED(22001),
    /** {@code VIX_E_WRAPPER_VERSION_NOT_FOUND}. */
    WRAPPER_VERSION_NOT_FOUND(22002),
    /** {@code VIX_E_WRAPPER_SERVICEPROVIDER_NOT_FOUND}. */
    WRAPPER_SERVICEPROVIDER_NOT_FOUND(22003),
    /** {@code VIX_E_WRAPPER_PLAYER_NOT_INSTALLED}. */
    WRAPPER_PLAYER_NOT_INSTALLED(22004),
    /** {@code VIX_E_WRAPPER_RUNTIME_NOT_INSTALLED}. */
    WRAPPER_RUNTIME_NOT_INSTALLED(22005),
    /** {@code VIX_E_WRAPPER_MULTIPLE_SERVICEPROVIDERS}. */
    WRAPPER_MULTIPLE_SERVICEPROVIDERS(22006),
    /** {@code VIX_E_MNTAPI_MOUNTPT_NOT_FOUND}. */
    MNTAPI_MOUNTPT_NOT_FOUND(24000),
    /** {@code VIX_E_MNTAPI_MOUNTPT_IN_USE}. */
    MNTAPI_MOUNTPT_IN_USE(24001),
    /** {@code VIX_E_MNTAPI_DISK_NOT_FOUND}. */
    MNTAPI_DISK_NOT_FOUND(24002),
    /** {@code VIX_E_MNTAPI_DISK_NOT_MOUNTED}. */
    MNTAPI_DISK_NOT_MOUNTED(24003),
    /** {@code VIX_E_MNTAPI_DISK_IS_MOUNTED}. */
    MNTAPI_DISK_IS_MOUNTED(24004),
    /** {@code VIX_E_MNTAPI_DISK_NOT_SAFE}. */
    MNTAPI_DISK_NOT_SAFE(24005),
    /** {@code VIX_E_MNTAPI_DISK_CANT_OPEN}. */
    MNTAPI_DISK_CANT_OPEN(24006),
    /** {@code VIX_E_MNTAPI_CANT_READ_PARTS}. */
    MNTAPI_CANT_READ_PARTS(24007),
    /** {@code VIX_E_MNTAPI_UMOUNT_APP_NOT_FOUND}. */
    MNTAPI_UMOUNT_APP_NOT_FOUND(24008),
    /** {@code VIX_E_MNTAPI_UMOUNT}. */
    MNTAPI_UMOUNT(24009),
    /** {@code VIX_E_MNTAPI_NO_MOUNTABLE_PARTITONS}. */
    MNTAPI_NO_MOUNTABLE_PARTITONS(24010),
    /** {@code VIX_E_MNTAPI_PARTITION_RANGE}. */
    MNTAPI_PARTITION_RANGE(24011),
    /** {@code VIX_E_MNTAPI_PERM}. */
    MNTAPI_PERM(24012),
    /** {@code VIX_E_MNTAPI_DICT}. */
    MNTAPI_DICT(24013),
    /** {@code VIX_E_MNTAPI_DICT_LOCKED}. */
    MNTAPI_DICT_LOCKED(24014),
    /** {@code VIX_E_MNTAPI_OPEN_HANDLES}. */
    MNTAPI_OPEN_HANDLES(24015),
    /** {@code VIX_E_MNTAPI_CANT_MAKE_VAR_DIR}. */
    MNTAPI_CANT_MAKE_VAR_DIR(24016),
    /** {@code VIX_E_MNTAPI_NO_ROOT}. */
    MNTAPI_NO_ROOT(24017),
    /** {@code VIX_E_MNTAPI_LOOP_FAILED}. */
    MNTAPI_LOOP_FAILED(24018),
    /** {@code VIX_E_MNTAPI_DAEMON}. */
    MNTAPI_DAEMON(24019),
    /** {@code VIX_E_MNTAPI_INTERNAL}. */
    MNTAPI_INTERNAL(24020),
    /** {@code VIX_E_MNTAPI_SYSTEM}. */
    MNTAPI_SYSTEM(24021),
    /** {@code VIX_E_MNTAPI_NO_CONNECTION_DETAILS}. */
    MNTAPI_NO_CONNECTION_DETAILS(24022),
    /** {@code VIX_E_MNTAPI_INCOMPATIBLE_VERSION}. */
    MNTAPI_INCOMPATIBLE_VERSION(24300),
    /** {@code VIX_E_MNTAPI_OS_ERROR}. */
    MNTAPI_OS_ERROR(24301),
    /** {@code VIX_E_MNTAPI_DRIVE_LETTER_IN_USE}. */
    MNTAPI_DRIVE_LETTER_IN_USE(24302),
    /** {@code VIX_E_MNTAPI_DRIVE_LETTER_ALREADY_ASSIGNED}. */
    MNTAPI_DRIVE_LETTER_ALREADY_ASSIGNED(24303),
    /** {@code VIX_E_MNTAPI_VOLUME_NOT_MOUNTED}. */
    MNTAPI_VOLUME_NOT_MOUNTED(24304),
    /** {@code VIX_E_MNTAPI_VOLUME_ALREADY_MOUNTED}. */
    MNTAPI_VOLUME_ALREADY_MOUNTED(24305),
    /** {@code VIX_E_MNTAPI_FORMAT_FAILURE}. */
    MNTAPI_FORMAT_FAILURE(24306),
    /** {@code VIX_E_MNTAPI_NO_DRIVER}. */
    MNTAPI_NO_DRIVER(24307),
    /** {@code VIX_E_MNTAPI_ALREADY_OPENED}. */
    MNTAPI_ALREADY_OPENED(24308),
    /** {@code VIX_E_MNTAPI_ITEM_NOT_FOUND}. */
    MNTAPI_ITEM_NOT_FOUND(24309),
    /** {@code VIX_E_MNTAPI_UNSUPPROTED_BOOT_LOADER}. */
    MNTAPI_UNSUPPROTED_BOOT_LOADER(24310),
    /** {@code VIX_E_MNTAPI_UNSUPPROTED_OS}. */
    MNTAPI_UNSUPPROTED_OS(24311),
    /** {@code VIX_E_MNTAPI_CODECONVERSION}. */
    MNTAPI_CODECONVERSION(24312),
    /** {@code VIX_E_MNTAPI_REGWRITE_ERROR}. */
    MNTAPI_REGWRITE_ERROR(24313),
    /** {@code VIX_E_MNTAPI_UNSUPPORTED_FT_VOLUME}. */
    MNTAPI_UNSUPPORTED_FT_VOLUME(24314),
    /** {@code VIX_E_MNTAPI_PARTITION_NOT_FOUND}. */
    MNTAPI_PARTITION_NOT_FOUND(24315),
    /** {@code VIX_E_MNTAPI_PUTFILE_ERROR}. */
    MNTAPI_PUTFILE_ERROR(24316),
    /** {@code VIX_E_MNTAPI_GETFILE_ERROR}. */
    MNTAPI_GETFILE_ERROR(24317),
    /** {@code VIX_E_MNTAPI_REG_NOT_OPENED}. */
    MNTAPI_REG_NOT_OPENED(24318),
    /** {@code VIX_E_MNTAPI_REGDELKEY_ERROR}. */
    MNTAPI_REGDELKEY_ERROR(24319),
    /** {@code VIX_E_MNTAPI_CREATE_PARTITIONTABLE_ERROR}. */
    MNTAPI_CREATE_PARTITIONTABLE_ERROR(24320),
    /** {@code VIX_E_MNTAPI_OPEN_FAILURE}. */
    MNTAPI_OPEN_FAILURE(24321),
    /** {@code VIX_E_MNTAPI_VOLUME_NOT_WRITABLE}. */
    MNTAPI_VOLUME_NOT_WRITABLE(24322),
    /** {@code VIX_ASYNC}. */
    ASYNC(25000),
    /** {@code VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED}. */
    ASYNC_MIXEDMODE_UNSUPPORTED(
            26000, "wait for the asynchronous requests on this disk first, or open it a second time"),
    /** {@code VIX_E_NET_HTTP_UNSUPPORTED_PROTOCOL}. */
    NET_HTTP_UNSUPPORTED_PROTOCOL(30001),
    /** {@code VIX_E_NET_HTTP_URL_MALFORMAT}. */
    NET_HTTP_URL_MALFORMAT(30003),
    /** {@code VIX_E_NET_HTTP_COULDNT_RESOLVE_PROXY}. */
    NET_HTTP_COULDNT_RESOLVE_PROXY(30005),
    /** {@code VIX_E_NET_HTTP_COULDNT_RESOLVE_HOST}. */
    NET_HTTP_COULDNT_RESOLVE_HOST(30006),
    /** {@code VIX_E_NET_HTTP_COULDNT_CONNECT}. */
    NET_HTTP_COULDNT_CONNECT(30007),
    /** {@code VIX_E_NET_HTTP_HTTP_RETURNED_ERROR}. */
    NET_HTTP_HTTP_RETURNED_ERROR(30022),
    /** {@code VIX_E_NET_HTTP_OPERATION_TIMEDOUT}. */
    NET_HTTP_OPERATION_TIMEDOUT(30028),
    /** {@code VIX_E_NET_HTTP_SSL_CONNECT_ERROR}. */
    NET_HTTP_SSL_CONNECT_ERROR(30035),
    /** {@code VIX_E_NET_HTTP_TOO_MANY_REDIRECTS}. */
    NET_HTTP_TOO_MANY_REDIRECTS(30047),
    /** {@code VIX_E_NET_HTTP_TRANSFER}. */
    NET_HTTP_TRANSFER(30200),
    /** {@code VIX_E_NET_HTTP_SSL_SECURITY}. */
    NET_HTTP_SSL_SECURITY(30201),
    /** {@code VIX_E_NET_HTTP_GENERIC}. */
    NET_HTTP_GENERIC(30202);

    private static final Map<Integer, ErrorCode> BY_NUMBER =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(ErrorCode::number, Function.identity()));

    private final int number;
    private final @Nullable String hint;

    ErrorCode(int number) {
        this(number, null);
    }

    ErrorCode(int number, @Nullable String hint) {
        this.number = number;
        this.hint = hint;
    }

    /**
     * The number of the error.
     *
     * @return 0 to 65535
     */
    public int number() {
        return number;
    }

    /**
     * The name of the error in C.
     *
     * @return such as {@code VIX_E_FILE_NOT_FOUND}
     */
    public String symbol() {
        return this == OK || this == ASYNC ? "VIX_" + name() : "VIX_E_" + name();
    }

    /**
     * What to do about it.
     *
     * @return a short advice; empty for errors that speak for themselves or are rare
     */
    public Optional<String> hint() {
        return Optional.ofNullable(hint);
    }

    /**
     * The code of a number.
     *
     * @param number a number, as {@link VixError#number()} gives it
     * @return the code, empty for a number that this version does not know
     */
    public static Optional<ErrorCode> ofNumber(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }
}
