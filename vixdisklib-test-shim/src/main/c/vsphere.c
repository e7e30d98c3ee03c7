/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "vsphere.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "file.h"
#include "log.h"
#include "vddkFake.h"

/* An inventory of a thousand machines has a tenth of it. */
#define MAX_INVENTORY_BYTES ((uint64)1 << 20)

static pthread_mutex_t vsphereLock = PTHREAD_MUTEX_INITIALIZER;
static char *chosenPath; /* of VddkFake_SetInventory; NULL for that of the configuration */
static Vsphere *latest;  /* read last; the same text is not read twice */

EXPORTED Bool VddkFake_SetInventory(const char *path)
{
   char *resolved = !isAbsent(path) ? realpath(path, NULL) : NULL;

   if (resolved == NULL && !isAbsent(path)) {
      return FALSE;
   }
   pthread_mutex_lock(&vsphereLock);
   free(chosenPath);
   chosenPath = resolved;
   pthread_mutex_unlock(&vsphereLock);
   return TRUE;
}

/* ---------------------------------------------------------------------------------------------------- reading */

static void freeText(char *text, size_t length)
{
   if (text != NULL) {
      explicit_bzero(text, length);
      free(text);
   }
}

static VixError readText(const char *path, char **text, size_t *length)
{
   File file;
   VixError error = file_open(path, false, &file);

   if (error != VIX_OK) {
      return error;
   }
   *length = (size_t)file.size;
   *text = file.size <= MAX_INVENTORY_BYTES ? malloc(*length > 0 ? *length : 1) : NULL;
   error = *text != NULL                     ? file_read(&file, 0, *text, *length)
           : file.size > MAX_INVENTORY_BYTES ? VIX_E_FILE_TOO_BIG
                                             : VIX_E_OUT_OF_MEMORY;
   file_close(&file);
   if (error != VIX_OK) {
      freeText(*text, *length);
   }
   return error;
}

static char *findStateFolder(const char *path)
{
   char *folder = config_path(CONFIG_FAKE_STATE);

   if (folder == NULL && asprintf(&folder, "%s.state", path) < 0) {
      folder = NULL;
   }
   return folder;
}

static void freeVsphere(Vsphere *vsphere)
{
   inventory_free(vsphere->inventory);
   freeText(vsphere->text, vsphere->length);
   free(vsphere->stateFolder);
   free(vsphere->path);
   free(vsphere);
}

/* With the lock held. */
static void giveBack(Vsphere *vsphere)
{
   if (vsphere != NULL && --vsphere->references == 0) {
      freeVsphere(vsphere);
   }
}

/* Takes over the text. */
static Vsphere *makeVsphere(const char *path, char *text, size_t length)
{
   Vsphere *made = calloc(1, sizeof *made);

   if (made == NULL) {
      freeText(text, length);
      return NULL;
   }
   made->references = 1;
   made->text = text;
   made->length = length;
   made->path = strdup(path);
   made->stateFolder = findStateFolder(path);
   made->inventory = inventory_parse(path, text, length);
   if (made->path == NULL || made->stateFolder == NULL || made->inventory == NULL) {
      freeVsphere(made);
      return NULL;
   }
   return made;
}

static char *currentPath(void)
{
   char *path;

   pthread_mutex_lock(&vsphereLock);
   path = chosenPath != NULL ? strdup(chosenPath) : NULL;
   pthread_mutex_unlock(&vsphereLock);
   return path != NULL ? path : config_path(CONFIG_FAKE_INVENTORY);
}

/* The latest, for the caller, if it was read from such a text; else NULL. */
static Vsphere *acquireLatest(const char *path, const char *text, size_t length)
{
   Vsphere *found = NULL;

   pthread_mutex_lock(&vsphereLock);
   if (latest != NULL && strcmp(latest->path, path) == 0 && latest->length == length &&
       memcmp(latest->text, text, length) == 0) {
      found = latest;
      found->references++;
   }
   pthread_mutex_unlock(&vsphereLock);
   return found;
}

static void setLatest(Vsphere *vsphere)
{
   pthread_mutex_lock(&vsphereLock);
   giveBack(latest);
   latest = vsphere;
   vsphere->references++;
   pthread_mutex_unlock(&vsphereLock);
}

/* The lock is not held meanwhile: what is wrong in the text goes to the log, and so to the caller's code. */
static VixError readInventory(const char *path, Vsphere **vsphere)
{
   char *text;
   size_t length;
   VixError error = readText(path, &text, &length);

   if (error != VIX_OK) {
      log_warn("VixDiskLib: the inventory \"%s\" cannot be read (error %llu).\n", path, (unsigned long long)error);
      return VIX_E_INVALID_ARG;
   }
   *vsphere = acquireLatest(path, text, length);
   if (*vsphere != NULL) {
      freeText(text, length);
      return VIX_OK;
   }
   *vsphere = makeVsphere(path, text, length);
   if (*vsphere == NULL) {
      log_warn("VixDiskLib: there is no connection to servers until the inventory \"%s\" is mended.\n", path);
      return VIX_E_INVALID_ARG;
   }
   setLatest(*vsphere);
   return VIX_OK;
}

VixError vsphere_acquire(Vsphere **vsphere)
{
   char *path = currentPath();
   VixError error = VIX_E_HOST_SERVER_NOT_FOUND;

   if (path != NULL) {
      error = readInventory(path, vsphere);
   } else {
      log_warn("VixDiskLib: there are no servers in this fake VDDK but those of an inventory; name one in the "
               "configuration file of InitEx, with vddkFake.inventory=<file>.\n");
   }
   free(path);
   return error;
}

void vsphere_release(Vsphere *vsphere)
{
   pthread_mutex_lock(&vsphereLock);
   giveBack(vsphere);
   pthread_mutex_unlock(&vsphereLock);
}

void vsphere_forget(void)
{
   pthread_mutex_lock(&vsphereLock);
   giveBack(latest);
   latest = NULL;
   pthread_mutex_unlock(&vsphereLock);
}
