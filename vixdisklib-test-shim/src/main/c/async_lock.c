/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "async_lock.h"

#include <time.h>

pthread_mutex_t async_lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t async_mayGoOn = PTHREAD_COND_INITIALIZER;
pthread_cond_t async_work = PTHREAD_COND_INITIALIZER;
pthread_cond_t async_changed = PTHREAD_COND_INITIALIZER;

void asyncLock_wakeAll(void)
{
   pthread_cond_broadcast(&async_mayGoOn);
   pthread_cond_broadcast(&async_work);
}

/* Its waiters go by the clock that nobody sets. */
void asyncLock_prepare(void)
{
   pthread_condattr_t attributes;

   pthread_condattr_init(&attributes);
   pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
   pthread_cond_init(&async_work, &attributes);
   pthread_condattr_destroy(&attributes);
}

void asyncLock_resetInChild(void)
{
   pthread_mutex_init(&async_lock, NULL);
   pthread_cond_init(&async_mayGoOn, NULL);
   pthread_cond_init(&async_changed, NULL);
   asyncLock_prepare();
}
