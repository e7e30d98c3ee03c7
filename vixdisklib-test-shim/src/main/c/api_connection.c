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
   params = calloc(1, connectParams_size());
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

static VixError connectTo(Call *call, const VixDiskLibConnectParams *params, bool readOnly,
                          VixDiskLibConnection *handle)
{
   Connection *connection;

   if (connectParams_areManaged(params)) {
      log_warn("VixDiskLib: managed connections are not simulated yet.\n");
      return VIX_E_NOT_SUPPORTED;
   }
   connection = connection_create(params, knownBytes(params), readOnly);
   if (connection == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   *handle = handles_add(&connection_handles, &connection->handled);
   if (*handle == NULL) {
      connection_release(connection);
      return VIX_E_OUT_OF_MEMORY;
   }
   call_setConnection(call, connection);
   log_info("VixDiskLib: connected to the files of this host%s.\n", readOnly ? ", read-only" : "");
   return VIX_OK;
}

/* Both ways to connect. */
static VixError connect(const VixDiskLibConnectParams *params, bool readOnly, VixDiskLibConnection *handle,
                        const char *function)
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
      error = connectTo(&call, params, readOnly, handle);
   }
   return call_end(&call, error);
}

EXPORTED VixError VixDiskLib_Connect(const VixDiskLibConnectParams *connectParams, VixDiskLibConnection *connection)
{
   return connect(connectParams, false, connection, __func__);
}

/* The snapshot and the transport modes mean nothing to a local connection, whose mode is always "file". */
EXPORTED VixError VixDiskLib_ConnectEx(const VixDiskLibConnectParams *connectParams, Bool readOnly,
                                       const char *snapshotRef, const char *transportModes,
                                       VixDiskLibConnection *connection)
{
   (void)snapshotRef;
   (void)transportModes;
   return connect(connectParams, readOnly != 0, connection, __func__);
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

static VixError checkAccess(Call *call, const VixDiskLibConnectParams *params, const char *identity)
{
   VixError error = call_enter(call);

   if (error == VIX_OK) {
      error = call_check(call, identity != NULL && strlen(identity) <= MAX_IDENTITY_LENGTH);
   }
   if (error == VIX_OK && !connectParams_areManaged(params)) {
      log_warn("VixDiskLib: %s is for the virtual machines of a vCenter.\n", call->function);
      error = VIX_E_NOT_SUPPORTED;
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
      error = call_notYet(&call);
   }
   if (error == VIX_OK) {
      strict_beginAccess(connectParams->serverName, connectParams->vmxSpec);
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
      error = call_notYet(&call);
   }
   if (error == VIX_OK) {
      strict_endAccess(connectParams->serverName, connectParams->vmxSpec);
   }
   return call_end(&call, error);
}

static void setNumber(uint32 *number, uint32 value)
{
   if (number != NULL) {
      *number = value;
   }
}

EXPORTED VixError VixDiskLib_Cleanup(const VixDiskLibConnectParams *connectParams, uint32 *numCleanedUp,
                                     uint32 *numRemaining)
{
   Call call;
   VixError error;

   call_begin(&call, __func__);
   error = call_enter(&call);
   if (error == VIX_OK) {
      error = call_check(&call, connectParams == NULL || isAbsent(connectParams->vmxSpec));
   }
   if (error == VIX_OK && connectParams_areManaged(connectParams)) {
      error = call_notYet(&call);
   }
   if (error == VIX_OK) {
      setNumber(numCleanedUp, 0);
      setNumber(numRemaining, 0);
   }
   return call_end(&call, error);
}
