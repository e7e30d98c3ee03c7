/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Sets of sectors of a file, a bit for each: 25 MiB for a file of 100 GiB, of which only what is touched takes memory.
 */
#ifndef SECTOR_SET_H
#define SECTOR_SET_H

#include "common.h"

typedef struct SectorSet {
   uint64 *words;
   uint64 numWords;
} SectorSet;

/* An empty set with room for that many sectors; no sector beyond may be added. */
VixError sectorSet_init(SectorSet *set, uint64 sectors);

/* Makes room for more sectors. */
VixError sectorSet_reserve(SectorSet *set, uint64 sectors);

void sectorSet_free(SectorSet *set);

void sectorSet_add(SectorSet *set, uint64 first, uint64 count);
void sectorSet_remove(SectorSet *set, uint64 first, uint64 count);

/* Adds all of another set of the same size or less. */
void sectorSet_addAll(SectorSet *set, const SectorSet *other);

/* Whether any of these sectors is in the set. */
bool sectorSet_hasAny(const SectorSet *set, uint64 first, uint64 count);

/* One past the last sector of the set; 0 if it is empty. */
uint64 sectorSet_end(const SectorSet *set);

#endif /* SECTOR_SET_H */
