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
 * the wire, any of them is the next. This is reckoned from event to event in nanoseconds of the monotonic clock, and
 * not by waiting, so that late wake-ups add up to nothing within a request.
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
   uint64 numOnTheWay; /* fragments that are */
   uint64 lastBytes;   /* of the last fragment */
   uint64 delayNanos;  /* that the request takes longer than it would */
   uint64 due;         /* when it is back; known when its last fragment is */
   bool isAsync;
   bool isBack;
} PaceRequest;

/* Whether requests of the disk take time. */
bool pace_isTimed(const Disk *disk);

/* Sends a request, at this moment. A synchronous one is then waited for, an asynchronous one comes out of pace_take. */
VixError pace_send(PaceRequest *request, const Disk *disk, uint64 bytes, uint64 delayNanos, bool isAsync);
void pace_await(PaceRequest *request);

/* Any one asynchronous request whose time has come; NULL for none, and then *next is when to ask again. */
PaceRequest *pace_take(uint64 *next);

/* What *next is if there is nothing to ask for. */
#define PACE_NEVER UINT64_MAX

/* disk_read and disk_write, which take their time. */
VixError pace_read(Disk *disk, uint64 sector, uint64 count, uint8 *buffer);
VixError pace_write(Disk *disk, uint64 sector, uint64 count, const uint8 *buffer);

/* Waits for a while. */
void pace_delay(uint64 nanos);

/* What the choice among those that wait begins with. */
void pace_seed(uint64 seed);

/* In the child of a fork: forgets all requests. */
void pace_resetInChild(void);

#endif /* PACE_H */
