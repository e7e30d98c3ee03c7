/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Grains move in batches, to places that were free before the batch. The data is on stable storage before entries point
 * at it, and the entries are before the old places count as free: two waits for a batch.
 */
#include "sparse_compact.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sector_set.h"
#include "sparse_check.h"

#define BATCH_BYTES (UINT64_C(16) << 20)

/* A grain that is in the file. */
typedef struct Place {
   uint64 grain;
   uint32 sector;
} Place;

typedef struct Move {
   Place *place;
   uint32 to;
} Move;

typedef struct Compactor {
   File *file;
   const SparseHeader *header;
   GrainTables *tables;
   const Compaction *compaction;
   SectorSet used; /* sectors of the file that must not be overwritten */
   Place *places;
   size_t numPlaces;
   size_t room;
   uint64 firstSlot; /* where grains may begin, in grains */
   uint8 *buffer;    /* a grain */
   Move *moves;
   size_t numMoves;
   size_t maxMoves; /* of a batch */
} Compactor;

static void report(const Compactor *compactor, uint64 done, uint64 total)
{
   const Compaction *compaction = compactor->compaction;

   if (done < total) {
      progress_report(compaction->progress, compaction->part * total + done, compaction->parts * total);
   }
}

/* ---------------------------------------------------------------------------------------------------- places */

static bool isFree(const Compactor *compactor, uint64 slot)
{
   return !sectorSet_hasAny(&compactor->used, slot * compactor->header->grainSectors, compactor->header->grainSectors);
}

static void setUsed(Compactor *compactor, uint64 sector, bool used)
{
   (used ? sectorSet_add : sectorSet_remove)(&compactor->used, sector, compactor->header->grainSectors);
}

static VixError addPlaces(Compactor *compactor, uint64 grain, const GrainRun *run)
{
   while (compactor->room - compactor->numPlaces < run->grains) {
      size_t room = compactor->room == 0 ? 1024 : compactor->room * 2;
      Place *places = realloc(compactor->places, room * sizeof *places);

      if (places == NULL) {
         return VIX_E_OUT_OF_MEMORY;
      }
      compactor->places = places;
      compactor->room = room;
   }
   for (uint64 i = 0; i < run->grains; i++) {
      uint64 sector = run->firstSector + i * compactor->header->grainSectors;

      VixError error = sectorSet_reserve(&compactor->used, sector + compactor->header->grainSectors);

      if (error != VIX_OK) {
         return error;
      }
      /* All of it, even if the file ends within the last grain. */
      setUsed(compactor, sector, true);
      compactor->places[compactor->numPlaces++] = (Place){grain + i, (uint32)sector};
   }
   return VIX_OK;
}

/* Lists the grains in the order of the extent. */
static VixError collect(Compactor *compactor)
{
   uint64 numGrains = divideUp(compactor->header->capacity, compactor->header->grainSectors);
   GrainRun run;

   for (uint64 grain = 0; grain < numGrains; grain += run.grains) {
      VixError error = grainTables_find(compactor->tables, grain, numGrains - grain, &run);

      if (error == VIX_OK && run.kind == RUN_DATA) {
         error = addPlaces(compactor, grain, &run);
      }
      if (error != VIX_OK) {
         return error;
      }
   }
   return VIX_OK;
}

/* Sectors of a grain that are part of the extent. */
static uint64 sectorsOf(const Compactor *compactor, const Place *place)
{
   uint64 grainSectors = compactor->header->grainSectors;

   return minOf(grainSectors, compactor->header->capacity - place->grain * grainSectors);
}

static VixError readGrain(Compactor *compactor, const Place *place)
{
   return file_read(compactor->file, place->sector * SECTOR_SIZE, compactor->buffer,
                    (size_t)(sectorsOf(compactor, place) * SECTOR_SIZE));
}

/* --------------------------------------------------------------------------------------------------- moving */

/* Plans to move a grain to a slot that is free. */
static VixError planMove(Compactor *compactor, Place *place, uint64 slot)
{
   uint64 sector = slot * compactor->header->grainSectors;
   VixError error;

   if (sector + compactor->header->grainSectors > UINT32_MAX) {
      return VIX_E_FILE_TOO_BIG;
   }
   error = sectorSet_reserve(&compactor->used, sector + compactor->header->grainSectors);
   if (error == VIX_OK) {
      setUsed(compactor, sector, true);
      compactor->moves[compactor->numMoves++] = (Move){place, (uint32)sector};
   }
   return error;
}

/* Writes all of the grain, so that nothing of what was in its new place is left. */
static VixError copyData(Compactor *compactor, const Move *move)
{
   size_t bytes = (size_t)(compactor->header->grainSectors * SECTOR_SIZE);
   VixError error = readGrain(compactor, move->place);

   if (error == VIX_OK) {
      size_t length = (size_t)(sectorsOf(compactor, move->place) * SECTOR_SIZE);

      memset(compactor->buffer + length, 0, bytes - length);
      error = file_write(compactor->file, move->to * SECTOR_SIZE, compactor->buffer, bytes);
   }
   return error;
}

/* How many moves from one on go to places next to each other, of grains next to each other. */
static size_t countRun(const Compactor *compactor, size_t first)
{
   const Move *moves = compactor->moves;
   size_t count = 1;

   while (first + count < compactor->numMoves &&
          moves[first + count].place->grain == moves[first].place->grain + count &&
          moves[first + count].to == moves[first].to + count * compactor->header->grainSectors) {
      count++;
   }
   return count;
}

static VixError enterMoves(Compactor *compactor)
{
   VixError error = VIX_OK;
   size_t count;

   for (size_t i = 0; error == VIX_OK && i < compactor->numMoves; i += count) {
      count = countRun(compactor, i);
      error = grainTables_assign(compactor->tables, compactor->moves[i].place->grain, count, compactor->moves[i].to);
   }
   return error;
}

/* Carries out the batch that was planned. */
static VixError moveBatch(Compactor *compactor)
{
   VixError error = VIX_OK;

   for (size_t i = 0; error == VIX_OK && i < compactor->numMoves; i++) {
      error = copyData(compactor, &compactor->moves[i]);
   }
   if (error == VIX_OK && compactor->numMoves > 0) {
      error = file_sync(compactor->file);
   }
   if (error == VIX_OK) {
      error = enterMoves(compactor);
   }
   if (error == VIX_OK && compactor->numMoves > 0) {
      error = file_sync(compactor->file);
   }
   for (size_t i = 0; error == VIX_OK && i < compactor->numMoves; i++) {
      setUsed(compactor, compactor->moves[i].place->sector, false);
      compactor->moves[i].place->sector = compactor->moves[i].to;
   }
   compactor->numMoves = 0;
   return error;
}

/* ------------------------------------------------------------------------------------------------ dropping */

static VixError mayDrop(Compactor *compactor, const Place *place, bool *drop)
{
   const Compaction *compaction = compactor->compaction;
   uint64 sectors = sectorsOf(compactor, place);
   VixError error = readGrain(compactor, place);

   *drop = error == VIX_OK && isAllZero(compactor->buffer, (size_t)(sectors * SECTOR_SIZE)) &&
           (compaction->mayBecomeHole == NULL ||
            compaction->mayBecomeHole(compaction->context, place->grain * compactor->header->grainSectors, sectors));
   return error;
}

/* Makes grains of zeros holes. Their places are free when that is on stable storage. */
static VixError dropZeros(Compactor *compactor)
{
   size_t kept = 0;
   VixError error = VIX_OK;

   for (size_t i = 0; error == VIX_OK && i < compactor->numPlaces; i++) {
      Place place = compactor->places[i];
      bool drop;

      error = mayDrop(compactor, &place, &drop);
      if (error == VIX_OK && drop) {
         error = grainTables_clear(compactor->tables, place.grain, 1);
         setUsed(compactor, place.sector, false);
      } else {
         compactor->places[kept++] = place;
      }
      report(compactor, i, 2 * compactor->numPlaces);
   }
   if (error == VIX_OK && kept < compactor->numPlaces) {
      log_info("VixDiskLib: %llu grains of zeros become holes.\n", (unsigned long long)(compactor->numPlaces - kept));
      error = file_sync(compactor->file);
   }
   compactor->numPlaces = kept;
   return error;
}

/* ------------------------------------------------------------------------------------------------- packing */

static int compareSectors(const void *left, const void *right)
{
   uint32 a = ((const Place *)left)->sector;
   uint32 b = ((const Place *)right)->sector;

   return (a > b) - (a < b);
}

/* Fills the gaps with grains from the end of the file. */
static VixError pack(Compactor *compactor)
{
   uint64 slot = compactor->firstSlot;
   VixError error = VIX_OK;

   if (compactor->numPlaces > 0) { /* else there may be no array */
      qsort(compactor->places, compactor->numPlaces, sizeof *compactor->places, compareSectors);
   }
   for (size_t i = compactor->numPlaces; error == VIX_OK && i > 0; i--) {
      Place *last = &compactor->places[i - 1];

      while (slot * compactor->header->grainSectors < last->sector && !isFree(compactor, slot)) {
         slot++;
      }
      if (slot * compactor->header->grainSectors >= last->sector) {
         break;
      }
      error = planMove(compactor, last, slot);
      if (error == VIX_OK && compactor->numMoves == compactor->maxMoves) {
         error = moveBatch(compactor);
         report(compactor, 2 * compactor->numPlaces - i, 2 * compactor->numPlaces);
      }
   }
   return error == VIX_OK ? moveBatch(compactor) : error;
}

/* ------------------------------------------------------------------------------------------------- sorting */

#define NOBODY UINT32_MAX

/* A disk that is being sorted: who is in which slot of the file. */
typedef struct Sorter {
   Compactor *compactor;
   uint32 *owners; /* index of the place, or NOBODY */
   uint64 numSlots;
   uint64 spare;  /* slot to begin the search for a free one with */
   bool allInUse; /* no slot is free but at the end */
   uint64 window; /* slot after those of the batch */
} Sorter;

static uint64 slotOf(const Sorter *sorter, const Place *place)
{
   return place->sector / sorter->compactor->header->grainSectors;
}

static VixError growOwners(Sorter *sorter, uint64 numSlots)
{
   uint32 *owners;

   if (numSlots <= sorter->numSlots) {
      return VIX_OK;
   }
   numSlots += numSlots / 8;
   owners = realloc(sorter->owners, (size_t)numSlots * sizeof *owners);
   if (owners == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   for (uint64 i = sorter->numSlots; i < numSlots; i++) {
      owners[i] = NOBODY;
   }
   sorter->owners = owners;
   sorter->numSlots = numSlots;
   return VIX_OK;
}

static uint64 endSlot(const Sorter *sorter)
{
   return divideUp(divideUp(sorter->compactor->file->size, SECTOR_SIZE), sorter->compactor->header->grainSectors);
}

/* A free slot after those of the batch, at the end of the file if need be. */
static uint64 findSpare(Sorter *sorter)
{
   uint64 end = endSlot(sorter);

   for (int turn = 0; turn < 2 && !sorter->allInUse; turn++) {
      uint64 slot = sorter->spare > sorter->window ? sorter->spare : sorter->window;

      while (slot < end && !isFree(sorter->compactor, slot)) {
         slot++;
      }
      sorter->spare = slot;
      if (slot < end) {
         return slot;
      }
      sorter->spare = 0;
   }
   sorter->allInUse = true;
   while (!isFree(sorter->compactor, end)) {
      end++;
   }
   return end;
}

/* Plans to move a grain, and notes where it will be. */
static VixError planFor(Sorter *sorter, uint32 index, uint64 slot)
{
   Place *place = &sorter->compactor->places[index];
   VixError error = growOwners(sorter, slot + 1);

   if (error == VIX_OK) {
      error = planMove(sorter->compactor, place, slot);
   }
   if (error == VIX_OK) {
      if (sorter->owners[slotOf(sorter, place)] == index) {
         sorter->owners[slotOf(sorter, place)] = NOBODY;
      }
      sorter->owners[slot] = index;
   }
   return error;
}

/* Moves grains that are not at a multiple of their size to one at the end of the file, so that all others are. */
static VixError align(Sorter *sorter)
{
   Compactor *compactor = sorter->compactor;
   VixError error = growOwners(sorter, endSlot(sorter));

   for (uint32 i = 0; error == VIX_OK && i < compactor->numPlaces; i++) {
      if (compactor->places[i].sector % compactor->header->grainSectors == 0) {
         sorter->owners[slotOf(sorter, &compactor->places[i])] = i;
         continue;
      }
      sorter->allInUse = true;
      error = planFor(sorter, i, findSpare(sorter));
      if (error == VIX_OK && compactor->numMoves == compactor->maxMoves) {
         error = moveBatch(compactor);
      }
   }
   return error == VIX_OK ? moveBatch(compactor) : error;
}

/* The slots of a batch: target[i] is the one for the grain with the index first + i. */
typedef struct Window {
   uint32 first;
   uint32 count;
   uint64 *targets;
} Window;

/* Chooses the next slots: all but those of the tables. */
static VixError chooseWindow(Sorter *sorter, uint32 first, uint64 slot, Window *window)
{
   Compactor *compactor = sorter->compactor;

   window->first = first;
   for (window->count = 0; window->count < compactor->maxMoves && first + window->count < compactor->numPlaces;
        slot++) {
      VixError error = growOwners(sorter, slot + 1);

      if (error != VIX_OK) {
         return error;
      }
      if (sorter->owners[slot] != NOBODY || isFree(compactor, slot)) {
         window->targets[window->count++] = slot;
      }
   }
   sorter->window = slot;
   return VIX_OK;
}

/* Moves what is in the slots of a batch, and belongs elsewhere, out of the way. */
static VixError evict(Sorter *sorter, const Window *window)
{
   VixError error = VIX_OK;

   sorter->allInUse = false;
   for (uint32 i = 0; error == VIX_OK && i < window->count; i++) {
      uint32 owner = sorter->owners[window->targets[i]];

      if (owner != NOBODY && owner != window->first + i) {
         error = planFor(sorter, owner, findSpare(sorter));
      }
   }
   return error == VIX_OK ? moveBatch(sorter->compactor) : error;
}

static VixError settle(Sorter *sorter, const Window *window)
{
   VixError error = VIX_OK;

   for (uint32 i = 0; error == VIX_OK && i < window->count; i++) {
      if (sorter->owners[window->targets[i]] != window->first + i) {
         error = planFor(sorter, window->first + i, window->targets[i]);
      }
   }
   return error == VIX_OK ? moveBatch(sorter->compactor) : error;
}

static VixError sortWindows(Sorter *sorter)
{
   Compactor *compactor = sorter->compactor;
   Window window = {0, 0, calloc(compactor->maxMoves, sizeof *window.targets)};
   VixError error = window.targets != NULL ? VIX_OK : VIX_E_OUT_OF_MEMORY;

   sorter->window = compactor->firstSlot;
   for (uint32 i = 0; error == VIX_OK && i < compactor->numPlaces; i += window.count) {
      error = chooseWindow(sorter, i, sorter->window, &window);
      if (error == VIX_OK) {
         error = evict(sorter, &window);
      }
      if (error == VIX_OK) {
         error = settle(sorter, &window);
      }
      report(compactor, i, compactor->numPlaces);
   }
   free(window.targets);
   return error;
}

/* Puts the grains into the order of the extent. */
static VixError sort(Compactor *compactor)
{
   Sorter sorter = {.compactor = compactor};
   VixError error;

   if (compactor->numPlaces >= NOBODY) {
      return VIX_E_FILE_TOO_BIG;
   }
   error = align(&sorter);
   if (error == VIX_OK) {
      error = sortWindows(&sorter);
   }
   free(sorter.owners);
   return error;
}

/* ---------------------------------------------------------------------------------------------- the whole */

/* Gives back what is behind the last sector that is used, as far as it is room for grains. */
static VixError cutOff(Compactor *compactor)
{
   uint64 start = compactor->firstSlot * compactor->header->grainSectors;
   uint64 end = sectorSet_end(&compactor->used);

   end = (end > start ? end : start) * SECTOR_SIZE;
   return end < compactor->file->size ? file_resize(compactor->file, end) : VIX_OK;
}

static VixError work(Compactor *compactor)
{
   const Compaction *compaction = compactor->compaction;
   VixError error = collect(compactor);

   if (error == VIX_OK && compaction->dropZeros) {
      error = dropZeros(compactor);
   }
   if (error == VIX_OK) {
      error = compaction->sort ? sort(compactor) : pack(compactor);
   }
   if (error == VIX_OK) {
      error = cutOff(compactor);
   }
   return error == VIX_OK ? file_sync(compactor->file) : error;
}

/* Grains begin behind the tables, as far as the header tells where that is. */
static uint64 firstSlotOf(const File *file, const SparseHeader *header)
{
   uint64 overhead = header->overhead <= file->size / SECTOR_SIZE ? header->overhead : 0;

   return divideUp(overhead, header->grainSectors);
}

VixError sparse_compact(File *file, const SparseHeader *header, GrainTables *tables, const char *name,
                        const Compaction *compaction)
{
   uint64 grainBytes = header->grainSectors * SECTOR_SIZE;
   Compactor compactor = {.file = file,
                          .header = header,
                          .tables = tables,
                          .compaction = compaction,
                          .firstSlot = firstSlotOf(file, header),
                          .maxMoves = BATCH_BYTES < grainBytes ? 1 : (size_t)(BATCH_BYTES / grainBytes)};
   VixError error = sparse_check(file, header, name, false, &compactor.used);

   if (error == VIX_OK) {
      compactor.buffer = malloc((size_t)grainBytes);
      compactor.moves = calloc(compactor.maxMoves, sizeof *compactor.moves);
      error = compactor.buffer != NULL && compactor.moves != NULL ? work(&compactor) : VIX_E_OUT_OF_MEMORY;
   }
   sectorSet_free(&compactor.used);
   free(compactor.places);
   free(compactor.buffer);
   free(compactor.moves);
   return error;
}
