/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Shrink and Defragment.
 */
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "log.h"
#include "sparse_compact.h"

/* Another handle, also one of a child, would read grains where they were. */
static bool isOtherHandle(const Handled *object, const void *context)
{
   const Disk *disk = context;
   const Link *link = ((const Disk *)object)->link;

   while (link != NULL && (const Disk *)object != disk) {
      if (strcmp(link->path, disk->link->path) == 0) {
         return true;
      }
      link = link->parent;
   }
   return false;
}

static bool isToBeCompacted(const Extent *extent)
{
   return extent->sparse != NULL && extent->access == ACCESS_READ_WRITE;
}

static uint64 countToBeCompacted(const Link *link)
{
   uint64 count = 0;

   for (size_t i = 0; i < link->numExtents; i++) {
      count += isToBeCompacted(&link->extents[i]);
   }
   return count;
}

/* In a child, grains of zeros stay where a hole would show something in a parent, or where that is not known. */
static bool showsZeros(void *context, uint64 firstSector, uint64 sectors)
{
   const Extent *extent = context;
   uint64 present = firstSector < extent->sectors ? minOf(sectors, extent->sectors - firstSector) : 0;
   uint8 *buffer;
   bool zeros;

   if (extent->link->parent == NULL || present == 0) {
      return !extent->link->parentMissing;
   }
   buffer = malloc((size_t)(present * SECTOR_SIZE));
   zeros = buffer != NULL && extent_readHole(extent, firstSector, present, buffer) == VIX_OK &&
           isAllZero(buffer, (size_t)(present * SECTOR_SIZE));
   free(buffer);
   return zeros;
}

static VixError compactExtents(Link *link, Compaction *compaction)
{
   VixError error = VIX_OK;

   compaction->mayBecomeHole = showsZeros;
   compaction->parts = countToBeCompacted(link);
   progress_report(compaction->progress, 0, 1);
   for (size_t i = 0; error == VIX_OK && i < link->numExtents; i++) {
      if (isToBeCompacted(&link->extents[i])) {
         compaction->context = &link->extents[i];
         error = extent_compact(&link->extents[i], link->path, compaction);
         compaction->part++;
      }
   }
   if (error == VIX_OK) {
      progress_report(compaction->progress, 1, 1);
   }
   return error;
}

static VixError compact(Disk *disk, bool shrink, VixDiskLibProgressFunc function, void *data)
{
   Progress progress = PROGRESS(function, data);
   Compaction compaction = {.sort = !shrink, .dropZeros = shrink, .progress = &progress};
   VixError error;

   if (disk->readOnly) {
      return VIX_E_FILE_READ_ONLY;
   }
   if (shrink && countToBeCompacted(disk->link) == 0) {
      return VIX_E_DISK_CANTSHRINK;
   }
   if (handles_any(&disk_handles, isOtherHandle, disk)) {
      log_warn("VixDiskLib: \"%s\" is open elsewhere in this process.\n", disk->link->path);
      return VIX_E_FILE_ALREADY_LOCKED;
   }
   pthread_mutex_lock(&disk->lock);
   error = compactExtents(disk->link, &compaction);
   pthread_mutex_unlock(&disk->lock);
   return error;
}

VixError disk_shrink(Disk *disk, VixDiskLibProgressFunc function, void *data)
{
   return compact(disk, true, function, data);
}

VixError disk_defragment(Disk *disk, VixDiskLibProgressFunc function, void *data)
{
   return compact(disk, false, function, data);
}
