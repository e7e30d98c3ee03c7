/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Connections, and the parameters that they are made with.
 */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "common.h"
#include "handles.h"
#include "managed.h"

typedef struct Connection {
   Handled handled;
   bool readOnly;                   /* every disk of the connection is read-only */
   atomic_bool lost;                /* as VddkFake_SetFaultPlan wants it */
   VixDiskLibConnectParams *params; /* a deep copy */
   Managed *managed;                /* NULL for a local connection */
} Connection;

/* The handles of all connections. */
extern HandleTable connection_handles;

/* Whether the parameters name a server. What else is in them, such as credentials, does not make them do so. */
bool connectParams_areManaged(const VixDiskLibConnectParams *params);

/* Bytes of the parameters in the version of this library, which are those that are given to callers. */
size_t connectParams_size(void);

/*
 * A copy with strings of its own, or all zeros for NULL; NULL without memory. Only that many bytes of the struct are
 * read, since callers of older versions have a shorter one. The copy is as long as the newest.
 */
VixDiskLibConnectParams *connectParams_copy(const VixDiskLibConnectParams *params, size_t knownBytes);

/* Frees a copy. Secrets in it are overwritten. */
void connectParams_free(VixDiskLibConnectParams *params);

/* Makes a local connection; NULL without memory. */
Connection *connection_create(const VixDiskLibConnectParams *params, size_t knownBytes, bool readOnly);

/* Makes it one to the server of its parameters. */
VixError connection_toServer(Connection *connection, const char *snapshotRef, const char *transportModes);

/* Whether Open and Clone need the path of a disk; a first-class disk is found without. */
bool connection_needsPath(const Connection *connection);

/* VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT for a function that works with local files only. */
VixError connection_checkLocal(const Connection *connection, const char *function);

/* Gives a reference back; the last one frees the connection. */
void connection_release(Connection *connection);

/* Whether a handle is that of a connection. */
bool connection_isOpen(const void *handle);

/* Has a connection be lost: whatever is done with it or its disks fails, but for ending it and closing them. */
void connection_lose(const void *handle);
bool connection_isLost(const void *handle);

/* Ends one connection, if it has not ended yet, or all. */
void connection_end(const void *handle);
void connection_endAll(void);

#endif /* CONNECTION_H */
