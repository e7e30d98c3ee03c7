/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "connection.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "version.h"

HandleTable connection_handles = HANDLE_TABLE(1);

static atomic_uint numLost; /* lets calls pass without a look at their connection while none is lost */

/* -------------------------------------------------------------------------------------------- parameters */

/* Replaces a caller's string by a copy; clears *copied if there is no memory. */
static void copyString(char **string, bool *copied)
{
   if (*string != NULL) {
      *string = strdup(*string);
      *copied = *copied && *string != NULL;
   }
}

static void freeString(char *string)
{
   free(string);
}

static void freeSecret(char *string)
{
   if (string != NULL) {
      explicit_bzero(string, strlen(string));
      free(string);
   }
}

size_t connectParams_size(void)
{
   return version_isAtLeast(6, 7, 0) ? sizeof(VixDiskLibConnectParams) : offsetof(VixDiskLibConnectParams, reserved);
}

/* Copies the member of the union that the type tells of; of the others nothing is known, not even that they are set. */
static void copyCredentials(VixDiskLibConnectParams *params, bool *copied)
{
   switch ((int)params->credType) {
   case VIXDISKLIB_CRED_UID:
      copyString(&params->creds.uid.userName, copied);
      copyString(&params->creds.uid.password, copied);
      break;
   case VIXDISKLIB_CRED_SESSIONID:
      copyString(&params->creds.sessionId.cookie, copied);
      copyString(&params->creds.sessionId.userName, copied);
      copyString(&params->creds.sessionId.key, copied);
      break;
   default:
      memset(&params->creds, 0, sizeof params->creds);
   }
}

/* Which kind of specification there is, for this version; 8.0.1 is the first that knows datastores. */
static int specTypeOf(const VixDiskLibConnectParams *params)
{
   if (!version_isAtLeast(6, 7, 0)) {
      return VIXDISKLIB_SPEC_VMX;
   }
   return params->specType == VIXDISKLIB_SPEC_DATASTORE && !version_isAtLeast(8, 0, 1) ? VIXDISKLIB_SPEC_UNKNOWN
                                                                                       : (int)params->specType;
}

static void copySpec(VixDiskLibConnectParams *params, bool *copied)
{
   switch (specTypeOf(params)) {
   case VIXDISKLIB_SPEC_VSTORAGE_OBJECT:
      copyString(&params->spec.vStorageObjSpec.id, copied);
      copyString(&params->spec.vStorageObjSpec.datastoreMoRef, copied);
      copyString(&params->spec.vStorageObjSpec.ssId, copied);
      break;
   case VIXDISKLIB_SPEC_DATASTORE:
      copyString(&params->spec.dsSpec.datastoreMoRef, copied);
      copyString(&params->spec.dsSpec.diskFolder, copied);
      break;
   default:
      memset(&params->spec, 0, sizeof params->spec);
   }
}

bool connectParams_areManaged(const VixDiskLibConnectParams *params)
{
   return params != NULL && (!isAbsent(params->vmxSpec) || !isAbsent(params->serverName));
}

VixDiskLibConnectParams *connectParams_copy(const VixDiskLibConnectParams *params, size_t knownBytes)
{
   VixDiskLibConnectParams *copy = calloc(1, sizeof *copy);
   bool copied = true;

   if (copy == NULL || params == NULL) {
      return copy;
   }
   memcpy(copy, params, knownBytes);
   copy->state = NULL;
   copyString(&copy->vmxSpec, &copied);
   copyString(&copy->serverName, &copied);
   copyString(&copy->thumbPrint, &copied);
   copyString(&copy->vimApiVer, &copied);
   copyCredentials(copy, &copied);
   copySpec(copy, &copied);
   if (!copied) {
      connectParams_free(copy);
      return NULL;
   }
   return copy;
}

void connectParams_free(VixDiskLibConnectParams *params)
{
   if (params->credType == VIXDISKLIB_CRED_UID) {
      freeString(params->creds.uid.userName);
      freeSecret(params->creds.uid.password);
   } else if (params->credType == VIXDISKLIB_CRED_SESSIONID) {
      freeSecret(params->creds.sessionId.cookie);
      freeString(params->creds.sessionId.userName);
      freeSecret(params->creds.sessionId.key);
   }
   if (specTypeOf(params) == VIXDISKLIB_SPEC_VSTORAGE_OBJECT) {
      freeString(params->spec.vStorageObjSpec.id);
      freeString(params->spec.vStorageObjSpec.datastoreMoRef);
      freeString(params->spec.vStorageObjSpec.ssId);
   } else if (specTypeOf(params) == VIXDISKLIB_SPEC_DATASTORE) {
      freeString(params->spec.dsSpec.datastoreMoRef);
      freeString(params->spec.dsSpec.diskFolder);
   }
   freeString(params->vmxSpec);
   freeString(params->serverName);
   freeString(params->thumbPrint);
   freeString(params->vimApiVer);
   free(params);
}

/* ------------------------------------------------------------------------------------------- connections */

Connection *connection_create(const VixDiskLibConnectParams *params, size_t knownBytes, bool readOnly)
{
   Connection *connection = calloc(1, sizeof *connection);

   if (connection == NULL || (connection->params = connectParams_copy(params, knownBytes)) == NULL) {
      free(connection);
      return NULL;
   }
   connection->readOnly = readOnly;
   atomic_init(&connection->handled.references, 1);
   return connection;
}

VixError connection_toServer(Connection *connection, const char *snapshotRef, const char *transportModes)
{
   return managed_connect(connection->params, snapshotRef, transportModes, &connection->managed);
}

bool connection_needsPath(const Connection *connection)
{
   return connection->managed == NULL || managed_needsPath(connection->managed);
}

VixError connection_checkLocal(const Connection *connection, const char *function)
{
   if (connection->managed == NULL) {
      return VIX_OK;
   }
   log_warn("VixDiskLib: %s works with local disks only.\n", function);
   return VIX_E_NOT_SUPPORTED_ON_REMOTE_OBJECT;
}

void connection_release(Connection *connection)
{
   if (handled_release(&connection->handled)) {
      if (connection->managed != NULL) {
         managed_disconnect(connection->managed);
      }
      atomic_fetch_sub(&numLost, (unsigned)atomic_load(&connection->lost));
      connectParams_free(connection->params);
      free(connection);
   }
}

bool connection_isOpen(const void *handle)
{
   Connection *connection = (Connection *)handles_acquire(&connection_handles, handle);

   if (connection == NULL) {
      return false;
   }
   connection_release(connection);
   return true;
}

void connection_lose(const void *handle)
{
   Connection *connection = (Connection *)handles_acquire(&connection_handles, handle);

   if (connection != NULL) {
      if (!atomic_exchange(&connection->lost, true)) {
         atomic_fetch_add(&numLost, 1);
      }
      connection_release(connection);
   }
}

bool connection_isLost(const void *handle)
{
   Connection *connection =
      atomic_load(&numLost) > 0 ? (Connection *)handles_acquire(&connection_handles, handle) : NULL;
   bool lost = connection != NULL && atomic_load(&connection->lost);

   if (connection != NULL) {
      connection_release(connection);
   }
   return lost;
}

void connection_end(const void *handle)
{
   Handled *removed = handles_remove(&connection_handles, handle);

   if (removed != NULL) {
      connection_release((Connection *)removed);
   }
}

static bool isAny(const Handled *object, const void *context)
{
   (void)object;
   (void)context;
   return true;
}

void connection_endAll(void)
{
   Handled *object;

   while ((object = handles_removeIf(&connection_handles, isAny, NULL)) != NULL) {
      connection_release((Connection *)object);
   }
}
