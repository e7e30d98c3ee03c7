/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "extent.h"

#include <string.h>

VixError extent_read(Extent *extent, uint64 sector, uint64 count, uint8 *buffer)
{
   if (extent->access == ACCESS_NONE) {
      return VIX_E_FILE_ACCESS_ERROR;
   }
   while (count > 0) {
      Run run;
      VixError error = extent->type->locate(extent, sector, count, &run);
      size_t bytes;

      if (error != VIX_OK) {
         return error;
      }
      bytes = (size_t)(run.sectors * SECTOR_SIZE);
      if (run.kind == RUN_DATA) {
         error = file_read(extent->file, run.fileOffset, buffer, bytes);
         if (error != VIX_OK) {
            return error;
         }
      } else {
         memset(buffer, 0, bytes);
      }
      sector += run.sectors;
      count -= run.sectors;
      buffer += bytes;
   }
   return VIX_OK;
}

VixError extent_write(Extent *extent, uint64 sector, uint64 count, const uint8 *buffer)
{
   if (extent->access != ACCESS_READ_WRITE) {
      return VIX_E_FILE_READ_ONLY;
   }
   return extent->type->write(extent, sector, count, buffer);
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

static VixError zeroNextAllocated(Extent *extent, uint64 from, uint64 to, uint64 *start, uint64 *end)
{
   (void)extent;
   (void)from;
   *start = *end = to;
   return VIX_OK;
}

static VixError zeroNothing(Extent *extent)
{
   (void)extent;
   return VIX_OK;
}

void extent_beZero(Extent *extent)
{
   static const ExtentType zero = {zeroLocate, zeroWrite, zeroNextAllocated, zeroNothing, zeroNothing};

   extent->type = &zero;
}
