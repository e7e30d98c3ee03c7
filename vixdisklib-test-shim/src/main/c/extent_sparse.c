/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Hosted sparse extents: grains that are added to the file when they are first written.
 *
 * Every write leaves the file in order at every step: first the data of new grains, beyond the end of the file as it
 * was, then the table entries that point at them. A process that is killed leaves at worst grains that nothing points
 * at.
 */
#include <stdlib.h>

#include "extent.h"
#include "grain_tables.h"
#include "link.h"
#include "log.h"
#include "sparse_compact.h"
#include "sparse_header.h"

typedef struct Sparse {
   SparseHeader header;
   GrainTables *tables;
   bool marked; /* as being written, by this extent */
} Sparse;

static VixError sparseLocate(Extent *extent, uint64 sector, uint64 maxSectors, Run *run)
{
   Sparse *sparse = extent->sparse;
   uint64 grainSectors = sparse->header.grainSectors;
   uint64 within = sector % grainSectors;
   GrainRun grains;
   VixError error =
      grainTables_find(sparse->tables, sector / grainSectors, divideUp(within + maxSectors, grainSectors), &grains);

   if (error != VIX_OK) {
      return error;
   }
   *run = (Run){grains.kind, minOf(grains.grains * grainSectors - within, maxSectors), 0};
   if (run->kind == RUN_DATA) {
      run->fileOffset = (grains.firstSector + within) * SECTOR_SIZE;
      if (!file_reaches(extent->file, run->fileOffset + run->sectors * SECTOR_SIZE)) {
         log_warn("VixDiskLib: a sparse extent is damaged: a grain is beyond the end of the file.\n");
         return VIX_E_DISK_NEEDSREPAIR;
      }
   }
   return VIX_OK;
}

/* ------------------------------------------------------------------------------------------------- writing */

static VixError mark(Extent *extent, bool unclean)
{
   uint8 byte = unclean;
   VixError error = file_write(extent->file, SPARSE_UNCLEAN_OFFSET, &byte, sizeof byte);

   if (error == VIX_OK) {
      extent->sparse->marked = unclean;
   }
   return error;
}

static VixError checkNoHole(Extent *extent, uint64 sector)
{
   Run run;
   VixError error = sparseLocate(extent, sector, 1, &run);

   return error == VIX_OK && run.kind == RUN_HOLE ? VIX_E_DISK_PARTIALCHAIN : error;
}

VixError extent_checkPartialGrains(Extent *extent, uint64 sector, uint64 count)
{
   uint64 grainSectors = extent->sparse->header.grainSectors;
   uint64 end = sector + count;
   VixError error = sector % grainSectors != 0 ? checkNoHole(extent, sector) : VIX_OK;

   if (error == VIX_OK && end % grainSectors != 0 && end != extent->sectors) {
      error = checkNoHole(extent, end - 1);
   }
   return error;
}

/* Whether what surrounds new data in its grains is nothing but zeros, which need not be written. */
static bool isZeroAround(const Extent *extent, RunKind was)
{
   return was == RUN_ZERO || (extent->link->parent == NULL && !extent->link->parentMissing);
}

/* Copies what shows through a hole into its new grain. */
static VixError copyHole(Extent *extent, uint64 sector, uint64 count, uint64 fileSector)
{
   VixError error = VIX_OK;
   uint8 *buffer = NULL;

   /* Sectors of the last grain that are beyond the extent are nowhere. */
   count = sector < extent->sectors ? minOf(count, extent->sectors - sector) : 0;
   if (count == 0) {
      return VIX_OK;
   }
   buffer = malloc((size_t)(count * SECTOR_SIZE));
   if (buffer == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = extent_readHole(extent, sector, count, buffer);
   if (error == VIX_OK) {
      error = file_write(extent->file, fileSector * SECTOR_SIZE, buffer, (size_t)(count * SECTOR_SIZE));
   }
   free(buffer);
   return error;
}

/* New grains at the end of the file. */
typedef struct NewGrains {
   uint64 firstGrain;
   uint64 count;
   uint64 fileSector;
} NewGrains;

/* Fills the parts of the first and the last grain that are not written. */
static VixError fillAround(Extent *extent, const NewGrains *grains, uint64 sector, uint64 count)
{
   uint64 grainSectors = extent->sparse->header.grainSectors;
   uint64 first = grains->firstGrain * grainSectors;
   uint64 end = first + grains->count * grainSectors;
   VixError error = copyHole(extent, first, sector - first, grains->fileSector);

   if (error == VIX_OK) {
      error = copyHole(extent, sector + count, end - sector - count, grains->fileSector + (sector + count - first));
   }
   return error;
}

/* Writes the data of new grains, which may begin and end within a grain. */
static VixError appendGrains(Extent *extent, const NewGrains *grains, uint64 sector, uint64 count, const uint8 *buffer,
                             RunKind was)
{
   uint64 grainSectors = extent->sparse->header.grainSectors;
   uint64 within = sector - grains->firstGrain * grainSectors;
   uint64 end = (grains->fileSector + grains->count * grainSectors) * SECTOR_SIZE;
   VixError error = file_write(extent->file, (grains->fileSector + within) * SECTOR_SIZE, buffer, count * SECTOR_SIZE);

   if (error == VIX_OK && !isZeroAround(extent, was)) {
      error = fillAround(extent, grains, sector, count);
   }
   if (error == VIX_OK && extent->file->size < end) {
      error = file_resize(extent->file, end);
   }
   return error;
}

/* Writes sectors that have no grains yet, where there was a hole or known zeros. */
static VixError writeNew(Extent *extent, uint64 sector, uint64 count, const uint8 *buffer, RunKind was)
{
   Sparse *sparse = extent->sparse;
   uint64 grainSectors = sparse->header.grainSectors;
   uint64 oldSize = extent->file->size;
   NewGrains grains = {.firstGrain = sector / grainSectors,
                       .count = divideUp(sector % grainSectors + count, grainSectors),
                       .fileSector = alignUp(divideUp(oldSize, SECTOR_SIZE), grainSectors)};
   VixError error;

   /* Positions in the tables have 32 bits: the file cannot have more than 2 TiB, whatever the capacity. */
   if (grains.fileSector + grains.count * grainSectors > UINT32_MAX) {
      return VIX_E_FILE_TOO_BIG;
   }
   error = appendGrains(extent, &grains, sector, count, buffer, was);
   if (error != VIX_OK) {
      /* Give the space back, so that the file is as it was. If that fails too, the grains stay unused. */
      (void)file_resize(extent->file, oldSize);
      return error;
   }
   return grainTables_assign(sparse->tables, grains.firstGrain, grains.count, grains.fileSector);
}

static VixError sparseWrite(Extent *extent, uint64 sector, uint64 count, const uint8 *buffer)
{
   VixError error = extent->sparse->marked ? VIX_OK : mark(extent, true);

   extent->written = true;
   while (error == VIX_OK && count > 0) {
      Run run;

      error = sparseLocate(extent, sector, count, &run);
      if (error == VIX_OK && run.kind == RUN_DATA) {
         error = file_write(extent->file, run.fileOffset, buffer, (size_t)(run.sectors * SECTOR_SIZE));
      } else if (error == VIX_OK) {
         error = writeNew(extent, sector, run.sectors, buffer, run.kind);
      }
      if (error == VIX_OK) {
         sector += run.sectors;
         count -= run.sectors;
         buffer += run.sectors * SECTOR_SIZE;
      }
   }
   return error;
}

/* ------------------------------------------------------------------------------------------------- the rest */

VixError extent_compact(Extent *extent, const char *name, const Compaction *compaction)
{
   Sparse *sparse = extent->sparse;
   VixError error = sparse->marked ? VIX_OK : mark(extent, true);

   if (error == VIX_OK) {
      extent->written = true;
      error = sparse_compact(extent->file, &sparse->header, sparse->tables, name, compaction);
   }
   return error;
}

static VixError sparseClose(Extent *extent)
{
   VixError error = extent->sparse->marked ? mark(extent, false) : VIX_OK;
   VixError closeError = file_close(&extent->ownFile);

   grainTables_close(extent->sparse->tables);
   free(extent->sparse);
   extent->sparse = NULL;
   return error != VIX_OK ? error : closeError;
}

static VixError readHeader(Extent *extent, SparseHeader *header)
{
   VixError error = sparse_readHeader(extent->file, header);

   if (error != VIX_OK) {
      return error;
   }
   if (header->capacity < extent->sectors) {
      log_warn("VixDiskLib: a sparse extent is smaller than its descriptor says.\n");
      return VIX_E_DISK_INVALIDDISK;
   }
   if (header->unclean) {
      log_info("VixDiskLib: a sparse extent was not closed properly by its last writer.\n");
   }
   extent->numTables = sparse_numTables(header);
   return VIX_OK;
}

VixError extent_beSparse(Extent *extent)
{
   static const ExtentType type = {.locate = sparseLocate,
                                   .readData = extent_readFile,
                                   .write = sparseWrite,
                                   .flush = extent_syncFile,
                                   .close = sparseClose};
   Sparse *sparse = calloc(1, sizeof *sparse);
   VixError error;

   if (sparse == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = readHeader(extent, &sparse->header);
   if (error == VIX_OK && sparse_isCompressed(&sparse->header)) {
      error = extent_beStream(extent, &sparse->header);
      free(sparse);
      return error;
   }
   if (error == VIX_OK) {
      error = grainTables_open(extent->file, &sparse->header, &sparse->tables);
   }
   if (error != VIX_OK) {
      free(sparse);
      return error;
   }
   extent->type = &type;
   extent->sparse = sparse;
   return VIX_OK;
}
