/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * SpaceNeededForClone.
 */
#include "disk.h"
#include "pieces.h"
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

/* What all extents of a disk take before there is any data in them, each with room for a descriptor; in sectors. */
static VixError sumOverheads(uint64 capacity, uint64 maxPieceSectors, uint64 *sectors)
{
   VixError error = divideUp(capacity, maxPieceSectors) <= DESCRIPTOR_MAX_EXTENTS ? VIX_OK : VIX_E_FILE_TOO_BIG;

   *sectors = 0;
   while (error == VIX_OK && capacity > 0) {
      uint64 piece = minOf(capacity, maxPieceSectors);
      SparseHeader header;

      error = sparse_layOut(piece, true, &header);
      *sectors += header.overhead;
      capacity -= piece;
   }
   return error;
}

/* Enough for data that does not compress. */
static VixError spaceOfSparse(const Link *link, uint64 maxPieceSectors, uint64 *bytes)
{
   uint64 overhead;
   uint64 grains;
   VixError error = sumOverheads(link->descriptor->capacity, maxPieceSectors, &overhead);

   if (error == VIX_OK) {
      error = countGrains(link, &grains);
   }
   if (error == VIX_OK) {
      *bytes = (overhead + grains * SPARSE_GRAIN_SECTORS) * SECTOR_SIZE;
   }
   return error;
}

static bool isFlat(const Link *link)
{
   return link->extents[0].sparse == NULL;
}

static VixError spaceOf(const Link *link, VixDiskLibDiskType type, uint64 *bytes)
{
   bool same = type == VIXDISKLIB_DISK_UNKNOWN;
   const Shape *shape = same ? shape_ofDescriptor(link->descriptor) : shape_ofType(type);

   if (shape == NULL && !same && type != VIXDISKLIB_DISK_STREAM_OPTIMIZED) {
      return VIX_E_INVALID_ARG;
   }
   if (same ? isFlat(link) : shape != NULL && !shape_isSparse(shape)) {
      *bytes = link->descriptor->capacity * SECTOR_SIZE;
      return VIX_OK;
   }
   return spaceOfSparse(link, shape != NULL ? shape->maxPieceSectors : UINT64_MAX, bytes);
}

VixError disk_getSpaceForClone(Disk *disk, VixDiskLibDiskType type, uint64 *bytes)
{
   VixError error;

   pthread_mutex_lock(&disk->lock);
   error = spaceOf(disk->link, type, bytes);
   pthread_mutex_unlock(&disk->lock);
   return error;
}
