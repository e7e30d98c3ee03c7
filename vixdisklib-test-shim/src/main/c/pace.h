/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * When requests come back on a transport that takes time.
 *
 * A request goes to the host of its connection whole, or in fragments of the size of an NFC buffer, of which a disk has
 * as many on the way as it has buffers. The host serves so many at once: each of them waits for the latency, all at the
 * same time, and then for its bytes to pass the wire, one after the other. So
 *
 *    one request takes                        latency + bytes / bandwidth
 *    a synchronous one in fragments takes     that many latencies as there are rounds of fragments
 *    with n requests always on the way        min(n / (latency + bytes / bandwidth), bandwidth / bytes) come per second
 *
 * where n is limited by what the host serves at once, and by the disk's buffers. If several wait for the host or for
 * the wire, any of them is the next. The bytes of an asynchronous request are moved shortly before it is back if the
 * wire has no limit, so that the files take no time of their own. This is reckoned from event to event in nanoseconds
 * of the monotonic clock, and not by waiting, so that late wake-ups add up to nothing within a request.
 */
#ifndef PACE_H
#define PACE_H

#include "common.h"
#include "disk.h"

/* A request on its way, which stays where it is as long as it is. */
typedef struct PaceRequest {
   struct PaceRequest *next; /* in a list of this module's */
   struct PaceServer *server;
   struct PaceSession *session;
   struct PaceFragment *fragments; /* as many as can be on the way at the same time */
   struct PaceFragment *unused;
   uint64 numLeft;     /* fragments that are not sent */
   uint64 numWaiting;  /* fragments that are sent, and not served yet */
   uint64 numOnTheWay; /* fragments that are sent, and not back */
   uint64 lastBytes;   /* of the last fragment */
   uint64 delayNanos;  /* that the request takes longer than it would */
   uint64 leadNanos;   /* that its bytes are there before it is back, at the most */
   uint64 begin;       /* when its bytes may be moved, so that they are there in time */
   uint64 due;         /* when it is back; known when its last fragment is served, or is back if the wire has a limit */
   bool isAsync;
   bool isBack;
} PaceRequest;

/* Whether requests of the disk take time. */
bool pace_isTimed(const Disk *disk);

/*
 * Sends a request, at this moment. A synchronous one, for which next is NULL, is then waited for. An asynchronous one
 * comes out of pace_take, and not before *next.
 */
VixError pace_send(PaceRequest *request, const Disk *disk, uint64 bytes, uint64 delayNanos, uint64 *next);
void pace_await(PaceRequest *request);

/* The next asynchronous request whose bytes may be moved; NULL for none, and then *next is when to ask again. */
PaceRequest *pace_take(uint64 *next);

/* The end of a request that was taken, which is due. */
void pace_end(PaceRequest *request);

/* What *next is if there is nothing to ask for. */
#define PACE_NEVER UINT64_MAX

/* disk_read and disk_write, which take their time. */
VixError pace_read(Disk *disk, uint64 sector, uint64 count, uint8 *buffer);
VixError pace_write(Disk *disk, uint64 sector, uint64 count, const uint8 *buffer);

/* Waits for a while. */
void pace_delay(uint64 nanos);

/* The time that all this goes by. */
uint64 pace_now(void);

/* Waits for a time that is near without going to sleep; false if the clock stands still. */
bool pace_poll(uint64 time);

/* What the choice among those that wait begins with. */
void pace_seed(uint64 seed);

/* In the child of a fork: forgets all requests. */
void pace_resetInChild(void);

#endif /* PACE_H */
