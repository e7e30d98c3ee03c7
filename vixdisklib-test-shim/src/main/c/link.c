/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include "link.h"

#include "log.h"

/* Sectors in which what is allocated is looked for at first, in a link that has a parent: one usual grain table's. */
#define FIRST_SEARCH UINT64_C(65536)

/* The extent that a sector of the disk is in. */
static Extent *findExtent(const Link *link, uint64 sector)
{
   size_t low = 0;
   size_t high = link->numExtents;

   while (high - low > 1) {
      size_t middle = low + (high - low) / 2;

      if (link->extents[middle].firstSector <= sector) {
         low = middle;
      } else {
         high = middle;
      }
   }
   return &link->extents[low];
}

int link_depth(const Link *link)
{
   int depth = 0;

   for (; link != NULL; link = link->parent) {
      depth++;
   }
   return depth;
}

/* --------------------------------------------------------------------------------------------------- reading */

/* A run of a chain, and the extent that has it. Its kind is RUN_HOLE only where no link that is open has anything. */
typedef struct ChainRun {
   const Link *link;
   Extent *extent;
   uint64 within; /* where the run begins, in the extent */
   Run run;
} ChainRun;

/* Finds what shows at a sector: the run of the first link of the chain that has one there. */
static VixError locate(const Link *link, uint64 sector, uint64 maxSectors, ChainRun *found)
{
   for (;;) {
      Extent *extent = findExtent(link, sector);
      uint64 within = sector - extent->firstSector;
      VixError error;

      maxSectors = minOf(maxSectors, extent->sectors - within);
      *found = (ChainRun){.link = link, .extent = extent, .within = within};
      error = extent->type->locate(extent, within, maxSectors, &found->run);
      if (error != VIX_OK || found->run.kind != RUN_HOLE || link->parent == NULL) {
         return error;
      }
      maxSectors = found->run.sectors;
      link = link->parent;
   }
}

static VixError readRun(const ChainRun *found, uint8 *buffer)
{
   if (found->extent->access == ACCESS_NONE) {
      return VIX_E_FILE_ACCESS_ERROR;
   }
   if (found->run.kind == RUN_HOLE && found->link->parentMissing) {
      log_warn("VixDiskLib: \"%s\" is open without its parent, which has the data.\n", found->link->path);
      return VIX_E_DISK_PARTIALCHAIN;
   }
   return extent_readRun(found->extent, found->within, &found->run, buffer);
}

VixError link_read(const Link *link, uint64 sector, uint64 count, uint8 *buffer)
{
   while (count > 0) {
      ChainRun found;
      VixError error = locate(link, sector, count, &found);

      if (error == VIX_OK) {
         error = readRun(&found, buffer);
      }
      if (error != VIX_OK) {
         return error;
      }
      sector += found.run.sectors;
      count -= found.run.sectors;
      buffer += found.run.sectors * SECTOR_SIZE;
   }
   return VIX_OK;
}

/* Finds the first part of a run that takes up space. */
static VixError findSpace(const ChainRun *found, uint64 sector, uint64 *start, uint64 *end)
{
   uint64 from = found->within;
   uint64 to = from + found->run.sectors;
   VixError error = VIX_OK;

   *start = *end = to;
   if (found->run.kind == RUN_DATA) {
      *start = from;
      if (found->extent->type->findSpace != NULL) {
         error = found->extent->type->findSpace(found->extent, from, to, start, end);
      }
   }
   *start += sector - from;
   *end += sector - from;
   return error;
}

/*
 * Looks at a little of a child at first, and then at more and more: how far its holes go beyond what is found in its
 * parent would be found out again and again.
 */
VixError link_nextAllocated(const Link *link, uint64 from, uint64 to, uint64 *start, uint64 *end)
{
   uint64 first = link->parent != NULL ? FIRST_SEARCH : to - from;
   uint64 most = first;

   while (from < to) {
      ChainRun found;
      VixError error = locate(link, from, minOf(most, to - from), &found);

      if (error == VIX_OK) {
         error = findSpace(&found, from, start, end);
      }
      if (error != VIX_OK || *start < *end) {
         return error;
      }
      from += found.run.sectors;
      most = found.run.sectors < most ? first : most * 2;
   }
   *start = *end = to;
   return VIX_OK;
}

/* --------------------------------------------------------------------------------------------------- writing */

/* Whether an extent can be written, and has all that a write needs where its link is open without its parent. */
static VixError checkExtent(const Link *link, Extent *extent, uint64 within, uint64 count)
{
   VixError error = extent_checkWrite(extent);

   if (error == VIX_OK && link->parentMissing && extent->sparse != NULL) {
      error = extent_checkPartialGrains(extent, within, count);
      if (error == VIX_E_DISK_PARTIALCHAIN) {
         log_warn("VixDiskLib: \"%s\" is open without its parent, and takes whole grains only.\n", link->path);
      }
   }
   return error;
}

/* A write that is refused changes nothing: it is refused before the content ID is new. */
static VixError prepareWrite(Link *link, uint64 sector, uint64 count)
{
   VixError error = VIX_OK;

   while (error == VIX_OK && count > 0) {
      Extent *extent = findExtent(link, sector);
      uint64 within = sector - extent->firstSector;
      uint64 part = minOf(count, extent->sectors - within);

      error = checkExtent(link, extent, within, part);
      sector += part;
      count -= part;
   }
   return error == VIX_OK && !link->contentIdChanged ? link_changeContentId(link) : error;
}

VixError link_write(Link *link, uint64 sector, uint64 count, const uint8 *buffer)
{
   VixError error = count > 0 ? prepareWrite(link, sector, count) : VIX_OK;

   if (error != VIX_OK) {
      return error;
   }
   while (count > 0) {
      Extent *extent = findExtent(link, sector);
      uint64 within = sector - extent->firstSector;
      uint64 part = minOf(count, extent->sectors - within);

      error = extent_write(extent, within, part, buffer);
      if (error != VIX_OK) {
         return error;
      }
      sector += part;
      count -= part;
      buffer += part * SECTOR_SIZE;
   }
   return VIX_OK;
}

VixError link_flush(Link *link)
{
   VixError result = VIX_OK;
   VixError error;

   for (size_t i = 0; i < link->numExtents; i++) {
      error = link->extents[i].type->flush(&link->extents[i]);
      result = result == VIX_OK ? error : result;
   }
   if (link->contentIdChanged && !link->embedded) {
      error = file_sync(&link->main);
      result = result == VIX_OK ? error : result;
   }
   return result;
}
