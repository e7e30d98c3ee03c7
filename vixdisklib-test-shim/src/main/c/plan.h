/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The fault plan: rules that say which calls go wrong, and how. vddkFake.h describes them to those who write them.
 */
#ifndef PLAN_H
#define PLAN_H

#include "common.h"

/* What a rule may look at in a call. */
typedef struct PlanCase {
   const char *function; /* with "VixDiskLib_" */
   const char *paths[2]; /* of the disks that it is about; NULL for none */
   bool hasSectors;
   uint64 sector;
   uint64 count;
} PlanCase;

/* In place of an error: the call does nothing and returns VIX_OK, or NULL. No function returns it. */
#define PLAN_NOTHING UINT64_C(0xFFFFFFFF00000000)

/* What is to happen to a call: all that the rules say together. */
typedef struct PlanEffect {
   VixError error;  /* of the first rule that has one, or PLAN_NOTHING; else VIX_OK */
   bool byCallback; /* for an asynchronous request */
   bool drops;
   uint64 hang; /* the ticket of a call that hangs, as whose it is counted; 0 for none */
   uint64 delayNanos;
} PlanEffect;

/* Asks the plan about a call, which counts. */
void plan_take(const PlanCase *call, PlanEffect *effect);

/* Takes the plan that the configuration names, and forgets it again. */
void plan_configure(void);
void plan_forget(void);

/* In the child of a fork. */
void plan_resetInChild(void);

/* ------------------------------------------------------------------------------------- rules as they are written */

/* What a function is, as far as it matters here. */
enum {
   PLAN_HAS_DISK = 1,
   PLAN_HAS_SECTORS = 2,
   PLAN_TAKES_SPACE = 4,
   PLAN_WRITES = 8, /* the sectors that it has */
   PLAN_GIVES = 16, /* a pointer, as its result or through an argument */
   PLAN_RETURNS_NO_ERROR = 32
};

typedef struct PlanFunction {
   const char *name; /* without "VixDiskLib_" */
   unsigned traits;
} PlanFunction;

typedef struct PlanRule {
   const PlanFunction *function; /* NULL for all */

   /* Conditions; numbers are 0 for none. */
   char *disk;
   bool hasSectors;
   uint64 firstSector;
   uint64 lastSector;
   uint64 nth;
   uint64 every;
   uint64 times;
   uint64 after;
   bool hasChance;
   uint64 chance; /* of PLAN_CERTAIN */

   /* What happens. */
   VixError error;
   bool byCallback;
   bool isFull; /* which happens only to what takes space */
   bool isNull; /* which happens only to what gives something */
   bool drops;
   bool hangs;
   uint64 delayNanos;

   /* What has happened. */
   uint64 randomState;
   uint64 numMatched;
   uint64 numFired;
   uint64 written; /* bytes */
} PlanRule;

#define PLAN_CERTAIN UINT64_C(1000000000)

typedef struct Plan {
   PlanRule *rules;
   size_t numRules;
} Plan;

/* Reads a plan. If it is wrong, the message says where, and the plan is empty. */
bool plan_read(const char *text, size_t length, Plan *plan, char *message, size_t size);

void plan_free(Plan *plan);

/* A function by its name without "VixDiskLib_"; NULL for one that does not exist, or returns nothing. */
const PlanFunction *plan_findFunction(const char *name, size_t length);

#endif /* PLAN_H */
