/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "sparse_survey.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* More grains than these that are used twice are no accident; each takes 8 bytes. */
#define MAX_LOSERS ((size_t)1 << 20)

/* Positions have 32 bits: what is behind the last one and what begins there is out of reach. */
#define MAX_POSITION ((uint64)UINT32_MAX)

/* ---------------------------------------------------------------------------------------------- grain lists */

bool grainList_add(GrainList *list, uint64 grain)
{
   if (list->count == list->room) {
      size_t room = list->room == 0 ? 64 : list->room * 2;
      uint64 *grains = realloc(list->grains, room * sizeof *grains);

      if (grains == NULL) {
         return false;
      }
      list->grains = grains;
      list->room = room;
   }
   list->grains[list->count++] = grain;
   return true;
}

static int compareGrains(const void *left, const void *right)
{
   uint64 a = *(const uint64 *)left;
   uint64 b = *(const uint64 *)right;

   return (a > b) - (a < b);
}

void grainList_sort(GrainList *list)
{
   if (list->count > 0) {
      qsort(list->grains, list->count, sizeof *list->grains, compareGrains);
   }
}

bool grainList_has(const GrainList *list, uint64 grain)
{
   return list->count > 0 && bsearch(&grain, list->grains, list->count, sizeof *list->grains, compareGrains) != NULL;
}

/* -------------------------------------------------------------------------------------------------- entries */

bool survey_isZero(const Survey *survey, uint32 entry)
{
   return entry == 0 || (entry == SPARSE_ENTRY_ZERO && (survey->header.flags & SPARSE_FLAG_ZERO_GRAINS) != 0);
}

/* How many sectors of a grain are part of the extent. */
static uint64 sectorsOfGrain(const Survey *survey, uint64 grain)
{
   uint64 first = grain * survey->header.grainSectors;

   return minOf(survey->header.grainSectors, survey->header.capacity - first);
}

uint64 survey_sectorsInFile(const Survey *survey, uint32 entry)
{
   return entry < survey->fileSectors ? minOf(survey->header.grainSectors, survey->fileSectors - entry) : 0;
}

EntryQuality survey_qualityOf(const Survey *survey, uint64 grain, uint32 entry)
{
   uint64 inFile = survey_sectorsInFile(survey, entry);

   if (survey_isZero(survey, entry)) {
      return ENTRY_SOUND;
   }
   if (grain >= survey->numGrains || inFile == 0 || sectorSet_hasAny(&survey->fixed, entry, inFile) ||
       sectorSet_hasAny(&survey->tables, entry, inFile)) {
      return ENTRY_NONSENSE;
   }
   if (inFile < sectorsOfGrain(survey, grain) || entry % survey->header.grainSectors != 0) {
      return ENTRY_DOUBTFUL;
   }
   return ENTRY_SOUND;
}

bool survey_isOutranked(const Survey *survey, uint64 grain, uint32 entry, uint32 redundant)
{
   return !survey_isZero(survey, redundant) &&
          survey_qualityOf(survey, grain, redundant) > survey_qualityOf(survey, grain, entry);
}

bool survey_claim(Survey *survey, uint32 entry)
{
   uint64 inFile = survey_sectorsInFile(survey, entry);

   if (sectorSet_hasAny(&survey->grains, entry, inFile)) {
      return false;
   }
   sectorSet_add(&survey->grains, entry, inFile);
   return true;
}

/* --------------------------------------------------------------------------------------------------- tables */

static VixError readEntries(const Survey *survey, uint64 sector, uint64 count, uint32 *entries)
{
   VixError error = file_read(survey->file, sector * SECTOR_SIZE, entries, (size_t)count * sizeof *entries);

   for (uint64 i = 0; error == VIX_OK && i < count; i++) {
      entries[i] = le32toh(entries[i]);
   }
   return error;
}

/* How many entries of a table make no sense, and how many show a grain. */
static void judge(const Survey *survey, uint64 table, const uint32 *entries, uint64 *nonsense, uint64 *sense)
{
   *nonsense = *sense = 0;
   for (uint64 i = 0; i < survey->header.tableEntries; i++) {
      if (survey_qualityOf(survey, table * survey->header.tableEntries + i, entries[i]) == ENTRY_NONSENSE) {
         (*nonsense)++;
      } else if (!survey_isZero(survey, entries[i])) {
         (*sense)++;
      }
   }
}

/*
 * Nonsense in one copy only says that all of that copy may be wrong. The main copy is given up for the other one only
 * if it is nonsense for the most part: the other one may lack grains.
 */
static void distrust(Survey *survey, uint64 table)
{
   size_t bytes = survey->header.tableEntries * sizeof(uint32);
   uint64 nonsense;
   uint64 sense;
   uint64 redundantNonsense;
   uint64 redundantSense;

   judge(survey, table, survey->entries, &nonsense, &sense);
   judge(survey, table, survey->redundantEntries, &redundantNonsense, &redundantSense);
   if (nonsense == 0 && redundantNonsense > 0) {
      memcpy(survey->redundantEntries, survey->entries, bytes);
   } else if (nonsense > sense && redundantNonsense == 0) {
      memcpy(survey->entries, survey->redundantEntries, bytes);
   }
}

VixError survey_loadTable(Survey *survey, uint64 table)
{
   uint64 count = survey->header.tableEntries;
   TableState state = survey->states[table];
   TableState redundantState = survey->redundantStates[table];
   bool haveMain = state == TABLE_GOOD || (state == TABLE_SHARED && redundantState != TABLE_GOOD);
   bool haveRedundant = redundantState == TABLE_GOOD || (redundantState == TABLE_SHARED && state == TABLE_LOST);
   VixError error = VIX_OK;

   memset(survey->entries, 0, count * sizeof(uint32));
   memset(survey->redundantEntries, 0, count * sizeof(uint32));
   if (haveMain) {
      error = readEntries(survey, survey->directory[table], count, survey->entries);
   }
   if (error == VIX_OK && haveRedundant) {
      error = readEntries(survey, survey->redundantDirectory[table], count, survey->redundantEntries);
   }
   if (error != VIX_OK) {
      return error;
   }
   if (!haveRedundant) {
      memcpy(survey->redundantEntries, survey->entries, count * sizeof(uint32));
   } else if (!haveMain && state != TABLE_ABSENT) {
      memcpy(survey->entries, survey->redundantEntries, count * sizeof(uint32));
   } else if (memcmp(survey->entries, survey->redundantEntries, count * sizeof(uint32)) != 0) {
      distrust(survey, table);
   }
   return VIX_OK;
}

bool survey_hasTable(const Survey *survey, uint64 table)
{
   return survey->states[table] != TABLE_ABSENT || survey->redundantStates[table] != TABLE_ABSENT;
}

/* Whether a table can be at a position of a directory. */
static bool canBeTable(const Survey *survey, uint32 sector)
{
   return sector > 0 && sector * SECTOR_SIZE + survey->header.tableEntries * sizeof(uint32) <= survey->fileBytes &&
          !sectorSet_hasAny(&survey->fixed, sector, survey->tableSectors);
}

static TableState claimTable(Survey *survey, uint32 sector)
{
   if (sectorSet_hasAny(&survey->tables, sector, survey->tableSectors) ||
       sectorSet_hasAny(&survey->grains, sector, survey->tableSectors)) {
      return TABLE_SHARED;
   }
   sectorSet_add(&survey->tables, sector, survey->tableSectors);
   return TABLE_GOOD;
}

static TableState firstState(const Survey *survey, uint32 sector)
{
   if (sector == 0) {
      return TABLE_ABSENT;
   }
   return canBeTable(survey, sector) ? TABLE_PENDING : TABLE_LOST;
}

static bool hasNoEntries(const uint32 *entries, uint64 count)
{
   uint32 all = 0;

   for (uint64 i = 0; i < count; i++) {
      all |= entries[i];
   }
   return all == 0;
}

static bool isPlaced(const Survey *survey, uint32 sector)
{
   return sector + survey->tableSectors <= survey->header.overhead;
}

/* Gives a table and its copy their places if they are the same. Zeros are the same everywhere: they prove nothing. */
static VixError claimAgreedTable(Survey *survey, uint64 table)
{
   uint64 count = survey->header.tableEntries;
   uint32 sector = survey->directory[table];
   uint32 redundant = survey->redundantDirectory[table];
   bool placed = isPlaced(survey, sector) && isPlaced(survey, redundant);
   bool empty;
   VixError error = readEntries(survey, sector, count, survey->entries);

   if (error == VIX_OK) {
      error = readEntries(survey, redundant, count, survey->redundantEntries);
   }
   empty = hasNoEntries(survey->entries, count);
   if (error == VIX_OK && (placed || !empty) &&
       memcmp(survey->entries, survey->redundantEntries, count * sizeof(uint32)) == 0) {
      survey->states[table] = (uint8)claimTable(survey, sector);
      survey->redundantStates[table] = (uint8)claimTable(survey, redundant);
      survey->empty[table] =
         empty && survey->states[table] == TABLE_GOOD && survey->redundantStates[table] == TABLE_GOOD;
   }
   return error;
}

static VixError claimAgreedTables(Survey *survey)
{
   VixError error = VIX_OK;

   for (uint64 i = 0; error == VIX_OK && i < survey->numTables; i++) {
      survey->states[i] = (uint8)firstState(survey, survey->directory[i]);
      survey->redundantStates[i] = (uint8)firstState(survey, survey->redundantDirectory[i]);
      if (survey->states[i] == TABLE_PENDING && survey->redundantStates[i] == TABLE_PENDING) {
         error = claimAgreedTable(survey, i);
      }
   }
   return error;
}

typedef enum { RANK_PLACED, RANK_SENSIBLE, RANK_ANY } Rank;

/* Whether what is at a sector looks so much like a table. */
static VixError hasRank(Survey *survey, uint64 table, uint32 sector, Rank rank, bool *has)
{
   uint64 nonsense;
   uint64 sense;
   VixError error = VIX_OK;

   *has = rank == RANK_ANY || isPlaced(survey, sector);
   if (!*has && rank == RANK_SENSIBLE) {
      error = readEntries(survey, sector, survey->header.tableEntries, survey->entries);
      judge(survey, table, survey->entries, &nonsense, &sense);
      *has = sense > 0 && nonsense == 0;
   }
   return error;
}

/*
 * Gives their places to tables of a rank that have none yet. A main table whose copy was better placed is taken for
 * damaged.
 */
static VixError claimTables(Survey *survey, const uint32 *directory, uint8 *states, Rank rank)
{
   VixError error = VIX_OK;

   for (uint64 i = 0; error == VIX_OK && i < survey->numTables; i++) {
      bool has;

      if (states[i] != TABLE_PENDING) {
         continue;
      }
      error = hasRank(survey, i, directory[i], rank, &has);
      if (error == VIX_OK && has) {
         bool given = states == survey->states && survey->counted[i] == COUNTED_REDUNDANT;

         states[i] = (uint8)(given ? TABLE_SHARED : claimTable(survey, directory[i]));
      }
   }
   return error;
}

/* --------------------------------------------------------------------------------------------------- grains */

static VixError lose(Survey *survey, uint64 grain)
{
   if (survey->losers.count == MAX_LOSERS) {
      survey->tooMany = true;
      return VIX_OK;
   }
   return grainList_add(&survey->losers, grain) ? VIX_OK : VIX_E_OUT_OF_MEMORY;
}

/* Gives their places to the grains of the loaded table that both copies agree on, or else to those of the main copy. */
static VixError claimInTable(Survey *survey, uint64 table, bool agreed)
{
   VixError error = VIX_OK;

   for (uint64 i = 0; error == VIX_OK && i < survey->header.tableEntries; i++) {
      uint64 grain = table * survey->header.tableEntries + i;
      uint32 entry = survey->entries[i];
      uint32 redundant = survey->redundantEntries[i];
      EntryQuality quality;

      if (survey_isZero(survey, entry) || (entry == redundant) != agreed) {
         continue;
      }
      quality = survey_qualityOf(survey, grain, entry);
      if (quality != ENTRY_NONSENSE && !survey_isOutranked(survey, grain, entry, redundant) &&
          !survey_claim(survey, entry)) {
         error = lose(survey, grain);
      }
   }
   return error;
}

static bool isGood(uint8 state)
{
   return state == TABLE_GOOD;
}

static Counted countOf(const Survey *survey, uint64 table)
{
   if (isGood(survey->states[table]) && isGood(survey->redundantStates[table])) {
      return COUNTED_AGREED;
   }
   if (isGood(survey->states[table])) {
      return COUNTED_MAIN;
   }
   return survey->states[table] == TABLE_ABSENT ? COUNTED_AGREED : COUNTED_REDUNDANT;
}

/* Gives their places to the grains of tables that have theirs since last time, or of all that are left. */
static VixError claimAgreedGrains(Survey *survey, bool all)
{
   VixError error = VIX_OK;

   for (uint64 i = 0; error == VIX_OK && i < survey->numTables; i++) {
      bool ready =
         (all && survey_hasTable(survey, i)) || isGood(survey->states[i]) || isGood(survey->redundantStates[i]);

      if (survey->counted[i] == COUNTED_NOT && ready && !survey->empty[i]) {
         survey->counted[i] = (uint8)countOf(survey, i);
         error = survey_loadTable(survey, i);
         if (error == VIX_OK) {
            error = claimInTable(survey, i, true);
         }
      }
   }
   return error;
}

/* Gives their places to the grains of the main copy that the other one has elsewhere or not at all. */
static VixError claimMainGrains(Survey *survey)
{
   VixError error = VIX_OK;

   for (uint64 i = 0; error == VIX_OK && i < survey->numTables; i++) {
      if (survey->counted[i] == COUNTED_AGREED) {
         survey->counted[i] = COUNTED_BOTH;
         error = survey_loadTable(survey, i);
         if (error == VIX_OK) {
            error = claimInTable(survey, i, false);
         }
      }
   }
   return error;
}

/* Gives places to all tables and grains. */
static VixError claimAll(Survey *survey)
{
   VixError error = claimAgreedTables(survey);

   if (error == VIX_OK) {
      error = claimAgreedGrains(survey, false);
   }
   for (Rank rank = RANK_PLACED; error == VIX_OK && rank <= RANK_ANY; rank++) {
      error = claimTables(survey, survey->directory, survey->states, rank);
      if (error == VIX_OK) {
         error = claimTables(survey, survey->redundantDirectory, survey->redundantStates, rank);
      }
      if (error == VIX_OK) {
         error = claimAgreedGrains(survey, rank == RANK_ANY);
      }
      if (error == VIX_OK) {
         error = claimMainGrains(survey);
      }
   }
   grainList_sort(&survey->losers);
   return error;
}

/* ---------------------------------------------------------------------------------------------- the survey */

static void addFixed(Survey *survey, uint64 first, uint64 count)
{
   survey->overlapping = survey->overlapping || sectorSet_hasAny(&survey->fixed, first, count);
   sectorSet_add(&survey->fixed, first, count);
}

static void claimFixed(Survey *survey)
{
   const SparseHeader *header = &survey->header;
   uint64 directorySectors = divideUp(survey->numTables * sizeof(uint32), SECTOR_SIZE);

   addFixed(survey, 0, 1);
   if (header->descriptorOffset != 0) {
      addFixed(survey, header->descriptorOffset, header->descriptorSize);
   }
   addFixed(survey, header->directory, directorySectors);
   if (survey->hasRedundant) {
      addFixed(survey, header->redundantDirectory, directorySectors);
   }
   sectorSet_add(&survey->fixed, 1, 1); /* no grain is here even if nothing is, for the entry may mean zeros */
}

static VixError allocate(Survey *survey)
{
   size_t tables = (size_t)survey->numTables;
   size_t entries = survey->header.tableEntries;
   uint64 sectors = minOf(divideUp(survey->fileBytes, SECTOR_SIZE), MAX_POSITION + survey->tableSectors);
   VixError error;

   survey->directory = calloc(tables, sizeof *survey->directory);
   survey->redundantDirectory = calloc(tables, sizeof *survey->redundantDirectory);
   survey->states = calloc(tables, sizeof *survey->states);
   survey->redundantStates = calloc(tables, sizeof *survey->redundantStates);
   survey->counted = calloc(tables, sizeof *survey->counted);
   survey->empty = calloc(tables, sizeof *survey->empty);
   survey->entries = calloc(entries, sizeof *survey->entries);
   survey->redundantEntries = calloc(entries, sizeof *survey->redundantEntries);
   if (survey->directory == NULL || survey->redundantDirectory == NULL || survey->states == NULL ||
       survey->redundantStates == NULL || survey->counted == NULL || survey->empty == NULL || survey->entries == NULL ||
       survey->redundantEntries == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = sectorSet_init(&survey->fixed, sectors);
   if (error == VIX_OK) {
      error = sectorSet_init(&survey->tables, sectors);
   }
   return error == VIX_OK ? sectorSet_init(&survey->grains, sectors) : error;
}

static VixError take(Survey *survey)
{
   VixError error = allocate(survey);

   if (error != VIX_OK) {
      return error;
   }
   claimFixed(survey);
   if (survey->overlapping) {
      return VIX_OK;
   }
   error = readEntries(survey, survey->header.directory, survey->numTables, survey->directory);
   if (error == VIX_OK && survey->hasRedundant) {
      error = readEntries(survey, survey->header.redundantDirectory, survey->numTables, survey->redundantDirectory);
   }
   return error == VIX_OK ? claimAll(survey) : error;
}

VixError survey_begin(File *file, const SparseHeader *header, Survey *survey)
{
   VixError error;

   *survey = (Survey){.file = file,
                      .header = *header,
                      .fileBytes = file->size,
                      .fileSectors = minOf(file->size / SECTOR_SIZE, MAX_POSITION + header->grainSectors),
                      .numTables = sparse_numTables(header),
                      .numGrains = divideUp(header->capacity, header->grainSectors),
                      .tableSectors = divideUp(header->tableEntries * sizeof(uint32), SECTOR_SIZE),
                      .hasRedundant = (header->flags & SPARSE_FLAG_REDUNDANT_TABLES) != 0};
   error = take(survey);
   if (error != VIX_OK) {
      survey_end(survey);
   }
   return error;
}

void survey_end(Survey *survey)
{
   free(survey->directory);
   free(survey->redundantDirectory);
   free(survey->states);
   free(survey->redundantStates);
   free(survey->counted);
   free(survey->empty);
   free(survey->entries);
   free(survey->redundantEntries);
   free(survey->losers.grains);
   sectorSet_free(&survey->fixed);
   sectorSet_free(&survey->tables);
   sectorSet_free(&survey->grains);
}
