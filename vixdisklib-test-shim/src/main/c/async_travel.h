/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Requests on a way that takes time, from when they are sent until they are due and join the queue. All with the lock
 * held.
 */
#ifndef ASYNC_TRAVEL_H
#define ASYNC_TRAVEL_H

#include "async_request.h"
#include "common.h"

typedef struct Travelling Travelling;

/* Accepts a request and sends it; nothing of it is to be fetched before *next. The queue needs room for it. */
VixError asyncTravel_send(const AsyncRequest *request, StrictBuffer *buffer, uint64 *next);

/* How many are on the way. */
size_t asyncTravel_count(void);

/* Fetches the requests whose bytes may be moved before they are due, and returns the time of the next. */
uint64 asyncTravel_fetch(void);

/* Queues the requests that are due. */
void asyncTravel_queueDue(void);

/* When the next request is due whose bytes need not be moved before; PACE_NEVER for none. */
uint64 asyncTravel_nextDue(void);

/*
 * A request that was fetched and whose bytes may be moved: there is one, it is taken, it has its bytes moved, which
 * gives the lock back for a while, and it waits to be due. If nothing may come of it before it is, no bytes are moved.
 */
bool asyncTravel_isAnyToMove(void);
Travelling *asyncTravel_takeToMove(void);
bool asyncTravel_mayMove(const Travelling *travelling);
void asyncTravel_move(Travelling *travelling);
void asyncTravel_putBack(Travelling *travelling);

/* In the child of a fork: there are none. */
void asyncTravel_resetInChild(void);

#endif /* ASYNC_TRAVEL_H */
