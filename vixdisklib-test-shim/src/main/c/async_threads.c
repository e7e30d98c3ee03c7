/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "async_threads.h"

#include <pthread.h>
#include <sys/prctl.h>
#include <time.h>

#include "async_lock.h"
#include "async_queue.h"
#include "async_request.h"
#include "async_travel.h"
#include "async_wait.h"
#include "pace.h"
#include "thread.h"

#define MAX_THREADS 64u
#define THREAD_NAME "vixDiskLibAsync"

/* Threads for transports that take time, if there were none. */
#define THREADS_FOR_TIMED 4u

/*
 * A thread that finds fewer requests than this gives the caller this many nanoseconds to make more of them. Otherwise,
 * whoever is slower than these threads would see all requests done in their order.
 */
#define COMPANY 4u
#define PATIENCE 100000

/*
 * A thread that waits for a request to be due wakes up so many nanoseconds before, and then looks at the clock again
 * and again: being woken up takes about that long.
 */
#define WAKING 40000u

/*
 * One more thread wakes up so many nanoseconds after the time that another one waits for, in case that one is busy then
 * or in a callback that takes long. All else is left to the first, as long as it can do it by itself.
 */
#define GRACE 400000u

static pthread_t threads[MAX_THREADS];
static uint32 numThreads; /* that were started */
static uint32 maxThreads; /* that take requests; of no effect while requests are carried out inline */
static bool stopping;
static uint64 firstWaking = PACE_NEVER;  /* when the thread wakes up that waits for the next request on its way */
static uint64 secondWaking = PACE_NEVER; /* and the one that is there for its sake */

/* ---------------------------------------------------------------------------------------- waiting for work */

/* Waits a little if there is not much to choose from, and it has not waited already; with the lock held, which it gives
 * back for a while. */
static void awaitCompany(void)
{
   const struct timespec patience = {0, PATIENCE};
   size_t numQueued = asyncQueue_count();

   if (numQueued > 0 && numQueued < COMPANY && asyncQueue_countTimed() == 0 && !asyncWait_isAny()) {
      pthread_mutex_unlock(&async_lock);
      nanosleep(&patience, NULL);
      pthread_mutex_lock(&async_lock);
   }
}

/* Waits for something to change, or for the time, which others see; with the lock held, which it gives back for a
 * while. */
static void awaitTime(uint64 *shown, uint64 time)
{
   const struct timespec until = {(time_t)(time / 1000000000u), (long)(time % 1000000000u)};

   *shown = time;
   (void)pthread_cond_timedwait(&async_work, &async_lock, &until);
   if (*shown == time) {
      *shown = PACE_NEVER;
   }
}

/* Waits for a request to be due, or for the time before; with the lock held, which it gives back for a while. */
static void awaitDue(uint64 due, uint64 next)
{
   uint64 time = minOf(due, next);
   bool isTime;

   if (minOf(due - WAKING, next) > pace_now()) {
      awaitTime(&firstWaking, minOf(due - WAKING, next));
      return;
   }
   firstWaking = time;
   pthread_mutex_unlock(&async_lock);
   isTime = pace_poll(time);
   pthread_mutex_lock(&async_lock);
   if (!isTime) {
      awaitTime(&firstWaking, time);
   } else if (firstWaking == time) {
      firstWaking = PACE_NEVER;
   }
}

/* Waits for something to do. The next bytes can be moved at the time; with the lock held, which it gives back for a
 * while. */
static void awaitWork(uint64 next)
{
   uint64 due = asyncTravel_nextDue();
   uint64 time = minOf(due, next);

   if (time < firstWaking) {
      awaitDue(due, next);
   } else if (time != PACE_NEVER && time + GRACE < secondWaking) {
      awaitTime(&secondWaking, time + GRACE);
   } else {
      pthread_cond_wait(&async_work, &async_lock);
   }
}

/* ------------------------------------------------------------------------------------------- the threads */

/* Has another thread wake up for what this one, which is going to be busy, leaves; with the lock held. */
static void leaveToOthers(uint64 next)
{
   if (asyncQueue_countTimed() > 0 || asyncTravel_isAnyToMove()) {
      next = pace_now();
   } else {
      next = minOf(next, asyncTravel_nextDue());
   }
   if (next < firstWaking && next + GRACE < secondWaking) {
      pthread_cond_signal(&async_work);
   }
}

/*
 * Moves the bytes of a request that is soon due, unless nothing may come of it before it is; with the lock held, which
 * it gives back for a while.
 */
static void moveNext(uint64 next)
{
   Travelling *travelling = asyncTravel_takeToMove();

   if (asyncTravel_mayMove(travelling)) {
      leaveToOthers(next);
      asyncTravel_move(travelling);
   }
   asyncTravel_putBack(travelling);
}

/* Waits to be needed again, and has another thread look at what this one leaves behind: it may just have moved the
 * bytes of a request that is not due yet. With the lock held, which it gives back for a while. */
static void rest(void)
{
   pthread_cond_signal(&async_work);
   pthread_cond_wait(&async_mayGoOn, &async_lock);
}

static void *runRequests(void *number)
{
   uint32 me = (uint32)(uintptr_t)number;
   bool going = true;
   AcceptedRequest accepted;

   pthread_setname_np(pthread_self(), THREAD_NAME);
   (void)prctl(PR_SET_TIMERSLACK, 1UL); /* the thread wakes up in time */
   pthread_mutex_lock(&async_lock);
   while (going) {
      uint64 next;

      awaitCompany();
      if (me >= maxThreads && !stopping) {
         rest();
         continue;
      }
      next = asyncTravel_fetch();
      asyncTravel_queueDue();
      if (me < maxThreads && asyncQueue_take(&accepted)) {
         leaveToOthers(next);
         pthread_mutex_unlock(&async_lock);
         going = asyncRequest_carryOut(&accepted);
         pthread_mutex_lock(&async_lock);
      } else if (me < maxThreads && asyncTravel_isAnyToMove()) {
         moveNext(next);
      } else if (stopping) {
         going = false;
      } else {
         awaitWork(next);
      }
   }
   pthread_mutex_unlock(&async_lock);
   return NULL;
}

bool asyncThreads_start(bool timed)
{
   if (timed && maxThreads == 0) {
      maxThreads = THREADS_FOR_TIMED;
   }
   while (numThreads < maxThreads && thread_start(&threads[numThreads], runRequests, (void *)(uintptr_t)numThreads)) {
      numThreads++;
   }
   return numThreads > 0;
}

void asyncThreads_limit(uint32 number)
{
   maxThreads = number < MAX_THREADS ? number : MAX_THREADS;
}

void asyncThreads_expect(uint64 time)
{
   if (time < firstWaking && time < secondWaking) {
      pthread_cond_signal(&async_work);
   }
}

void asyncThreads_stop(void)
{
   stopping = true;
   asyncLock_wakeAll();
   pthread_mutex_unlock(&async_lock);
   for (uint32 i = 0; i < numThreads; i++) {
      pthread_join(threads[i], NULL);
   }
   pthread_mutex_lock(&async_lock);
   numThreads = 0;
   stopping = false;
}

bool asyncThreads_areStopping(void)
{
   return stopping;
}

void asyncThreads_resetInChild(void)
{
   firstWaking = PACE_NEVER;
   secondWaking = PACE_NEVER;
   numThreads = 0;
   stopping = false;
}
