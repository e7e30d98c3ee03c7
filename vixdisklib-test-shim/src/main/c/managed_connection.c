/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Connections to servers, and the limits of those.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "log.h"
#include "managed.h"

/* -------------------------------------------------------------------------------------------- shares of servers */

static pthread_mutex_t usesLock = PTHREAD_MUTEX_INITIALIZER;
static ServerUse *uses;

ServerUse *managed_holdServer(const char *name)
{
   ServerUse *use;

   pthread_mutex_lock(&usesLock);
   for (use = uses; use != NULL && strcasecmp(use->name, name) != 0; use = use->next) {
   }
   if (use == NULL && (use = calloc(1, sizeof *use)) != NULL) {
      use->name = strdup(name);
      if (use->name != NULL) {
         use->next = uses;
         uses = use;
      } else {
         free(use);
         use = NULL;
      }
   }
   if (use != NULL) {
      use->holders++;
   }
   pthread_mutex_unlock(&usesLock);
   return use;
}

void managed_releaseServer(ServerUse *use)
{
   pthread_mutex_lock(&usesLock);
   if (--use->holders == 0) {
      ServerUse **link = &uses;

      while (*link != use) {
         link = &(*link)->next;
      }
      *link = use->next;
      free(use->name);
      free(use);
   }
   pthread_mutex_unlock(&usesLock);
}

/* A limit of 0 is none; the inventory can lower one below what there is already. */
static bool fitsInto(uint64 used, uint64 wanted, uint64 limit)
{
   return limit == 0 || (used <= limit && wanted <= limit - used);
}

bool managed_fits(const uint64 *used, uint64 wanted, uint64 limit)
{
   bool fits;

   pthread_mutex_lock(&usesLock);
   fits = fitsInto(*used, wanted, limit);
   pthread_mutex_unlock(&usesLock);
   return fits;
}

bool managed_take(uint64 *used, uint64 wanted, uint64 limit)
{
   bool fits;

   pthread_mutex_lock(&usesLock);
   fits = fitsInto(*used, wanted, limit);
   if (fits) {
      *used += wanted;
   }
   pthread_mutex_unlock(&usesLock);
   return fits;
}

void managed_giveBack(uint64 *used, uint64 amount)
{
   pthread_mutex_lock(&usesLock);
   *used -= amount;
   pthread_mutex_unlock(&usesLock);
}

/* ------------------------------------------------------------------------------------------------- connections */

/* A copy of a text, or NULL for one that is absent; *copied becomes false without memory. */
static char *copyText(const char *text, bool *copied)
{
   char *copy = isAbsent(text) ? NULL : strdup(text);

   *copied = *copied && (copy != NULL || isAbsent(text));
   return copy;
}

static void freeManaged(Managed *managed)
{
   if (managed->use != NULL) {
      managed_releaseServer(managed->use);
   }
   free(managed->snapshot);
   free(managed->transports);
   free(managed);
}

static VixError makeManaged(const VixDiskLibConnectParams *params, const char *snapshotRef, const char *transportModes,
                            const InventoryServer *server, Managed **managed)
{
   Managed *made = calloc(1, sizeof *made);
   bool copied = true;

   if (made == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   made->params = params;
   made->snapshot = copyText(snapshotRef, &copied);
   made->transports = copyText(transportModes, &copied);
   made->use = managed_holdServer(server->entry.id);
   if (!copied || made->use == NULL) {
      freeManaged(made);
      return VIX_E_OUT_OF_MEMORY;
   }
   if (!managed_take(&made->use->connections, 1, server->connections)) {
      log_warn("VixDiskLib: \"%s\" has %llu connections, and takes no more.\n", server->entry.id,
               (unsigned long long)server->connections);
      freeManaged(made);
      return VIX_E_TOO_MANY_LOGONS;
   }
   *managed = made;
   return VIX_OK;
}

VixError managed_connect(const VixDiskLibConnectParams *params, const char *snapshotRef, const char *transportModes,
                         Managed **managed)
{
   Login login;
   Target target;
   VixError error = managed_login(params, &login);

   if (error != VIX_OK) {
      return error;
   }
   error = managed_findTarget(&login, params, snapshotRef, &target);
   if (error == VIX_OK) {
      error = makeManaged(params, snapshotRef, transportModes, login.server, managed);
   }
   managed_logout(&login);
   return error;
}

void managed_disconnect(Managed *managed)
{
   managed_giveBack(&managed->use->connections, 1);
   freeManaged(managed);
}
