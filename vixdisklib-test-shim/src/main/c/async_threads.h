/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The library's threads for requests, which move bytes and call callbacks. All with the lock held.
 */
#ifndef ASYNC_THREADS_H
#define ASYNC_THREADS_H

#include "common.h"

/* Has so many threads take requests, and no more. */
void asyncThreads_limit(uint32 number);

/* Whether there is a thread at least. For requests that take time there are some, even if there were to be none. */
bool asyncThreads_start(bool timed);

/* A request was sent on a way that takes time, of which there is nothing to be done before this one. */
void asyncThreads_expect(uint64 time);

/* Ends the threads, after the last requests; gives the lock back for a while. */
void asyncThreads_stop(void);
bool asyncThreads_areStopping(void);

/* In the child of a fork, which has none of them. */
void asyncThreads_resetInChild(void);

#endif /* ASYNC_THREADS_H */
