/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Exported functions: connections and their parameters.
 */
#include <stdlib.h>
#include <string.h>

#include "async.h"
#include "call.h"
#include "ledger.h"
#include "library.h"
#include "log.h"
#include "strict.h"

/* Longest text that PrepareForAccess and EndAccess take for tracking. */
#define MAX_IDENTITY_LENGTH 50

/* --------------------------------------------------------------------------------------------- parameters */

EXPORTED VixDiskLibConnectParams *VixDiskLib_AllocateConnectParams(void)
{
   Call call;
   VixDiskLibConnectParams *params;

   call_begin(&call, __func__);
   params = call_planNothing(&call) ? NULL : calloc(1, connectParams_size());
   if (params != NULL && !ledger_add(LEDGER_PLAIN_CONNECT_PARAMS, params)) {
      free(params);
      params = NULL;
   }
   (void)call_end(&call, params != NULL ? VIX_OK : VIX_E_OUT_OF_MEMORY);
   return params;
}

EXPORTED void VixDiskLib_FreeConnectParams(VixDiskLibConnectParams *connectParams)
{
   Call call;
   VixError error = VIX_OK;

   call_begin(&call, __func__);
   if (connectParams == NULL) {
      /* There is nothing to free. */
   } else if (ledger_remove(LEDGER_OWNED_CONNECT_PARAMS, connectParams)) {
      connectParams_free(connectParams);
   } else if (ledger_remove(LEDGER_PLAIN_CONNECT_PARAMS, connectParams)) {
      free(connectParams);
   } else {
      error = call_refuseMemory(&call, connectParams, "connect params");
   }
   (void)call_end(&call, error);
}

static VixError copyParams(const Connection *connection, VixDiskLibConnectParams **copy)
{
   VixDiskLibConnectParams *made = connectParams_copy(connection->params, sizeof *connection->params);
   VixDiskLibConnectParams *cut;

   if (made == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   /* Not longer than in this version, so that reading on is seen to be wrong. */
   cut = realloc(made, connectParams_size());
   made = cut != NULL ? cut : made;
   if (!ledger_add(LEDGER_OWNED_CONNECT_PARAMS, made)) {
      connectParams_free(made);
      return VIX_E_OUT_OF_MEMORY;
   }
   *copy = made;
   return VIX_OK;
}

EXPORTED VixError VixDiskLib_GetConnectParams(const VixDiskLibConnection connection,
                                              VixDiskLibConnectParams **connectParams)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   if (connectParams != NULL) {
      *connectParams = NULL;
   }
   error = call_useConnection(&call, connection);
   if (error == VIX_OK) {
      error = call_check(&call, connectParams != NULL);
   }
   if (error == VIX_OK) {
      error = copyParams(call.connection, connectParams);
   }
   return call_end(&call, error);
}

/* -------------------------------------------------------------------------------------------- connections */

/*
 * How much of the parameters can be read: all if they are from AllocateConnectParams or GetConnectParams, else what a
 * caller has, going by the version that it was written for. Before 5.0 the fields behind the first two were others.
 */
static size_t knownBytes(const VixDiskLibConnectParams *params)
{
   if (ledger_has(LEDGER_PLAIN_CONNECT_PARAMS, params) || ledger_has(LEDGER_OWNED_CONNECT_PARAMS, params) ||
       library_callerKnows(6, 7)) {
      return connectParams_size();
   }
   if (library_callerKnows(6, 5)) {
      return offsetof(VixDiskLibConnectParams, reserved);
   }
   return library_callerKnows(5, 0) ? offsetof(VixDiskLibConnectParams, vimApiVer)
                                    : offsetof(VixDiskLibConnectParams, thumbPrint);
}

/* How a connection is to be made. */
typedef struct {
   const VixDiskLibConnectParams *params;
   bool readOnly;
   const char *snapshotRef;
   const char *transportModes;
} Connecting;

/* The snapshot and the transport modes mean nothing to a local connection, whose mode is always "file". */
static VixError makeConnection(const Connecting *connecting, Connection **connection)
{
   Connection *made = connection_create(connecting->params, knownBytes(connecting->params), connecting->readOnly);
   VixError error = VIX_OK;

   if (made == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   if (connectParams_areManaged(connecting->params)) {
      error = connection_toServer(made, connecting->snapshotRef, connecting->transportModes);
   }
   if (error != VIX_OK) {
      connection_release(made);
      return error;
   }
   *connection = made;
   return VIX_OK;
}

static VixError connectTo(Call *call, const Connecting *connecting, VixDiskLibConnection *handle)
{
   Connection *connection;
   VixError error = makeConnection(connecting, &connection);

   if (error != VIX_OK) {
      return error;
   }
   log_info(
      "VixDiskLib: connected to %s%s%s.\n", connection->managed != NULL ? "the server " : "the files of this host",
      connection->managed != NULL ? connection->params->serverName : "", connecting->readOnly ? ", read-only" : "");
   *handle = handles_add(&connection_handles, &connection->handled);
   if (*handle == NULL) {
      connection_release(connection);
      return VIX_E_OUT_OF_MEMORY;
   }
   call->connection = connection;
   call_setConnection(call, connection);
   return VIX_OK;
}

/* Both ways to connect. */
static VixError connect(const Connecting *connecting, VixDiskLibConnection *handle, const char *function)
{
   Call call;
   VixError error;

   call_begin(&call, function);
   error = call_enter(&call);
   if (handle != NULL) {
      *handle = NULL;
   }
   if (error == VIX_OK) {
      error = call_check(&call, handle != NULL);
   }
   if (error == VIX_OK) {
      error = connectTo(&call, connecting, handle);
   }
   if (error == VIX_OK && !library_isRunning()) {
      /* An Exit on another thread came in between, and has not seen the connection. */
      connection_end(*handle);
      *handle = NULL;
      error = VIX_E_DISK_NOINIT;
   }
   return call_end(&call, error);
}

EXPORTED VixError VixDiskLib_Connect(const VixDiskLibConnectParams *connectParams, VixDiskLibConnection *connection)
{
   Connecting connecting = {connectParams, false, NULL, NULL};

   return connect(&connecting, connection, __func__);
}

EXPORTED VixError VixDiskLib_ConnectEx(const VixDiskLibConnectParams *connectParams, Bool readOnly,
                                       const char *snapshotRef, const char *transportModes,
                                       VixDiskLibConnection *connection)
{
   Connecting connecting = {connectParams, readOnly != 0, snapshotRef, transportModes};

   return connect(&connecting, connection, __func__);
}

static VixError disconnect(Call *call, VixDiskLibConnection handle)
{
   Connection *found;
   uint64 numDisks;

   if (!async_mayWait() && disk_isAnyOpen(handle)) {
      log_warn("VixDiskLib: Disconnect in a callback, while disks are open.\n");
      strict_break(RULE_DISCONNECT_WITH_DISKS, call->function, "in a callback, while disks are open");
      return VIX_E_OBJECT_IS_BUSY;
   }
   found = (Connection *)handles_remove(&connection_handles, handle);
   if (found == NULL) {
      call_tellStale(call, &connection_handles, handle);
      return VIX_E_DISK_INVALID_CONNECTION;
   }
   call_setConnection(call, found);
   numDisks = disk_closeAll(handle);
   if (numDisks > 0) {
      log_warn("VixDiskLib: Disconnect has closed %llu open disks; close disks before their connection.\n",
               (unsigned long long)numDisks);
      strict_break(RULE_DISCONNECT_WITH_DISKS, call->function, "%llu disks are open", (unsigned long long)numDisks);
   }
   connection_release(found);
   return call_plan(call);
}

/* A planned failure is reported, but the connection ends in any case: for the caller, it is gone. */
EXPORTED VixError VixDiskLib_Disconnect(VixDiskLibConnection connection)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_enter(&call);
   if (error == VIX_OK) {
      error = disconnect(&call, connection);
   } else {
      call_tellStale(&call, &connection_handles, connection);
   }
   return call_end(&call, error);
}

/* ---------------------------------------------------------------------------------- virtual machines' access */

/* Says what is wrong with the text for tracking, if anything is. */
static bool isIdentity(const Call *call, const char *identity)
{
   if (identity != NULL && strlen(identity) <= MAX_IDENTITY_LENGTH) {
      return true;
   }
   log_warn("VixDiskLib: %s needs an identity of at most %d characters.\n", call->function, MAX_IDENTITY_LENGTH);
   return false;
}

static VixError checkAccess(Call *call, const VixDiskLibConnectParams *params, const char *identity)
{
   VixError error = call_enter(call);

   if (error == VIX_OK) {
      error = call_check(call, isIdentity(call, identity));
   }
   if (error == VIX_OK && !connectParams_areManaged(params)) {
      log_warn("VixDiskLib: %s is for the virtual machines of a vCenter.\n", call->function);
      error = VIX_E_NOT_SUPPORTED;
   }
   return error;
}

static VixError changeAccess(const VixDiskLibConnectParams *params, const char *identity,
                             VixError (*change)(const VixDiskLibConnectParams *, const char *))
{
   VixDiskLibConnectParams *copy = connectParams_copy(params, knownBytes(params));
   VixError error = copy != NULL ? change(copy, identity) : VIX_E_OUT_OF_MEMORY;

   if (copy != NULL) {
      connectParams_free(copy);
   }
   return error;
}

EXPORTED VixError VixDiskLib_PrepareForAccess(const VixDiskLibConnectParams *connectParams, const char *identity)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = checkAccess(&call, connectParams, identity);
   if (error == VIX_OK) {
      error = changeAccess(connectParams, identity, managed_prepareForAccess);
   }
   return call_end(&call, error);
}

EXPORTED VixError VixDiskLib_EndAccess(const VixDiskLibConnectParams *connectParams, const char *identity)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = checkAccess(&call, connectParams, identity);
   if (error == VIX_OK) {
      error = changeAccess(connectParams, identity, managed_endAccess);
   }
   return call_end(&call, error);
}

static VixError cleanUp(const VixDiskLibConnectParams *params, uint32 *numCleanedUp, uint32 *numRemaining)
{
   VixDiskLibConnectParams *copy;
   VixError error;

   *numCleanedUp = 0;
   *numRemaining = 0;
   if (!connectParams_areManaged(params)) {
      return VIX_OK;
   }
   copy = connectParams_copy(params, knownBytes(params));
   if (copy == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = managed_cleanUp(copy, numCleanedUp, numRemaining);
   connectParams_free(copy);
   return error;
}

/* Cleanup is for all virtual machines of a server. */
static bool namesNoMachine(const VixDiskLibConnectParams *params)
{
   if (params == NULL || isAbsent(params->vmxSpec)) {
      return true;
   }
   log_warn("VixDiskLib: Cleanup is for a server, and not for \"%s\"; leave out vmxSpec.\n", params->vmxSpec);
   return false;
}

EXPORTED VixError VixDiskLib_Cleanup(const VixDiskLibConnectParams *connectParams, uint32 *numCleanedUp,
                                     uint32 *numRemaining)
{
   uint32 unwanted;
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_enter(&call);
   if (error == VIX_OK) {
      error = call_check(&call, namesNoMachine(connectParams));
   }
   if (error == VIX_OK) {
      error = cleanUp(connectParams, numCleanedUp != NULL ? numCleanedUp : &unwanted,
                      numRemaining != NULL ? numRemaining : &unwanted);
   }
   return call_end(&call, error);
}
