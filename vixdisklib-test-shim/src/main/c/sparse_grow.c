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

VixError sparse_grow(File *file, uint64 capacity)
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
