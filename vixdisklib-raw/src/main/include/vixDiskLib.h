/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The C interface of VixDiskLib, the disk library of VMware's VDDK, at version 8.0: 43 functions and everything that
 * they take and return. Written for this project from public interface facts (names, types, order, numbers) and from
 * permissively licensed callers; no VMware file was opened or copied. See docs/adr/0002-clean-room-header.md.
 *
 * Units       A sector is 512 bytes everywhere in this interface, also on disks with 4 KiB sectors. Offsets, lengths and
 *             capacities are in sectors unless a comment says bytes.
 * Errors      Functions return a VixError; VIX_OK is success. Compare VIX_ERROR_CODE(error) with the codes below: the
 *             upper bits may carry more. The library never reports a partial transfer.
 * Strings     NUL-terminated UTF-8. Arguments stay the caller's and are copied where they are needed for longer.
 * Threads     Each function names its class:
 *               P  once per process, from one thread, before or after everything else
 *               O  open/close class: all from one thread, or under one lock
 *               I  I/O class: one thread at a time for each handle, different handles in parallel
 *               A  any thread at any time
 * Absent      Optional pointers are NULL. Callers sometimes pass "" for an absent string; it means the same.
 */
#ifndef VIX_DISK_LIB_H
#define VIX_DISK_LIB_H

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h> /* callers rely on it */

#include "vm_basic_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The library's public structs are packed to 4 bytes on Windows, and have natural alignment elsewhere. */
#ifdef _WIN32
#pragma pack(push, 4)
#endif

/* ---------------------------------------------------------------------------------------------- errors */

/* The outcome of a call: VIX_OK, or a code of the enumeration below in the low 16 bits. */
typedef uint64 VixError;

/* The documented code of an error, without what the upper bits add. */
#define VIX_ERROR_CODE(err) ((err) & 0xFFFF)

/* True for VIX_OK only. */
#define VIX_SUCCEEDED(err) (VIX_OK == (err))

/* True for everything but VIX_OK, and so also for VIX_ASYNC, which is no failure. */
#define VIX_FAILED(err) (VIX_OK != (err))

/* The codes. Some spellings are odd (UNSUPPROTED, INACCESIBLE, PARTITONS); callers are compiled with them. */
enum {
   /* General */
   VIX_OK = 0,
   VIX_E_FAIL = 1, /* unknown error; at Open of a managed disk often a wrong thumbprint */
   VIX_E_OUT_OF_MEMORY = 2,
   VIX_E_INVALID_ARG = 3, /* a parameter is invalid */
   VIX_E_FILE_NOT_FOUND = 4,
   VIX_E_OBJECT_IS_BUSY = 5,
   VIX_E_NOT_SUPPORTED = 6,
   VIX_E_FILE_ERROR = 7,
   VIX_E_DISK_FULL = 8, /* the file system is full */
   VIX_E_INCORRECT_FILE_TYPE = 9,
   VIX_E_CANCELLED = 10,
   VIX_E_FILE_READ_ONLY = 11, /* write to a write-protected disk or file */
   VIX_E_FILE_ALREADY_EXISTS = 12, /* file exists already */
   VIX_E_FILE_ACCESS_ERROR = 13, /* no access rights, or no transport mode left to try */
   VIX_E_REQUIRES_LARGE_FILES = 14,
   VIX_E_FILE_ALREADY_LOCKED = 15, /* the file is locked by another user */
   VIX_E_VMDB = 16,
   VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT = 20, /* not supported on a managed disk */
   VIX_E_FILE_TOO_BIG = 21, /* file too big for the file system */
   VIX_E_FILE_NAME_INVALID = 22,
   VIX_E_ALREADY_EXISTS = 23,
   VIX_E_BUFFER_TOOSMALL = 24, /* buffer too small; the required size was stored */
   VIX_E_OBJECT_NOT_FOUND = 25,
   VIX_E_HOST_NOT_CONNECTED = 26,
   VIX_E_INVALID_UTF8_STRING = 27, /* string is not UTF-8 */
   VIX_E_UNFINISHED_JOB = 29,
   VIX_E_NEED_KEY = 30,
   VIX_E_OPERATION_ALREADY_IN_PROGRESS = 31,
   VIX_E_LICENSE = 32,
   VIX_E_VM_HOST_DISCONNECTED = 34,
   VIX_E_AUTHENTICATION_FAIL = 35,
   VIX_E_HOST_CONNECTION_LOST = 36,
   VIX_E_DUPLICATE_NAME = 41,
   VIX_E_ARGUMENT_TOO_BIG = 44, /* since 6.5 */

   /* Handle */
   VIX_E_INVALID_HANDLE = 1000,
   VIX_E_NOT_SUPPORTED_ON_HANDLE_TYPE = 1001,
   VIX_E_TOO_MANY_HANDLES = 1002,

   /* XML */
   VIX_E_NOT_FOUND = 2000,
   VIX_E_TYPE_MISMATCH = 2001,
   VIX_E_INVALID_XML = 2002,

   /* VM control */
   VIX_E_TIMEOUT_WAITING_FOR_TOOLS = 3000,
   VIX_E_UNRECOGNIZED_COMMAND = 3001,
   VIX_E_OP_NOT_SUPPORTED_ON_GUEST = 3003,
   VIX_E_PROGRAM_NOT_STARTED = 3004,
   VIX_E_CANNOT_START_READ_ONLY_VM = 3005,
   VIX_E_VM_NOT_RUNNING = 3006,
   VIX_E_VM_IS_RUNNING = 3007,
   VIX_E_CANNOT_CONNECT_TO_VM = 3008,
   VIX_E_POWEROP_SCRIPTS_NOT_AVAILABLE = 3009,
   VIX_E_NO_GUEST_OS_INSTALLED = 3010,
   VIX_E_VM_INSUFFICIENT_HOST_MEMORY = 3011,
   VIX_E_SUSPEND_ERROR = 3012,
   VIX_E_VM_NOT_ENOUGH_CPUS = 3013,
   VIX_E_HOST_USER_PERMISSIONS = 3014, /* the user lacks a privilege */
   VIX_E_GUEST_USER_PERMISSIONS = 3015,
   VIX_E_TOOLS_NOT_RUNNING = 3016,
   VIX_E_GUEST_OPERATIONS_PROHIBITED = 3017,
   VIX_E_ANON_GUEST_OPERATIONS_PROHIBITED = 3018,
   VIX_E_ROOT_GUEST_OPERATIONS_PROHIBITED = 3019,
   VIX_E_MISSING_ANON_GUEST_ACCOUNT = 3023,
   VIX_E_CANNOT_AUTHENTICATE_WITH_GUEST = 3024,
   VIX_E_UNRECOGNIZED_COMMAND_IN_GUEST = 3025,
   VIX_E_CONSOLE_GUEST_OPERATIONS_PROHIBITED = 3026,
   VIX_E_MUST_BE_CONSOLE_USER = 3027,
   VIX_E_VMX_MSG_DIALOG_AND_NO_UI = 3028,
   VIX_E_OPERATION_NOT_ALLOWED_FOR_LOGIN_TYPE = 3031,
   VIX_E_LOGIN_TYPE_NOT_SUPPORTED = 3032,
   VIX_E_EMPTY_PASSWORD_NOT_ALLOWED_IN_GUEST = 3033,
   VIX_E_INTERACTIVE_SESSION_NOT_PRESENT = 3034,
   VIX_E_INTERACTIVE_SESSION_USER_MISMATCH = 3035,
   VIX_E_CANNOT_POWER_ON_VM = 3041,
   VIX_E_NO_DISPLAY_SERVER = 3043,
   VIX_E_TOO_MANY_LOGONS = 3046,
   VIX_E_INVALID_AUTHENTICATION_SESSION = 3047,

   /* VM */
   VIX_E_VM_NOT_FOUND = 4000,
   VIX_E_NOT_SUPPORTED_FOR_VM_VERSION = 4001,
   VIX_E_CANNOT_READ_VM_CONFIG = 4002,
   VIX_E_TEMPLATE_VM = 4003,
   VIX_E_VM_ALREADY_LOADED = 4004,
   VIX_E_VM_ALREADY_UP_TO_DATE = 4006,
   VIX_E_VM_UNSUPPORTED_GUEST = 4011,

   /* Property */
   VIX_E_UNRECOGNIZED_PROPERTY = 6000,
   VIX_E_INVALID_PROPERTY_VALUE = 6001,
   VIX_E_READ_ONLY_PROPERTY = 6002,
   VIX_E_MISSING_REQUIRED_PROPERTY = 6003,
   VIX_E_INVALID_SERIALIZED_DATA = 6004,
   VIX_E_PROPERTY_TYPE_MISMATCH = 6005,

   /* Completion */
   VIX_E_BAD_VM_INDEX = 8000,

   /* Message */
   VIX_E_INVALID_MESSAGE_HEADER = 10000,
   VIX_E_INVALID_MESSAGE_BODY = 10001,

   /* Snapshot */
   VIX_E_SNAPSHOT_INVAL = 13000,
   VIX_E_SNAPSHOT_DUMPER = 13001,
   VIX_E_SNAPSHOT_DISKLIB = 13002,
   VIX_E_SNAPSHOT_NOTFOUND = 13003,
   VIX_E_SNAPSHOT_EXISTS = 13004,
   VIX_E_SNAPSHOT_VERSION = 13005,
   VIX_E_SNAPSHOT_NOPERM = 13006,
   VIX_E_SNAPSHOT_CONFIG = 13007,
   VIX_E_SNAPSHOT_NOCHANGE = 13008,
   VIX_E_SNAPSHOT_CHECKPOINT = 13009,
   VIX_E_SNAPSHOT_LOCKED = 13010,
   VIX_E_SNAPSHOT_INCONSISTENT = 13011,
   VIX_E_SNAPSHOT_NAMETOOLONG = 13012,
   VIX_E_SNAPSHOT_VIXFILE = 13013,
   VIX_E_SNAPSHOT_DISKLOCKED = 13014,
   VIX_E_SNAPSHOT_DUPLICATEDDISK = 13015,
   VIX_E_SNAPSHOT_INDEPENDENTDISK = 13016,
   VIX_E_SNAPSHOT_NONUNIQUE_NAME = 13017,
   VIX_E_SNAPSHOT_MEMORY_ON_INDEPENDENT_DISK = 13018,
   VIX_E_SNAPSHOT_MAXSNAPSHOTS = 13019,
   VIX_E_SNAPSHOT_MIN_FREE_SPACE = 13020,
   VIX_E_SNAPSHOT_HIERARCHY_TOODEEP = 13021,
   VIX_E_SNAPSHOT_RRSUSPEND = 13022, /* deprecated since 6.5, kept for old callers */
   VIX_E_SNAPSHOT_NOT_REVERTABLE = 13024,

   /* Host */
   VIX_E_HOST_DISK_INVALID_VALUE = 14003,
   VIX_E_HOST_DISK_SECTORSIZE = 14004,
   VIX_E_HOST_FILE_ERROR_EOF = 14005,
   VIX_E_HOST_NETBLKDEV_HANDSHAKE = 14006,
   VIX_E_HOST_SOCKET_CREATION_ERROR = 14007,
   VIX_E_HOST_SERVER_NOT_FOUND = 14008, /* host name could not be resolved */
   VIX_E_HOST_NETWORK_CONN_REFUSED = 14009, /* connection refused, usually port 902 */
   VIX_E_HOST_TCP_SOCKET_ERROR = 14010,
   VIX_E_HOST_TCP_CONN_LOST = 14011,
   VIX_E_HOST_NBD_HASHFILE_VOLUME = 14012,
   VIX_E_HOST_NBD_HASHFILE_INIT = 14013,
   VIX_E_HOST_SERVER_SHUTDOWN = 14014, /* host shuts down or enters maintenance mode, retry later (since 7.0) */
   VIX_E_HOST_SERVER_NOT_AVAILABLE = 14015, /* host is in maintenance mode (since 7.0.1) */

   /* Disklib */
   VIX_E_DISK_INVAL = 16000, /* invalid disk handle or argument */
   VIX_E_DISK_NOINIT = 16001,
   VIX_E_DISK_NOIO = 16002,
   VIX_E_DISK_PARTIALCHAIN = 16003, /* the parent of a single link was needed */
   VIX_E_DISK_NEEDSREPAIR = 16006, /* disk needs repair */
   VIX_E_DISK_OUTOFRANGE = 16007, /* sector range out of bounds */
   VIX_E_DISK_CID_MISMATCH = 16008, /* parent was changed after the child was made */
   VIX_E_DISK_CANTSHRINK = 16009, /* disk cannot be shrunk */
   VIX_E_DISK_PARTMISMATCH = 16010,
   VIX_E_DISK_UNSUPPORTEDDISKVERSION = 16011,
   VIX_E_DISK_OPENPARENT = 16012,
   VIX_E_DISK_NOTSUPPORTED = 16013, /* not supported by this disk */
   VIX_E_DISK_NEEDKEY = 16014,
   VIX_E_DISK_NOKEYOVERRIDE = 16015,
   VIX_E_DISK_NOTENCRYPTED = 16016,
   VIX_E_DISK_NOKEY = 16017,
   VIX_E_DISK_INVALIDPARTITIONTABLE = 16018,
   VIX_E_DISK_NOTNORMAL = 16019,
   VIX_E_DISK_NOTENCDESC = 16020,
   VIX_E_DISK_NEEDVMFS = 16022,
   VIX_E_DISK_RAWTOOBIG = 16024,
   VIX_E_DISK_TOOMANYOPENFILES = 16027,
   VIX_E_DISK_TOOMANYREDO = 16028,
   VIX_E_DISK_RAWTOOSMALL = 16029,
   VIX_E_DISK_INVALIDCHAIN = 16030, /* invalid chain of links */
   VIX_E_DISK_KEY_NOTFOUND = 16052, /* no such metadata key */
   VIX_E_DISK_SUBSYSTEM_INIT_FAIL = 16053,
   VIX_E_DISK_INVALID_CONNECTION = 16054, /* invalid connection handle */
   VIX_E_DISK_ENCODING = 16061,
   VIX_E_DISK_CANTREPAIR = 16062, /* disk cannot be repaired */
   VIX_E_DISK_INVALIDDISK = 16063, /* not a virtual disk */
   VIX_E_DISK_NOLICENSE = 16064,
   VIX_E_DISK_NODEVICE = 16065,
   VIX_E_DISK_UNSUPPORTEDDEVICE = 16066,
   VIX_E_DISK_CAPACITY_MISMATCH = 16067, /* capacities of parent and child differ */
   VIX_E_DISK_PARENT_NOTALLOWED = 16068, /* the parent is not allowed */
   VIX_E_DISK_ATTACH_ROOTLINK = 16069, /* the child is a root link */

   /* Crypto */
   VIX_E_CRYPTO_UNKNOWN_ALGORITHM = 17000,
   VIX_E_CRYPTO_BAD_BUFFER_SIZE = 17001,
   VIX_E_CRYPTO_INVALID_OPERATION = 17002,
   VIX_E_CRYPTO_RANDOM_DEVICE = 17003,
   VIX_E_CRYPTO_NEED_PASSWORD = 17004,
   VIX_E_CRYPTO_BAD_PASSWORD = 17005,
   VIX_E_CRYPTO_NOT_IN_DICTIONARY = 17006,
   VIX_E_CRYPTO_NO_CRYPTO = 17007,
   VIX_E_CRYPTO_ERROR = 17008,
   VIX_E_CRYPTO_BAD_FORMAT = 17009,
   VIX_E_CRYPTO_LOCKED = 17010,
   VIX_E_CRYPTO_EMPTY = 17011,
   VIX_E_CRYPTO_KEYSAFE_LOCATOR = 17012,

   /* Remoting */
   VIX_E_CANNOT_CONNECT_TO_HOST = 18000, /* cannot connect to the host */
   VIX_E_NOT_FOR_REMOTE_HOST = 18001,
   VIX_E_INVALID_HOSTNAME_SPECIFICATION = 18002,

   /* Screen capture */
   VIX_E_SCREEN_CAPTURE_ERROR = 19000,
   VIX_E_SCREEN_CAPTURE_BAD_FORMAT = 19001,
   VIX_E_SCREEN_CAPTURE_COMPRESSION_FAIL = 19002,
   VIX_E_SCREEN_CAPTURE_LARGE_DATA = 19003,

   /* Guest */
   VIX_E_GUEST_VOLUMES_NOT_FROZEN = 20000,
   VIX_E_NOT_A_FILE = 20001,
   VIX_E_NOT_A_DIRECTORY = 20002,
   VIX_E_NO_SUCH_PROCESS = 20003,
   VIX_E_FILE_NAME_TOO_LONG = 20004,
   VIX_E_OPERATION_DISABLED = 20005,

   /* Tools install */
   VIX_E_TOOLS_INSTALL_NO_IMAGE = 21000,
   VIX_E_TOOLS_INSTALL_IMAGE_INACCESIBLE = 21001,
   VIX_E_TOOLS_INSTALL_NO_DEVICE = 21002,
   VIX_E_TOOLS_INSTALL_DEVICE_NOT_CONNECTED = 21003,
   VIX_E_TOOLS_INSTALL_CANCELLED = 21004,
   VIX_E_TOOLS_INSTALL_INIT_FAILED = 21005,
   VIX_E_TOOLS_INSTALL_AUTO_NOT_SUPPORTED = 21006,
   VIX_E_TOOLS_INSTALL_GUEST_NOT_READY = 21007,
   VIX_E_TOOLS_INSTALL_SIG_CHECK_FAILED = 21008,
   VIX_E_TOOLS_INSTALL_ERROR = 21009,
   VIX_E_TOOLS_INSTALL_ALREADY_UP_TO_DATE = 21010,
   VIX_E_TOOLS_INSTALL_IN_PROGRESS = 21011,
   VIX_E_TOOLS_INSTALL_IMAGE_COPY_FAILED = 21012,

   /* Wrapper */
   VIX_E_WRAPPER_WORKSTATION_NOT_INSTALLED = 22001,
   VIX_E_WRAPPER_VERSION_NOT_FOUND = 22002,
   VIX_E_WRAPPER_SERVICEPROVIDER_NOT_FOUND = 22003,
   VIX_E_WRAPPER_PLAYER_NOT_INSTALLED = 22004,
   VIX_E_WRAPPER_RUNTIME_NOT_INSTALLED = 22005,
   VIX_E_WRAPPER_MULTIPLE_SERVICEPROVIDERS = 22006,

   /* Mount */
   VIX_E_MNTAPI_MOUNTPT_NOT_FOUND = 24000,
   VIX_E_MNTAPI_MOUNTPT_IN_USE = 24001,
   VIX_E_MNTAPI_DISK_NOT_FOUND = 24002,
   VIX_E_MNTAPI_DISK_NOT_MOUNTED = 24003,
   VIX_E_MNTAPI_DISK_IS_MOUNTED = 24004,
   VIX_E_MNTAPI_DISK_NOT_SAFE = 24005,
   VIX_E_MNTAPI_DISK_CANT_OPEN = 24006,
   VIX_E_MNTAPI_CANT_READ_PARTS = 24007,
   VIX_E_MNTAPI_UMOUNT_APP_NOT_FOUND = 24008,
   VIX_E_MNTAPI_UMOUNT = 24009,
   VIX_E_MNTAPI_NO_MOUNTABLE_PARTITONS = 24010,
   VIX_E_MNTAPI_PARTITION_RANGE = 24011,
   VIX_E_MNTAPI_PERM = 24012,
   VIX_E_MNTAPI_DICT = 24013,
   VIX_E_MNTAPI_DICT_LOCKED = 24014,
   VIX_E_MNTAPI_OPEN_HANDLES = 24015,
   VIX_E_MNTAPI_CANT_MAKE_VAR_DIR = 24016,
   VIX_E_MNTAPI_NO_ROOT = 24017,
   VIX_E_MNTAPI_LOOP_FAILED = 24018,
   VIX_E_MNTAPI_DAEMON = 24019,
   VIX_E_MNTAPI_INTERNAL = 24020,
   VIX_E_MNTAPI_SYSTEM = 24021,
   VIX_E_MNTAPI_NO_CONNECTION_DETAILS = 24022,
   VIX_E_MNTAPI_INCOMPATIBLE_VERSION = 24300,
   VIX_E_MNTAPI_OS_ERROR = 24301,
   VIX_E_MNTAPI_DRIVE_LETTER_IN_USE = 24302,
   VIX_E_MNTAPI_DRIVE_LETTER_ALREADY_ASSIGNED = 24303,
   VIX_E_MNTAPI_VOLUME_NOT_MOUNTED = 24304,
   VIX_E_MNTAPI_VOLUME_ALREADY_MOUNTED = 24305,
   VIX_E_MNTAPI_FORMAT_FAILURE = 24306,
   VIX_E_MNTAPI_NO_DRIVER = 24307,
   VIX_E_MNTAPI_ALREADY_OPENED = 24308,
   VIX_E_MNTAPI_ITEM_NOT_FOUND = 24309,
   VIX_E_MNTAPI_UNSUPPROTED_BOOT_LOADER = 24310,
   VIX_E_MNTAPI_UNSUPPROTED_OS = 24311,
   VIX_E_MNTAPI_CODECONVERSION = 24312,
   VIX_E_MNTAPI_REGWRITE_ERROR = 24313,
   VIX_E_MNTAPI_UNSUPPORTED_FT_VOLUME = 24314,
   VIX_E_MNTAPI_PARTITION_NOT_FOUND = 24315,
   VIX_E_MNTAPI_PUTFILE_ERROR = 24316,
   VIX_E_MNTAPI_GETFILE_ERROR = 24317,
   VIX_E_MNTAPI_REG_NOT_OPENED = 24318,
   VIX_E_MNTAPI_REGDELKEY_ERROR = 24319,
   VIX_E_MNTAPI_CREATE_PARTITIONTABLE_ERROR = 24320,
   VIX_E_MNTAPI_OPEN_FAILURE = 24321,
   VIX_E_MNTAPI_VOLUME_NOT_WRITABLE = 24322,

   /* Asynchronous I/O */
   VIX_ASYNC = 25000, /* request accepted, completion follows; not an error (since 6.5) */
   VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED = 26000, /* synchronous and asynchronous I/O mixed (since 6.5) */

   /* Network */
   VIX_E_NET_HTTP_UNSUPPORTED_PROTOCOL = 30001,
   VIX_E_NET_HTTP_URL_MALFORMAT = 30003,
   VIX_E_NET_HTTP_COULDNT_RESOLVE_PROXY = 30005,
   VIX_E_NET_HTTP_COULDNT_RESOLVE_HOST = 30006,
   VIX_E_NET_HTTP_COULDNT_CONNECT = 30007,
   VIX_E_NET_HTTP_HTTP_RETURNED_ERROR = 30022,
   VIX_E_NET_HTTP_OPERATION_TIMEDOUT = 30028,
   VIX_E_NET_HTTP_SSL_CONNECT_ERROR = 30035,
   VIX_E_NET_HTTP_TOO_MANY_REDIRECTS = 30047,
   VIX_E_NET_HTTP_TRANSFER = 30200,
   VIX_E_NET_HTTP_SSL_SECURITY = 30201,
   VIX_E_NET_HTTP_GENERIC = 30202
};

/* ------------------------------------------------------------------------------- constants and enumerations */

/* Bytes in a sector, the unit of all offsets and lengths. */
#define VIXDISKLIB_SECTOR_SIZE 512

/* QueryAllocatedBlocks: smallest and largest chunk in sectors (64 KiB, 64 MiB), and most chunks in one query. */
#define VIXDISKLIB_MIN_CHUNK_SIZE 128
#define VIXDISKLIB_MAX_CHUNK_SIZE 131072
#define VIXDISKLIB_MAX_CHUNK_NUMBER 524288

/* Flags of Open; at most one of the compression flags, and those work on nbdssl only. */
#define VIXDISKLIB_FLAG_OPEN_UNBUFFERED (1 << 0)         /* bypass the host's disk cache */
#define VIXDISKLIB_FLAG_OPEN_SINGLE_LINK (1 << 1)        /* this link only, not the chain; hosted disks */
#define VIXDISKLIB_FLAG_OPEN_READ_ONLY (1 << 2)          /* refuse writes */
#define VIXDISKLIB_FLAG_OPEN_COMPRESSION_ZLIB (1 << 4)   /* since 6.5 */
#define VIXDISKLIB_FLAG_OPEN_COMPRESSION_FASTLZ (1 << 5) /* since 6.5 */
#define VIXDISKLIB_FLAG_OPEN_COMPRESSION_SKIPZ (1 << 6)  /* since 6.5 */
#define VIXDISKLIB_FLAG_OPEN_COMPRESSION_MASK 0x03F0

/* Virtual hardware versions for VixDiskLibCreateParams.hwVersion; any uint16 may be passed. */
#define VIXDISKLIB_HWVERSION_WORKSTATION_4 3
#define VIXDISKLIB_HWVERSION_WORKSTATION_5 4
#define VIXDISKLIB_HWVERSION_ESX30 VIXDISKLIB_HWVERSION_WORKSTATION_5
#define VIXDISKLIB_HWVERSION_WORKSTATION_6 6
#define VIXDISKLIB_HWVERSION_ESX4X 7
#define VIXDISKLIB_HWVERSION_ESX50 8
#define VIXDISKLIB_HWVERSION_ESX51 9
#define VIXDISKLIB_HWVERSION_ESX55 10
#define VIXDISKLIB_HWVERSION_ESX60 11
#define VIXDISKLIB_HWVERSION_ESX65 13
#define VIXDISKLIB_HWVERSION_CURRENT VIXDISKLIB_HWVERSION_ESX65

/* How a disk is stored. Create makes types 1 to 6. */
typedef enum {
   VIXDISKLIB_DISK_MONOLITHIC_SPARSE = 1, /* one file that grows */
   VIXDISKLIB_DISK_MONOLITHIC_FLAT = 2,   /* a descriptor and one file of the full size */
   VIXDISKLIB_DISK_SPLIT_SPARSE = 3,      /* extents of at most 2 GiB that grow */
   VIXDISKLIB_DISK_SPLIT_FLAT = 4,        /* extents of at most 2 GiB of the full size */
   VIXDISKLIB_DISK_VMFS_FLAT = 5,         /* ESX 3.0 and later, flat */
   VIXDISKLIB_DISK_STREAM_OPTIMIZED = 6,  /* one compressed file, written from start to end */
   VIXDISKLIB_DISK_VMFS_THIN = 7,         /* ESX 3.0 and later, thin; managed only */
   VIXDISKLIB_DISK_VMFS_SPARSE = 8,       /* ESX 3.0 and later, sparse; managed only */
   VIXDISKLIB_DISK_UNKNOWN = 256
} VixDiskLibDiskType;

/* The adapter that the disk was made for. */
typedef enum {
   VIXDISKLIB_ADAPTER_IDE = 1,
   VIXDISKLIB_ADAPTER_SCSI_BUSLOGIC = 2,
   VIXDISKLIB_ADAPTER_SCSI_LSILOGIC = 3,
   VIXDISKLIB_ADAPTER_UNKNOWN = 256
} VixDiskLibAdapterType;

/* Which member of VixDiskLibConnectParams.creds is filled in. */
typedef enum {
   VIXDISKLIB_CRED_UID = 1,       /* user name and password */
   VIXDISKLIB_CRED_SESSIONID = 2, /* session cookie */
   VIXDISKLIB_CRED_TICKETID = 3,  /* internal */
   VIXDISKLIB_CRED_SSPI = 4,      /* the thread's own credentials; Windows only */
   VIXDISKLIB_CRED_UNKNOWN = 256
} VixDiskLibCredType;

/* Which member of VixDiskLibConnectParams.spec is filled in (since 6.7). */
typedef enum {
   VIXDISKLIB_SPEC_VMX = 0,             /* a virtual machine, named by vmxSpec */
   VIXDISKLIB_SPEC_VSTORAGE_OBJECT = 1, /* a first-class disk */
   VIXDISKLIB_SPEC_DATASTORE = 2,       /* a folder on a datastore (since 8.0.1) */
   VIXDISKLIB_SPEC_UNKNOWN = 256        /* 2 in version 6.7 */
} VixDiskLibSpecType;

/* ------------------------------------------------------------------------------------------------- types */

/* A count of sectors, or the number of one. */
typedef uint64 VixDiskLibSectorType;

/* A connection, from Connect or ConnectEx to Disconnect. */
struct VixDiskLibConnectParam;
typedef struct VixDiskLibConnectParam *VixDiskLibConnection;

/* An open disk, from Open to Close. It is not tied to the thread that opened it. */
typedef struct VixDiskLibHandleStruct VixDiskLibHandleStruct;
typedef VixDiskLibHandleStruct *VixDiskLibHandle;

typedef struct {
   uint32 cylinders;
   uint32 heads;
   uint32 sectors; /* per track */
} VixDiskLibGeometry;

/* What Create is to make. Zero the whole struct before filling it in: libraries before 7.0 read 24 bytes of it. */
typedef struct {
   VixDiskLibDiskType diskType;
   VixDiskLibAdapterType adapterType;
   uint16 hwVersion;              /* VIXDISKLIB_HWVERSION_... */
   VixDiskLibSectorType capacity; /* in sectors of 512 bytes */
   uint32 logicalSectorSize;      /* in bytes: 0 or 512 (since 7.0) */
   uint32 physicalSectorSize;     /* in bytes: 0, 512 or 4096 (since 7.0) */
} VixDiskLibCreateParams;

/* What GetInfo tells. Libraries before 7.0 fill in 56 bytes: do not read the last two fields then. */
typedef struct {
   VixDiskLibGeometry biosGeo;        /* what the BIOS shows to boot loaders and partition tables */
   VixDiskLibGeometry physGeo;        /* the disk's own */
   VixDiskLibSectorType capacity;     /* in sectors of 512 bytes; of the opened link in a chain */
   VixDiskLibAdapterType adapterType;
   int numLinks;                      /* links in the chain: 1 for a disk without parent */
   char *parentFileNameHint;          /* where the parent was when the child was made; NULL without parent */
   char *uuid;                        /* 16 bytes in hexadecimal, a hyphen in the middle */
   uint32 logicalSectorSize;          /* in bytes; 0 is 512 (since 7.0) */
   uint32 physicalSectorSize;         /* in bytes; 0 is 512 (since 7.0) */
} VixDiskLibInfo;

/* A run of allocated sectors. */
typedef struct {
   VixDiskLibSectorType offset; /* first sector */
   VixDiskLibSectorType length; /* in sectors */
} VixDiskLibBlock;

/* What QueryAllocatedBlocks tells: ascending runs without overlap. The array really has numBlocks elements, maybe 0. */
typedef struct {
   uint32 numBlocks;
   VixDiskLibBlock blocks[1];
} VixDiskLibBlockList;

/* The library's private state in VixDiskLibConnectParams. */
typedef struct VixDiskLibConnectParamsState VixDiskLibConnectParamsState;

/* A first-class disk (since 6.7); Open takes no path then. */
typedef struct {
   char *id;             /* of the disk */
   char *datastoreMoRef; /* managed object reference of its datastore */
   char *ssId;           /* of a snapshot of the disk, or NULL */
} VixDiskLibVStorageObjectSpec;

/* A folder on a datastore (since 8.0.1); Open's path is relative to it. */
typedef struct {
   char *datastoreMoRef;
   char *diskFolder;
} VixDiskLibDatastoreSpec;

/*
 * What to connect to. All zero (or no struct at all) means this host's own files. Get one from AllocateConnectParams,
 * which knows the size that the library reads. Strings that a caller stores in it stay the caller's: Connect and
 * ConnectEx copy them, FreeConnectParams does not free them.
 */
typedef struct {
   char *vmxSpec;    /* "moref=<id>" of the virtual machine, or NULL */
   char *serverName; /* name or address of a vCenter or ESXi server */
   char *thumbPrint; /* SHA-1 fingerprint of its certificate, hexadecimal with colons; checked at Open */
   long privateUse;  /* 0 */
   VixDiskLibCredType credType;

   union VixDiskLibCreds {
      struct VixDiskLibUidPasswdCreds {
         char *userName;
         char *password;
      } uid;
      struct VixDiskLibSessionIdCreds {
         char *cookie;
         char *userName;
         char *key;
      } sessionId;
      struct VixDiskLibTicketIdCreds *ticketId; /* internal */
   } creds;

   uint32 port;        /* of the server's API; 0 is 443 */
   uint32 nfcHostPort; /* of the host's data channel; 0 is 902 */

   char *vimApiVer;                     /* NULL */
   char reserved[8];                    /* 0 */
   VixDiskLibConnectParamsState *state; /* the library's own; NULL */

   union {
      VixDiskLibVStorageObjectSpec vStorageObjSpec;
      VixDiskLibDatastoreSpec dsSpec;
   } spec;
   VixDiskLibSpecType specType;
} VixDiskLibConnectParams;

#ifdef _WIN32
#pragma pack(pop)
#endif

/* --------------------------------------------------------------------------------------------- callbacks */

/*
 * Takes a message of the library, in printf's terms; it usually ends in a newline. Called on any thread, also on the
 * library's own, also on several at once. fmt and args are valid during the call only. Must not call VixDiskLib.
 */
typedef void(VixDiskLibGenericLogFunc)(const char *fmt, va_list args);

/* Hears of progress, on the thread that made the call; the same percentage may come twice. The result is ignored. */
typedef Bool (*VixDiskLibProgressFunc)(void *progressData, int percentCompleted);

/*
 * Hears of the end of an accepted asynchronous request, exactly once, maybe before the request's own call returns, on
 * that thread or on one of the library's.
 */
typedef void (*VixDiskLibCompletionCB)(void *cbData, VixError result);

/* -------------------------------------------------------------------------------------- life of the library */

/*
 * Starts the library. P: once per process, before everything but AllocateConnectParams and the Free functions.
 * majorVersion and minorVersion say which level the caller was written for; a level above the library's is refused.
 * libDir is the directory above lib64, where the plugins are. configFile has lines of name=value, or is NULL. Each of
 * the log functions may be NULL, for a default one that is not thread-safe. Starts threads: do not fork afterwards.
 */
VixError VixDiskLib_InitEx(uint32 majorVersion, uint32 minorVersion, VixDiskLibGenericLogFunc *log,
                           VixDiskLibGenericLogFunc *warn, VixDiskLibGenericLogFunc *panic, const char *libDir,
                           const char *configFile);

/* As InitEx, without configuration and without the advanced transport modes. P. */
VixError VixDiskLib_Init(uint32 majorVersion, uint32 minorVersion, VixDiskLibGenericLogFunc *log,
                         VixDiskLibGenericLogFunc *warn, VixDiskLibGenericLogFunc *panic, const char *libDir);

/* Ends the library. P: the last call. Disks still open are given up. */
void VixDiskLib_Exit(void);

/* The transport modes that there are, separated by colons, in order of preference. The library's string. A. */
const char *VixDiskLib_ListTransportModes(void);

/* An English text for an error, to be given to FreeErrorText, or NULL. locale is NULL. A. */
char *VixDiskLib_GetErrorText(VixError err, const char *locale);

/* Frees a text of GetErrorText; NULL is allowed. A. */
void VixDiskLib_FreeErrorText(char *errMsg);

/* ------------------------------------------------------------------------------------------- connections */

/* Connection parameters of the library's own size, all zero, for FreeConnectParams; NULL without memory. 6.7. A. */
VixDiskLibConnectParams *VixDiskLib_AllocateConnectParams(void);

/* Frees the struct, and the strings in it only if it came from GetConnectParams; NULL is allowed. A. */
void VixDiskLib_FreeConnectParams(VixDiskLibConnectParams *connectParams);

/* A copy of a connection's parameters, for FreeConnectParams. A. VIX_E_DISK_INVALID_CONNECTION, VIX_E_INVALID_ARG. */
VixError VixDiskLib_GetConnectParams(const VixDiskLibConnection connection, VixDiskLibConnectParams **connectParams);

/* Connects: to this host's files if connectParams is NULL or all zero, else to a server. O. Pairs with Disconnect. */
VixError VixDiskLib_Connect(const VixDiskLibConnectParams *connectParams, VixDiskLibConnection *connection);

/*
 * Connects, with more said. O. readOnly makes every disk of the connection read-only. snapshotRef names the snapshot
 * ("snapshot-47") whose disks are wanted, with vmxSpec only. transportModes is a list as of ListTransportModes, or
 * NULL for all; it is tried at Open, not checked here.
 */
VixError VixDiskLib_ConnectEx(const VixDiskLibConnectParams *connectParams, Bool readOnly, const char *snapshotRef,
                              const char *transportModes, VixDiskLibConnection *connection);

/* Ends a connection. O. Its disks become invalid: close them first. VIX_E_DISK_INVALID_CONNECTION. */
VixError VixDiskLib_Disconnect(VixDiskLibConnection connection);

/* Asks a vCenter to leave a virtual machine in place; identity (50 characters at most) is for tracking. A. 5.0. */
VixError VixDiskLib_PrepareForAccess(const VixDiskLibConnectParams *connectParams, const char *identity);

/* Takes back what PrepareForAccess asked, with the same arguments; also after a crash. A. 5.0. */
VixError VixDiskLib_EndAccess(const VixDiskLibConnectParams *connectParams, const char *identity);

/*
 * Removes what crashed programs left on a server. A. vmxSpec must be NULL. Counts virtual machines; both pointers may
 * be NULL. Does nothing for a local connection.
 */
VixError VixDiskLib_Cleanup(const VixDiskLibConnectParams *connectParams, uint32 *numCleanedUp, uint32 *numRemaining);

/* ---------------------------------------------------------------------------------------- disks: open, close */

/*
 * Opens a disk. O. path is an absolute file name, or "[datastore] folder/disk.vmdk"; flags are VIXDISKLIB_FLAG_OPEN_...
 * *diskHandle is NULL after a failure. VIX_E_FILE_NOT_FOUND, VIX_E_FILE_ACCESS_ERROR, VIX_E_FILE_ALREADY_LOCKED,
 * VIX_E_DISK_INVALIDDISK.
 */
VixError VixDiskLib_Open(const VixDiskLibConnection connection, const char *path, uint32 flags,
                         VixDiskLibHandle *diskHandle);

/* Closes a disk. O. End all I/O before. The handle is invalid afterwards, also after a failure. */
VixError VixDiskLib_Close(VixDiskLibHandle diskHandle);

/* Tells about a disk, in memory for FreeInfo. I. */
VixError VixDiskLib_GetInfo(VixDiskLibHandle diskHandle, VixDiskLibInfo **info);

/* Frees what GetInfo gave, strings included; NULL is allowed. A. */
void VixDiskLib_FreeInfo(VixDiskLibInfo *info);

/* The transport mode that an open disk uses, such as "file" or "nbdssl". The library's string. A. */
const char *VixDiskLib_GetTransportMode(VixDiskLibHandle diskHandle);

/* --------------------------------------------------------------------------------------- disks: data */

/* Reads numSectors sectors into readBuffer, which has numSectors * 512 bytes. I. VIX_E_DISK_OUTOFRANGE. */
VixError VixDiskLib_Read(VixDiskLibHandle diskHandle, VixDiskLibSectorType startSector, VixDiskLibSectorType numSectors,
                         uint8 *readBuffer);

/* Writes numSectors sectors from writeBuffer. I. VIX_E_DISK_OUTOFRANGE, VIX_E_FILE_READ_ONLY, VIX_E_DISK_FULL. */
VixError VixDiskLib_Write(VixDiskLibHandle diskHandle, VixDiskLibSectorType startSector,
                          VixDiskLibSectorType numSectors, const uint8 *writeBuffer);

/*
 * As Read, without waiting. I. VIX_ASYNC: accepted, callback runs once, and buffer and cbData stay valid until then.
 * Every other result: not accepted, no callback. 6.0, in this form since 6.5. VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED.
 */
VixError VixDiskLib_ReadAsync(VixDiskLibHandle diskHandle, VixDiskLibSectorType startSector,
                              VixDiskLibSectorType numSectors, uint8 *readBuffer, VixDiskLibCompletionCB callback,
                              void *cbData);

/* As Write, without waiting; as ReadAsync for the rest. I. */
VixError VixDiskLib_WriteAsync(VixDiskLibHandle diskHandle, VixDiskLibSectorType startSector,
                               VixDiskLibSectorType numSectors, const uint8 *writeBuffer,
                               VixDiskLibCompletionCB callback, void *cbData);

/* Waits for all asynchronous requests of the handle; their errors went to their callbacks. I. 6.5. */
VixError VixDiskLib_Wait(VixDiskLibHandle diskHandle);

/* Puts written data on stable storage. I. 6.0. */
VixError VixDiskLib_Flush(VixDiskLibHandle diskHandle);

/*
 * Tells which parts of a range are allocated, in chunks of chunkSize sectors, in memory for FreeBlockList. O. Start and
 * length are multiples of chunkSize and inside the disk; see the chunk limits above. VIX_E_INVALID_ARG otherwise. 6.7.
 */
VixError VixDiskLib_QueryAllocatedBlocks(VixDiskLibHandle diskHandle, VixDiskLibSectorType startSector,
                                         VixDiskLibSectorType numSectors, VixDiskLibSectorType chunkSize,
                                         VixDiskLibBlockList **blockList);

/* Frees a block list; NULL is allowed. A. 6.7. */
VixError VixDiskLib_FreeBlockList(VixDiskLibBlockList *blockList);

/* --------------------------------------------------------------------------------------- disks: metadata */

/*
 * Reads the value of a key into buf, NUL included. I. *requiredLen (bytes, NUL included) is stored in any case.
 * VIX_E_BUFFER_TOOSMALL (also for buf NULL), VIX_E_DISK_KEY_NOTFOUND.
 */
VixError VixDiskLib_ReadMetadata(VixDiskLibHandle diskHandle, const char *key, char *buf, size_t bufLen,
                                 size_t *requiredLen);

/* Adds or changes a key; keys cannot be removed. I. VIX_E_FILE_READ_ONLY. */
VixError VixDiskLib_WriteMetadata(VixDiskLibHandle diskHandle, const char *key, const char *val);

/* Lists the keys: each ends in NUL, the list in one more NUL. I. Sizes as for ReadMetadata. */
VixError VixDiskLib_GetMetadataKeys(VixDiskLibHandle diskHandle, char *keys, size_t maxLen, size_t *requiredLen);

/* ------------------------------------------------------------------------------------- disks: management */

/*
 * Makes a disk in local files. O. VIX_E_FILE_ALREADY_EXISTS, VIX_E_INVALID_ARG, and
 * VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT on a managed connection.
 */
VixError VixDiskLib_Create(const VixDiskLibConnection connection, const char *path,
                           const VixDiskLibCreateParams *createParams, VixDiskLibProgressFunc progressFunc,
                           void *progressCallbackData);

/* Makes a redo log of an open hosted disk, of type MONOLITHIC_SPARSE or SPLIT_SPARSE. O. */
VixError VixDiskLib_CreateChild(VixDiskLibHandle diskHandle, const char *childPath, VixDiskLibDiskType diskType,
                                VixDiskLibProgressFunc progressFunc, void *progressCallbackData);

/* Deletes a link: its descriptor and all its extents. O. Hosted disks only. */
VixError VixDiskLib_Unlink(VixDiskLibConnection connection, const char *path);

/* Makes a closed hosted disk larger, to capacity sectors. O. updateGeometry rewrites the geometry to match. */
VixError VixDiskLib_Grow(VixDiskLibConnection connection, const char *path, VixDiskLibSectorType capacity,
                         Bool updateGeometry, VixDiskLibProgressFunc progressFunc, void *progressCallbackData);

/* Gives back the grains of a hosted sparse disk that hold zeros only; the capacity stays. I. */
VixError VixDiskLib_Shrink(VixDiskLibHandle diskHandle, VixDiskLibProgressFunc progressFunc,
                           void *progressCallbackData);

/* Puts the grains of a hosted sparse disk in order; does nothing to a flat one. I. */
VixError VixDiskLib_Defragment(VixDiskLibHandle diskHandle, VixDiskLibProgressFunc progressFunc,
                               void *progressCallbackData);

/* Renames a closed hosted disk, its extents included. O. */
VixError VixDiskLib_Rename(const char *srcFileName, const char *dstFileName);

/* Copies a disk and converts it to what vixCreateParams says. O. VIX_E_FILE_ALREADY_EXISTS unless overWrite. */
VixError VixDiskLib_Clone(const VixDiskLibConnection dstConnection, const char *dstPath,
                          const VixDiskLibConnection srcConnection, const char *srcPath,
                          const VixDiskLibCreateParams *vixCreateParams, VixDiskLibProgressFunc progressFunc,
                          void *progressCallbackData, Bool overWrite);

/* Estimates the bytes that a clone of the given type needs; UNKNOWN is the type of the source. I. */
VixError VixDiskLib_SpaceNeededForClone(VixDiskLibHandle diskHandle, VixDiskLibDiskType cloneDiskType,
                                        uint64 *spaceNeeded);

/* Tells whether Attach would work. I. */
VixError VixDiskLib_IsAttachPossible(VixDiskLibHandle parent, VixDiskLibHandle child);

/* Puts the child's chain on the parent's. O. The parent's handle is invalid afterwards, also after a failure. */
VixError VixDiskLib_Attach(VixDiskLibHandle parent, VixDiskLibHandle child);

/* Checks a closed hosted sparse disk, and mends it if repair says so. O. The result is that of the call. */
VixError VixDiskLib_CheckRepair(const VixDiskLibConnection connection, const char *filename, Bool repair);

#ifdef __cplusplus
}
#endif

#endif /* VIX_DISK_LIB_H */
