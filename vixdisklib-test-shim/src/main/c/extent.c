/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "extent.h"

#include <string.h>

#include "link.h"
#include "log.h"

VixError extent_readRun(Extent *extent, uint64 sector, const Run *run, uint8 *buffer)
{
   if (run->kind == RUN_DATA) {
      return extent->type->readData(extent, sector, run, buffer);
   }
   memset(buffer, 0, (size_t)(run->sectors * SECTOR_SIZE));
   return VIX_OK;
}

VixError extent_readFile(Extent *extent, uint64 sector, const Run *run, uint8 *buffer)
{
   (void)sector;
   return file_read(extent->file, run->fileOffset, buffer, (size_t)(run->sectors * SECTOR_SIZE));
}

VixError extent_readHole(const Extent *extent, uint64 sector, uint64 count, uint8 *buffer)
{
   if (extent->link->parentMissing) {
      return VIX_E_DISK_PARTIALCHAIN;
   }
   if (extent->link->parent != NULL) {
      return link_read(extent->link->parent, extent->firstSector + sector, count, buffer);
   }
   memset(buffer, 0, (size_t)(count * SECTOR_SIZE));
   return VIX_OK;
}

VixError extent_checkWrite(const Extent *extent)
{
   if (extent->access != ACCESS_READ_WRITE) {
      return VIX_E_FILE_READ_ONLY;
   }
   if (extent->type->write == NULL) {
      log_warn("VixDiskLib: a stream-optimized disk cannot be written.\n");
      return VIX_E_NOT_SUPPORTED;
   }
   return VIX_OK;
}

VixError extent_write(Extent *extent, uint64 sector, uint64 count, const uint8 *buffer)
{
   VixError error = extent_checkWrite(extent);

   return error == VIX_OK ? extent->type->write(extent, sector, count, buffer) : error;
}

VixError extent_syncFile(Extent *extent)
{
   return extent->written ? file_sync(extent->file) : VIX_OK;
}

/* ------------------------------------------------------------------------------------------------- zeros */

static VixError zeroLocate(Extent *extent, uint64 sector, uint64 maxSectors, Run *run)
{
   (void)extent;
   (void)sector;
   *run = (Run){RUN_ZERO, maxSectors, 0};
   return VIX_OK;
}

/* There is nowhere to put the data. */
static VixError zeroWrite(Extent *extent, uint64 sector, uint64 count, const uint8 *buffer)
{
   (void)extent;
   (void)sector;
   (void)count;
   (void)buffer;
   return VIX_E_FILE_READ_ONLY;
}

static VixError zeroNothing(Extent *extent)
{
   (void)extent;
   return VIX_OK;
}

void extent_beZero(Extent *extent)
{
   static const ExtentType zero = {
      .locate = zeroLocate, .write = zeroWrite, .flush = zeroNothing, .close = zeroNothing};

   extent->type = &zero;
}
