/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "plan.h"

#include <fnmatch.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "file.h"
#include "hang.h"
#include "log.h"
#include "random.h"
#include "vddkFake.h"

/* A plan has some lines. */
#define MAX_PLAN_BYTES (1 << 20)

static pthread_mutex_t planLock = PTHREAD_MUTEX_INITIALIZER;
static Plan current;         /* guarded by the lock, as is the next */
static bool isConfigured;    /* by the configuration, not by a call */
static atomic_bool hasRules; /* lets calls pass without the lock while there are none */

/* ------------------------------------------------------------------------------------------------- matching */

static bool pathMatches(const char *glob, const char *path)
{
   const char *slash;

   if (path == NULL) {
      return false;
   }
   slash = strrchr(path, '/');
   /* A path of a datastore looks as a glob does that it does not match. */
   return strcmp(glob, path) == 0 || fnmatch(glob, path, 0) == 0 || (slash != NULL && fnmatch(glob, slash + 1, 0) == 0);
}

static bool diskMatches(const PlanRule *rule, const PlanCase *call)
{
   return rule->disk == NULL || pathMatches(rule->disk, call->paths[0]) || pathMatches(rule->disk, call->paths[1]);
}

static bool sectorsMatch(const PlanRule *rule, const PlanCase *call)
{
   return !rule->hasSectors || (call->hasSectors && call->count > 0 && call->sector <= rule->lastSector &&
                                (rule->firstSector <= call->sector || rule->firstSector - call->sector < call->count));
}

static bool matches(const PlanRule *rule, const PlanCase *call, const PlanFunction *function)
{
   bool isForFunction =
      rule->function == NULL ? (function->traits & PLAN_RETURNS_NO_ERROR) == 0 : rule->function == function;

   return isForFunction && (!rule->isFull || (function->traits & PLAN_TAKES_SPACE) != 0) &&
          (!rule->isNull || (function->traits & PLAN_GIVES) != 0) && diskMatches(rule, call) &&
          sectorsMatch(rule, call);
}

/* Whether a rule happens in a call that matches; counts both. */
static bool happens(PlanRule *rule)
{
   bool drawn = !rule->hasChance || random_next(&rule->randomState) % PLAN_CERTAIN < rule->chance;
   bool now;

   rule->numMatched++;
   now = drawn && (rule->nth == 0 || rule->numMatched == rule->nth) &&
         (rule->every == 0 || rule->numMatched % rule->every == 0) &&
         (rule->times == 0 || rule->numFired < rule->times) && rule->written >= rule->after;
   rule->numFired += now;
   return now;
}

static void apply(const PlanRule *rule, PlanEffect *effect)
{
   if (effect->error == VIX_OK && rule->error != VIX_OK) {
      effect->error = rule->error;
      effect->byCallback = rule->byCallback;
   }
   effect->drops = effect->drops || rule->drops;
   if (rule->hangs && effect->hang == 0) {
      /* Counted now, so that no call that this plan has hang begins to after another plan was set. */
      effect->hang = hang_begin();
   }
   effect->delayNanos += minOf(rule->delayNanos, UINT64_MAX / 2 - minOf(effect->delayNanos, UINT64_MAX / 2));
}

/* Counts what a call writes that goes well, for the rules that wait for it. */
static void countWritten(const PlanCase *call, const PlanFunction *function)
{
   for (size_t i = 0; i < current.numRules; i++) {
      PlanRule *rule = &current.rules[i];
      bool isOfAny = rule->function == NULL || (rule->function->traits & PLAN_WRITES) == 0;

      if ((isOfAny || rule->function == function) && diskMatches(rule, call) && sectorsMatch(rule, call)) {
         rule->written += minOf(call->count, MAX_SECTORS) * SECTOR_SIZE;
      }
   }
}

/* With the lock held. */
static void take(const PlanCase *call, const PlanFunction *function, PlanEffect *effect)
{
   for (size_t i = 0; i < current.numRules; i++) {
      if (matches(&current.rules[i], call, function) && happens(&current.rules[i])) {
         apply(&current.rules[i], effect);
      }
   }
   if ((function->traits & PLAN_WRITES) != 0 && effect->error == VIX_OK && !effect->drops) {
      countWritten(call, function);
   }
}

void plan_take(const PlanCase *call, PlanEffect *effect)
{
   const PlanFunction *function;
   const char *name;

   *effect = (PlanEffect){.error = VIX_OK};
   if (!atomic_load(&hasRules)) {
      return;
   }
   name = call->function + strlen("VixDiskLib_");
   function = plan_findFunction(name, strlen(name));
   if (function != NULL) {
      pthread_mutex_lock(&planLock);
      take(call, function, effect);
      pthread_mutex_unlock(&planLock);
   }
}

/* ------------------------------------------------------------------------------------------- changing the plan */

static void replace(Plan plan, bool byConfiguration)
{
   Plan old;

   pthread_mutex_lock(&planLock);
   old = current;
   current = plan;
   isConfigured = byConfiguration;
   atomic_store(&hasRules, plan.numRules > 0);
   pthread_mutex_unlock(&planLock);
   plan_free(&old);
}

EXPORTED Bool VddkFake_SetFaultPlan(const char *text, char *message, size_t size)
{
   Plan plan;

   if (message != NULL && size > 0) {
      *message = '\0';
   }
   if (text == NULL) {
      text = "";
   }
   if (!plan_read(text, strlen(text), &plan, message, size)) {
      return FALSE;
   }
   replace(plan, false);
   return TRUE;
}

/* The text of a file as heap memory. */
static VixError readFile(const char *path, char **text, size_t *length)
{
   File file;
   VixError error = file_open(path, false, &file);

   if (error != VIX_OK) {
      return error;
   }
   *length = (size_t)file.size;
   *text = file.size <= MAX_PLAN_BYTES ? malloc(*length + 1) : NULL;
   error = *text == NULL ? VIX_E_OUT_OF_MEMORY : file_read(&file, 0, *text, *length);
   file_close(&file);
   if (error != VIX_OK) {
      free(*text);
   }
   return error;
}

static void configureFrom(const char *path)
{
   char message[256];
   size_t length;
   char *text;
   Plan plan;
   VixError error = readFile(path, &text, &length);

   if (error != VIX_OK) {
      log_warn("VixDiskLib: the fault plan \"%s\" cannot be read (error %llu).\n", path, (unsigned long long)error);
      return;
   }
   if (plan_read(text, length, &plan, message, sizeof message)) {
      log_info("VixDiskLib: the fault plan \"%s\" has %zu rules.\n", path, plan.numRules);
      replace(plan, true);
   } else {
      log_warn("VixDiskLib: the fault plan \"%s\" has no effect: %s.\n", path, message);
   }
   free(text);
}

void plan_configure(void)
{
   char *path = config_path(CONFIG_FAKE_FAULTS);

   if (path != NULL) {
      configureFrom(path);
      free(path);
   }
}

void plan_forget(void)
{
   bool mine;

   pthread_mutex_lock(&planLock);
   mine = isConfigured;
   pthread_mutex_unlock(&planLock);
   if (mine) {
      replace((Plan){NULL, 0}, false);
   }
}

void plan_resetInChild(void)
{
   pthread_mutex_init(&planLock, NULL);
}
