/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "random.h"

#include <sys/random.h>
#include <time.h>

void random_bytes(uint8 *bytes, size_t count)
{
   struct timespec now;
   uint64 state;

   if (count <= 256 && getrandom(bytes, count, 0) == (ssize_t)count) {
      return;
   }
   /* A kernel without the call: identifiers need to be different, not to be secret. */
   clock_gettime(CLOCK_MONOTONIC, &now);
   state = (uint64)now.tv_nsec ^ (uint64)now.tv_sec << 30 ^ (uint64)(uintptr_t)bytes;
   for (size_t i = 0; i < count; i++) {
      state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
      bytes[i] = (uint8)(state >> 56);
   }
}

uint32 random_number(void)
{
   union {
      uint8 bytes[4];
      uint32 number;
   } random;

   random_bytes(random.bytes, sizeof random.bytes);
   return random.number;
}

/* SplitMix64. */
uint64 random_next(uint64 *state)
{
   uint64 value = *state += UINT64_C(0x9e3779b97f4a7c15);

   value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
   value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
   return value ^ value >> 31;
}
