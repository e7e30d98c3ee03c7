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
#include "log.h"
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

/*
 * Writes the data of new grains, which may begin and end within a grain, to the end of the file. What is left of the
 * first and the last grain was never part of the file, and so reads as zeros.
 */
static VixError appendGrains(Extent *extent, uint64 firstSector, uint64 grains, uint64 within, uint64 count,
                             const uint8 *buffer)
{
   uint64 end = (firstSector + grains * extent->sparse->header.grainSectors) * SECTOR_SIZE;
   VixError error = file_write(extent->file, (firstSector + within) * SECTOR_SIZE, buffer, count * SECTOR_SIZE);

   if (error == VIX_OK && extent->file->size < end) {
      error = file_resize(extent->file, end);
   }
   return error;
}

/* Writes sectors that are in a hole. */
static VixError writeNew(Extent *extent, uint64 sector, uint64 count, const uint8 *buffer)
{
   Sparse *sparse = extent->sparse;
   uint64 grainSectors = sparse->header.grainSectors;
   uint64 oldSize = extent->file->size;
   uint64 firstSector = alignUp(divideUp(oldSize, SECTOR_SIZE), grainSectors);
   uint64 within = sector % grainSectors;
   uint64 grains = divideUp(within + count, grainSectors);
   VixError error;

   /* Positions in the tables have 32 bits: the file cannot have more than 2 TiB, whatever the capacity. */
   if (firstSector + grains * grainSectors > UINT32_MAX) {
      return VIX_E_FILE_TOO_BIG;
   }
   error = appendGrains(extent, firstSector, grains, within, count, buffer);
   if (error != VIX_OK) {
      /* Give the space back, so that the file is as it was. If that fails too, the grains stay unused. */
      (void)file_resize(extent->file, oldSize);
      return error;
   }
   return grainTables_assign(sparse->tables, sector / grainSectors, grains, firstSector);
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
         error = writeNew(extent, sector, run.sectors, buffer);
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

/* A grain that is known to be zeros takes no space, and reads as a hole does: it is not allocated. */
static VixError sparseNextAllocated(Extent *extent, uint64 from, uint64 to, uint64 *start, uint64 *end)
{
   uint64 sector = from;

   *start = *end = to;
   while (sector < to) {
      Run run;
      VixError error = sparseLocate(extent, sector, to - sector, &run);

      if (error != VIX_OK) {
         return error;
      }
      if (run.kind == RUN_DATA) {
         *start = sector;
         *end = sector + run.sectors;
         return VIX_OK;
      }
      sector += run.sectors;
   }
   return VIX_OK;
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

VixError extent_beSparse(Extent *extent)
{
   static const ExtentType type = {sparseLocate, sparseWrite, sparseNextAllocated, extent_syncFile, sparseClose};
   Sparse *sparse = calloc(1, sizeof *sparse);
   VixError error;

   if (sparse == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = sparse_readHeader(extent->file, &sparse->header);
   if (error == VIX_OK && sparse->header.capacity < extent->sectors) {
      log_warn("VixDiskLib: a sparse extent is smaller than its descriptor says.\n");
      error = VIX_E_DISK_INVALIDDISK;
   }
   if (error == VIX_OK) {
      error = grainTables_open(extent->file, &sparse->header, &sparse->tables);
   }
   if (error != VIX_OK) {
      free(sparse);
      return error;
   }
   if (sparse->header.unclean) {
      log_info("VixDiskLib: a sparse extent was not closed properly by its last writer.\n");
   }
   extent->type = &type;
   extent->sparse = sparse;
   extent->numTables = sparse_numTables(&sparse->header);
   return VIX_OK;
}
