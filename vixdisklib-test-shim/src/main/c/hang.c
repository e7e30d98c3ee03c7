/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "hang.h"

#include <pthread.h>
#include <stdatomic.h>

#include "async.h"
#include "vddkFake.h"

static pthread_mutex_t hangLock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static _Atomic uint64 current = 1; /* the ticket of all that hang; changes with the lock held, as the next does */
static _Atomic uint64 numHanging;

uint64 hang_begin(void)
{
   uint64 ticket;

   pthread_mutex_lock(&hangLock);
   ticket = atomic_load(&current);
   atomic_fetch_add(&numHanging, 1);
   pthread_cond_broadcast(&changed);
   pthread_mutex_unlock(&hangLock);
   return ticket;
}

bool hang_isOver(uint64 ticket)
{
   return ticket != atomic_load(&current);
}

void hang_await(uint64 ticket)
{
   pthread_mutex_lock(&hangLock);
   while (!hang_isOver(ticket)) {
      pthread_cond_wait(&changed, &hangLock);
   }
   pthread_mutex_unlock(&hangLock);
}

void hang_cancel(uint64 ticket)
{
   pthread_mutex_lock(&hangLock);
   if (!hang_isOver(ticket)) {
      atomic_fetch_sub(&numHanging, 1);
   }
   pthread_mutex_unlock(&hangLock);
}

bool hang_isAny(void)
{
   return atomic_load(&numHanging) > 0;
}

void hang_resetInChild(void)
{
   pthread_mutex_init(&hangLock, NULL);
   pthread_cond_init(&changed, NULL);
   atomic_fetch_add(&current, 1);
   atomic_store(&numHanging, 0);
}

/* ------------------------------------------------------------------------------------------ the control surface */

EXPORTED void VddkFake_AwaitHangs(uint32 n)
{
   pthread_mutex_lock(&hangLock);
   while (atomic_load(&numHanging) < n) {
      pthread_cond_wait(&changed, &hangLock);
   }
   pthread_mutex_unlock(&hangLock);
}

EXPORTED void VddkFake_ReleaseHangs(void)
{
   pthread_mutex_lock(&hangLock);
   atomic_fetch_add(&current, 1);
   atomic_store(&numHanging, 0);
   pthread_cond_broadcast(&changed);
   pthread_mutex_unlock(&hangLock);
   async_goOn();
}
