/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Exported functions: connections and their parameters.
 */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "async.h"
#include "ledger.h"
#include "library.h"
#include "log.h"

/* Longest text that PrepareForAccess and EndAccess take for tracking. */
#define MAX_IDENTITY_LENGTH 50

/* --------------------------------------------------------------------------------------------- parameters */

EXPORTED VixDiskLibConnectParams *VixDiskLib_AllocateConnectParams(void)
{
   VixDiskLibConnectParams *params = calloc(1, connectParams_size());

   if (params != NULL && !ledger_add(LEDGER_PLAIN_CONNECT_PARAMS, params)) {
      free(params);
      return NULL;
   }
   return params;
}

EXPORTED void VixDiskLib_FreeConnectParams(VixDiskLibConnectParams *connectParams)
{
   if (connectParams == NULL) {
      return;
   }
   if (ledger_remove(LEDGER_OWNED_CONNECT_PARAMS, connectParams)) {
      connectParams_free(connectParams);
   } else if (ledger_remove(LEDGER_PLAIN_CONNECT_PARAMS, connectParams)) {
      free(connectParams);
   } else {
      log_warn("VixDiskLib: FreeConnectParams was given memory that is not of this library.\n");
   }
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
   Connection *found;
   VixError error;

   if (connectParams != NULL) {
      *connectParams = NULL;
   }
   error = api_acquireConnection(connection, &found);
   if (error != VIX_OK) {
      return error;
   }
   error = api_check(connectParams != NULL, __func__);
   if (error == VIX_OK) {
      error = copyParams(found, connectParams);
   }
   connection_release(found);
   return error;
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

static VixError connectTo(const VixDiskLibConnectParams *params, bool readOnly, VixDiskLibConnection *handle)
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
   log_info("VixDiskLib: connected to the files of this host%s.\n", readOnly ? ", read-only" : "");
   return VIX_OK;
}

/* Both ways to connect; the caller has checked for planned failures of its own. */
static VixError connectChecked(const VixDiskLibConnectParams *params, bool readOnly, VixDiskLibConnection *handle,
                               const char *function)
{
   VixError error = api_enter();

   if (handle != NULL) {
      *handle = NULL;
   }
   if (error == VIX_OK) {
      error = api_check(handle != NULL, function);
   }
   return error != VIX_OK ? error : connectTo(params, readOnly, handle);
}

EXPORTED VixError VixDiskLib_Connect(const VixDiskLibConnectParams *connectParams, VixDiskLibConnection *connection)
{
   return connectChecked(connectParams, false, connection, __func__);
}

/* The snapshot and the transport modes mean nothing to a local connection, whose mode is always "file". */
EXPORTED VixError VixDiskLib_ConnectEx(const VixDiskLibConnectParams *connectParams, Bool readOnly,
                                       const char *snapshotRef, const char *transportModes,
                                       VixDiskLibConnection *connection)
{
   (void)snapshotRef;
   (void)transportModes;
   return connectChecked(connectParams, readOnly != 0, connection, __func__);
}

/* A planned failure is reported, but the connection ends in any case: for the caller, it is gone. */
EXPORTED VixError VixDiskLib_Disconnect(VixDiskLibConnection connection)
{
   VixError error = api_enter();
   Connection *found;
   uint64 numDisks;

   if (error != VIX_OK) {
      return error;
   }
   if (!async_mayWait() && disk_isAnyOpen(connection)) {
      log_warn("VixDiskLib: Disconnect in a callback, while disks are open.\n");
      return VIX_E_OBJECT_IS_BUSY;
   }
   found = (Connection *)handles_remove(&connection_handles, connection);
   if (found == NULL) {
      return VIX_E_DISK_INVALID_CONNECTION;
   }
   numDisks = disk_closeAll(connection);
   if (numDisks > 0) {
      log_warn("VixDiskLib: Disconnect has closed %llu open disks; close disks before their connection.\n",
               (unsigned long long)numDisks);
   }
   connection_release(found);
   return api_check(true, __func__);
}

/* ---------------------------------------------------------------------------------- virtual machines' access */

static VixError checkAccess(const VixDiskLibConnectParams *params, const char *identity, const char *function)
{
   VixError error = api_enter();

   if (error == VIX_OK) {
      error = api_check(identity != NULL && strlen(identity) <= MAX_IDENTITY_LENGTH, function);
   }
   if (error == VIX_OK && !connectParams_areManaged(params)) {
      log_warn("VixDiskLib: %s is for the virtual machines of a vCenter.\n", function);
      error = VIX_E_NOT_SUPPORTED;
   }
   return error;
}

EXPORTED VixError VixDiskLib_PrepareForAccess(const VixDiskLibConnectParams *connectParams, const char *identity)
{
   VixError error = checkAccess(connectParams, identity, __func__);

   return error != VIX_OK ? error : api_notYet(__func__);
}

EXPORTED VixError VixDiskLib_EndAccess(const VixDiskLibConnectParams *connectParams, const char *identity)
{
   VixError error = checkAccess(connectParams, identity, __func__);

   return error != VIX_OK ? error : api_notYet(__func__);
}

EXPORTED VixError VixDiskLib_Cleanup(const VixDiskLibConnectParams *connectParams, uint32 *numCleanedUp,
                                     uint32 *numRemaining)
{
   VixError error = api_enter();

   if (error == VIX_OK) {
      error = api_check(connectParams == NULL || isAbsent(connectParams->vmxSpec), __func__);
   }
   if (error != VIX_OK) {
      return error;
   }
   if (connectParams_areManaged(connectParams)) {
      return api_notYet(__func__);
   }
   if (numCleanedUp != NULL) {
      *numCleanedUp = 0;
   }
   if (numRemaining != NULL) {
      *numRemaining = 0;
   }
   return VIX_OK;
}
