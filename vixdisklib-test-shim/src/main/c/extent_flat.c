/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Flat extents: a part of a file, byte for byte.
 */
#include <errno.h>
#include <unistd.h>

#include "extent.h"
#include "log.h"

static VixError flatLocate(Extent *extent, uint64 sector, uint64 maxSectors, Run *run)
{
   *run = (Run){RUN_DATA, maxSectors, extent->startOffset + sector * SECTOR_SIZE};
   return VIX_OK;
}

static VixError flatWrite(Extent *extent, uint64 sector, uint64 count, const uint8 *buffer)
{
   extent->written = true;
   return file_write(extent->file, extent->startOffset + sector * SECTOR_SIZE, buffer, (size_t)(count * SECTOR_SIZE));
}

/*
 * The holes of a flat extent are those of its file: the real library's answer for local disks is not known, and this
 * one makes a fresh flat disk cheap to copy. Where the file system does not know about holes, all is allocated.
 */
static VixError flatFindSpace(Extent *extent, uint64 from, uint64 to, uint64 *start, uint64 *end)
{
   uint64 limit = extent->startOffset + to * SECTOR_SIZE;
   off_t data = lseek(extent->file->fd, (off_t)(extent->startOffset + from * SECTOR_SIZE), SEEK_DATA);
   off_t hole;

   *start = *end = to;
   if (data < 0) {
      if (errno != ENXIO) {
         *start = from;
      }
      return VIX_OK;
   }
   if ((uint64)data >= limit) {
      return VIX_OK;
   }
   *start = ((uint64)data - extent->startOffset) / SECTOR_SIZE;
   *start = *start < from ? from : *start;
   hole = lseek(extent->file->fd, data, SEEK_HOLE);
   if (hole >= 0 && (uint64)hole < limit) {
      *end = divideUp((uint64)hole - extent->startOffset, SECTOR_SIZE);
   }
   return VIX_OK;
}

static VixError flatClose(Extent *extent)
{
   return file_close(&extent->ownFile);
}

VixError extent_beFlat(Extent *extent, uint64 startSector)
{
   static const ExtentType flat = {.locate = flatLocate,
                                   .readData = extent_readFile,
                                   .write = flatWrite,
                                   .flush = extent_syncFile,
                                   .close = flatClose,
                                   .findSpace = flatFindSpace};
   uint64 needed = (startSector + extent->sectors) * SECTOR_SIZE;

   if (!file_reaches(extent->file, needed)) {
      log_warn("VixDiskLib: a flat extent has %llu bytes where its descriptor needs %llu.\n",
               (unsigned long long)extent->file->size, (unsigned long long)needed);
      return VIX_E_DISK_INVALIDDISK;
   }
   extent->type = &flat;
   extent->startOffset = startSector * SECTOR_SIZE;
   return VIX_OK;
}
