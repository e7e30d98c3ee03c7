/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "link.h"
#include "log.h"
#include "manage.h"
#include "path.h"
#include "sparse_header.h"

/* What is read at a time. */
#define CHUNK_SECTORS (16 * SPARSE_GRAIN_SECTORS)

/* A copy on its way. */
typedef struct Copy {
   const Link *source;
   NewDisk *target;
   uint8 *buffer;
   Progress *progress;
} Copy;

/* ------------------------------------------------------------------------------------------------- copying */

/* Writes what is in the buffer, but for grains of zeros. */
static VixError writeChunk(const Copy *copy, uint64 sector, uint64 count)
{
   uint64 dataStart = 0; /* of grains to be written together */
   uint64 position = 0;
   VixError error = VIX_OK;

   while (error == VIX_OK && position < count) {
      uint64 end = minOf(position + SPARSE_GRAIN_SECTORS, count);
      bool zero = isAllZero(copy->buffer + position * SECTOR_SIZE, (size_t)((end - position) * SECTOR_SIZE));
      uint64 dataEnd = zero ? position : end;

      if (dataStart < dataEnd && (zero || end == count)) {
         error = newDisk_write(copy->target, sector + dataStart, dataEnd - dataStart,
                               copy->buffer + dataStart * SECTOR_SIZE);
      }
      dataStart = zero ? end : dataStart;
      position = end;
   }
   return error;
}

static VixError copyRange(const Copy *copy, uint64 start, uint64 end)
{
   VixError error = VIX_OK;

   while (error == VIX_OK && start < end) {
      uint64 count = minOf(end - start, CHUNK_SECTORS);

      error = link_read(copy->source, start, count, copy->buffer);
      if (error == VIX_OK) {
         error = writeChunk(copy, start, count);
      }
      start += count;
      progress_report(copy->progress, start, copy->source->descriptor->capacity + 1);
   }
   return error;
}

/* Copies all that takes up space in the source, in whole grains. */
static VixError copyAll(const Copy *copy)
{
   uint64 capacity = copy->source->descriptor->capacity;
   uint64 from = 0;
   VixError error = VIX_OK;

   while (error == VIX_OK && from < capacity) {
      uint64 start;
      uint64 end;

      error = link_nextAllocated(copy->source, from, capacity, &start, &end);
      if (error == VIX_OK) {
         start -= start % SPARSE_GRAIN_SECTORS;
         end = minOf(alignUp(end, SPARSE_GRAIN_SECTORS), capacity);
         error = copyRange(copy, start, end);
         from = end;
      }
   }
   return error;
}

static VixError copyTo(const char *path, const Link *source, const DiskSpec *spec, Progress *progress)
{
   Copy copy = {.source = source, .progress = progress};
   DiskSpec full = *spec;
   VixError error;

   create_setCapacity(&full, source->descriptor->capacity);
   error = newDisk_make(path, &full, &copy.target);
   if (error != VIX_OK) {
      return error;
   }
   copy.buffer = malloc(CHUNK_SECTORS * SECTOR_SIZE);
   error = copy.buffer != NULL ? copyAll(&copy) : VIX_E_OUT_OF_MEMORY;
   free(copy.buffer);
   if (error != VIX_OK) {
      newDisk_discard(copy.target);
      return error;
   }
   return newDisk_finish(copy.target);
}

/* ------------------------------------------------------------------------------------------------- the target */

/* Whether a path leads to a file of a chain. */
static bool isPartOf(const Link *chain, const char *path)
{
   struct stat status;

   if (stat(path, &status) != 0) {
      return false;
   }
   for (const Link *link = chain; link != NULL; link = link->parent) {
      if (link->main.device == status.st_dev && link->main.inode == status.st_ino) {
         return true;
      }
      for (size_t i = 0; i < link->numExtents; i++) {
         const File *file = link->extents[i].file;

         if (file != NULL && file->device == status.st_dev && file->inode == status.st_ino) {
            return true;
         }
      }
   }
   return false;
}

/* Makes sure that nothing of the source is deleted with an old target. */
static VixError checkOldTarget(const Link *source, const char *path)
{
   Link *old;
   VixError error;
   bool shared = isPartOf(source, path);

   if (!shared) {
      error = link_openDescriptor(path, false, &old);
      if (error != VIX_OK) {
         log_warn("VixDiskLib: \"%s\" is not overwritten: it is no disk.\n", path);
         return error;
      }
      for (size_t i = 0; !shared && i < old->descriptor->numExtents; i++) {
         const char *name = old->descriptor->extents[i].fileName;
         char *extentPath = name != NULL ? path_beside(path, name) : NULL;

         shared = extentPath != NULL && isPartOf(source, extentPath);
         free(extentPath);
      }
      (void)link_close(old);
   }
   if (shared) {
      log_warn("VixDiskLib: \"%s\" is not overwritten: it is, or shares files with, the disk to be cloned.\n", path);
   }
   return shared ? VIX_E_INVALID_ARG : VIX_OK;
}

static VixError makeWay(const Link *source, const char *path, bool overwrite)
{
   VixError error;

   if (access(path, F_OK) != 0) {
      return VIX_OK;
   }
   if (!overwrite) {
      return VIX_E_FILE_ALREADY_EXISTS;
   }
   error = checkOldTarget(source, path);
   return error == VIX_OK ? manage_unlink(path) : error;
}

VixError manage_clone(const char *targetPath, const char *sourcePath, const DiskSpec *spec, bool overwrite,
                      Progress *progress)
{
   char *realSource;
   char *realTarget = NULL;
   Link *source;
   VixError error = path_resolve(sourcePath, &realSource);

   if (error != VIX_OK) {
      return error;
   }
   error = link_open(realSource, false, false, &source);
   free(realSource);
   if (error != VIX_OK) {
      return error;
   }
   error = path_resolveNew(targetPath, &realTarget);
   if (error == VIX_OK) {
      error = makeWay(source, realTarget, overwrite);
   }
   if (error == VIX_OK) {
      progress_report(progress, 0, 1);
      error = copyTo(realTarget, source, spec, progress);
   }
   if (error == VIX_OK) {
      progress_report(progress, 1, 1);
   }
   free(realTarget);
   (void)link_close(source);
   return error;
}
