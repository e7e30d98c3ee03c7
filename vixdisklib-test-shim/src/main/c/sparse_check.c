/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Mending is done in two steps. The first one changes what can be changed in place, so that afterwards nothing points
 * beyond the end of the file any more. Only then the second one adds to the file: tables that are missing and copies of
 * grains. A process that is killed in between leaves an extent that reads as before or as it will, and that can be
 * mended; the order is kept on stable storage, too.
 */
#include "sparse_check.h"

#include <endian.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sparse_survey.h"

/* Findings of one extent that are logged one by one. */
#define MAX_LINES 1000

/* Mending brings to light what was hidden behind damage, such as the entries of a table that was out of reach. */
#define MAX_ROUNDS 4

/* What a table needs that has to be added to the file. */
enum { NEEDS_TABLE = 1, NEEDS_REDUNDANT_TABLE = 2, NEEDS_COPIES = 4 };

typedef struct Check {
   Survey survey;
   const char *name;
   bool repair;
   bool again; /* after mending */
   bool marked;
   uint64 damages;
   uint64 unaligned;
   bool redundantKnows; /* some grain of the table in hand: what it does not know is no grain, then */
   uint64 neededBytes;  /* of the file, for grains that are cut off */
   uint32 *target;      /* the entries that the table in hand should have */
   uint32 *stored;      /* those that one of its copies has */
   uint8 *needs;        /* of each table */
   GrainList copies;    /* grains that need a place of their own */
} Check;

typedef unsigned long long Number;

__attribute__((format(printf, 2, 3))) static void found(Check *check, const char *format, ...)
{
   char text[256];
   va_list args;

   check->damages++;
   if (check->damages > MAX_LINES) {
      return;
   }
   va_start(args, format);
   (void)vsnprintf(text, sizeof text, format, args);
   va_end(args);
   log_warn("VixDiskLib: \"%s\": damage: %s.\n", check->name, text);
}

/* ------------------------------------------------------------------------------------------------- writing */

static VixError mark(Check *check, bool unclean)
{
   uint8 byte = unclean;

   check->marked = unclean;
   return file_write(check->survey.file, SPARSE_UNCLEAN_OFFSET, &byte, sizeof byte);
}

static VixError writeWord(Check *check, uint64 directorySector, uint64 table, uint32 sector)
{
   uint32 word = htole32(sector);
   VixError error = check->marked ? VIX_OK : mark(check, true);

   return error != VIX_OK
             ? error
             : file_write(check->survey.file, directorySector * SECTOR_SIZE + table * sizeof word, &word, sizeof word);
}

static VixError enterTable(Check *check, uint64 table, uint32 sector)
{
   check->survey.directory[table] = sector;
   return writeWord(check, check->survey.header.directory, table, sector);
}

static VixError enterRedundantTable(Check *check, uint64 table, uint32 sector)
{
   check->survey.redundantDirectory[table] = sector;
   return writeWord(check, check->survey.header.redundantDirectory, table, sector);
}

/* Writes the entries that the table in hand should have. */
static VixError writeTarget(Check *check, uint64 sector)
{
   uint32 count = check->survey.header.tableEntries;
   VixError error = check->marked ? VIX_OK : mark(check, true);

   for (uint32 i = 0; i < count; i++) {
      check->stored[i] = htole32(check->target[i]);
   }
   return error != VIX_OK ? error
                          : file_write(check->survey.file, sector * SECTOR_SIZE, check->stored, count * sizeof(uint32));
}

/* ------------------------------------------------------------------------------------------------- deciding */

static Number firstSectorOf(const Check *check, uint64 grain)
{
   return (Number)(grain * check->survey.header.grainSectors);
}

/* Notes what is wrong with a grain that keeps its place. */
static void inspect(Check *check, uint64 grain, uint32 entry)
{
   const Survey *survey = &check->survey;
   uint64 end = entry + survey->header.grainSectors;

   if (survey_qualityOf(survey, grain, entry) != ENTRY_DOUBTFUL) {
      return;
   }
   if (entry % survey->header.grainSectors != 0) {
      check->unaligned++;
   }
   if (survey_sectorsInFile(survey, entry) <
       minOf(survey->header.grainSectors, survey->header.capacity - grain * survey->header.grainSectors)) {
      found(check, "the grain at sector %llu of the extent is cut off by the end of the file, and gets zeros",
            firstSectorOf(check, grain));
      check->neededBytes = end * SECTOR_SIZE > check->neededBytes ? end * SECTOR_SIZE : check->neededBytes;
   }
}

static VixError giveCopy(Check *check, uint64 grain, uint32 entry)
{
   found(check, "the grain at sector %llu of the extent is in the file at sector %llu, which others use, too",
         firstSectorOf(check, grain), (Number)entry);
   check->needs[grain / check->survey.header.tableEntries] |= NEEDS_COPIES;
   return grainList_add(&check->copies, grain) ? VIX_OK : VIX_E_OUT_OF_MEMORY;
}

/* Whether the redundant entry leads to a grain that nobody else has; then it is this one's. */
static bool claimRedundant(Check *check, uint64 grain, uint32 redundant)
{
   return !survey_isZero(&check->survey, redundant) &&
          survey_qualityOf(&check->survey, grain, redundant) != ENTRY_NONSENSE &&
          survey_claim(&check->survey, redundant);
}

/* What an entry should be that makes no sense in the main copy, or in both. */
static uint32 replaceNonsense(Check *check, uint64 grain, uint32 entry, uint32 redundant)
{
   if (entry != redundant &&
       (claimRedundant(check, grain, redundant) || (redundant != 0 && survey_isZero(&check->survey, redundant)))) {
      found(check, "the entry of the grain at sector %llu of the extent is %llu, which makes no sense; it is %llu",
            firstSectorOf(check, grain), (Number)entry, (Number)redundant);
      return redundant;
   }
   found(check, "the entry of the grain at sector %llu of the extent is %llu, which makes no sense; its data is lost",
         firstSectorOf(check, grain), (Number)entry);
   return 0;
}

/* What an entry should be on which both copies agree. */
static VixError resolveAgreed(Check *check, uint64 grain, uint32 entry, uint32 *target)
{
   *target = entry;
   if (survey_isZero(&check->survey, entry)) {
      return VIX_OK;
   }
   if (survey_qualityOf(&check->survey, grain, entry) == ENTRY_NONSENSE) {
      *target = replaceNonsense(check, grain, entry, entry);
      return VIX_OK;
   }
   if (grainList_has(&check->survey.losers, grain)) {
      return giveCopy(check, grain, entry);
   }
   inspect(check, grain, entry);
   return VIX_OK;
}

/*
 * What an entry should be that differs between the copies. The main copy is what reads, so it counts unless it makes
 * less sense; a hole in it counts if the other copy has no grain to offer that nobody else has.
 */
static VixError resolveDisputed(Check *check, uint64 grain, uint32 entry, uint32 redundant, uint32 *target)
{
   Survey *survey = &check->survey;
   bool outranked;

   *target = entry;
   if (survey_isZero(survey, entry)) {
      if (entry == 0 && claimRedundant(check, grain, redundant)) {
         found(check, "the entry of the grain at sector %llu of the extent is missing; it is %llu",
               firstSectorOf(check, grain), (Number)redundant);
         *target = redundant;
      }
      return VIX_OK;
   }
   if (survey_qualityOf(survey, grain, entry) == ENTRY_NONSENSE) {
      *target = replaceNonsense(check, grain, entry, redundant);
      return VIX_OK;
   }
   outranked = survey_isOutranked(survey, grain, entry, redundant);
   if (!outranked && !grainList_has(&survey->losers, grain)) {
      inspect(check, grain, entry);
   } else if (claimRedundant(check, grain, redundant) || (redundant == 0 && check->redundantKnows)) {
      found(check, "the entry of the grain at sector %llu of the extent is %llu, which is doubtful; it is %llu",
            firstSectorOf(check, grain), (Number)entry, (Number)redundant);
      *target = redundant;
   } else if (!outranked || !survey_claim(survey, entry)) {
      return giveCopy(check, grain, entry);
   }
   return VIX_OK;
}

/* Decides on the entries of the table that is loaded. */
static VixError resolve(Check *check, uint64 table)
{
   Survey *survey = &check->survey;

   check->redundantKnows = false;
   for (uint64 i = 0; i < survey->header.tableEntries; i++) {
      check->redundantKnows = check->redundantKnows || survey->redundantEntries[i] != 0;
   }
   for (uint64 i = 0; i < survey->header.tableEntries; i++) {
      uint64 grain = table * survey->header.tableEntries + i;
      uint32 entry = survey->entries[i];
      uint32 redundant = survey->redundantEntries[i];
      VixError error = entry == redundant ? resolveAgreed(check, grain, entry, &check->target[i])
                                          : resolveDisputed(check, grain, entry, redundant, &check->target[i]);

      if (error != VIX_OK) {
         return error;
      }
   }
   return VIX_OK;
}

/* --------------------------------------------------------------------------------------- mending in place */

/* Makes one copy of the table in hand what it should be. */
static VixError mendEntries(Check *check, uint64 table, uint64 sector, const char *copy)
{
   uint32 count = check->survey.header.tableEntries;
   uint64 differing = 0;
   VixError error = file_read(check->survey.file, sector * SECTOR_SIZE, check->stored, count * sizeof(uint32));

   if (error != VIX_OK) {
      return error;
   }
   for (uint32 i = 0; i < count; i++) {
      differing += le32toh(check->stored[i]) != check->target[i];
   }
   if (differing == 0) {
      return VIX_OK;
   }
   found(check, "%llu entries of the %s grain table %llu are wrong", (Number)differing, copy, (Number)table);
   return check->repair ? writeTarget(check, sector) : VIX_OK;
}

static VixError mendRedundantEntry(Check *check, uint64 table, TableState state)
{
   uint32 position = check->survey.redundantDirectory[table];

   if (!check->survey.hasRedundant || state == TABLE_GOOD) {
      return VIX_OK;
   }
   if (state == TABLE_ABSENT) {
      found(check, "there is no redundant grain table %llu", (Number)table);
      return VIX_OK;
   }
   found(check, "the redundant grain table %llu is at sector %llu, %s", (Number)table, (Number)position,
         state == TABLE_SHARED ? "which others use, too" : "where none can be");
   return check->repair ? enterRedundantTable(check, table, 0) : VIX_OK;
}

/*
 * Gives a table that has no place of its own that of its redundant copy, which then needs another one; until that is
 * there, both are the same.
 */
static VixError takeOver(Check *check, uint64 table)
{
   static const char *const reasons[] = {"missing", "", "where others are, too", "where none can be"};

   found(check, "the grain table %llu is %s (sector %llu); its redundant copy takes its place", (Number)table,
         reasons[check->survey.states[table]], (Number)check->survey.directory[table]);
   check->needs[table] |= NEEDS_REDUNDANT_TABLE;
   return check->repair ? enterTable(check, table, check->survey.redundantDirectory[table]) : VIX_OK;
}

/* A table that is where others are, too, and has no copy elsewhere: it needs a place of its own. */
static VixError separate(Check *check, uint64 table)
{
   found(check, "the grain table %llu is at sector %llu, which others use, too", (Number)table,
         (Number)check->survey.directory[table]);
   check->needs[table] |= NEEDS_TABLE;
   return VIX_OK;
}

/* A table that neither directory knows a place for. */
static VixError giveUpTable(Check *check, uint64 table)
{
   uint64 sectors = check->survey.header.tableEntries * check->survey.header.grainSectors;

   found(check,
         "the grain table %llu is at sector %llu, where none can be; %llu sectors of the extent from %llu on are lost",
         (Number)table, (Number)check->survey.directory[table], (Number)sectors, (Number)(table * sectors));
   return check->repair ? enterTable(check, table, 0) : VIX_OK;
}

/* Sees to it that the directories lead to a table, and never beyond the end of the file. */
static VixError mendDirectories(Check *check, uint64 table)
{
   TableState state = check->survey.states[table];
   TableState redundantState = check->survey.redundantStates[table];
   VixError error;

   if (redundantState == TABLE_GOOD && state != TABLE_GOOD) {
      return takeOver(check, table);
   }
   if (state == TABLE_LOST && redundantState == TABLE_SHARED) {
      error = takeOver(check, table);
      check->needs[table] |= NEEDS_TABLE;
   } else if (state == TABLE_LOST) {
      error = giveUpTable(check, table);
   } else {
      error = state == TABLE_SHARED ? separate(check, table) : VIX_OK;
   }
   if (error == VIX_OK) {
      error = mendRedundantEntry(check, table, redundantState);
   }
   if (check->survey.hasRedundant && redundantState != TABLE_GOOD && state != TABLE_ABSENT &&
       check->survey.directory[table] != 0) {
      check->needs[table] |= NEEDS_REDUNDANT_TABLE;
   }
   return error;
}

/* Examines a table, and mends what can be mended in place. */
static VixError mendInPlace(Check *check, uint64 table)
{
   Survey *survey = &check->survey;
   TableState state = survey->states[table];
   TableState redundantState = survey->redundantStates[table];
   VixError error;

   if (survey->empty[table] || !survey_hasTable(survey, table)) {
      return VIX_OK;
   }
   error = survey_loadTable(survey, table);
   if (error == VIX_OK) {
      error = resolve(check, table);
   }
   if (error == VIX_OK && redundantState == TABLE_GOOD) {
      error = mendEntries(check, table, survey->redundantDirectory[table], "redundant");
   }
   if (error == VIX_OK && state == TABLE_GOOD) {
      error = mendEntries(check, table, survey->directory[table], "main");
   }
   return error == VIX_OK && (state != TABLE_GOOD || redundantState != TABLE_GOOD) ? mendDirectories(check, table)
                                                                                   : error;
}

/* ------------------------------------------------------------------------------------- adding to the file */

/* Where to add something to the file. */
static VixError findEnd(const Check *check, uint64 sectors, uint64 *sector)
{
   *sector = alignUp(divideUp(check->survey.file->size, SECTOR_SIZE), check->survey.header.grainSectors);
   if (*sector + sectors > UINT32_MAX) {
      log_warn("VixDiskLib: \"%s\": the file has no room left for what mending it takes.\n", check->name);
      return VIX_E_FILE_TOO_BIG;
   }
   return VIX_OK;
}

/* Copies a grain to the end of the file. */
static VixError copyGrain(Check *check, uint32 *entry)
{
   size_t bytes = (size_t)(check->survey.header.grainSectors * SECTOR_SIZE);
   size_t present = (size_t)minOf(bytes, check->survey.file->size - *entry * SECTOR_SIZE);
   uint64 sector;
   VixError error = findEnd(check, check->survey.header.grainSectors, &sector);
   uint8 *grain = error == VIX_OK ? calloc(1, bytes) : NULL;

   if (error != VIX_OK) {
      return error;
   }
   if (grain == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = file_read(check->survey.file, *entry * SECTOR_SIZE, grain, present);
   if (error == VIX_OK) {
      error = file_write(check->survey.file, sector * SECTOR_SIZE, grain, bytes);
   }
   free(grain);
   *entry = (uint32)sector;
   return error;
}

static VixError addTable(Check *check, uint32 *position)
{
   uint64 sector;
   VixError error = findEnd(check, check->survey.tableSectors, &sector);

   if (error == VIX_OK) {
      *position = (uint32)sector;
      error = writeTarget(check, sector);
   }
   return error;
}

/* Adds to the file what a table needs; nothing points at it yet. */
static VixError addForTable(Check *check, uint64 table, uint32 *newTable, uint32 *newRedundantTable)
{
   uint32 count = check->survey.header.tableEntries;
   VixError error = file_read(check->survey.file, check->survey.directory[table] * SECTOR_SIZE, check->target,
                              count * sizeof(uint32));

   for (uint32 i = 0; error == VIX_OK && i < count; i++) {
      check->target[i] = le32toh(check->target[i]);
      if (grainList_has(&check->copies, table * count + i)) {
         error = copyGrain(check, &check->target[i]);
      }
   }
   if (error == VIX_OK && (check->needs[table] & NEEDS_REDUNDANT_TABLE) != 0) {
      error = addTable(check, newRedundantTable);
   }
   if (error == VIX_OK && (check->needs[table] & NEEDS_TABLE) != 0) {
      error = addTable(check, newTable);
   }
   return error == VIX_OK ? file_sync(check->survey.file) : error;
}

static VixError mendByAdding(Check *check, uint64 table)
{
   const Survey *survey = &check->survey;
   uint32 newTable = 0;
   uint32 newRedundantTable = 0;
   VixError error = addForTable(check, table, &newTable, &newRedundantTable);

   if (error == VIX_OK && newRedundantTable != 0) {
      error = enterRedundantTable(check, table, newRedundantTable);
   } else if (error == VIX_OK && survey->hasRedundant && survey->redundantStates[table] == TABLE_GOOD) {
      error = writeTarget(check, survey->redundantDirectory[table]);
   }
   if (error == VIX_OK && newTable != 0) {
      error = enterTable(check, table, newTable);
   } else if (error == VIX_OK && (check->needs[table] & NEEDS_COPIES) != 0) {
      error = writeTarget(check, survey->directory[table]);
   }
   return error;
}

static bool needsAny(const Check *check)
{
   for (uint64 i = 0; i < check->survey.numTables; i++) {
      if (check->needs[i] != 0) {
         return true;
      }
   }
   return check->neededBytes > check->survey.file->size;
}

/* The second step; what the first one has written is on stable storage before the file gets longer. */
static VixError addAll(Check *check)
{
   VixError error = needsAny(check) ? file_sync(check->survey.file) : VIX_OK;

   if (error == VIX_OK && check->neededBytes > check->survey.file->size) {
      error = file_resize(check->survey.file, check->neededBytes);
   }
   for (uint64 i = 0; error == VIX_OK && i < check->survey.numTables; i++) {
      if (check->needs[i] != 0) {
         error = mendByAdding(check, i);
      }
   }
   return error;
}

/* ---------------------------------------------------------------------------------------------- the whole */

/* Tells of what takes space for nothing, or is odd but does no harm. */
static void warn(Check *check)
{
   const Survey *survey = &check->survey;
   uint64 grainSectors = survey->header.grainSectors;
   uint64 leaked = 0;

   for (uint64 i = alignUp(survey->header.overhead, grainSectors);
        survey->header.overhead < survey->fileSectors && i < survey->fileSectors; i += grainSectors) {
      leaked += !sectorSet_hasAny(&survey->grains, i, grainSectors);
   }
   if (check->again) {
      return;
   }
   if (leaked > 0) {
      log_warn("VixDiskLib: \"%s\": nothing points at %llu grains in the file; Shrink and Defragment give them back.\n",
               check->name, (Number)leaked);
   }
   if (check->unaligned > 0) {
      log_warn("VixDiskLib: \"%s\": %llu grains are not at a multiple of their size.\n", check->name,
               (Number)check->unaligned);
   }
   if (survey->header.unclean && !check->repair) {
      log_warn("VixDiskLib: \"%s\": its last writer did not close it.\n", check->name);
   }
}

static VixError examineTables(Check *check)
{
   VixError error = VIX_OK;

   for (uint64 i = 0; error == VIX_OK && i < check->survey.numTables; i++) {
      error = mendInPlace(check, i);
   }
   if (error == VIX_OK) {
      sectorSet_addAll(&check->survey.grains, &check->survey.tables);
      sectorSet_addAll(&check->survey.grains, &check->survey.fixed);
      warn(check);
   }
   return error == VIX_OK && check->repair ? addAll(check) : error;
}

static VixError examine(Check *check)
{
   Survey *survey = &check->survey;

   if (survey->overlapping) {
      found(check, "the header puts the descriptor and the directories over each other");
      return check->repair ? VIX_E_DISK_CANTREPAIR : VIX_OK;
   }
   if (survey->tooMany) {
      found(check, "more than %llu grains are where others are, too", (Number)survey->losers.count);
      return check->repair ? VIX_E_DISK_CANTREPAIR : VIX_OK;
   }
   check->target = calloc(survey->header.tableEntries, sizeof *check->target);
   check->stored = calloc(survey->header.tableEntries, sizeof *check->stored);
   check->needs = calloc((size_t)survey->numTables, sizeof *check->needs);
   return check->target != NULL && check->stored != NULL && check->needs != NULL ? examineTables(check)
                                                                                 : VIX_E_OUT_OF_MEMORY;
}

/* One round; tells how much damage it has found. */
static VixError examineOnce(File *file, const SparseHeader *header, const char *name, bool repair, bool again,
                            SectorSet *used, uint64 *damages)
{
   Check check = {.name = name, .repair = repair, .again = again};
   VixError error = survey_begin(file, header, &check.survey);

   if (error != VIX_OK) {
      return error;
   }
   error = examine(&check);
   *damages = check.damages;
   if (error == VIX_OK && used != NULL && check.damages == 0) {
      *used = check.survey.grains;
      check.survey.grains = (SectorSet){NULL, 0};
   }
   survey_end(&check.survey);
   free(check.target);
   free(check.stored);
   free(check.needs);
   free(check.copies.grains);
   return error;
}

/* Takes the mark of a writer off an extent that is in order. */
static VixError finish(File *file, const char *name)
{
   uint8 unclean;
   uint8 clean = 0;
   VixError error = file_read(file, SPARSE_UNCLEAN_OFFSET, &unclean, sizeof unclean);

   if (error != VIX_OK || unclean == 0) {
      return error;
   }
   error = file_sync(file);
   if (error == VIX_OK) {
      error = file_write(file, SPARSE_UNCLEAN_OFFSET, &clean, sizeof clean);
   }
   if (error == VIX_OK) {
      log_warn("VixDiskLib: \"%s\": the mark of a writer that did not close it is taken off.\n", name);
      error = file_sync(file);
   }
   return error;
}

VixError sparse_check(File *file, const SparseHeader *header, const char *name, bool repair, SectorSet *used)
{
   uint64 damages = 0;
   VixError error = examineOnce(file, header, name, repair, false, used, &damages);

   if (!repair) {
      return error == VIX_OK && damages > 0 ? VIX_E_DISK_NEEDSREPAIR : error;
   }
   for (int round = 1; error == VIX_OK && damages > 0; round++) {
      error = round < MAX_ROUNDS ? examineOnce(file, header, name, true, true, used, &damages) : VIX_E_DISK_CANTREPAIR;
   }
   return error == VIX_OK ? finish(file, name) : error;
}
