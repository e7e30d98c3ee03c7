/*
 * SPDX-License-Identifier: Apache-2.0
 * Copyright the vixdisklib authors.
 *
 * Grow. The extents grow first and the descriptor tells of it last, in one step.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapter.h"
#include "disk.h"
#include "geometry.h"
#include "link.h"
#include "log.h"
#include "manage.h"
#include "path.h"
#include "pieces.h"
#include "sparse_grow.h"

typedef struct Growth {
   const Shape *shape;
   uint64 capacity;
   uint64 lastSectors; /* of what is the last extent now */
   uint64 moreSectors; /* of extents after it */
   bool updateGeometry;
} Growth;

/* --------------------------------------------------------------------------------------------- last extent */

static VixError growFlat(File *file, const ExtentLine *line, uint64 sectors)
{
   uint64 end = (line->startSector + line->sectors) * SECTOR_SIZE;
   uint64 newEnd = (line->startSector + sectors) * SECTOR_SIZE;
   VixError error = VIX_OK;

   if (file->size > end) {
      if (line->startSector != 0) {
         log_warn("VixDiskLib: the file of the last extent has something behind it, and cannot grow.\n");
         return VIX_E_NOT_SUPPORTED;
      }
      /* What is there is no part of the disk, and must not become one. */
      error = file_resize(file, end);
   }
   return error == VIX_OK ? file_resize(file, newEnd) : error;
}

static VixError growExtentFile(File *file, const ExtentLine *line, uint64 sectors)
{
   if (line->startSector + sectors > MAX_SECTORS) {
      return VIX_E_FILE_TOO_BIG;
   }
   return line->kind == EXTENT_LINE_FLAT ? growFlat(file, line, sectors) : sparse_grow(file, line->sectors, sectors);
}

static VixError growLastExtent(Link *link, uint64 sectors)
{
   const ExtentLine *line = &link->descriptor->extents[link->descriptor->numExtents - 1];
   File file = FILE_CLOSED;
   char *path;
   VixError error;
   VixError closeError;

   if (sectors == line->sectors) {
      return VIX_OK;
   }
   if (link->embedded) {
      return growExtentFile(&link->main, line, sectors);
   }
   path = path_beside(link->path, line->fileName);
   if (path == NULL) {
      return VIX_E_OUT_OF_MEMORY;
   }
   error = file_openLocked(path, &file);
   free(path);
   if (error != VIX_OK) {
      return error;
   }
   error = growExtentFile(&file, line, sectors);
   closeError = file_close(&file);
   return error == VIX_OK ? closeError : error;
}

/* ------------------------------------------------------------------------------------------------ descriptor */

/* Another value in a text, which is freed; NULL without memory. */
static char *withNumber(char *text, const char *key, uint32 number)
{
   Descriptor *descriptor;
   char value[16];
   char *result = NULL;

   if (text != NULL && descriptor_parse(text, strlen(text), &descriptor) == VIX_OK) {
      snprintf(value, sizeof value, "%u", number);
      result = descriptor_withValue(descriptor, key, value);
      descriptor_free(descriptor);
   }
   free(text);
   return result;
}

static char *withGeometry(const Link *link, char *text, uint64 capacity)
{
   char adapter[32];
   VixDiskLibGeometry geometry;

   descriptor_get(link->descriptor, "ddb.adapterType", adapter, sizeof adapter);
   geometry = geometry_of(capacity, adapter_ofName(adapter));
   text = withNumber(text, "ddb.geometry.cylinders", geometry.cylinders);
   text = withNumber(text, "ddb.geometry.heads", geometry.heads);
   return withNumber(text, "ddb.geometry.sectors", geometry.sectors);
}

/* ------------------------------------------------------------------------------------------------- growing */

/* Whether the last extent has its file for itself. */
static bool sharesItsFile(const Descriptor *descriptor)
{
   const ExtentLine *last = &descriptor->extents[descriptor->numExtents - 1];

   for (size_t i = 0; i + 1 < descriptor->numExtents; i++) {
      const char *name = descriptor->extents[i].fileName;

      if (name != NULL && last->fileName != NULL && strcmp(name, last->fileName) == 0) {
         return true;
      }
   }
   return false;
}

static VixError check(const Link *link, uint64 capacity)
{
   const Descriptor *descriptor = link->descriptor;
   ExtentLineKind lastKind = descriptor->extents[descriptor->numExtents - 1].kind;

   if (disk_isOpen(link->path)) {
      return VIX_E_FILE_ALREADY_LOCKED;
   }
   if (capacity <= descriptor->capacity) {
      log_warn("VixDiskLib: \"%s\" has %llu sectors and cannot grow to %llu.\n", link->path,
               (unsigned long long)descriptor->capacity, (unsigned long long)capacity);
      return VIX_E_INVALID_ARG;
   }
   if (descriptor->parentContentId != NO_PARENT) {
      log_warn("VixDiskLib: \"%s\" is a child, and has the capacity of its parent.\n", link->path);
      return VIX_E_NOT_SUPPORTED;
   }
   if (lastKind != EXTENT_LINE_FLAT && lastKind != EXTENT_LINE_SPARSE) {
      log_warn("VixDiskLib: the last extent of \"%s\" is of a type that cannot grow.\n", link->path);
      return VIX_E_NOT_SUPPORTED;
   }
   if (sharesItsFile(descriptor)) {
      log_warn("VixDiskLib: the last extent of \"%s\" is in one file with another one, and cannot grow.\n", link->path);
      return VIX_E_NOT_SUPPORTED;
   }
   return capacity <= MAX_SECTORS ? VIX_OK : VIX_E_FILE_TOO_BIG;
}

/* Tells of the extents as they are now. */
static VixError writeDescriptor(Link *link, const Growth *growth, const char *moreLines)
{
   char *text = descriptor_withLastExtent(link->descriptor, growth->lastSectors, moreLines);

   return link_setText(link, growth->updateGeometry ? withGeometry(link, text, growth->capacity) : text);
}

/* Takes away what tells extents of the disk from files of an attempt that was killed: that one had come to its end. */
static void settleExtents(const Link *link)
{
   for (size_t i = 0; !link->embedded && i < link->descriptor->numExtents; i++) {
      const char *name = link->descriptor->extents[i].fileName;
      char *path = name != NULL ? path_beside(link->path, name) : NULL;

      if (path != NULL) {
         pieces_removeSecondName(path);
      }
      free(path);
   }
}

static VixError growLink(Link *link, const Growth *growth)
{
   /* Files that the descriptor does not lead to are not taken for extents, but for what a killed process has left. */
   Pieces more = {.shape = growth->shape, .path = link->path, .first = link->descriptor->numExtents, .takeOver = true};
   VixError error;

   settleExtents(link);
   error = growth->moreSectors > 0 ? pieces_make(&more, growth->moreSectors) : VIX_OK;
   if (error == VIX_OK) {
      error = growLastExtent(link, growth->lastSectors);
   }
   if (error == VIX_OK) {
      /* Children that were made before have the old capacity. */
      error = link_changeContentId(link);
   }
   if (error == VIX_OK) {
      error = writeDescriptor(link, growth, more.lines != NULL ? more.lines : "");
   }
   if (error == VIX_OK) {
      pieces_settle(&more);
   } else {
      pieces_remove(&more);
   }
   free(more.lines);
   return error;
}

/* Puts as much as possible into the last extent, and the rest into more of them. */
static Growth plan(const Link *link, uint64 capacity, bool updateGeometry)
{
   const Shape *shape = shape_ofDescriptor(link->descriptor);
   uint64 last = link->descriptor->extents[link->descriptor->numExtents - 1].sectors;
   uint64 limit = shape != NULL ? shape->maxPieceSectors : UINT64_MAX;
   uint64 extra = capacity - link->descriptor->capacity;
   uint64 inLast = last < limit ? minOf(extra, limit - last) : 0;

   return (Growth){.shape = shape,
                   .capacity = capacity,
                   .lastSectors = last + inLast,
                   .moreSectors = extra - inLast,
                   .updateGeometry = updateGeometry};
}

VixError manage_grow(const char *path, uint64 capacity, bool updateGeometry, Progress *progress)
{
   char *realPath;
   Growth growth;
   Link *link;
   VixError error = path_resolve(path, &realPath);

   if (error != VIX_OK) {
      return error;
   }
   error = link_openDescriptor(realPath, true, &link);
   free(realPath);
   if (error != VIX_OK) {
      return error;
   }
   error = check(link, capacity);
   if (error == VIX_OK) {
      VixError closeError;

      progress_report(progress, 0, 1);
      growth = plan(link, capacity, updateGeometry);
      error = growLink(link, &growth);
      closeError = link_close(link);
      error = error == VIX_OK ? closeError : error;
   } else {
      (void)link_close(link);
   }
   if (error == VIX_OK) {
      progress_report(progress, 1, 1);
   }
   return error;
}
