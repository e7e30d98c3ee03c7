/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The requests that the library's threads are to carry out, in no order: the seed decides which is the next. All with
 * the lock held.
 */
#ifndef ASYNC_QUEUE_H
#define ASYNC_QUEUE_H

#include "async_request.h"
#include "common.h"

/* Makes room for one more request, besides as many others that are still to come. */
bool asyncQueue_makeRoom(size_t numOthers);

/* Adds a request that there is room for. */
void asyncQueue_add(const AcceptedRequest *accepted);

/* Takes any one request that is not held. */
bool asyncQueue_take(AcceptedRequest *accepted);

size_t asyncQueue_count(void);

/* How many of them have been on a way that takes time. */
size_t asyncQueue_countTimed(void);

/* What the choice begins with. */
void asyncQueue_seed(uint64 seed);

/* Frees the queue, which is empty. */
void asyncQueue_free(void);

/* In the child of a fork: there are no requests. */
void asyncQueue_resetInChild(void);

#endif /* ASYNC_QUEUE_H */
