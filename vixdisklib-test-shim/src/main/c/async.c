/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "async.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "config.h"
#include "connection.h"
#include "hang.h"
#include "log.h"
#include "strict.h"
#include "pace.h"
#include "random.h"
#include "thread.h"
#include "vddkFake.h"

#define MAX_THREADS 64u
#define THREAD_NAME "vixDiskLibAsync"

/* Threads for transports that take time, if there were none. */
#define THREADS_FOR_TIMED 4u

/*
 * What the buffer of a queued read has at the ends of each sector, for callers that look at it too early. To fill all
 * of it would take as long as to read it.
 */
#define NOT_READ_YET 0xdb
#define SPOILT 16

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

/* So many callbacks inside each other are taken for a chain of requests that the caller did not expect to nest. */
#define DEEP 64u

typedef struct Accepted {
   AsyncRequest request;
   uint64 process;
   VixError planned; /* result of a request that is to fail without being carried out */
   StrictBuffer *buffer;
   uint64 hang; /* ticket of a request that hangs */
   bool timed;
   bool moved;      /* its bytes, before it was due */
   VixError result; /* of that */
} Accepted;

/* A request on a transport that takes time, until it is due. */
typedef struct Travelling {
   PaceRequest pace;        /* the first member, as which it comes back */
   struct Travelling *next; /* in a list */
   Accepted accepted;
} Travelling;

/* Requests whose times are known, the one that is due first is the first. */
typedef struct Schedule {
   Travelling *first;
   Travelling *last;
} Schedule;

/* Guards all below, and the uses of all disks. Nothing is called with it that could wait for anything else. */
static pthread_mutex_t asyncLock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t mayGoOn = PTHREAD_COND_INITIALIZER; /* what is held, or a thread that takes no requests */
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;    /* for threads: there are requests, or other times */
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER; /* for those who wait for requests */

static uint64 process; /* counts the forks up to this process */
static uint64 numAccepted;
static uint64 numWaiting; /* calls that wait for requests: no more will come, as far as they go */
static VixError plannedRead;
static VixError plannedWrite;

static bool holding;
static uint64 numHeldInline;

static Accepted *queue; /* in no order */
static size_t numQueued;
static size_t queueRoom; /* also for all that are travelling */
static size_t numTimed;  /* in the queue */
static size_t numTravelling;
static Schedule toMove;                  /* of those that are travelling: their bytes may be moved */
static Schedule moved;                   /* nothing is left to be done before they are due */
static uint64 firstWaking = PACE_NEVER;  /* when the thread wakes up that waits for the next of them */
static uint64 secondWaking = PACE_NEVER; /* and the one that is there for its sake */

static pthread_t threads[MAX_THREADS];
static uint32 numThreads; /* that were started */
static uint32 maxThreads; /* that take requests; of no effect while requests are carried out inline */
static bool queueing;
static bool stopping;
static uint64 randomState;

static _Thread_local uint32 callbackDepth;
static _Thread_local const Disk *calledDisk; /* the one whose callback is the innermost on this thread */

/* Has all look again who wait for requests to go on. With the lock held. */
static void wakeAll(void)
{
   pthread_cond_broadcast(&mayGoOn);
   pthread_cond_broadcast(&work);
}

/* ----------------------------------------------------------------------------------- the uses of a disk */

/* The use of a disk; in the child of a fork, the counts of its parent mean nothing. With the lock held. */
static DiskUse *useOf(Disk *disk)
{
   if (disk->use.process != process) {
      disk->use = (DiskUse){.process = process, .closing = disk->use.closing};
   }
   return &disk->use;
}

static uint64 requestsOf(Disk *disk)
{
   const DiskUse *use = useOf(disk);

   return use->inFlight + use->calling;
}

VixError async_beginSync(Disk *disk, const char *function)
{
   uint64 inFlight;
   bool refused;

   pthread_mutex_lock(&asyncLock);
   inFlight = useOf(disk)->inFlight;
   refused = inFlight > 0 || calledDisk == disk;
   if (!refused) {
      disk->use.synchronous++;
   }
   pthread_mutex_unlock(&asyncLock);
   if (inFlight > 0) {
      log_warn("VixDiskLib: %s on \"%s\" while %llu asynchronous requests are in flight; call Wait first.\n", function,
               disk->link->path, (unsigned long long)inFlight);
   } else if (refused) {
      log_warn("VixDiskLib: %s on \"%s\" in the callback of an asynchronous request.\n", function, disk->link->path);
   }
   if (refused) {
      strict_break(RULE_MIXED_IO, function, "on \"%s\" %s", disk->link->path,
                   inFlight > 0 ? "while asynchronous requests are in flight"
                                : "in the callback of an asynchronous request");
   }
   return refused ? VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED : VIX_OK;
}

void async_endSync(Disk *disk)
{
   DiskUse *use;

   pthread_mutex_lock(&asyncLock);
   use = useOf(disk);
   if (use->synchronous > 0) { /* else it was begun before a fork */
      use->synchronous--;
   }
   pthread_mutex_unlock(&asyncLock);
}

/* -------------------------------------------------------------------------------------- waiting for requests */

bool async_isCalling(void)
{
   return callbackDepth > 0;
}

bool async_mayWait(void)
{
   return !async_isCalling() && !log_isCalling();
}

/* Refuses to wait in a callback; the function is for the log. With the lock held, which it gives back. */
static VixError refuseToWait(const Disk *disk, const char *function)
{
   pthread_mutex_unlock(&asyncLock);
   log_warn("VixDiskLib: %s on \"%s\" in a callback would wait for its own end.\n", function, disk->link->path);
   return VIX_E_OBJECT_IS_BUSY;
}

/* With the lock held, which it gives back for a while. */
static void awaitRequests(Disk *disk)
{
   numWaiting++;
   while (requestsOf(disk) > 0) {
      pthread_cond_wait(&changed, &asyncLock);
   }
   numWaiting--;
}

VixError async_wait(Disk *disk)
{
   pthread_mutex_lock(&asyncLock);
   if (requestsOf(disk) > 0 && !async_mayWait()) {
      return refuseToWait(disk, "Wait");
   }
   awaitRequests(disk);
   pthread_mutex_unlock(&asyncLock);
   return VIX_OK;
}

VixError async_beginClose(Disk *disk)
{
   pthread_mutex_lock(&asyncLock);
   if (requestsOf(disk) > 0 && !async_mayWait()) {
      VixError refused = refuseToWait(disk, "Close");

      strict_break(RULE_CLOSE_IN_FLIGHT, NULL, "\"%s\" in a callback", disk->link->path);
      return refused;
   }
   disk->use.closing = true;
   pthread_mutex_unlock(&asyncLock);
   return VIX_OK;
}

void async_drain(Disk *disk)
{
   uint64 numRequests;

   pthread_mutex_lock(&asyncLock);
   numRequests = requestsOf(disk);
   disk->use.closing = true;
   wakeAll();
   pthread_mutex_unlock(&asyncLock);
   if (numRequests == 0) {
      return;
   }
   log_warn("VixDiskLib: \"%s\" is closed while %llu asynchronous requests are not done; call Wait first.\n",
            disk->link->path, (unsigned long long)numRequests);
   strict_break(RULE_CLOSE_IN_FLIGHT, NULL, "\"%s\" while %llu asynchronous requests are not done", disk->link->path,
                (unsigned long long)numRequests);
   pthread_mutex_lock(&asyncLock);
   awaitRequests(disk);
   pthread_mutex_unlock(&asyncLock);
}

uint64 async_count(void)
{
   uint64 count;

   pthread_mutex_lock(&asyncLock);
   count = numAccepted;
   pthread_mutex_unlock(&asyncLock);
   return count;
}

/* --------------------------------------------------------------------------------------- one request's life */

static const char *functionOf(const AsyncRequest *request)
{
   return request->from != NULL ? "VixDiskLib_WriteAsync" : "VixDiskLib_ReadAsync";
}

static const char *nameOf(const AsyncRequest *request)
{
   return functionOf(request) + strlen("VixDiskLib_");
}

static VixError transfer(const AsyncRequest *request)
{
   const ManagedDisk *managed = request->disk->managed;
   VixError error = managed != NULL ? managed_admitAsync(managed) : VIX_OK;

   if (error != VIX_OK) {
      return error;
   }
   return request->from != NULL ? disk_write(request->disk, request->sector, request->count, request->from)
                                : disk_read(request->disk, request->sector, request->count, request->into);
}

/* Takes a request into the counts, and the failure that is planned for it; with the lock held. */
static Accepted accept(const AsyncRequest *request, StrictBuffer *buffer)
{
   VixError *planned = request->from != NULL ? &plannedWrite : &plannedRead;
   Accepted accepted = {*request, process, request->planned, buffer, request->hang, false, false, VIX_OK};

   if (accepted.planned == VIX_OK) {
      accepted.planned = *planned;
      *planned = VIX_OK;
   }
   useOf(request->disk)->inFlight++;
   numAccepted++;
   return accepted;
}

/* Whether the request is one of this process, and not of the parent before a fork; with the lock held. */
static bool isOurs(const Accepted *accepted)
{
   return accepted->process == process;
}

static void call(const AsyncRequest *request, VixError result)
{
   const Disk *outerDisk = calledDisk;
   uint32 outerDepth = callbackDepth;

   calledDisk = request->disk;
   callbackDepth = outerDepth + 1;
   if (callbackDepth == DEEP) {
      log_warn("VixDiskLib: %u callbacks run inside each other, since this transport carries out requests at once.\n",
               DEEP);
   }
   request->callback(request->callbackData, result);
   callbackDepth = outerDepth;
   calledDisk = outerDisk;
}

/* Reports the result of a request, with which its disk may be closed. False in the child of a fork by the callback. */
static bool complete(const Accepted *accepted, VixError result)
{
   const AsyncRequest *request = &accepted->request;
   bool ours;

   strict_endBuffer(accepted->buffer);
   pthread_mutex_lock(&asyncLock);
   if (isOurs(accepted)) {
      request->disk->use.inFlight--;
      request->disk->use.calling++;
   }
   pthread_mutex_unlock(&asyncLock);
   if (request->callback != NULL) {
      call(request, result);
   }
   pthread_mutex_lock(&asyncLock);
   ours = isOurs(accepted);
   if (ours) {
      request->disk->use.calling--;
      numAccepted--;
      pthread_cond_broadcast(&changed);
   }
   pthread_mutex_unlock(&asyncLock);
   return ours;
}

static VixError resultOf(const Accepted *accepted)
{
   if (accepted->planned != VIX_OK) {
      return accepted->planned;
   }
   if (connection_isLost(accepted->request.disk->connection)) {
      return VIX_E_HOST_TCP_CONN_LOST;
   }
   return accepted->moved ? accepted->result : transfer(&accepted->request);
}

static bool carryOut(const Accepted *accepted)
{
   const AsyncRequest *request = &accepted->request;
   VixError result = resultOf(accepted);

   if (result != VIX_OK) {
      log_warn("VixDiskLib: %s of %llu sectors from %llu of \"%s\" failed (error %llu).\n", nameOf(request),
               (unsigned long long)request->count, (unsigned long long)request->sector, request->disk->link->path,
               (unsigned long long)result);
   }
   return complete(accepted, result);
}

/* ------------------------------------------------------------------------------------------- the threads */

/*
 * What is held goes on when somebody waits for the end of its disk, who could not be waited for otherwise; what hangs
 * does not.
 */
static bool isHeld(const Accepted *accepted)
{
   return (holding && !accepted->request.disk->use.closing) || !hang_isOver(accepted->hang);
}

static size_t countReady(void)
{
   size_t count = 0;

   for (size_t i = 0; i < numQueued; i++) {
      count += !isHeld(&queue[i]);
   }
   return count;
}

/* Takes any one request that is not held out of the queue. */
static bool takeReady(Accepted *accepted)
{
   bool anyHeld = holding || hang_isAny();
   size_t numReady = anyHeld ? countReady() : numQueued;
   size_t chosen;
   size_t i = 0;

   if (numReady == 0) {
      return false;
   }
   chosen = (size_t)(random_next(&randomState) % numReady);
   if (anyHeld) {
      while (isHeld(&queue[i]) || chosen-- > 0) {
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

/* Fetches the requests whose bytes may be moved before they are due, and returns the time of the next; with the lock
 * held. */
static uint64 fetchToMove(void)
{
   PaceRequest *request;
   uint64 next = PACE_NEVER;

   while (numTravelling > 0 && (request = pace_take(&next)) != NULL) {
      schedule(request->begin < request->due ? &toMove : &moved, (Travelling *)request);
   }
   return numTravelling > 0 ? next : PACE_NEVER;
}

/* Queues the requests that are due; with the lock held. */
static void fetchDue(void)
{
   uint64 now = moved.first != NULL ? pace_now() : 0;
   bool any = false;

   while (moved.first != NULL && moved.first->pace.due <= now) {
      Travelling *travelling = takeFirst(&moved);

      pace_end(&travelling->pace);
      queue[numQueued++] = travelling->accepted;
      numTimed++;
      numTravelling--;
      free(travelling);
      any = true;
   }
   if (any) {
      pthread_cond_broadcast(&changed);
   }
}

/* Waits a little if there is not much to choose from, and it has not waited already; with the lock held, which it gives
 * back for a while. */
static void awaitCompany(void)
{
   const struct timespec patience = {0, PATIENCE};

   if (numQueued > 0 && numQueued < COMPANY && numTimed == 0 && numWaiting == 0) {
      pthread_mutex_unlock(&asyncLock);
      nanosleep(&patience, NULL);
      pthread_mutex_lock(&asyncLock);
   }
}

/* Waits for something to change, or for the time, which others see; with the lock held, which it gives back for a
 * while. */
static void awaitTime(uint64 *shown, uint64 time)
{
   const struct timespec until = {(time_t)(time / 1000000000u), (long)(time % 1000000000u)};

   *shown = time;
   (void)pthread_cond_timedwait(&work, &asyncLock, &until);
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
   pthread_mutex_unlock(&asyncLock);
   isTime = pace_poll(time);
   pthread_mutex_lock(&asyncLock);
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
   uint64 due = moved.first != NULL ? moved.first->pace.due : PACE_NEVER;
   uint64 time = minOf(due, next);

   if (time < firstWaking) {
      awaitDue(due, next);
   } else if (time != PACE_NEVER && time + GRACE < secondWaking) {
      awaitTime(&secondWaking, time + GRACE);
   } else {
      pthread_cond_wait(&work, &asyncLock);
   }
}

/* Has another thread wake up for what this one, which is going to be busy, leaves; with the lock held. */
static void leaveToOthers(uint64 next)
{
   if (numTimed > 0 || toMove.first != NULL) {
      next = pace_now();
   } else if (moved.first != NULL) {
      next = minOf(next, moved.first->pace.due);
   }
   if (next < firstWaking && next + GRACE < secondWaking) {
      pthread_cond_signal(&work);
   }
}

/*
 * Moves the bytes of a request that is soon due, unless nothing may come of it before it is; with the lock held, which
 * it gives back for a while.
 */
static void moveNext(uint64 next)
{
   Travelling *travelling = takeFirst(&toMove);
   Accepted *accepted = &travelling->accepted;

   if (accepted->planned == VIX_OK && !isHeld(accepted)) {
      leaveToOthers(next);
      pthread_mutex_unlock(&asyncLock);
      accepted->result = resultOf(accepted);
      pthread_mutex_lock(&asyncLock);
      accepted->moved = true;
   }
   schedule(&moved, travelling);
}

/* Waits to be needed again, and has another thread look at what this one leaves behind: it may just have moved the
 * bytes of a request that is not due yet. With the lock held, which it gives back for a while. */
static void rest(void)
{
   pthread_cond_signal(&work);
   pthread_cond_wait(&mayGoOn, &asyncLock);
}

static void *runRequests(void *number)
{
   uint32 me = (uint32)(uintptr_t)number;
   bool going = true;
   Accepted accepted;

   pthread_setname_np(pthread_self(), THREAD_NAME);
   (void)prctl(PR_SET_TIMERSLACK, 1UL); /* the thread wakes up in time */
   pthread_mutex_lock(&asyncLock);
   while (going) {
      uint64 next;

      awaitCompany();
      if (me >= maxThreads && !stopping) {
         rest();
         continue;
      }
      next = fetchToMove();
      fetchDue();
      if (me < maxThreads && takeReady(&accepted)) {
         leaveToOthers(next);
         pthread_mutex_unlock(&asyncLock);
         going = carryOut(&accepted);
         pthread_mutex_lock(&asyncLock);
      } else if (me < maxThreads && toMove.first != NULL) {
         moveNext(next);
      } else if (stopping) {
         going = false;
      } else {
         awaitWork(next);
      }
   }
   pthread_mutex_unlock(&asyncLock);
   return NULL;
}

/* Whether there is a thread at least; with the lock held. */
static bool startThreads(void)
{
   while (numThreads < maxThreads && thread_start(&threads[numThreads], runRequests, (void *)(uintptr_t)numThreads)) {
      numThreads++;
   }
   return numThreads > 0;
}

void async_goOn(void)
{
   pthread_mutex_lock(&asyncLock);
   wakeAll();
   pthread_mutex_unlock(&asyncLock);
}

/* Its waiters go by the clock that nobody sets. */
static void initWork(void)
{
   pthread_condattr_t attributes;

   pthread_condattr_init(&attributes);
   pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
   pthread_cond_init(&work, &attributes);
   pthread_condattr_destroy(&attributes);
}

void async_prepare(void)
{
   initWork();
}

void async_stop(void)
{
   pthread_mutex_lock(&asyncLock);
   stopping = true;
   wakeAll();
   pthread_mutex_unlock(&asyncLock);
   for (uint32 i = 0; i < numThreads; i++) {
      pthread_join(threads[i], NULL);
   }
   pthread_mutex_lock(&asyncLock);
   numThreads = 0;
   stopping = false;
   free(queue);
   queue = NULL;
   queueRoom = 0;
   pthread_mutex_unlock(&asyncLock);
}

void async_stopInChild(void)
{
   pthread_mutex_init(&asyncLock, NULL);
   initWork();
   pthread_cond_init(&mayGoOn, NULL);
   pthread_cond_init(&changed, NULL);
   process++;
   numAccepted = 0;
   numWaiting = 0;
   numHeldInline = 0;
   queue = NULL; /* another thread may have been changing it */
   numQueued = 0;
   queueRoom = 0;
   numTimed = 0;
   numTravelling = 0;
   toMove = (Schedule){NULL, NULL};
   moved = (Schedule){NULL, NULL};
   firstWaking = PACE_NEVER;
   secondWaking = PACE_NEVER;
   numThreads = 0;
   stopping = false;
   callbackDepth = 0;
   calledDisk = NULL;
   pace_resetInChild();
   hang_resetInChild();
}

/* ------------------------------------------------------------------------------------------- making requests */

/* Room in the queue for one more, and a thread to take it; with the lock held. */
static bool prepareQueue(void)
{
   if (numQueued + numTravelling == queueRoom) {
      size_t room = queueRoom == 0 ? 64 : queueRoom * 2;
      Accepted *larger = realloc(queue, room * sizeof *larger);

      if (larger == NULL) {
         return false;
      }
      queue = larger;
      queueRoom = room;
   }
   return startThreads();
}

static void spoil(const AsyncRequest *request)
{
   if (request->into == NULL) {
      return;
   }
   for (uint64 i = 0; i < request->count; i++) {
      uint8 *sector = request->into + i * SECTOR_SIZE;

      memset(sector, NOT_READ_YET, SPOILT);
      memset(sector + SECTOR_SIZE - SPOILT, NOT_READ_YET, SPOILT);
   }
}

/* Sends a request on a way that takes time; with the lock held. */
static VixError dispatch(const AsyncRequest *request, StrictBuffer *buffer)
{
   Travelling *travelling;
   uint64 next;
   VixError error;

   maxThreads = maxThreads > 0 ? maxThreads : THREADS_FOR_TIMED;
   travelling = prepareQueue() ? malloc(sizeof *travelling) : NULL;
   if (travelling == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = pace_send(&travelling->pace, request->disk, request->count * SECTOR_SIZE, request->delayNanos, &next);
   if (error != VIX_OK) {
      free(travelling);
      return error;
   }
   spoil(request);
   travelling->accepted = accept(request, buffer);
   travelling->accepted.timed = true;
   numTravelling++;
   if (next < firstWaking && next < secondWaking) {
      pthread_cond_signal(&work);
   }
   return VIX_ASYNC;
}

/* With the lock held. */
static VixError enqueue(const AsyncRequest *request, StrictBuffer *buffer)
{
   if (!prepareQueue()) {
      return VIX_E_OUT_OF_MEMORY;
   }
   spoil(request);
   queue[numQueued++] = accept(request, buffer);
   pthread_cond_broadcast(&work);
   pthread_cond_broadcast(&changed);
   return VIX_ASYNC;
}

/* With the lock held, which it gives back for a while. */
static void passHold(const Accepted *accepted)
{
   if (!isHeld(accepted)) {
      return;
   }
   numHeldInline++;
   pthread_cond_broadcast(&changed);
   while (isHeld(accepted)) {
      pthread_cond_wait(&mayGoOn, &asyncLock);
   }
   numHeldInline--;
}

/* Whether the disk takes a request now; with the lock held. */
static VixError checkUse(Disk *disk)
{
   const DiskUse *use = useOf(disk);

   if (use->closing || stopping) {
      return VIX_E_DISK_INVAL;
   }
   return use->synchronous > 0 ? VIX_E_ASYNC_MIXEDMODE_UNSUPPORTED : VIX_OK;
}

/* Carries out a request before the call that makes it returns; with the lock held, which it gives back. */
static VixError carryOutNow(const AsyncRequest *request, StrictBuffer *buffer)
{
   Accepted accepted = accept(request, buffer);

   pthread_mutex_unlock(&asyncLock);
   pace_delay(request->delayNanos);
   pthread_mutex_lock(&asyncLock);
   passHold(&accepted);
   pthread_mutex_unlock(&asyncLock);
   (void)carryOut(&accepted);
   return VIX_ASYNC;
}

/* Accepts a request and queues it or carries it out. */
static VixError start(const AsyncRequest *request)
{
   const void *bytes = request->from != NULL ? (const void *)request->from : request->into;
   StrictBuffer *buffer = strict_beginBuffer(functionOf(request), bytes, request->count, request->from == NULL);
   VixError error;

   pthread_mutex_lock(&asyncLock);
   error = checkUse(request->disk);
   if (error == VIX_OK && (pace_isTimed(request->disk) || (queueing && request->delayNanos > 0))) {
      error = dispatch(request, buffer);
   } else if (error == VIX_OK && queueing) {
      error = enqueue(request, buffer);
   } else if (error == VIX_OK) {
      return carryOutNow(request, buffer);
   }
   pthread_mutex_unlock(&asyncLock);
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
      log_warn("VixDiskLib: %s on \"%s\" while a synchronous call is using it.\n", nameOf(request),
               request->disk->link->path);
      strict_break(RULE_MIXED_IO, functionOf(request), "on \"%s\" while a synchronous call is using it",
                   request->disk->link->path);
   }
   return error;
}

/* ------------------------------------------------------------------------------------------ the control surface */

EXPORTED void VddkFake_SetAsync(uint32 numberOfThreads, uint64 seed)
{
   pthread_mutex_lock(&asyncLock);
   queueing = numberOfThreads > 0;
   if (queueing) {
      maxThreads = numberOfThreads < MAX_THREADS ? numberOfThreads : MAX_THREADS;
   }
   randomState = seed;
   pace_seed(seed);
   wakeAll();
   pthread_mutex_unlock(&asyncLock);
}

void async_configure(void)
{
   uint64 number = config_number(CONFIG_FAKE_ASYNC_THREADS);
   uint64 seed = config_number(CONFIG_FAKE_ASYNC_SEED);

   if (number != CONFIG_UNSET || seed != CONFIG_UNSET) {
      VddkFake_SetAsync(number != CONFIG_UNSET ? (uint32)number : 0, seed != CONFIG_UNSET ? seed : 0);
   }
}

EXPORTED void VddkFake_HoldAsync(Bool hold)
{
   pthread_mutex_lock(&asyncLock);
   holding = hold != 0;
   wakeAll();
   pthread_cond_broadcast(&changed);
   pthread_mutex_unlock(&asyncLock);
}

EXPORTED void VddkFake_AwaitHeldAsync(uint32 n)
{
   pthread_mutex_lock(&asyncLock);
   while (!holding || numQueued + numHeldInline < n) {
      pthread_cond_wait(&changed, &asyncLock);
   }
   pthread_mutex_unlock(&asyncLock);
}

EXPORTED void VddkFake_FailNextAsync(const char *function, VixError error)
{
   bool writing;

   if (function == NULL) {
      return;
   }
   writing = strcmp(function, "VixDiskLib_WriteAsync") == 0;
   if (!writing && strcmp(function, "VixDiskLib_ReadAsync") != 0) {
      return;
   }
   pthread_mutex_lock(&asyncLock);
   *(writing ? &plannedWrite : &plannedRead) = error;
   pthread_mutex_unlock(&asyncLock);
}
