/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * What every file of the library includes.
 */
#ifndef COMMON_H
#define COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "vixDiskLib.h"

/* Bytes in a sector, as a 64-bit number: offsets never overflow by being computed in int. */
#define SECTOR_SIZE UINT64_C(512)

_Static_assert(sizeof(size_t) == sizeof(uint64), "sizes of buffers are computed in 64 bits");

/* Largest capacity and largest position, in sectors, whose byte offset fits an off_t. */
#define MAX_SECTORS (UINT64_C(0x7fffffffffffffff) / SECTOR_SIZE)

#define EXPORTED __attribute__((visibility("default")))

static inline uint64 minOf(uint64 a, uint64 b)
{
   return a < b ? a : b;
}

static inline uint64 divideUp(uint64 value, uint64 unit)
{
   return value / unit + (value % unit != 0);
}

static inline uint64 alignUp(uint64 value, uint64 unit)
{
   return divideUp(value, unit) * unit;
}

static inline bool isAllZero(const uint8 *bytes, size_t length)
{
   return length == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0);
}

/* Callers pass "" for an absent string. */
static inline bool isAbsent(const char *text)
{
   return text == NULL || *text == '\0';
}

#endif /* COMMON_H */
