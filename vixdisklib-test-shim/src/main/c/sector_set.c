/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "sector_set.h"

#include <stdlib.h>
#include <string.h>

#define WORD_BITS UINT64_C(64)

VixError sectorSet_init(SectorSet *set, uint64 sectors)
{
   set->numWords = divideUp(sectors, WORD_BITS) + 1; /* never none */
   set->words = calloc((size_t)set->numWords, sizeof *set->words);
   return set->words != NULL ? VIX_OK : VIX_E_OUT_OF_MEMORY;
}

VixError sectorSet_reserve(SectorSet *set, uint64 sectors)
{
   uint64 numWords = divideUp(sectors, WORD_BITS) + 1;
   uint64 *words;

   if (numWords <= set->numWords) {
      return VIX_OK;
   }
   words = realloc(set->words, (size_t)numWords * sizeof *words);
   if (words == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   memset(words + set->numWords, 0, (size_t)(numWords - set->numWords) * sizeof *words);
   set->words = words;
   set->numWords = numWords;
   return VIX_OK;
}

void sectorSet_free(SectorSet *set)
{
   free(set->words);
   set->words = NULL;
   set->numWords = 0;
}

/* The bits of the word that a sector is in, from that sector on; *part says how many of count they are. */
static uint64 maskFrom(uint64 sector, uint64 count, uint64 *part)
{
   uint64 bit = sector % WORD_BITS;

   *part = minOf(WORD_BITS - bit, count);
   return (UINT64_MAX >> (WORD_BITS - *part)) << bit;
}

void sectorSet_add(SectorSet *set, uint64 first, uint64 count)
{
   uint64 part;

   for (; count > 0; first += part, count -= part) {
      uint64 mask = maskFrom(first, count, &part);

      set->words[first / WORD_BITS] |= mask;
   }
}

void sectorSet_remove(SectorSet *set, uint64 first, uint64 count)
{
   uint64 part;

   for (; count > 0; first += part, count -= part) {
      uint64 mask = maskFrom(first, count, &part);

      set->words[first / WORD_BITS] &= ~mask;
   }
}

void sectorSet_addAll(SectorSet *set, const SectorSet *other)
{
   for (uint64 i = 0; i < minOf(set->numWords, other->numWords); i++) {
      if (other->words[i] != 0) {
         set->words[i] |= other->words[i];
      }
   }
}

bool sectorSet_hasAny(const SectorSet *set, uint64 first, uint64 count)
{
   uint64 part;

   for (; count > 0 && first / WORD_BITS < set->numWords; first += part, count -= part) {
      uint64 mask = maskFrom(first, count, &part);

      if ((set->words[first / WORD_BITS] & mask) != 0) {
         return true;
      }
   }
   return false;
}

uint64 sectorSet_end(const SectorSet *set)
{
   for (uint64 i = set->numWords; i > 0; i--) {
      uint64 word = set->words[i - 1];

      if (word != 0) {
         return i * WORD_BITS - (uint64)__builtin_clzll(word);
      }
   }
   return 0;
}
