/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "control.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "async.h"
#include "connection.h"
#include "disk.h"
#include "ledger.h"
#include "library.h"
#include "vddkFake.h"

static pthread_mutex_t controlLock = PTHREAD_MUTEX_INITIALIZER;

/* ---------------------------------------------------------------------------------------- planned failures */

typedef struct Failure {
   struct Failure *next;
   char *function;
   VixError error;
} Failure;

static Failure *failures;
static atomic_uint numFailures; /* lets calls pass without the lock while there is none */

/* Takes the failure of a function out of the list; with the lock held. */
static Failure *unlinkFailure(const char *function)
{
   Failure **link = &failures;
   Failure *failure;

   while (*link != NULL && strcmp((*link)->function, function) != 0) {
      link = &(*link)->next;
   }
   failure = *link;
   if (failure != NULL) {
      *link = failure->next;
      atomic_fetch_sub(&numFailures, 1);
   }
   return failure;
}

static VixError freeFailure(Failure *failure)
{
   VixError error = failure != NULL ? failure->error : VIX_OK;

   if (failure != NULL) {
      free(failure->function);
      free(failure);
   }
   return error;
}

VixError control_takeFailure(const char *function)
{
   Failure *failure;

   if (atomic_load(&numFailures) == 0) {
      return VIX_OK;
   }
   pthread_mutex_lock(&controlLock);
   failure = unlinkFailure(function);
   pthread_mutex_unlock(&controlLock);
   return freeFailure(failure);
}

static Failure *newFailure(const char *function, VixError error)
{
   Failure *failure = malloc(sizeof *failure);

   if (failure != NULL) {
      *failure = (Failure){NULL, strdup(function), error};
      if (failure->function == NULL) {
         free(failure);
         return NULL;
      }
   }
   return failure;
}

EXPORTED void VddkFake_FailNext(const char *function, VixError error)
{
   Failure *failure;
   Failure *previous;

   if (function == NULL) {
      return;
   }
   failure = error != VIX_OK ? newFailure(function, error) : NULL;
   pthread_mutex_lock(&controlLock);
   previous = unlinkFailure(function);
   if (failure != NULL) {
      failure->next = failures;
      failures = failure;
      atomic_fetch_add(&numFailures, 1);
   }
   pthread_mutex_unlock(&controlLock);
   (void)freeFailure(previous);
}

/* ---------------------------------------------------------------------------------------------- held reads */

static pthread_cond_t holdChanged = PTHREAD_COND_INITIALIZER;
static atomic_bool holding; /* changed with the lock held */
static uint32 heldReads;

void control_passRead(void)
{
   if (!atomic_load(&holding)) {
      return;
   }
   pthread_mutex_lock(&controlLock);
   heldReads++;
   pthread_cond_broadcast(&holdChanged);
   while (atomic_load(&holding)) {
      pthread_cond_wait(&holdChanged, &controlLock);
   }
   heldReads--;
   pthread_mutex_unlock(&controlLock);
}

EXPORTED void VddkFake_HoldReads(Bool hold)
{
   pthread_mutex_lock(&controlLock);
   atomic_store(&holding, hold != 0);
   pthread_cond_broadcast(&holdChanged);
   pthread_mutex_unlock(&controlLock);
}

EXPORTED void VddkFake_AwaitHeldReads(uint32 n)
{
   pthread_mutex_lock(&controlLock);
   while (heldReads < n) {
      pthread_cond_wait(&holdChanged, &controlLock);
   }
   pthread_mutex_unlock(&controlLock);
}

/* ------------------------------------------------------------------------------------------------- the rest */

EXPORTED uint64 VddkFake_LiveCount(const char *what)
{
   if (what == NULL) {
      return 0;
   }
   if (strcmp(what, "connections") == 0) {
      return handles_count(&connection_handles);
   }
   if (strcmp(what, "disks") == 0) {
      return handles_count(&disk_handles);
   }
   if (strcmp(what, "infos") == 0) {
      return ledger_count(LEDGER_INFO);
   }
   if (strcmp(what, "blockLists") == 0) {
      return ledger_count(LEDGER_BLOCK_LIST);
   }
   if (strcmp(what, "errorTexts") == 0) {
      return ledger_count(LEDGER_ERROR_TEXT);
   }
   if (strcmp(what, "asyncRequests") == 0) {
      return async_count();
   }
   if (strcmp(what, "connectParams") == 0) {
      return ledger_count(LEDGER_PLAIN_CONNECT_PARAMS) + ledger_count(LEDGER_OWNED_CONNECT_PARAMS);
   }
   return 0;
}

EXPORTED void VddkFake_LogFromLibraryThread(int level, const char *message)
{
   library_logFromThread(level != 0, message != NULL ? message : "");
}
