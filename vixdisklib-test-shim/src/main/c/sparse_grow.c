/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * The grain directories get new places at the end of the file, with the old tables and new ones behind them. Then the
 * header is written, which is one sector, and all of that counts.
 */
#include "sparse_grow.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "grain_tables.h"
#include "log.h"
#include "sparse_header.h"

/* Reads a directory into one that is longer, whose new tables are in the file one after the other. */
static VixError writeLonger(File *file, uint64 oldDirectory, uint64 oldTables, uint64 newDirectory, uint64 newTables,
                            uint64 tableSectors)
{
   uint64 firstTable = newDirectory + divideUp(newTables * sizeof(uint32), SECTOR_SIZE);
   uint32 *entries = malloc((size_t)newTables * sizeof *entries);
   VixError error;

   if (entries == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = file_read(file, oldDirectory * SECTOR_SIZE, entries, (size_t)oldTables * sizeof *entries);
   for (uint64 i = oldTables; i < newTables; i++) {
      entries[i] = htole32((uint32)(firstTable + (i - oldTables) * tableSectors));
   }
   if (error == VIX_OK) {
      error = file_write(file, newDirectory * SECTOR_SIZE, entries, (size_t)newTables * sizeof *entries);
   }
   free(entries);
   return error;
}

/* Sets where the directories of the new header go; the end of the file is behind the last new table. */
static VixError moveDirectories(File *file, const SparseHeader *old, SparseHeader *header)
{
   uint64 oldTables = sparse_numTables(old);
   uint64 newTables = sparse_numTables(header);
   uint64 tableSectors = divideUp(header->tableEntries * sizeof(uint32), SECTOR_SIZE);
   uint64 sectors = divideUp(newTables * sizeof(uint32), SECTOR_SIZE) + (newTables - oldTables) * tableSectors;
   bool redundant = (header->flags & SPARSE_FLAG_REDUNDANT_TABLES) != 0;
   uint64 start = divideUp(file->size, SECTOR_SIZE);
   VixError error;

   if (start + 2 * sectors > UINT32_MAX) {
      return VIX_E_FILE_TOO_BIG;
   }
   if (redundant) {
      header->redundantDirectory = start;
      start += sectors;
   }
   header->directory = start;
   error = file_resize(file, (start + sectors) * SECTOR_SIZE);
   if (error == VIX_OK && redundant) {
      error =
         writeLonger(file, old->redundantDirectory, oldTables, header->redundantDirectory, newTables, tableSectors);
   }
   if (error == VIX_OK) {
      error = writeLonger(file, old->directory, oldTables, header->directory, newTables, tableSectors);
   }
   return error == VIX_OK ? file_sync(file) : error;
}

/* Writes zeros over the entries of a table from an index on, if there is anything. */
static VixError clearTable(File *file, uint64 table, uint64 index, uint64 numEntries)
{
   uint64 start = table * SECTOR_SIZE + index * sizeof(uint32);
   size_t bytes = (size_t)(numEntries - index) * sizeof(uint32);
   uint8 *entries = malloc(bytes);
   uint8 *zeros = calloc(1, bytes);
   VixError error = entries != NULL && zeros != NULL ? file_read(file, start, entries, bytes) : VIX_E_OUT_OF_MEMORY;

   if (error == VIX_OK && memcmp(entries, zeros, bytes) != 0) {
      error = file_write(file, start, zeros, bytes);
   }
   free(entries);
   free(zeros);
   return error;
}

/* Clears the entries of all grains from one on, in the tables of one directory. */
static VixError clearTables(File *file, const SparseHeader *header, uint64 directory, uint64 firstGrain)
{
   uint64 numTables = sparse_numTables(header);
   uint64 first = firstGrain / header->tableEntries;
   VixError error = VIX_OK;

   for (uint64 table = first; error == VIX_OK && table < numTables; table++) {
      uint64 index = table == first ? firstGrain % header->tableEntries : 0;
      uint32 sector = 0;

      error = file_read(file, directory * SECTOR_SIZE + table * sizeof sector, &sector, sizeof sector);
      sector = le32toh(sector);
      /* A table that is not there is for those to find who look for a grain in it. */
      if (error == VIX_OK && sector != 0 &&
          file_reaches(file, sector * SECTOR_SIZE + header->tableEntries * sizeof sector)) {
         error = clearTable(file, sector, index, header->tableEntries);
      }
   }
   return error;
}

/* Writes zeros over what the last grain has beyond the disk. */
static VixError clearLastGrain(File *file, const SparseHeader *header, uint64 sectors)
{
   uint64 within = sectors % header->grainSectors;
   GrainTables *tables;
   GrainRun run;
   uint8 *zeros;
   VixError error = grainTables_open(file, header, &tables);

   if (error != VIX_OK) {
      return error;
   }
   error = grainTables_find(tables, sectors / header->grainSectors, 1, &run);
   grainTables_close(tables);
   if (error != VIX_OK || run.kind != RUN_DATA) {
      return error;
   }
   if (!file_reaches(file, (run.firstSector + within) * SECTOR_SIZE)) {
      log_warn("VixDiskLib: a sparse extent is damaged: its last grain is beyond the end of the file.\n");
      return VIX_E_DISK_NEEDSREPAIR;
   }
   zeros = calloc((size_t)(header->grainSectors - within), SECTOR_SIZE);
   if (zeros == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = file_write(file, (run.firstSector + within) * SECTOR_SIZE, zeros,
                      (size_t)((header->grainSectors - within) * SECTOR_SIZE));
   free(zeros);
   return error;
}

/* What is beyond the disk is no part of it, whoever has left it there, and must not become one. */
static VixError clearBeyond(File *file, const SparseHeader *header, uint64 sectors)
{
   uint64 firstGrain = divideUp(sectors, header->grainSectors);
   VixError error = clearTables(file, header, header->directory, firstGrain);

   if (error == VIX_OK && (header->flags & SPARSE_FLAG_REDUNDANT_TABLES) != 0) {
      error = clearTables(file, header, header->redundantDirectory, firstGrain);
   }
   if (error == VIX_OK && sectors % header->grainSectors != 0) {
      error = clearLastGrain(file, header, sectors);
   }
   return error == VIX_OK ? file_sync(file) : error;
}

VixError sparse_grow(File *file, uint64 sectors, uint64 capacity)
{
   SparseHeader old;
   SparseHeader header;
   uint64 oldSize = file->size;
   uint8 sector[512];
   VixError error = sparse_readHeader(file, &old);

   if (error != VIX_OK) {
      return error;
   }
   if (sparse_isCompressed(&old)) {
      log_warn("VixDiskLib: a stream-optimized disk cannot grow.\n");
      return VIX_E_NOT_SUPPORTED;
   }
   error = clearBeyond(file, &old, sectors);
   if (error != VIX_OK) {
      return error;
   }
   header = old;
   header.capacity = capacity;
   if (capacity <= old.capacity) {
      return VIX_OK; /* the descriptor has fallen behind, as a process that is killed leaves it */
   }
   if (capacity > MAX_SECTORS || sparse_numTables(&header) > SPARSE_MAX_TABLES) {
      return VIX_E_FILE_TOO_BIG;
   }
   if (sparse_numTables(&header) > sparse_numTables(&old)) {
      error = moveDirectories(file, &old, &header);
      if (error != VIX_OK) {
         (void)file_resize(file, oldSize);
         return error;
      }
   }
   sparse_encodeHeader(&header, sector);
   error = file_write(file, 0, sector, sizeof sector);
   return error == VIX_OK ? file_sync(file) : error;
}
