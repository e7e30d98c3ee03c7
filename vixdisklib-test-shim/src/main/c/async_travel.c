/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "async_travel.h"

#include <stdlib.h>

#include "async_hold.h"
#include "async_lock.h"
#include "async_queue.h"
#include "pace.h"

struct Travelling {
   PaceRequest pace;        /* the first member, as which it comes back */
   struct Travelling *next; /* in a list */
   AcceptedRequest accepted;
};

/* Requests whose times are known, the one that is due first is the first. */
typedef struct Schedule {
   Travelling *first;
   Travelling *last;
} Schedule;

static size_t numTravelling;
static Schedule toMove; /* their bytes may be moved */
static Schedule moved;  /* nothing is left to be done before they are due */

static void schedule(Schedule *requests, Travelling *travelling)
{
   Travelling **link = &requests->first;

   if (requests->last != NULL && requests->last->pace.due <= travelling->pace.due) {
      link = &requests->last->next;
   }
   while (*link != NULL && (*link)->pace.due <= travelling->pace.due) {
      link = &(*link)->next;
   }
   travelling->next = *link;
   *link = travelling;
   if (travelling->next == NULL) {
      requests->last = travelling;
   }
}

static Travelling *takeFirst(Schedule *requests)
{
   Travelling *first = requests->first;

   requests->first = first->next;
   if (first->next == NULL) {
      requests->last = NULL;
   }
   return first;
}

VixError asyncTravel_send(const AsyncRequest *request, StrictBuffer *buffer, uint64 *next)
{
   Travelling *travelling = malloc(sizeof *travelling);
   VixError error;

   if (travelling == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = pace_send(&travelling->pace, request->disk, request->count * SECTOR_SIZE, request->delayNanos, next);
   if (error != VIX_OK) {
      free(travelling);
      return error;
   }
   asyncRequest_spoil(request);
   travelling->accepted = asyncRequest_accept(request, buffer);
   travelling->accepted.timed = true;
   numTravelling++;
   return VIX_OK;
}

size_t asyncTravel_count(void)
{
   return numTravelling;
}

uint64 asyncTravel_fetch(void)
{
   PaceRequest *request;
   uint64 next = PACE_NEVER;

   while (numTravelling > 0 && (request = pace_take(&next)) != NULL) {
      schedule(request->begin < request->due ? &toMove : &moved, (Travelling *)request);
   }
   return numTravelling > 0 ? next : PACE_NEVER;
}

void asyncTravel_queueDue(void)
{
   uint64 now = moved.first != NULL ? pace_now() : 0;
   bool any = false;

   while (moved.first != NULL && moved.first->pace.due <= now) {
      Travelling *travelling = takeFirst(&moved);

      pace_end(&travelling->pace);
      asyncQueue_add(&travelling->accepted);
      numTravelling--;
      free(travelling);
      any = true;
   }
   if (any) {
      pthread_cond_broadcast(&async_changed);
   }
}

uint64 asyncTravel_nextDue(void)
{
   return moved.first != NULL ? moved.first->pace.due : PACE_NEVER;
}

/* ------------------------------------------------------------------------------- bytes that are moved in time */

bool asyncTravel_isAnyToMove(void)
{
   return toMove.first != NULL;
}

Travelling *asyncTravel_takeToMove(void)
{
   return takeFirst(&toMove);
}

bool asyncTravel_mayMove(const Travelling *travelling)
{
   return travelling->accepted.planned == VIX_OK && !asyncHold_isHeld(&travelling->accepted);
}

void asyncTravel_move(Travelling *travelling)
{
   AcceptedRequest *accepted = &travelling->accepted;

   pthread_mutex_unlock(&async_lock);
   accepted->result = asyncRequest_resultOf(accepted);
   pthread_mutex_lock(&async_lock);
   accepted->moved = true;
}

void asyncTravel_putBack(Travelling *travelling)
{
   schedule(&moved, travelling);
}

void asyncTravel_resetInChild(void)
{
   numTravelling = 0;
   toMove = (Schedule){NULL, NULL};
   moved = (Schedule){NULL, NULL};
}
