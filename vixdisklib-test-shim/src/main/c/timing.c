/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "timing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "config.h"
#include "vddkFake.h"

#define NUM_TRANSPORTS 5

typedef struct {
   const char *transport;
   ConfigSetting first; /* of its three settings */
   bool isCut;          /* requests are cut into fragments */
   bool isConfigured;   /* by the configuration, not by a call */
   Timing timing;
} Clock;

static pthread_mutex_t timingLock = PTHREAD_MUTEX_INITIALIZER;
static uint64 fragmentBytes = UINT64_C(1) << 16;
static uint64 buffers = 4;
static atomic_uint numTimed; /* lets requests pass without the lock while no transport takes time */

static Clock clocks[NUM_TRANSPORTS] = {
   {"file", CONFIG_FAKE_TIME_FILE, false, false, {0, 0, 0, 0, 0}},
   {"nbd", CONFIG_FAKE_TIME_NBD, true, false, {0, 0, 0, 0, 0}},
   {"nbdssl", CONFIG_FAKE_TIME_NBDSSL, true, false, {0, 0, 0, 0, 0}},
   {"san", CONFIG_FAKE_TIME_SAN, false, false, {0, 0, 0, 0, 0}},
   {"hotadd", CONFIG_FAKE_TIME_HOTADD, false, false, {0, 0, 0, 0, 0}},
};

static Clock *clockOf(const char *transport)
{
   for (size_t i = 0; i < NUM_TRANSPORTS; i++) {
      if (transport != NULL && strcmp(clocks[i].transport, transport) == 0) {
         return &clocks[i];
      }
   }
   return NULL;
}

/* How many requests are served at once makes no difference if each of them is served in no time. */
static bool takesTime(const Clock *clock)
{
   return clock->timing.latencyNanos > 0 || clock->timing.bytesPerSecond > 0;
}

bool timing_of(const char *transport, Timing *timing)
{
   const Clock *clock = clockOf(transport);
   bool timed;

   *timing = (Timing){0, 0, 0, 0, 0};
   if (clock == NULL || atomic_load(&numTimed) == 0) {
      return false;
   }
   pthread_mutex_lock(&timingLock);
   timed = takesTime(clock);
   if (timed) {
      *timing = clock->timing;
      timing->fragmentBytes = clock->isCut ? fragmentBytes : 0;
      timing->buffers = clock->isCut ? buffers : 0;
   }
   pthread_mutex_unlock(&timingLock);
   return timed;
}

bool timing_areEqual(const Timing *one, const Timing *other)
{
   return one->latencyNanos == other->latencyNanos && one->bytesPerSecond == other->bytesPerSecond &&
          one->atOnce == other->atOnce && one->fragmentBytes == other->fragmentBytes && one->buffers == other->buffers;
}

/* With the lock held. */
static void set(Clock *clock, uint64 latencyMicros, uint64 bytesPerSecond, uint64 atOnce)
{
   bool before = takesTime(clock);

   clock->timing =
      (Timing){minOf(latencyMicros, TIMING_MAX_LATENCY_MICROS) * UINT64_C(1000), bytesPerSecond, atOnce, 0, 0};
   atomic_fetch_add(&numTimed, (unsigned)takesTime(clock) - (unsigned)before);
}

static bool isSet(ConfigSetting setting)
{
   return config_number(setting) != CONFIG_UNSET;
}

static uint64 numberOrZero(ConfigSetting setting)
{
   return isSet(setting) ? config_number(setting) : 0;
}

void timing_configure(void)
{
   pthread_mutex_lock(&timingLock);
   fragmentBytes = config_number(CONFIG_NFC_BUFFER_SIZE) << 16;
   buffers = config_number(CONFIG_NFC_BUFFER_COUNT);
   for (size_t i = 0; i < NUM_TRANSPORTS; i++) {
      ConfigSetting first = clocks[i].first;

      if (isSet(first) || isSet(first + 1) || isSet(first + 2)) {
         set(&clocks[i], numberOrZero(first), numberOrZero(first + 1), numberOrZero(first + 2));
         clocks[i].isConfigured = true;
      }
   }
   pthread_mutex_unlock(&timingLock);
}

void timing_forget(void)
{
   pthread_mutex_lock(&timingLock);
   for (size_t i = 0; i < NUM_TRANSPORTS; i++) {
      if (clocks[i].isConfigured) {
         set(&clocks[i], 0, 0, 0);
         clocks[i].isConfigured = false;
      }
   }
   pthread_mutex_unlock(&timingLock);
}

EXPORTED Bool VddkFake_SetTiming(const char *transport, uint64 latencyMicros, uint64 bytesPerSecond,
                                 uint32 requestsAtOnce)
{
   Clock *clock = clockOf(transport);

   if (clock == NULL) {
      return FALSE;
   }
   pthread_mutex_lock(&timingLock);
   set(clock, latencyMicros, bytesPerSecond, requestsAtOnce);
   clock->isConfigured = false;
   pthread_mutex_unlock(&timingLock);
   return TRUE;
}
