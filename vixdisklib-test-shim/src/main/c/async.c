/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * How requests are made. async_use.c counts the uses of a disk, and async_wait.c waits for their end; async_request.c
 * is about one request; async_hold.c has some of them wait; async_queue.c and async_travel.c have those that are not
 * carried out at once, for the threads of async_threads.c.
 */
#include "async.h"

#include "async_hold.h"
#include "async_lock.h"
#include "async_queue.h"
#include "async_request.h"
#include "async_threads.h"
#include "async_travel.h"
#include "async_use.h"
#include "async_wait.h"
#include "config.h"
#include "hang.h"
#include "log.h"
#include "pace.h"
#include "strict.h"
#include "vddkFake.h"

static bool queueing; /* and not carrying out requests inline; guarded by the lock */

/* ------------------------------------------------------------------------------------------- making requests */

/* Room in the queue for one more, and a thread to take it; with the lock held. */
static bool prepareQueue(bool timed)
{
   return asyncQueue_makeRoom(asyncTravel_count()) && asyncThreads_start(timed);
}

/* Sends a request on a way that takes time; with the lock held. */
static VixError dispatch(const AsyncRequest *request, StrictBuffer *buffer)
{
   uint64 next;
   VixError error = prepareQueue(true) ? asyncTravel_send(request, buffer, &next) : VIX_E_OUT_OF_MEMORY;

   if (error != VIX_OK) {
      return error;
   }
   asyncThreads_expect(next);
   return VIX_ASYNC;
}

/* With the lock held. */
static VixError enqueue(const AsyncRequest *request, StrictBuffer *buffer)
{
   AcceptedRequest accepted;

   if (!prepareQueue(false)) {
      return VIX_E_OUT_OF_MEMORY;
   }
   asyncRequest_spoil(request);
   accepted = asyncRequest_accept(request, buffer);
   asyncQueue_add(&accepted);
   pthread_cond_broadcast(&async_work);
   pthread_cond_broadcast(&async_changed);
   return VIX_ASYNC;
}

/* Carries out a request before the call that makes it returns; with the lock held, which it gives back. */
static VixError carryOutNow(const AsyncRequest *request, StrictBuffer *buffer)
{
   AcceptedRequest accepted = asyncRequest_accept(request, buffer);

   pthread_mutex_unlock(&async_lock);
   pace_delay(request->delayNanos);
   pthread_mutex_lock(&async_lock);
   asyncHold_pass(&accepted);
   pthread_mutex_unlock(&async_lock);
   (void)asyncRequest_carryOut(&accepted);
   return VIX_ASYNC;
}

/* Accepts a request and queues it or carries it out. */
static VixError start(const AsyncRequest *request)
{
   bool writes = request->from != NULL;
   const void *bytes = writes ? (const void *)request->from : request->into;
   StrictBuffer *buffer = strict_beginBuffer(asyncRequest_function(request), bytes, request->count, !writes);
   VixError error;

   pthread_mutex_lock(&async_lock);
   error = asyncThreads_areStopping() ? VIX_E_DISK_INVAL : asyncUse_check(request->disk);
   if (error == VIX_OK && (pace_isTimed(request->disk) || (queueing && request->delayNanos > 0))) {
      error = dispatch(request, buffer);
   } else if (error == VIX_OK && queueing) {
      error = enqueue(request, buffer);
   } else if (error == VIX_OK) {
      return carryOutNow(request, buffer);
   }
   pthread_mutex_unlock(&async_lock);
   if (error != VIX_ASYNC) {
      strict_forgetBuffer(buffer);
   }
   return error;
}

VixError async_submit(const AsyncRequest *request)
{
   VixError error = disk_check(request->disk, request->from != NULL, request->sector, request->count);

   if (error == VIX_OK) {
      error = start(request);
   }
   if (error == VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED) {
      log_warn("VixDiskLib: %s on \"%s\" while a synchronous call is using it.\n", asyncRequest_name(request),
               request->disk->link->path);
      strict_break(RULE_MIXED_IO, asyncRequest_function(request), "on \"%s\" while a synchronous call is using it",
                   request->disk->link->path);
   }
   return error;
}

/* --------------------------------------------------------------------------------------- beginning and end */

void async_goOn(void)
{
   pthread_mutex_lock(&async_lock);
   asyncLock_wakeAll();
   pthread_mutex_unlock(&async_lock);
}

void async_prepare(void)
{
   asyncLock_prepare();
}

void async_stop(void)
{
   pthread_mutex_lock(&async_lock);
   asyncThreads_stop();
   asyncQueue_free();
   pthread_mutex_unlock(&async_lock);
}

void async_stopInChild(void)
{
   asyncLock_resetInChild();
   asyncUse_resetInChild();
   asyncWait_resetInChild();
   asyncHold_resetInChild();
   asyncQueue_resetInChild();
   asyncTravel_resetInChild();
   asyncThreads_resetInChild();
   pace_resetInChild();
   hang_resetInChild();
}

/* ------------------------------------------------------------------------------------------ the control surface */

EXPORTED void VddkFake_SetAsync(uint32 numberOfThreads, uint64 seed)
{
   pthread_mutex_lock(&async_lock);
   queueing = numberOfThreads > 0;
   if (queueing) {
      asyncThreads_limit(numberOfThreads);
   }
   asyncQueue_seed(seed);
   pace_seed(seed);
   asyncLock_wakeAll();
   pthread_mutex_unlock(&async_lock);
}

void async_configure(void)
{
   uint64 number = config_number(CONFIG_FAKE_ASYNC_THREADS);
   uint64 seed = config_number(CONFIG_FAKE_ASYNC_SEED);

   if (number != CONFIG_UNSET || seed != CONFIG_UNSET) {
      VddkFake_SetAsync(number != CONFIG_UNSET ? (uint32)number : 0, seed != CONFIG_UNSET ? seed : 0);
   }
}

EXPORTED void VddkFake_AwaitHeldAsync(uint32 n)
{
   pthread_mutex_lock(&async_lock);
   while (!asyncHold_holdsAll() || asyncQueue_count() + asyncHold_countPassing() < n) {
      pthread_cond_wait(&async_changed, &async_lock);
   }
   pthread_mutex_unlock(&async_lock);
}
