/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "virtual_clock.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

int __real_clock_gettime(clockid_t clock, struct timespec *time);
int __real_clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *left);
int __real_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *left);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until);

static atomic_bool isReal;
static atomic_bool isStopped;
static _Atomic uint64 virtualTime = SECOND;

static uint64 fromTimespec(const struct timespec *time)
{
   return (uint64)time->tv_sec * SECOND + (uint64)time->tv_nsec;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
   uint64 current = atomic_load(&virtualTime);

   if (atomic_load(&isReal) || clock != CLOCK_MONOTONIC) {
      return __real_clock_gettime(clock, time);
   }
   time->tv_sec = (time_t)(current / SECOND);
   time->tv_nsec = (long)(current % SECOND);
   return 0;
}

static void jumpTo(const struct timespec *until)
{
   uint64 current = atomic_load(&virtualTime);

   while (current < fromTimespec(until) && !atomic_compare_exchange_weak(&virtualTime, &current, fromTimespec(until))) {
   }
}

int __wrap_clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *left)
{
   if (atomic_load(&isReal)) {
      return __real_clock_nanosleep(clock, flags, until, left);
   }
   CHECK(clock == CLOCK_MONOTONIC && flags == TIMER_ABSTIME);
   jumpTo(until);
   return 0;
}

int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *until)
{
   if (atomic_load(&isReal)) {
      return __real_pthread_cond_timedwait(condition, mutex, until);
   }
   if (atomic_load(&isStopped)) {
      return pthread_cond_wait(condition, mutex);
   }
   jumpTo(until);
   return ETIMEDOUT;
}

uint64 now(void)
{
   struct timespec time;

   clock_gettime(CLOCK_MONOTONIC, &time);
   return fromTimespec(&time);
}

void stopTime(void)
{
   atomic_store(&isStopped, true);
}

void letTimePass(void)
{
   atomic_store(&isStopped, false);
   VddkFake_HoldAsync(FALSE); /* wakes up who waits for the time */
}

void goByRealClock(bool real)
{
   atomic_store(&isReal, real);
}
