/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * QueryAllocatedBlocks. The work grows with what is allocated, not with the number of chunks.
 */
#include <stdlib.h>

#include "disk.h"

/* A list under construction. */
typedef struct Blocks {
   VixDiskLibBlockList *list;
   size_t room;
} Blocks;

static size_t listBytes(size_t numBlocks)
{
   return offsetof(VixDiskLibBlockList, blocks) + numBlocks * sizeof(VixDiskLibBlock);
}

static bool grow(Blocks *blocks, size_t room)
{
   /* Never less than the struct itself: callers may copy it as a whole. */
   size_t bytes = listBytes(room == 0 ? 1 : room);
   VixDiskLibBlockList *list = realloc(blocks->list, bytes);

   if (list == NULL) {
      return false;
   }
   if (blocks->list == NULL) {
      list->numBlocks = 0;
   }
   blocks->list = list;
   blocks->room = room;
   return true;
}

/* The blocks of a list, past the one that its type shows. */
static VixDiskLibBlock *blocksOf(VixDiskLibBlockList *list)
{
   return (VixDiskLibBlock *)(void *)((char *)list + offsetof(VixDiskLibBlockList, blocks));
}

/* Adds a block after the last one, or lengthens that one if they touch. */
static bool append(Blocks *blocks, uint64 offset, uint64 length)
{
   VixDiskLibBlock *block;
   uint32 count = blocks->list->numBlocks;

   if (count > 0) {
      block = blocksOf(blocks->list) + count - 1;
      if (block->offset + block->length == offset) {
         block->length += length;
         return true;
      }
   }
   if (count == blocks->room && !grow(blocks, blocks->room * 2)) {
      return false;
   }
   block = blocksOf(blocks->list) + count;
   *block = (VixDiskLibBlock){offset, length};
   blocks->list->numBlocks++;
   return true;
}

/* Start and chunk are such that a whole number of chunks is in the range. */
static VixError collect(Disk *disk, uint64 start, uint64 end, uint64 chunk, Blocks *blocks)
{
   while (start < end) {
      uint64 runStart;
      uint64 runEnd;
      VixError error = link_nextAllocated(disk->link, start, end, &runStart, &runEnd);

      if (error != VIX_OK) {
         return error;
      }
      if (runStart == runEnd) {
         break;
      }
      runStart = runStart / chunk * chunk;
      runEnd = alignUp(runEnd, chunk);
      if (!append(blocks, runStart, runEnd - runStart)) {
         return VIX_E_OUT_OF_MEMORY;
      }
      start = runEnd;
   }
   return VIX_OK;
}

static bool isValidQuery(uint64 capacity, uint64 start, uint64 count, uint64 chunk)
{
   return chunk >= VIXDISKLIB_MIN_CHUNK_SIZE && chunk <= VIXDISKLIB_MAX_CHUNK_SIZE && start % chunk == 0 &&
          count % chunk == 0 && count / chunk <= VIXDISKLIB_MAX_CHUNK_NUMBER && start <= capacity &&
          count <= capacity - start;
}

/*
 * A range past the end of the disk is a wrong argument here and not VIX_E_DISK_OUTOFRANGE, as callers have seen: on a
 * disk that is no multiple of the chunk, its last sectors cannot be asked about.
 */
VixError disk_getAllocatedBlocks(Disk *disk, uint64 start, uint64 count, uint64 chunk, VixDiskLibBlockList **list)
{
   Blocks blocks = {NULL, 0};
   VixError error;

   if (!isValidQuery(disk->capacity, start, count, chunk)) {
      return VIX_E_INVALID_ARG;
   }
   if (!grow(&blocks, 16)) {
      return VIX_E_OUT_OF_MEMORY;
   }
   pthread_mutex_lock(&disk->lock);
   error = collect(disk, start, start + count, chunk, &blocks);
   pthread_mutex_unlock(&disk->lock);
   if (error != VIX_OK) {
      free(blocks.list);
      return error;
   }
   /* Give back what is too much; if that fails, the list is good all the same. */
   (void)grow(&blocks, blocks.list->numBlocks);
   *list = blocks.list;
   return VIX_OK;
}
