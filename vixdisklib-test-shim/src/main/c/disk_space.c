/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * SpaceNeededForClone.
 */
#include "disk.h"
#include "sparse_header.h"

/* How many grains of the usual size have something in them. */
static VixError countGrains(const Link *link, uint64 *grains)
{
   uint64 capacity = link->descriptor->capacity;
   uint64 from = 0;
   VixError error = VIX_OK;

   *grains = 0;
   while (error == VIX_OK && from < capacity) {
      uint64 start;
      uint64 end;

      error = link_nextAllocated(link, from, capacity, &start, &end);
      if (error == VIX_OK && start < end) {
         uint64 endGrain = divideUp(end, SPARSE_GRAIN_SECTORS);

         *grains += endGrain - start / SPARSE_GRAIN_SECTORS;
         end = endGrain * SPARSE_GRAIN_SECTORS;
      }
      from = end;
   }
   return error;
}

/* Enough for data that does not compress, and for extents in pieces. */
static VixError spaceOfSparse(const Link *link, uint64 *bytes)
{
   SparseHeader header;
   uint64 grains;
   VixError error = sparse_layOut(link->descriptor->capacity, true, &header);

   if (error == VIX_OK) {
      error = countGrains(link, &grains);
   }
   if (error == VIX_OK) {
      *bytes = (header.overhead + grains * SPARSE_GRAIN_SECTORS) * SECTOR_SIZE;
   }
   return error;
}

static bool isFlat(const Link *link)
{
   return link->extents[0].sparse == NULL;
}

VixError disk_getSpaceForClone(Disk *disk, VixDiskLibDiskType type, uint64 *bytes)
{
   VixError error;

   switch ((int)type) {
   case VIXDISKLIB_DISK_MONOLITHIC_FLAT:
   case VIXDISKLIB_DISK_SPLIT_FLAT:
   case VIXDISKLIB_DISK_VMFS_FLAT:
      *bytes = disk->capacity * SECTOR_SIZE;
      return VIX_OK;
   case VIXDISKLIB_DISK_UNKNOWN:
      if (isFlat(disk->link)) {
         *bytes = disk->capacity * SECTOR_SIZE;
         return VIX_OK;
      }
      break;
   case VIXDISKLIB_DISK_MONOLITHIC_SPARSE:
   case VIXDISKLIB_DISK_SPLIT_SPARSE:
   case VIXDISKLIB_DISK_STREAM_OPTIMIZED:
      break;
   default:
      return VIX_E_INVALID_ARG;
   }
   pthread_mutex_lock(&disk->lock);
   error = spaceOfSparse(disk->link, bytes);
   pthread_mutex_unlock(&disk->lock);
   return error;
}
