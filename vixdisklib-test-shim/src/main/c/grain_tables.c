/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "grain_tables.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "marker.h"

/* The cache takes at most about 1 MiB: tables for 16 GiB of a usual disk. */
#define CACHE_BYTES (UINT64_C(1) << 20)
#define CACHE_WAYS 4
#define MAX_CACHE_SETS 128

typedef struct CachedTable {
   uint32 *entries; /* as in the file; NULL until the place is used */
   uint64 table;    /* whose entries they are, or NO_TABLE */
   uint64 lastUse;
} CachedTable;

#define NO_TABLE UINT64_MAX

/* Most bytes of tables that are read at once, by those who look at many. */
#define AHEAD_BYTES (UINT64_C(1) << 16)

/* A part of the file, in bytes, that is all hole or taken for data. Nobody keeps it: the file may change. */
typedef struct Stretch {
   uint64 start;
   uint64 end;
   bool isHole;
} Stretch;

/* A part of the file, in sectors. */
typedef struct Span {
   uint64 first;
   uint64 count;
} Span;

struct GrainTables {
   File *file;
   SparseHeader header;
   uint64 numTables;
   size_t tableBytes;
   Span reserved[4];           /* the header, the descriptor and the directories */
   uint32 *directory;          /* in the machine's byte order */
   uint32 *redundantDirectory; /* NULL if there is none or nothing is written */
   CachedTable *cache;
   uint64 numSets;
   uint64 uses;
   uint32 *ahead; /* room for tables that are read at once; NULL until it is used */
};

static VixError damaged(const char *what, uint64 value)
{
   log_warn("VixDiskLib: a sparse extent is damaged: %s is at sector %llu.\n", what, (unsigned long long)value);
   return VIX_E_DISK_NEEDSREPAIR;
}

static bool isTableInFile(const GrainTables *tables, uint32 sector)
{
   return sector > 0 && file_reaches(tables->file, sector * SECTOR_SIZE + tables->tableBytes);
}

/* --------------------------------------------------------------------------------- what is where in the file */

static bool overlap(Span a, Span b)
{
   return a.count > 0 && b.count > 0 && a.first < b.first + b.count && b.first < a.first + a.count;
}

/* Whether a part of the file has nothing of what only the header says the place of. */
static bool isUnreserved(const GrainTables *tables, Span span)
{
   for (size_t i = 0; i < sizeof tables->reserved / sizeof tables->reserved[0]; i++) {
      if (overlap(span, tables->reserved[i])) {
         return false;
      }
   }
   return true;
}

static void reserve(GrainTables *tables)
{
   const SparseHeader *header = &tables->header;
   uint64 directorySectors = divideUp(tables->numTables * sizeof(uint32), SECTOR_SIZE);
   bool redundant = sparse_hasRedundantTables(header);

   tables->reserved[0] = (Span){0, 1};
   tables->reserved[1] = (Span){header->descriptorOffset, header->descriptorOffset != 0 ? header->descriptorSize : 0};
   tables->reserved[2] = (Span){header->directory, directorySectors};
   tables->reserved[3] = (Span){header->redundantDirectory, redundant ? directorySectors : 0};
}

static VixError checkReserved(const GrainTables *tables)
{
   for (size_t i = 0; i < sizeof tables->reserved / sizeof tables->reserved[0]; i++) {
      for (size_t j = 0; j < i; j++) {
         if (overlap(tables->reserved[i], tables->reserved[j])) {
            return damaged("a directory or the descriptor, on another of them,", tables->reserved[i].first);
         }
      }
   }
   return VIX_OK;
}

/* Enters the places of the tables of a directory in a list; *count is how many there are in it. */
static VixError listTables(const GrainTables *tables, const uint32 *directory, uint32 *places, size_t *count)
{
   uint64 tableSectors = divideUp(tables->tableBytes, SECTOR_SIZE);

   for (uint64 i = 0; directory != NULL && i < tables->numTables; i++) {
      if (directory[i] == 0) {
         continue;
      }
      if (!isTableInFile(tables, directory[i]) || !isUnreserved(tables, (Span){directory[i], tableSectors})) {
         return damaged("a grain table", directory[i]);
      }
      places[(*count)++] = directory[i];
   }
   return VIX_OK;
}

static int comparePlaces(const void *left, const void *right)
{
   uint32 a = *(const uint32 *)left;
   uint32 b = *(const uint32 *)right;

   return (a > b) - (a < b);
}

static VixError checkApart(const GrainTables *tables, uint32 *places, size_t count)
{
   uint64 tableSectors = divideUp(tables->tableBytes, SECTOR_SIZE);

   qsort(places, count, sizeof *places, comparePlaces);
   for (size_t i = 1; i < count; i++) {
      if (places[i] - places[i - 1] < tableSectors) {
         return damaged("a grain table, on another one,", places[i]);
      }
   }
   return VIX_OK;
}

/*
 * An extent that is to be written must have its tables in places of their own: what is written to a table that shares
 * its place, or that lies where the file is yet to grow, destroys something else. A reader takes things as they come.
 */
static VixError checkForWriting(const GrainTables *tables)
{
   uint32 *places = malloc((size_t)tables->numTables * 2 * sizeof *places);
   size_t count = 0;
   VixError error = places == NULL ? VIX_E_OUT_OF_MEMORY : checkReserved(tables);

   if (error == VIX_OK) {
      error = listTables(tables, tables->directory, places, &count);
   }
   if (error == VIX_OK) {
      error = listTables(tables, tables->redundantDirectory, places, &count);
   }
   if (error == VIX_OK) {
      error = checkApart(tables, places, count);
   }
   free(places);
   return error;
}

/* ------------------------------------------------------------------------------------------------- opening */

static VixError readDirectory(const GrainTables *tables, uint64 sector, uint32 **directory)
{
   size_t bytes = (size_t)tables->numTables * sizeof **directory;
   uint32 *entries = malloc(bytes);
   VixError error;

   if (entries == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = file_read(tables->file, sector * SECTOR_SIZE, entries, bytes);
   if (error != VIX_OK) {
      free(entries);
      return error;
   }
   for (uint64 i = 0; i < tables->numTables; i++) {
      entries[i] = le32toh(entries[i]);
   }
   *directory = entries;
   return VIX_OK;
}

static VixError makeCache(GrainTables *tables)
{
   uint64 sets = 1;

   while (sets < MAX_CACHE_SETS && sets * 2 * CACHE_WAYS * tables->tableBytes <= CACHE_BYTES) {
      sets *= 2;
   }
   tables->numSets = sets;
   tables->cache = calloc((size_t)sets * CACHE_WAYS, sizeof *tables->cache);
   if (tables->cache == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   for (uint64 i = 0; i < sets * CACHE_WAYS; i++) {
      tables->cache[i].table = NO_TABLE;
   }
   return VIX_OK;
}

VixError grainTables_open(File *file, const SparseHeader *header, GrainTables **tables)
{
   GrainTables *made = calloc(1, sizeof *made);
   VixError error;

   if (made == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   made->file = file;
   made->header = *header;
   made->numTables = sparse_numTables(header);
   made->tableBytes = header->tableEntries * sizeof(uint32);
   reserve(made);
   error = readDirectory(made, header->directory, &made->directory);
   if (error == VIX_OK && file->writable && sparse_hasRedundantTables(header)) {
      error = readDirectory(made, header->redundantDirectory, &made->redundantDirectory);
   }
   if (error == VIX_OK && file->writable) {
      error = checkForWriting(made);
   }
   if (error == VIX_OK) {
      error = makeCache(made);
   }
   if (error != VIX_OK) {
      grainTables_close(made);
      return error;
   }
   *tables = made;
   return VIX_OK;
}

void grainTables_close(GrainTables *tables)
{
   if (tables == NULL) {
      return;
   }
   for (uint64 i = 0; tables->cache != NULL && i < tables->numSets * CACHE_WAYS; i++) {
      free(tables->cache[i].entries);
   }
   free(tables->cache);
   free(tables->ahead);
   free(tables->directory);
   free(tables->redundantDirectory);
   free(tables);
}

/* ------------------------------------------------------------------------------------------------- reading */

/* A table without its marker could be anything: zeros that are read as one would be holes. */
static VixError checkMarker(const GrainTables *tables, uint32 sector)
{
   bool isAt = true;
   VixError error = tables->header.hasFooter ? marker_isAt(tables->file, sector - 1, MARKER_TABLE, &isAt) : VIX_OK;

   return error != VIX_OK || isAt ? error : damaged("a grain table without marker", sector);
}

/* The place of a table in the cache: where it is, or else where it is to go. */
static CachedTable *findPlace(GrainTables *tables, uint64 table)
{
   CachedTable *set = &tables->cache[(table & (tables->numSets - 1)) * CACHE_WAYS];
   CachedTable *oldest = set;

   for (int i = 0; i < CACHE_WAYS; i++) {
      if (set[i].table == table) {
         return &set[i];
      }
      if (set[i].lastUse < oldest->lastUse) {
         oldest = &set[i];
      }
   }
   return oldest;
}

/* Gets a place of the cache ready to take a table's entries. */
static VixError claimPlace(GrainTables *tables, CachedTable *place)
{
   place->table = NO_TABLE;
   if (place->entries == NULL) {
      place->entries = malloc(tables->tableBytes);
   }
   return place->entries != NULL ? VIX_OK : VIX_E_OUT_OF_MEMORY;
}

/* Brings a table into the cache; *place is NULL if the extent does not have it. */
static VixError load(GrainTables *tables, uint64 table, CachedTable **place)
{
   uint32 sector = tables->directory[table];
   CachedTable *found;
   VixError error;

   *place = NULL;
   if (sector == 0) {
      return VIX_OK;
   }
   found = findPlace(tables, table);
   if (found->table != table) {
      if (!isTableInFile(tables, sector)) {
         return damaged("a grain table", sector);
      }
      error = checkMarker(tables, sector);
      if (error == VIX_OK) {
         error = claimPlace(tables, found);
      }
      if (error == VIX_OK) {
         error = file_read(tables->file, sector * SECTOR_SIZE, found->entries, tables->tableBytes);
      }
      if (error != VIX_OK) {
         return error;
      }
      found->table = table;
   }
   found->lastUse = ++tables->uses;
   *place = found;
   return VIX_OK;
}

/* Whether a table that is in the file is in a hole of it, and so has no grains. */
static bool isInHole(const GrainTables *tables, uint32 sector, Stretch *known)
{
   uint64 start = sector * SECTOR_SIZE;

   if (start < known->start || start >= known->end) {
      known->start = start;
      known->isHole = file_isHole(tables->file, start, &known->end);
   }
   return known->isHole && start + tables->tableBytes <= known->end;
}

/* How many tables, of so many from one that is to be read, can be read with it: they are next to each other as data. */
static uint64 countAhead(GrainTables *tables, uint64 table, uint64 available, const Stretch *known)
{
   uint64 start = tables->directory[table] * SECTOR_SIZE;
   uint64 most = minOf(minOf(known->end - start, AHEAD_BYTES) / tables->tableBytes, minOf(available, tables->numSets));
   uint64 count = 1;

   while (count < most && tables->directory[table + count] * SECTOR_SIZE == start + count * tables->tableBytes &&
          findPlace(tables, table + count)->table != table + count) {
      count++;
   }
   return file_reaches(tables->file, start + count * tables->tableBytes) ? count : 1;
}

/* Brings tables into the cache that are next to each other in the file. What fails is left to those who need it. */
static void loadAhead(GrainTables *tables, uint64 table, uint64 count)
{
   size_t entries = tables->tableBytes / sizeof(uint32);

   if (tables->ahead == NULL && (tables->ahead = malloc(AHEAD_BYTES)) == NULL) {
      return;
   }
   if (file_read(tables->file, tables->directory[table] * SECTOR_SIZE, tables->ahead, count * tables->tableBytes) !=
       VIX_OK) {
      return;
   }
   for (uint64 i = 0; i < count; i++) {
      CachedTable *place = findPlace(tables, table + i);

      if (claimPlace(tables, place) == VIX_OK) {
         memcpy(place->entries, tables->ahead + i * entries, tables->tableBytes);
         place->table = table + i;
         place->lastUse = ++tables->uses;
      }
   }
}

/*
 * Brings a table into the cache, as load does, for one who has found nothing so far and looks at so many tables at most
 * from this one on: *place is NULL also if the table has nothing, without being read.
 */
static VixError search(GrainTables *tables, uint64 table, uint64 available, Stretch *known, CachedTable **place)
{
   uint32 sector = tables->directory[table];

   *place = NULL;
   if (sector != 0 && !tables->header.hasFooter && findPlace(tables, table)->table != table &&
       isTableInFile(tables, sector)) {
      uint64 count;

      if (isInHole(tables, sector, known)) {
         return VIX_OK;
      }
      count = countAhead(tables, table, available, known);
      if (count > 1) {
         loadAhead(tables, table, count);
      }
   }
   return load(tables, table, place);
}

static RunKind kindOf(const GrainTables *tables, uint32 entry)
{
   if (entry == 0) {
      return RUN_HOLE;
   }
   return entry == SPARSE_ENTRY_ZERO && (tables->header.flags & SPARSE_FLAG_ZERO_GRAINS) != 0 ? RUN_ZERO : RUN_DATA;
}

/* How many entries, of those that there are, continue a run. */
static uint64 countMatching(const GrainTables *tables, const GrainRun *run, const uint32 *entries, uint64 available)
{
   uint64 step = run->kind == RUN_DATA ? tables->header.grainSectors : 0;
   uint64 expected = run->kind == RUN_DATA ? run->firstSector + run->grains * step : run->kind == RUN_ZERO;
   uint64 count = 0;

   if (run->kind == RUN_HOLE && isAllZero((const uint8 *)entries, (size_t)available * sizeof *entries)) {
      return available;
   }
   while (count < available && le32toh(entries[count]) == expected) {
      expected += step;
      count++;
   }
   return count;
}

static void beginRun(const GrainTables *tables, const uint32 *entries, GrainRun *run)
{
   uint32 entry = entries != NULL ? le32toh(*entries) : 0;

   *run = (GrainRun){kindOf(tables, entry), 0, entry};
}

/* Whether grains can be where a run says. In the second sector there is at least a directory. */
static VixError checkRun(const GrainTables *tables, const GrainRun *run)
{
   bool compressed = (tables->header.flags & SPARSE_FLAG_COMPRESSED) != 0; /* and then of any size */
   Span span = {run->firstSector, compressed ? 1 : run->grains * tables->header.grainSectors};

   return run->kind != RUN_DATA || (run->firstSector > 1 && isUnreserved(tables, span))
             ? VIX_OK
             : damaged("a grain", run->firstSector);
}

VixError grainTables_find(GrainTables *tables, uint64 grain, uint64 maxGrains, GrainRun *run)
{
   uint64 lastTable = (grain + maxGrains - 1) / tables->header.tableEntries;
   Stretch known = {0, 0, false};

   run->grains = 0;
   do {
      uint64 position = grain + run->grains;
      uint64 table = position / tables->header.tableEntries;
      uint64 index = position % tables->header.tableEntries;
      uint64 available = minOf(tables->header.tableEntries - index, maxGrains - run->grains);
      uint64 matching = available;
      CachedTable *place;
      VixError error = run->grains > 0 && run->kind == RUN_HOLE
                          ? search(tables, table, lastTable - table + 1, &known, &place)
                          : load(tables, table, &place);
      const uint32 *entries = place != NULL ? place->entries + index : NULL;

      if (error != VIX_OK) {
         return error;
      }
      if (run->grains == 0) {
         beginRun(tables, entries, run);
      }
      if (entries != NULL) {
         matching = countMatching(tables, run, entries, available);
      } else if (run->kind != RUN_HOLE) {
         matching = 0;
      }
      run->grains += matching;
      if (matching < available) {
         break;
      }
   } while (run->grains < maxGrains);
   return checkRun(tables, run);
}

/* ------------------------------------------------------------------------------------------------- writing */

static VixError writeDirectoryEntry(GrainTables *tables, uint64 directorySector, uint64 table, uint32 sector)
{
   uint32 entry = htole32(sector);

   return file_write(tables->file, directorySector * SECTOR_SIZE + table * sizeof entry, &entry, sizeof entry);
}

/* Adds one empty table at the end of the file and enters it in a directory. */
static VixError addTable(GrainTables *tables, const uint32 *emptyEntries, uint64 directorySector, uint32 *directory,
                         uint64 table)
{
   uint64 sector = divideUp(tables->file->size, SECTOR_SIZE);
   VixError error;

   if (sector > UINT32_MAX) {
      return VIX_E_FILE_TOO_BIG;
   }
   error = file_write(tables->file, sector * SECTOR_SIZE, emptyEntries, tables->tableBytes);
   if (error == VIX_OK) {
      error = writeDirectoryEntry(tables, directorySector, table, (uint32)sector);
   }
   if (error == VIX_OK) {
      directory[table] = (uint32)sector;
   }
   return error;
}

/* Adds a table that the extent does not have yet, with its redundant copy. */
static VixError create(GrainTables *tables, uint64 table, CachedTable **place)
{
   CachedTable *made = findPlace(tables, table);
   VixError error = claimPlace(tables, made);

   if (error != VIX_OK) {
      return error;
   }
   memset(made->entries, 0, tables->tableBytes);
   if (tables->redundantDirectory != NULL && tables->redundantDirectory[table] == 0) {
      error = addTable(tables, made->entries, tables->header.redundantDirectory, tables->redundantDirectory, table);
   }
   if (error == VIX_OK) {
      error = addTable(tables, made->entries, tables->header.directory, tables->directory, table);
   }
   if (error == VIX_OK) {
      made->table = table;
      made->lastUse = ++tables->uses;
      *place = made;
   }
   return error;
}

/*
 * Writes a part of a table, to the redundant copy first. Interrupted in between, that copy knows a grain more, which
 * the next write to the grain replaces; in the other order it would miss a grain for good.
 */
static VixError writeEntries(GrainTables *tables, uint64 table, uint64 index, const uint32 *entries, size_t bytes)
{
   uint64 within = index * sizeof *entries;

   if (tables->redundantDirectory != NULL && isTableInFile(tables, tables->redundantDirectory[table])) {
      VixError error =
         file_write(tables->file, tables->redundantDirectory[table] * SECTOR_SIZE + within, entries, bytes);

      if (error != VIX_OK) {
         return error;
      }
   }
   return file_write(tables->file, tables->directory[table] * SECTOR_SIZE + within, entries, bytes);
}

/* Enters grains of one table, which are step sectors apart in the file. */
static VixError assignInTable(GrainTables *tables, uint64 table, uint64 index, uint64 count, uint64 firstSector,
                              uint64 step)
{
   CachedTable *place;
   VixError error = load(tables, table, &place);

   if (error == VIX_OK && place == NULL) {
      error = create(tables, table, &place);
   }
   if (error != VIX_OK) {
      return error;
   }
   for (uint64 i = 0; i < count; i++) {
      place->entries[index + i] = htole32((uint32)(firstSector + i * step));
   }
   error = writeEntries(tables, table, index, place->entries + index, (size_t)count * sizeof *place->entries);
   if (error != VIX_OK) {
      /* What the file has now is not known for sure; it is read again when it is needed. */
      place->table = NO_TABLE;
   }
   return error;
}

static VixError assign(GrainTables *tables, uint64 grain, uint64 count, uint64 firstSector, uint64 step)
{
   while (count > 0) {
      uint64 index = grain % tables->header.tableEntries;
      uint64 part = minOf(tables->header.tableEntries - index, count);
      VixError error = assignInTable(tables, grain / tables->header.tableEntries, index, part, firstSector, step);

      if (error != VIX_OK) {
         return error;
      }
      grain += part;
      count -= part;
      firstSector += part * step;
   }
   return VIX_OK;
}

VixError grainTables_assign(GrainTables *tables, uint64 grain, uint64 count, uint64 firstSector)
{
   return assign(tables, grain, count, firstSector, tables->header.grainSectors);
}

VixError grainTables_clear(GrainTables *tables, uint64 grain, uint64 count)
{
   return assign(tables, grain, count, 0, 0);
}
