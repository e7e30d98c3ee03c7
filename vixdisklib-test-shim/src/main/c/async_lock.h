/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The one lock of all that has to do with asynchronous requests, and what is waited for with it. It guards the state of
 * each async_*.c, which nothing but that file changes, and the uses of all disks. Nothing is called with it that could
 * wait for anything else.
 */
#ifndef ASYNC_LOCK_H
#define ASYNC_LOCK_H

#include <pthread.h>

extern pthread_mutex_t async_lock;

extern pthread_cond_t async_mayGoOn; /* for what is held, and for a thread that takes no requests */
extern pthread_cond_t async_work;    /* for threads: there are requests, or other times; goes by CLOCK_MONOTONIC */
extern pthread_cond_t async_changed; /* for those who wait for requests */

/* Has all look again who wait for requests to go on. With the lock held. */
void asyncLock_wakeAll(void);

/* Once, before all else. */
void asyncLock_prepare(void);

/* In the child of a fork: nobody has it. */
void asyncLock_resetInChild(void);

#endif /* ASYNC_LOCK_H */
