/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The managed side: connections to the servers of the inventory, and disks that are opened through them. A connection
 * remembers what its caller asked for; whether that is there, and allowed, is looked up anew each time, as the
 * inventory may have changed. Whatever is refused is told to the log, but for secrets.
 */
#ifndef MANAGED_H
#define MANAGED_H

#include "access.h"
#include "common.h"
#include "progress.h"
#include "vsphere.h"

/* What this process has of a server. */
typedef struct ServerUse {
   struct ServerUse *next;
   char *name;
   uint64 holders; /* connections and disks that hold this */
   uint64 connections;
   uint64 bufferBytes; /* of all disks that go through the server's host */
} ServerUse;

typedef struct Managed {
   const VixDiskLibConnectParams *params; /* the connection's */
   char *snapshot;                        /* NULL for none */
   char *transports;                      /* NULL for the order of the library */
   ServerUse *use;
} Managed;

/* An open disk's share of its server. */
typedef struct ManagedDisk {
   Transport transport;
   ServerUse *use;
   uint64 bufferBytes; /* taken from the host; 0 if the data does not go through it */
   uint64 memory;      /* that the host has for buffers; 0 for no limit */
   Lease *lease;       /* of a disk that is attached; NULL for others */
} ManagedDisk;

/* What a caller of the managed side may work with, for as long as it looks at it. */
typedef struct Login {
   Vsphere *vsphere;
   const InventoryServer *server;
   const InventoryUser *user;
} Login;

/* What a specification leads to; NULL for what it does not. */
typedef struct Target {
   const InventoryVm *vm;
   const InventorySnapshot *snapshot;
   const InventoryFcd *fcd;
   const char *fcdPath;
   const InventoryDatastore *datastore; /* of an FCD, or that the specification is */
} Target;

/* Looks for the server and the user of parameters. A login that succeeded is to be ended. */
VixError managed_login(const VixDiskLibConnectParams *params, Login *login);
void managed_logout(Login *login);

/* The same for a connection that is there: its server may be in another state, and its user have other privileges. */
VixError managed_loginAgain(const Managed *managed, Login *login);

/* Finds what a specification and a snapshot (NULL, "" for none) lead to on a server. */
VixError managed_findTarget(const Login *login, const VixDiskLibConnectParams *params, const char *snapshot,
                            Target *target);

/* VIX_E_HOST_USER_PERMISSIONS for a user without a privilege, which is called by that name. */
VixError managed_checkPrivilege(const Login *login, unsigned privilege, const char *name);

/* A connection to a server. The parameters have to last as long as it does. */
VixError managed_connect(const VixDiskLibConnectParams *params, const char *snapshotRef, const char *transportModes,
                         Managed **managed);
void managed_disconnect(Managed *managed);

/* Books of what this process has of a server; NULL without memory. */
ServerUse *managed_holdServer(const char *name);
void managed_releaseServer(ServerUse *use);

/* Takes a number of connections or bytes, or looks whether it could: if there are not more than the limit then. */
bool managed_take(uint64 *used, uint64 wanted, uint64 limit);
bool managed_fits(const uint64 *used, uint64 wanted, uint64 limit);
void managed_giveBack(uint64 *used, uint64 amount);

/* Whether Open needs a path. */
bool managed_needsPath(const Managed *managed);

/* Negotiates a transport for a disk and finds its file, whose path is heap memory. */
VixError managed_openDisk(Managed *managed, const char *path, bool writing, uint32 flags, char **realPath,
                          ManagedDisk **disk);

/* Frees a disk; the error is one that was injected. */
VixError managed_closeDisk(ManagedDisk *disk);

/* Whether the host has memory for a request, and no fault is injected. */
VixError managed_admit(const ManagedDisk *disk, uint64 sectors);

/* What an asynchronous request fails with besides: an injected fault. */
VixError managed_admitAsync(const ManagedDisk *disk);

/* Copies a local disk over an existing one of a virtual machine that is off. Only VMFS_THIN counts of the type. */
VixError managed_cloneTo(Managed *managed, const char *targetPath, const char *sourcePath, VixDiskLibDiskType type,
                         bool overwrite, Progress *progress);

/* The three functions that work with a vCenter and no connection. The parameters are a copy. */
VixError managed_prepareForAccess(const VixDiskLibConnectParams *params, const char *identity);
VixError managed_endAccess(const VixDiskLibConnectParams *params, const char *identity);
VixError managed_cleanUp(const VixDiskLibConnectParams *params, uint32 *numCleanedUp, uint32 *numRemaining);

#endif /* MANAGED_H */
