/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "pace.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

#include "random.h"
#include "timing.h"

#define SECOND UINT64_C(1000000000)

/* No time reckoned is later than this, which is some centuries: sums of a few do not overflow. */
#define LATEST (UINT64_MAX / 4)

/*
 * How long before a request is back its bytes may be moved: more than it takes, but only in the second half of the
 * latency. Until then, the buffer of a read shows those up who look at it too early.
 */
#define LEAD UINT64_C(200000)
#define LEAD_FOR_BYTES(bytes) ((bytes) / 2)

/* So often a clock that is read again and again says the same only if it stands still. */
#define STILL 32

/* A part of a request on its way; at any moment in one of the lists below. */
typedef struct PaceFragment {
   struct PaceFragment *next;
   PaceRequest *request;
   uint64 bytes;
   uint64 ready; /* for the wire */
} PaceFragment;

typedef struct FragmentList {
   PaceFragment *first;
   PaceFragment *last;
   uint64 count;
} FragmentList;

/* The buffers of a disk. */
typedef struct PaceSession {
   struct PaceSession *next;
   const Disk *disk;
   uint64 numRequests;
   uint64 numOnTheWay;       /* fragments */
   PaceRequest *firstToSend; /* requests that have fragments left */
   PaceRequest *lastToSend;
} PaceSession;

/* The host of a connection, while there are requests. After a change of the timing, it is another one. */
typedef struct PaceServer {
   struct PaceServer *next;
   const void *connection;
   Timing timing;
   PaceSession *sessions;
   uint64 numRequests;
   uint64 numUnknown; /* asynchronous requests of which it is not known when they are back */
   uint64 now;        /* up to which all is reckoned */
   uint64 numServed;
   FragmentList waiting; /* for the host */
   FragmentList latent;  /* served, and not ready yet, in the order of their times */
   FragmentList ready;   /* for the wire */
   PaceFragment *onWire;
   uint64 wireFree; /* when the fragment will be through */
} PaceServer;

static pthread_mutex_t paceLock = PTHREAD_MUTEX_INITIALIZER; /* guards all below; nothing else is done with it */
static PaceServer *servers;
static PaceRequest
   *firstBack; /* asynchronous requests that will be back at a known time, as their bytes may be moved */
static PaceRequest *lastBack;
static uint64 randomState;

/* ------------------------------------------------------------------------------------------------------ time */

static uint64 clockNow(void)
{
   struct timespec now;

   clock_gettime(CLOCK_MONOTONIC, &now);
   return (uint64)now.tv_sec * SECOND + (uint64)now.tv_nsec;
}

/* The kernel may wake threads up later than asked for, by their slack; this one has none while it sleeps here. */
static void sleepUntil(uint64 time)
{
   const struct timespec until = {(time_t)(time / SECOND), (long)(time % SECOND)};
   int slack = prctl(PR_GET_TIMERSLACK);

   (void)prctl(PR_SET_TIMERSLACK, 1UL);
   while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
   }
   if (slack > 0) {
      (void)prctl(PR_SET_TIMERSLACK, (unsigned long)slack);
   }
}

static uint64 later(uint64 time, uint64 nanos)
{
   return time + minOf(nanos, LATEST - minOf(time, LATEST));
}

void pace_delay(uint64 nanos)
{
   if (nanos > 0) {
      sleepUntil(later(clockNow(), nanos));
   }
}

uint64 pace_now(void)
{
   return clockNow();
}

bool pace_poll(uint64 time)
{
   uint64 previous = 0;
   uint64 now;
   int numSame = 0;

   while ((now = clockNow()) < time && numSame < STILL) {
      numSame = now == previous ? numSame + 1 : 0;
      previous = now;
   }
   return now >= time;
}

static uint64 nanosOnWire(const Timing *timing, uint64 bytes)
{
   double nanos = (double)bytes * (double)SECOND / (double)timing->bytesPerSecond;

   return nanos < (double)LATEST ? (uint64)nanos : LATEST;
}

/* ----------------------------------------------------------------------------------------------------- lists */

static void append(FragmentList *list, PaceFragment *fragment)
{
   fragment->next = NULL;
   if (list->last != NULL) {
      list->last->next = fragment;
   } else {
      list->first = fragment;
   }
   list->last = fragment;
   list->count++;
}

/* Takes a fragment out of a list that has so many before it. */
static PaceFragment *takeAt(FragmentList *list, uint64 position)
{
   PaceFragment **link = &list->first;
   PaceFragment *previous = NULL;
   PaceFragment *fragment;

   for (; position > 0; position--) {
      previous = *link;
      link = &previous->next;
   }
   fragment = *link;
   *link = fragment->next;
   if (list->last == fragment) {
      list->last = previous;
   }
   list->count--;
   return fragment;
}

static PaceFragment *takeAny(FragmentList *list)
{
   return takeAt(list, random_next(&randomState) % list->count);
}

/* Enters an asynchronous request, with the time at which it will be back. */
static void announce(PaceRequest *request, uint64 due)
{
   PaceRequest **link = &firstBack;

   request->due = due;
   request->begin = due - request->leadNanos;
   request->server->numUnknown--;
   if (lastBack != NULL && lastBack->begin <= request->begin) {
      link = &lastBack->next;
   }
   while (*link != NULL && (*link)->begin <= request->begin) {
      link = &(*link)->next;
   }
   request->next = *link;
   *link = request;
   if (request->next == NULL) {
      lastBack = request;
   }
}

/* ------------------------------------------------------------------------------------- the way of a fragment */

static bool isBelow(uint64 number, uint64 limit)
{
   return limit == 0 || number < limit;
}

/* From the request to the host, as long as the disk has buffers. */
static bool sendOne(PaceServer *server, PaceSession *session)
{
   PaceRequest *request = session->firstToSend;
   PaceFragment *fragment;

   if (request == NULL || !isBelow(session->numOnTheWay, server->timing.buffers)) {
      return false;
   }
   fragment = request->unused;
   request->unused = fragment->next;
   fragment->bytes = request->numLeft == 1 ? request->lastBytes : server->timing.fragmentBytes;
   append(&server->waiting, fragment);
   session->numOnTheWay++;
   request->numOnTheWay++;
   request->numWaiting++;
   if (--request->numLeft == 0) {
      session->firstToSend = request->next;
      if (session->firstToSend == NULL) {
         session->lastToSend = NULL;
      }
   }
   return true;
}

static bool sendAll(PaceServer *server)
{
   bool any = false;

   for (PaceSession *session = server->sessions; session != NULL; session = session->next) {
      while (sendOne(server, session)) {
         any = true;
      }
   }
   return any;
}

/* What is served last is back last, if nothing holds it up on the wire. */
static void foresee(PaceServer *server, const PaceFragment *fragment)
{
   PaceRequest *request = fragment->request;

   request->numWaiting--;
   if (request->isAsync && request->numLeft == 0 && request->numWaiting == 0 && server->timing.bytesPerSecond == 0) {
      announce(request, later(fragment->ready, request->delayNanos));
   }
}

static bool serve(PaceServer *server)
{
   bool any = false;

   while (server->waiting.count > 0 && isBelow(server->numServed, server->timing.atOnce)) {
      PaceFragment *fragment = takeAny(&server->waiting);

      fragment->ready = later(server->now, server->timing.latencyNanos);
      append(&server->latent, fragment);
      server->numServed++;
      foresee(server, fragment);
      any = true;
   }
   return any;
}

/* The end of the way. */
static void arrive(PaceServer *server, PaceFragment *fragment)
{
   PaceRequest *request = fragment->request;

   server->numServed--;
   request->session->numOnTheWay--;
   request->numOnTheWay--;
   fragment->next = request->unused;
   request->unused = fragment;
   if (request->numLeft == 0 && request->numOnTheWay == 0) {
      uint64 due = later(server->now, request->delayNanos);

      request->isBack = true;
      if (request->isAsync && server->timing.bytesPerSecond > 0) {
         announce(request, due);
      } else if (!request->isAsync) {
         request->due = due;
      }
   }
}

/* Lets what is ready pass the wire, which is free: one fragment, or all that there are if it has no limit. */
static bool transmit(PaceServer *server)
{
   bool any = false;

   while (server->ready.count > 0 && server->onWire == NULL) {
      PaceFragment *fragment = takeAny(&server->ready);

      if (server->timing.bytesPerSecond > 0) {
         server->onWire = fragment;
         server->wireFree = later(server->now, nanosOnWire(&server->timing, fragment->bytes));
      } else {
         arrive(server, fragment);
      }
      any = true;
   }
   return any;
}

/* Does all that can be done without time passing. */
static void flow(PaceServer *server)
{
   bool any = true;

   while (any) {
      any = transmit(server);
      any = sendAll(server) || any;
      any = serve(server) || any;
   }
}

/* -------------------------------------------------------------------------------------------- from event to event */

static uint64 nextEvent(const PaceServer *server)
{
   uint64 ready = server->latent.first != NULL ? server->latent.first->ready : PACE_NEVER;
   uint64 through = server->onWire != NULL ? server->wireFree : PACE_NEVER;

   return minOf(ready, through);
}

/* Whatever happens at the time that the server has come to. */
static void step(PaceServer *server)
{
   PaceFragment *fragment = server->onWire;

   if (fragment != NULL && server->wireFree <= server->now) {
      server->onWire = NULL;
      arrive(server, fragment);
   }
   while (server->latent.first != NULL && server->latent.first->ready <= server->now) {
      append(&server->ready, takeAt(&server->latent, 0));
   }
   flow(server);
}

static void advance(PaceServer *server, uint64 time)
{
   for (uint64 event = nextEvent(server); event <= time; event = nextEvent(server)) {
      server->now = event;
      step(server);
   }
}

/* ---------------------------------------------------------------------------------------- servers and sessions */

static PaceServer *findServer(const void *connection, const Timing *timing)
{
   PaceServer *server = servers;

   while (server != NULL && (server->connection != connection || !timing_areEqual(&server->timing, timing))) {
      server = server->next;
   }
   if (server == NULL && (server = calloc(1, sizeof *server)) != NULL) {
      server->connection = connection;
      server->timing = *timing;
      server->next = servers;
      servers = server;
   }
   return server;
}

static PaceSession *findSession(PaceServer *server, const Disk *disk)
{
   PaceSession *session = server->sessions;

   while (session != NULL && session->disk != disk) {
      session = session->next;
   }
   if (session == NULL && (session = calloc(1, sizeof *session)) != NULL) {
      session->disk = disk;
      session->next = server->sessions;
      server->sessions = session;
   }
   return session;
}

static void leaveSession(PaceServer *server, PaceSession *session)
{
   PaceSession **link = &server->sessions;

   if (session == NULL || session->numRequests > 0) {
      return;
   }
   while (*link != session) {
      link = &(*link)->next;
   }
   *link = session->next;
   free(session);
}

static void leaveServer(PaceServer *server)
{
   PaceServer **link = &servers;

   if (server == NULL || server->numRequests > 0) {
      return;
   }
   while (*link != server) {
      link = &(*link)->next;
   }
   *link = server->next;
   free(server);
}

/* ------------------------------------------------------------------------------------------- requests */

bool pace_isTimed(const Disk *disk)
{
   Timing timing;

   return timing_of(disk_transport(disk), &timing);
}

/* Cuts a request into fragments; a request of nothing is one, too. */
static bool cut(PaceRequest *request, const Timing *timing, uint64 bytes)
{
   uint64 fragmentBytes = timing->fragmentBytes > 0 ? timing->fragmentBytes : bytes;
   uint64 room;

   request->numLeft = bytes > 0 ? divideUp(bytes, fragmentBytes) : 1;
   request->lastBytes = bytes - (request->numLeft - 1) * fragmentBytes;
   room = timing->buffers > 0 ? minOf(request->numLeft, timing->buffers) : request->numLeft;
   request->fragments = calloc((size_t)room, sizeof *request->fragments);
   if (request->fragments == NULL) {
      return false;
   }
   for (uint64 i = 0; i < room; i++) {
      request->fragments[i].request = request;
      request->fragments[i].next = request->unused;
      request->unused = &request->fragments[i];
   }
   return true;
}

/* Takes the request off the books, before it began or when it is back; with the lock held. */
static void leave(PaceRequest *request)
{
   leaveSession(request->server, request->session);
   leaveServer(request->server);
   free(request->fragments);
}

/* With the lock held. */
static void enter(PaceRequest *request, uint64 now)
{
   PaceServer *server = request->server;
   PaceSession *session = request->session;

   advance(server, now);
   server->now = now > server->now ? now : server->now;
   server->numRequests++;
   server->numUnknown += request->isAsync;
   session->numRequests++;
   if (session->lastToSend != NULL) {
      session->lastToSend->next = request;
   } else {
      session->firstToSend = request;
   }
   session->lastToSend = request;
   flow(server);
}

static uint64 leadOf(const Timing *timing, uint64 bytes)
{
   return timing->bytesPerSecond == 0 ? minOf(timing->latencyNanos / 2, LEAD + LEAD_FOR_BYTES(bytes)) : 0;
}

VixError pace_send(PaceRequest *request, const Disk *disk, uint64 bytes, uint64 delayNanos, uint64 *next)
{
   Timing timing;
   VixError error = VIX_OK;

   (void)timing_of(disk_transport(disk), &timing);
   *request = (PaceRequest){
      .delayNanos = delayNanos, .leadNanos = leadOf(&timing, bytes), .due = PACE_NEVER, .isAsync = next != NULL};
   if (!cut(request, &timing, bytes)) {
      return VIX_E_OUT_OF_MEMORY;
   }
   pthread_mutex_lock(&paceLock);
   request->server = findServer(disk->connection, &timing);
   request->session = request->server != NULL ? findSession(request->server, disk) : NULL;
   if (request->session != NULL) {
      enter(request, clockNow());
      if (next != NULL) {
         *next = request->due != PACE_NEVER ? request->begin : nextEvent(request->server);
      }
   } else {
      leave(request);
      error = VIX_E_OUT_OF_MEMORY;
   }
   pthread_mutex_unlock(&paceLock);
   return error;
}

/* A request that is back; with the lock held. */
static void end(PaceRequest *request)
{
   request->session->numRequests--;
   request->server->numRequests--;
   leave(request);
}

/* Ends a request that is over, and returns 0; else when to try again. */
static uint64 endIfOver(PaceRequest *request)
{
   uint64 now;
   uint64 next;

   pthread_mutex_lock(&paceLock);
   now = clockNow();
   advance(request->server, now);
   next = request->isBack ? request->due : nextEvent(request->server);
   if (next <= now) {
      end(request);
      next = 0;
   }
   pthread_mutex_unlock(&paceLock);
   return next;
}

/*
 * Each waits by itself until the next event of its server: what others do until then can only make its request later.
 */
void pace_await(PaceRequest *request)
{
   uint64 next;

   while ((next = endIfOver(request)) != 0) {
      sleepUntil(next);
   }
}

PaceRequest *pace_take(uint64 *next)
{
   PaceRequest *request;
   uint64 now;

   pthread_mutex_lock(&paceLock);
   now = clockNow();
   *next = PACE_NEVER;
   for (PaceServer *server = servers; server != NULL; server = server->next) {
      advance(server, now);
      if (server->numUnknown > 0) {
         *next = minOf(*next, nextEvent(server));
      }
   }
   request = firstBack;
   if (request != NULL && request->begin > now) {
      *next = minOf(*next, request->begin);
      request = NULL;
   }
   if (request != NULL) {
      firstBack = request->next;
      lastBack = firstBack != NULL ? lastBack : NULL;
   }
   pthread_mutex_unlock(&paceLock);
   return request;
}

void pace_end(PaceRequest *request)
{
   pthread_mutex_lock(&paceLock);
   advance(request->server, clockNow());
   end(request);
   pthread_mutex_unlock(&paceLock);
}

/* ------------------------------------------------------------------------------------------ what others use */

/* The work is done at the beginning, so that the files take no time of their own if they are fast enough. */
static VixError take(Disk *disk, bool writing, uint64 sector, uint64 count, uint8 *into, const uint8 *from)
{
   VixError error = disk_check(disk, writing, sector, count);
   bool timed = error == VIX_OK && pace_isTimed(disk);
   PaceRequest request;

   if (timed) {
      error = pace_send(&request, disk, count * SECTOR_SIZE, 0, NULL);
   }
   if (error != VIX_OK) {
      return error;
   }
   error = writing ? disk_write(disk, sector, count, from) : disk_read(disk, sector, count, into);
   if (timed) {
      pace_await(&request);
   }
   return error;
}

VixError pace_read(Disk *disk, uint64 sector, uint64 count, uint8 *buffer)
{
   return take(disk, false, sector, count, buffer, NULL);
}

VixError pace_write(Disk *disk, uint64 sector, uint64 count, const uint8 *buffer)
{
   return take(disk, true, sector, count, NULL, buffer);
}

void pace_seed(uint64 seed)
{
   pthread_mutex_lock(&paceLock);
   randomState = seed;
   pthread_mutex_unlock(&paceLock);
}

void pace_resetInChild(void)
{
   pthread_mutex_init(&paceLock, NULL);
   servers = NULL; /* another thread may have been changing them */
   firstBack = NULL;
   lastBack = NULL;
}
