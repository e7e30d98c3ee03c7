/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "async_queue.h"

#include <stdlib.h>

#include "async_hold.h"
#include "random.h"

static AcceptedRequest *queue;
static size_t numQueued;
static size_t room;
static size_t numTimed;
static uint64 randomState;

bool asyncQueue_makeRoom(size_t numOthers)
{
   if (numQueued + numOthers == room) {
      size_t larger = room == 0 ? 64 : room * 2;
      AcceptedRequest *moved = realloc(queue, larger * sizeof *moved);

      if (moved == NULL) {
         return false;
      }
      queue = moved;
      room = larger;
   }
   return true;
}

void asyncQueue_add(const AcceptedRequest *accepted)
{
   queue[numQueued++] = *accepted;
   numTimed += accepted->timed;
}

static size_t countReady(void)
{
   size_t count = 0;

   for (size_t i = 0; i < numQueued; i++) {
      count += !asyncHold_isHeld(&queue[i]);
   }
   return count;
}

bool asyncQueue_take(AcceptedRequest *accepted)
{
   bool anyHeld = asyncHold_mayHold();
   size_t numReady = anyHeld ? countReady() : numQueued;
   size_t chosen;
   size_t i = 0;

   if (numReady == 0) {
      return false;
   }
   chosen = (size_t)(random_next(&randomState) % numReady);
   if (anyHeld) {
      while (asyncHold_isHeld(&queue[i]) || chosen-- > 0) {
         i++;
      }
   } else {
      i = chosen;
   }
   *accepted = queue[i];
   queue[i] = queue[--numQueued];
   numTimed -= accepted->timed;
   return true;
}

size_t asyncQueue_count(void)
{
   return numQueued;
}

size_t asyncQueue_countTimed(void)
{
   return numTimed;
}

void asyncQueue_seed(uint64 seed)
{
   randomState = seed;
}

void asyncQueue_free(void)
{
   free(queue);
   queue = NULL;
   room = 0;
}

void asyncQueue_resetInChild(void)
{
   queue = NULL; /* another thread may have been changing it */
   numQueued = 0;
   room = 0;
   numTimed = 0;
}
